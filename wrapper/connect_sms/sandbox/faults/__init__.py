"""Injected faults: their names, the requests they apply to, and their effects on a response."""
