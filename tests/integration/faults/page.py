"""docs/fault-matrix.md, written from what was seen."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from connect_sms.sandbox import KINDS
from tests.integration.faults.faults import (
    LASTINGS,
    OPERATIONS,
    TROUBLES,
    Lasting,
    Operation,
    Rule,
    Trouble,
)
from tests.integration.faults.matrix import Matrix, Run, Sums
from tests.integration.faults.runner import CLIENTS, PEOPLE, PORTION
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.integration.faults.observations import Seen

PAGE: Final = ROOT / "docs" / "fault-matrix.md"

_TITLES: Final[dict[Operation, str]] = {
    "send": "One message",
    "batch": f"A batch of {PEOPLE}, in {PEOPLE // PORTION} requests",
    "status": "A status request",
}
_SHORT: Final = dict(zip(CLIENTS, ("blocking", "httpx", "aiohttp"), strict=True))

#: One recipient of each request is rejected.
_MOST: Final = PEOPLE - PEOPLE // PORTION

_HEAD: Final = f"""\
# Fault matrix

Made by `make fault-matrix` out of a run of every row; a test fails when a new run gives another page.

Each thing that can go wrong, met by each of the three calls, with three clients: `SmsClient`, and
`AsyncSmsClient` on httpx and on aiohttp. Over real sockets, to a [sandbox](sandbox.md) that goes wrong on
request and keeps an acceptance log: what was accepted is read there, an hour of sandbox time later, never
from an answer. The first request after a good one goes wrong, and what follows is right again; or every
request goes wrong. All {len(KINDS)} faults the sandbox knows are in it. A client that differs is named.

In every request of the batch, 8x8 rejects one of {PORTION} recipients, so that at most {_MOST} of
the {PEOPLE} can be accepted.
"""

_CONTROLS: Final = """\
## Would it be noticed?

The same rows and the same sums, for a client made worse on purpose:
"""

_AIOHTTP: Final = """\
aiohttp itself asks once more when a connection that was open already breaks, and our tries come on top.
It does so for reads alone, so that no message can go out twice by it.
"""


def render(matrix: Matrix, naive: Matrix, by_position: Matrix) -> str:
    """The page."""
    sums = Sums.of(matrix)
    controls = [
        ["this client", *_figures(sums)],
        ["tries again whatever went wrong (sends, first request)", *_figures(Sums.of(naive))],
        ["matches results by position (reordered and missing items)", *_figures(Sums.of(by_position))],
    ]
    columns = [
        "",
        "times something went wrong",
        "recipients",
        "accepted twice or more",
        "lost without a word",
        "accepted, but said not to be",
    ]
    blocks = [
        _HEAD,
        "## Sums\n",
        _table(
            ["", ""],
            [
                ["times something went wrong", f"{sums.runs:,}"],
                ["requests the sandbox saw", f"{sums.requests:,}"],
                ["recipients", f"{sums.recipients:,}"],
                ["accepted once", f"{sums.accepted - sums.twice:,}"],
                ["**accepted more than once**", f"**{sums.twice}**"],
                [
                    "**lost without a word**: said to be accepted and never were, or not spoken of",
                    f"**{sums.lost}**",
                ],
                ["**accepted, but said not to be**: their caller would send again", f"**{sums.denied}**"],
            ],
        ),
        _CONTROLS,
        _table(columns, controls),
        *(block for operation in OPERATIONS for block in _section(matrix, operation)),
    ]
    return "\n".join(blocks)


def read_cells(page: str, run: Run) -> list[str]:
    """What the page says of a run, one cell for each of `cells_of`."""
    _, _, section = page.partition(f"## {_TITLES[run.operation]}\n")
    [row] = re.findall(
        rf"^\| {re.escape(run.trouble.title)} \| (.*) \|$", section.split("\n## ")[0], re.MULTILINE
    )
    cells = row.split(" | ")
    half = len(cells) // 2
    mine = cells[:half] if run.lasting == LASTINGS[0] else cells[half:]
    return [_of_client(cell, _SHORT[run.client]) for cell in mine]


def _of_client(cell: str, name: str) -> str:
    own = re.search(rf"[(;] ?{name}: ([^;)]*)", cell)
    return own[1] if own else cell.partition(" (")[0]


def _figures(sums: Sums) -> list[str]:
    figures = (sums.runs, sums.recipients, sums.twice, sums.lost, sums.denied)
    return [f"{figure:,}" for figure in figures]


def _section(matrix: Matrix, operation: Operation) -> Iterator[str]:
    yield f"## {_TITLES[operation]}\n"
    if operation == "status":
        yield _AIOHTTP
    accepted = ["accepted"] if operation != "status" else []
    columns = ["what goes wrong"]
    columns += ["caller, first request fails", "requests", *accepted]
    columns += ["caller, all fail", "requests", *accepted]
    for rule in Rule:
        troubles = [
            trouble for trouble in TROUBLES if trouble.rule is rule and operation in trouble.operations
        ]
        if troubles:
            yield f"### {rule.value[0].upper()}{rule.value[1:]}\n"
            yield _table(columns, (_row(matrix, trouble, operation) for trouble in troubles))


def _row(matrix: Matrix, trouble: Trouble, operation: Operation) -> list[str]:
    cells = [trouble.title]
    for lasting in LASTINGS:
        cells += _cells(matrix, trouble, operation, lasting)
    return cells


def _cells(matrix: Matrix, trouble: Trouble, operation: Operation, lasting: Lasting) -> list[str]:
    width = 2 if operation == "status" else 3
    if lasting not in trouble.lastings:
        return [""] * width
    seen = [(_SHORT[client], matrix[Run(trouble, operation, client, lasting)]) for client in CLIENTS]
    columns = zip(*(cells_of(row, operation) for _, row in seen), strict=True)
    names = [name for name, _ in seen]
    return [_agreed(zip(names, column, strict=True)) for column in columns]


def cells_of(seen: Seen, operation: Operation) -> list[str]:
    """What a run has in its row: a status request accepts nothing."""
    accepted = [seen.times] if operation != "status" else []
    return [seen.told, str(seen.requests), *accepted]


def _agreed(cells: Iterable[tuple[str, str]]) -> str:
    """What most clients have, and who has something else."""
    found = list(cells)
    [(usual, _), *_] = Counter(cell for _, cell in found).most_common(1)
    others = [f"{name}: {cell}" for name, cell in found if cell != usual]
    return f"{usual} ({'; '.join(others)})" if others else usual


def _table(columns: list[str], rows: Iterable[list[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
