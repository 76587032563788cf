"""Input and output: effects, the two runners, HTTP, JSON, rate limits. httpx is imported only here."""
