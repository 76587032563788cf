"""Batches: the source of messages, rows, chunks, requests, responses, and the tracker of every recipient."""
