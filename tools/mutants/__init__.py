"""Planted defects, which the tests must notice: `python -m tools.mutants`."""
