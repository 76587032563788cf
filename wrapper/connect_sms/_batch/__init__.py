"""Batches: rows, chunks, sending, reading the answer, tracking every recipient."""
