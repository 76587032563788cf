"""Runs the demo: ``python -m examples.demo``."""

from __future__ import annotations

import io
import os
import sys

from connect_sms import MissingExtra

from .output import Output


def main() -> int:
    """Run the demo.

    Returns:
        0; 1 if something it needs is missing; 130 after Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    out = Output(sys.stdout)
    try:
        from .chapters import play  # noqa: PLC0415  what is missing is reported below

        play(out)
    except MissingExtra as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    except KeyboardInterrupt:
        out.line("\nStopped; nothing is left running.")
        return 130
    except BrokenPipeError:
        # The interpreter would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
