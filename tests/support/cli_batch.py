"""Lists of recipients for ``connect-sms batch``, and the results that it wrote."""

from __future__ import annotations

import csv
from pathlib import Path

TEXT = "Sale ends Friday"
GOOD = [f"+4477009001{at:02d}" for at in range(10)]
REFUSED = "+447700900990"


def write(path: str, *lines: str) -> str:
    Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def rows() -> list[dict[str, str]]:
    with Path("results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def results() -> list[str]:
    return [row["result"] for row in rows()]


def to(*numbers: str) -> tuple[str, ...]:
    """The command for a list of these numbers, or of the good ones, and the same text for all."""
    return ("batch", write("list.txt", *(numbers or GOOD)), "--text", TEXT)


SAVED = ("-o", "results.csv")
REJECT = ("--on-invalid", "reject")
