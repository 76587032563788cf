"""Receipts and inbound messages, posted to a receiver."""
