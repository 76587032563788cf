"""The one lazy loader: names and modules that are loaded when they are first used (PEP 562).

It imports almost nothing itself, so that ``import connect_sms`` stays cheap.
"""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def lazy_names(
    package: str, homes: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a package whose public names are loaded when used.

    Args:
        package: The package's ``__name__``.
        homes: The public names by module, relative to the package.
    """
    home_of = {name: f"{package}.{module}" for module, names in homes.items() for name in names}

    def load(name: str) -> Any:  # noqa: ANN401  a module's attribute is anything
        home = home_of.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(home), name)
        setattr(sys.modules[package], name, value)
        return value

    def listing() -> list[str]:
        dunders = (name for name in vars(sys.modules[package]) if name.startswith("__"))
        return sorted({*dunders, *home_of})

    return load, listing, list(home_of)


class LazyModule:
    """A proxy for a module, which loads it at the first use of an attribute.

    A type checker reads the plain import beside it::

        if TYPE_CHECKING:
            import csv
        else:
            csv = LazyModule("csv")
    """

    def __init__(self, name: str) -> None:
        self.__dict__["_lazy_name"] = name

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401  a module's attribute is anything
        value = getattr(import_module(self._lazy_name), attribute)
        self.__dict__[attribute] = value
        return value
