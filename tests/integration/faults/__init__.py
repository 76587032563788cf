"""The fault matrix: every fault, every operation, every client, over a real socket to the sandbox.

`faults` defines the faults, `runner` injects them and records `observations`, `page` writes these to
docs/fault-matrix.md. ``make fault-matrix`` runs all three.
"""
