"""Planted defects in the wrapper, floor by floor; `tools.mutants.wrapper` runs them."""

from tools.mutants._harness import Mutant


def mutant(name: str, module: str, old: str, new: str, *stages: str, survives: str = "") -> Mutant:
    """A defect in a module of the wrapper, and the stages of `tools.mutants.wrapper` that ought to notice."""
    return Mutant(name, f"wrapper/connect_sms/{module}.py", old, new, survives, stages=stages)
