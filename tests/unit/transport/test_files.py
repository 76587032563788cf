"""A file that is replaced whole, or written to where it cannot be."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from connect_sms._transport.files import PartFile, descriptor_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="devices and links are POSIX's")


def write(path: Path | str, content: bytes = b"new\n") -> None:
    file = PartFile(path)
    try:
        file.open()
        file.write(content)
        file.finish()
    finally:
        file.discard()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "out.csv"
    path.parent.mkdir()
    path.write_bytes(b"old, and longer\n")
    path.chmod(0o644)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_replaced_becomes_private_and_nothing_is_left_beside_it(target: Path) -> None:
    write(target)
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new\n", 0o600)
    assert names(target.parent) == ["out.csv"]


def test_a_link_is_followed(target: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new\n"
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "folder" / "to be")
    write(dangling)
    assert (tmp_path / "folder" / "to be").read_bytes() == b"new\n"


def test_a_file_beside_it_is_nobody_s_part(target: Path) -> None:
    """A name that others know could be a link of theirs, or another output of the run."""
    other = target.with_name("out.csv.part")
    other.symlink_to(target)
    write(target)
    assert other.is_symlink()
    assert target.read_bytes() == b"new\n"


def test_what_is_no_regular_file_is_written_to(tmp_path: Path) -> None:
    """A pipe of this test's own: a defect would replace a device of the machine, such as ``/dev/null``."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()), daemon=True)
    reader.start()
    write(fifo)
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    reader.join()
    assert read == [b"new\n"]


def test_an_open_file_is_written_to_where_it_stands(target: Path) -> None:
    with target.open("ab") as file:
        write(f"/dev/fd/{file.fileno()}")
        file.write(b"and more\n")
    assert target.read_bytes() == b"old, and longer\nnew\nand more\n"


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EXDEV, errno.EPERM])
def test_what_cannot_be_replaced_is_written_to(
    code: int, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mounted into a container, for one."""
    inode = target.stat().st_ino

    def refuse(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "replace", refuse)
    write(target)
    found = target.stat()
    assert (target.read_bytes(), found.st_ino, stat.S_IMODE(found.st_mode)) == (b"new\n", inode, 0o600)
    assert names(target.parent) == ["out.csv"]


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_takes_no_file_is_no_reason_where_the_file_exists(
    *, exists: bool, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if str(path).endswith(".part"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refuse)
    if exists:
        write(target)
        assert target.read_bytes() == b"new\n"
    else:
        with pytest.raises(PermissionError):
            write(target.with_name("new.csv"))
        assert names(target.parent) == ["out.csv"]


def test_other_failures_leave_the_old_file(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write(target)
    assert target.read_bytes() == b"old, and longer\n"
    assert names(target.parent) == ["out.csv"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write(tmp_path)


def test_names_of_open_files() -> None:
    found = [descriptor_of(f"/dev/{name}") for name in ("stdin", "stdout", "stderr", "fd/7", "null", "fd/x")]
    assert [*found, descriptor_of("/proc/self/fd/12")] == [0, 1, 2, 7, None, None, 12]
