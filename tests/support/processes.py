"""Further Python processes, which find the packages that this one finds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PLUGIN_ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""The environment of a pytest without the plugins that happen to be installed here."""


def hear_signals() -> None:
    """Let processes started from here hear what a shell in the background, or nohup, has them ignore."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


def environment() -> dict[str, str]:
    """The environment of such a process."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def start(*arguments: str, pipes: Mapping[str, Any] | None = None, **variables: str) -> subprocess.Popen[str]:
    """Start Python, read through pipes unless others are given, with further environment variables."""
    pipe, command = subprocess.PIPE, [sys.executable, *arguments]
    ends: dict[str, Any] = {"stdout": pipe, "stderr": pipe, "stdin": subprocess.DEVNULL, **(pipes or {})}
    return subprocess.Popen(command, text=True, env=environment() | variables, **ends)


def python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python to its end, with further environment variables."""
    command = [sys.executable, *arguments]
    env = environment() | variables
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)
