"""The command ``connect-sms``. Unofficial.

Importing this package loads nothing; `main` loads typer, and a command loads its own module when it runs.
"""

from __future__ import annotations

import sys

__all__ = ["main"]

#: Modules that the extra installs.
_OF_THE_EXTRA = frozenset({"typer", "rich", "click", "shellingham", "annotated_doc"})


def main() -> None:
    """Run the command line with the arguments of this process, and exit with its code."""
    try:
        from .run import run  # noqa: PLC0415  typer is in the extra
    except ModuleNotFoundError as missing:
        if missing.name not in _OF_THE_EXTRA:
            raise
        sys.stderr.write(
            "connect-sms: the command line needs an optional part: pip install 'connect-sms[cli]'\n"
        )
        sys.exit(3)
    sys.exit(run(sys.argv[1:]))
