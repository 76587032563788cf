"""Run a part of a measurement in a process of its own: ``python -m benchmarks.workers module:function``.

The arguments arrive as JSON, the result leaves as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final

#: Nothing on this machine takes longer; what does hangs.
_PATIENCE: Final = 300


def environment() -> dict[str, str]:
    """The environment without proxies, which loopback must not go through.

    Python may keep bytecode, as it does for whoever installs a package: not to would punish only what is
    installed in place.
    """
    unwanted = {"pythondontwritebytecode"}
    return {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in unwanted and not name.lower().endswith("_proxy")
    }


def run(task: Callable[..., object], *args: object, without: tuple[str, ...] = ()) -> Any:  # noqa: ANN401  JSON is anything
    """What a function returns in a process of its own.

    Args:
        task: A function of a module in `benchmarks`.
        args: Its arguments; JSON must be able to say them.
        without: Packages to do as if not installed.
    """
    done = subprocess.run(
        _command(task, args, without), env=environment(), capture_output=True, timeout=_PATIENCE, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return json.loads(done.stdout)


class Worker:
    """A process that runs a function again and again, whenever it is asked to.

    Args:
        task: A function of a module in `benchmarks`: given its arguments, it makes the function to run.
        args: Its arguments.
        without: Packages to do as if not installed.
    """

    def __init__(self, task: Callable[..., object], *args: object, without: tuple[str, ...] = ()) -> None:
        command = _command(task, args, without)
        self._process = subprocess.Popen(
            [*command, "again"],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, argument: object) -> Any:  # noqa: ANN401  JSON is anything
        """Run the function once, with one argument."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(argument) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            assert self._process.stderr is not None
            raise RuntimeError(self._process.stderr.read())
        return json.loads(answer)

    def close(self) -> None:
        """End the process."""
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


def _command(task: Callable[..., object], args: tuple[object, ...], without: tuple[str, ...]) -> list[str]:
    name = f"{task.__module__}:{task.__name__}"
    return [sys.executable, "-m", "benchmarks.workers", name, json.dumps(args), json.dumps(without)]


def main(name: str, args: str, without: str, mode: str = "once") -> None:
    """Do what `run` or `Worker` asked for."""
    blocked: Mapping[str, None] = dict.fromkeys(json.loads(without))
    sys.modules.update(blocked)  # type: ignore[arg-type]  # None is how Python says: not to be imported
    module, _, function = name.partition(":")
    found = getattr(import_module(module), function)(*json.loads(args))
    if mode == "once":
        print(json.dumps(found))
        return
    for line in sys.stdin:
        print(json.dumps(found(json.loads(line))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
