"""Faults on request: what they are called, which requests meet them, and what they do to a response."""
