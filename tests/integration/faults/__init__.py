"""The fault matrix: every fault, every operation, every client, over a real socket to the sandbox.

`troubles` says what goes wrong, `play` makes it go wrong and looks, `page` writes what was seen to
docs/fault-matrix.md. ``make fault-matrix`` runs all three.
"""
