"""One request of an API: operations bound once, the request flow, the response policy, bodies, decoding."""
