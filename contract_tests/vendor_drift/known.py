"""What is known already: the deviations with their reasons, and the vendor's prose as hashes."""

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from contract_tests.vendor_drift.compare import Comparison, Difference

DEVIATIONS_FILE = Path(__file__).with_name("known_deviations.yaml")
PROSE_FILE = Path(__file__).with_name("known_prose.yaml")

_PROSE_HEAD = """\
# The prose and examples of the vendor's file as hashes, one for each place. Where one differs, read it anew.
# Written by `python -m contract_tests.vendor_drift --accept-prose`, never by hand.
"""


class News(NamedTuple):
    """What a comparison shows that nobody has recorded.

    Attributes:
        new: Differences without a reason.
        gone: Recorded differences that no longer exist.
        prose: Places where the vendor's prose is another than the one that was read.
    """

    new: list[Difference]
    gone: list[str]
    prose: list[str]


def news(found: Comparison, deviations: Mapping[str, str], prose: Mapping[str, str]) -> News:
    """Hold a comparison against what is recorded."""
    rows = {str(difference): difference for difference in found.differences}
    return News(
        new=[rows[row] for row in sorted(rows.keys() - deviations.keys())],
        gone=sorted(deviations.keys() - rows.keys()),
        prose=sorted(
            place for place in found.prose.keys() | prose.keys() if found.prose.get(place) != prose.get(place)
        ),
    )


def read_deviations(path: Path = DEVIATIONS_FILE) -> dict[str, str]:
    """Map each known deviation, as `row | ours | vendor`, to its reason.

    Raises:
        ValueError: An entry has no reason, or a deviation is listed twice.
    """
    known: dict[str, str] = {}
    for entry in yaml.safe_load(path.read_text("utf-8")):
        reason = str(entry.get("reason") or "").strip()
        if not reason:
            raise ValueError(f"no reason is given for {entry['deviations']}")
        for deviation in itertools.chain.from_iterable(map(expand, entry["deviations"])):
            if deviation in known:
                raise ValueError(f"listed twice: {deviation}")
            known[deviation] = reason
    return known


def expand(text: str) -> list[str]:
    """Write out `<a,b>` as a shell does `{a,b}`, whose brackets are taken: patterns are full of them."""
    parts = re.split(r"<([^<>]*,[^<>]*)>", text)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ["".join(choice) for choice in itertools.product(*choices)]


def read_prose(path: Path = PROSE_FILE) -> dict[str, str]:
    """Map each place of the vendor's file that holds prose to the hash of the prose that was read there."""
    known: dict[str, str] = yaml.safe_load(path.read_text("utf-8"))
    return known


def write_prose(prose: Mapping[str, str], path: Path = PROSE_FILE) -> None:
    """Record the vendor's prose as read."""
    lines = [f"'{place}': '{prose[place]}'\n" for place in sorted(prose)]
    path.write_text(_PROSE_HEAD + "".join(lines), "utf-8")
