"""One request of the API: generated operations bound once, the request flow, the response policy, decoding."""
