"""The files of a run: no output is also something that the run reads or keeps, and none is replaced unasked.

One rule for all commands. What is not a regular file (a device, a pipe) holds nothing that could be lost, and
is written to.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms._lazy import LazyModule
from connect_sms._transport.files import descriptor_of
from connect_sms.errors.base import ConfigurationError

from .csv_table import InputProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from connect_sms.store import opening
else:
    opening = LazyModule("connect_sms.store.opening")  # a run without a store needs no database

#: Standard output, as the path of an output; standard input, as that of the input.
DASH: Final = "-"

#: What SQLite keeps beside a database.
_SIDES: Final = ("-wal", "-shm", "-journal")


@attrs.frozen
class RunPath:
    """A path of a run.

    Attributes:
        name: What it is, in messages: an option or an argument.
        path: The path.
    """

    name: str
    path: str = attrs.field(repr=False)


def output_path(path: str | os.PathLike[str]) -> str:
    """The path of an output: ``-`` for standard output, by whatever name."""
    given = os.fspath(path)
    return DASH if sys.platform != "win32" and descriptor_of(given) == 1 else given


def store_paths(where: str | None) -> Iterator[RunPath]:
    """The files of a store, if it is in files."""
    path = None if where is None else opening.file_of(where)
    if path is not None:
        yield RunPath("--store", path)
        yield from (RunPath("a file of --store", os.path.realpath(path) + side) for side in _SIDES)


def check_store_exists(where: str) -> None:
    """Check that a store is there, before opening it creates one: a misspelt name would look empty.

    Raises:
        ConfigurationError: There is no such file.
    """
    path = opening.file_of(where)
    if path is not None and not Path(path).is_file():
        raise ConfigurationError(f"there is no store at {path}")


def check_paths(reads: Iterable[RunPath], writes: Iterable[RunPath]) -> None:
    """Check that what a run writes, standard output included, is nothing else of the run.

    Raises:
        InputProblem: Two paths lead to one file, also by links. Nothing was written or sent.
    """
    seen: dict[object, str] = {}
    for one in reads:
        if (identity := _identity_of(0 if one.path == DASH else one.path)) is not None:
            seen[identity] = one.name
    outputs = [(one.name, DASH if one.path == DASH else _identity_of(one.path)) for one in writes]
    for name, identity in [("standard output", _identity_of(1)), *outputs]:
        if identity is not None:
            if identity in seen:
                raise InputProblem(
                    f"{name} is the same file as {seen[identity]}, which would be destroyed: name another"
                )
            seen[identity] = name


def check_not_replaced(
    output: RunPath, *, overwrite: bool, why: Callable[[RunPath], str] | None = None
) -> None:
    """Check that an output replaces no file unless that was asked for.

    Args:
        output: The output.
        overwrite: That was asked for.
        why: Makes the message.

    Raises:
        InputProblem: It would, it is a folder, or its own does not exist.
    """
    try:
        mode = Path(output.path).stat().st_mode
    except FileNotFoundError:
        if not Path(os.path.realpath(output.path)).parent.is_dir():
            raise InputProblem(
                f"{output.name}: {output.path} cannot be written: No such file or directory"
            ) from None
        return
    except OSError:
        return
    if stat.S_ISDIR(mode):
        raise InputProblem(f"{output.name}: {output.path} is a folder")
    if stat.S_ISREG(mode) and not overwrite and descriptor_of(output.path) is None:
        raise InputProblem((why or _exists)(output))


def is_stream(path: str) -> bool:
    """Whether a path is written to as it is: a device, a pipe, or a file that is open already."""
    try:
        return descriptor_of(path) is not None or not stat.S_ISREG(Path(path).stat().st_mode)
    except OSError:
        return False


def _exists(output: RunPath) -> str:
    return f"{output.name}: {output.path} exists. Name another file, or give --overwrite"


def _identity_of(path: str | int) -> object:
    """What two paths to one regular file share, whether it exists or not; None for another kind of file."""
    try:
        found = os.fstat(path) if isinstance(path, int) else Path(path).stat()
    except OSError:
        if isinstance(path, int):
            return None
    else:
        return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
    real = Path(os.path.realpath(path))
    try:
        folder = real.parent.stat()
    except OSError:
        return str(real)
    return folder.st_dev, folder.st_ino, os.path.normcase(real.name)
