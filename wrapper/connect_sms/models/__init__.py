"""Frozen values: messages, status, batch results, log exports, outcomes, delivery errors, API codes."""
