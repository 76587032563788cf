"""The command ``connect-sms``: every job of the library in one line of a shell. Unofficial.

Importing this package loads nothing; `main` loads typer, and each command what it needs, when it runs.
"""

from __future__ import annotations

import sys

__all__ = ["main"]

#: What the extra brings, by the names it is imported under.
_BROUGHT = frozenset({"typer", "rich", "click", "shellingham", "annotated_doc"})


def main() -> None:
    """Run the command line with the arguments of this process, and leave with its exit code."""
    try:
        from ._run import run  # noqa: PLC0415  without the extra there is no typer
    except ModuleNotFoundError as missing:
        if missing.name not in _BROUGHT:
            raise
        sys.stderr.write(
            "connect-sms: the command line needs an optional part: pip install 'connect-sms[cli]'\n"
        )
        sys.exit(3)
    sys.exit(run(sys.argv[1:]))
