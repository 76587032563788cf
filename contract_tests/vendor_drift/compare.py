"""Ours against the vendor's file: what differs, and whether each difference is known."""

import itertools
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from contract_tests.contract import ROOT, load, operations
from contract_tests.vendor_drift.flatten import ABSENT, Rows, flatten

#: The vendor's file is read in place and is no part of the project. The variable says where else it may be.
VENDOR_FILE = Path(
    os.environ.get("CONNECT_SMS_VENDOR_FILE", ROOT.parent / "shared" / "reference" / "vendor-sms-api.json")
)
KNOWN_FILE = Path(__file__).with_name("known_deviations.yaml")
_PREFIX = "/api/v1/subaccounts"


class View(NamedTuple):
    """One operation as both files have it, or those of its rows that begin with a word."""

    name: str
    operation: str
    form: int = 0
    only: str = ""


#: Our batch has two forms of body, the vendor's has one: it is held against each.
VIEWS = (
    View("sendMessage", "sendMessage"),
    View("sendBatch", "sendBatch"),
    View("sendBatch of destinations", "sendBatch", form=1, only="request"),
    View("getMessage", "getMessage"),
    View("startLogExport", "startLogExport"),
    View("getLogExport", "getLogExport"),
)


class Difference(NamedTuple):
    """One attribute of one place that the two files see differently."""

    row: str
    ours: str
    vendor: str

    def __str__(self) -> str:
        """As it is written in the list of known deviations."""
        return f"{self.row} | {self.ours} | {self.vendor}"


def read_vendor(path: Path = VENDOR_FILE) -> dict[str, Any]:
    """Read the vendor's file."""
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def differences(ours: Mapping[str, Any], vendor: Mapping[str, Any]) -> list[Difference]:
    """Every difference between the two documents, in the operations that they share."""
    found: list[Difference] = []
    named = operations(dict(ours))
    for view in VIEWS:
        if (operation := named.get(view.operation)) is None:
            found.append(Difference(f"{view.name}: operation", ABSENT, "present"))
            continue
        path, method = _PREFIX + operation.path, operation.method
        if method not in vendor["paths"].get(path, {}):
            found.append(Difference(f"{view.name}: {method.upper()} {path}", "present", ABSENT))
            continue
        mine = flatten(ours, operation.path, method, form=view.form)
        found += (
            difference._replace(row=f"{view.name}: {difference.row}")
            for difference in compare(mine, flatten(vendor, path, method))
            if difference.row.startswith(view.only)
        )
    return found


def compare(ours: Rows, vendor: Rows) -> list[Difference]:
    """Compare two sets of rows. Of something that only one side has, only the topmost place is named."""
    one_sided = ours.keys() ^ vendor.keys()
    found = []
    for place in sorted(ours.keys() | vendor.keys()):
        if place in one_sided:
            if not any(place.startswith(f"{other} ") for other in one_sided):
                found.append(
                    Difference(place, *("present" if place in side else ABSENT for side in (ours, vendor)))
                )
            continue
        mine, theirs = ours[place], vendor[place]
        found += (
            Difference(f"{place} {name}", mine.get(name, ABSENT), theirs.get(name, ABSENT))
            for name in sorted(mine.keys() | theirs.keys())
            if mine.get(name) != theirs.get(name)
        )
    return found


def read_known(path: Path = KNOWN_FILE) -> dict[str, str]:
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


def classify_response(found: Iterable[Difference], known: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the differences that nobody recorded, and the recorded ones that are gone."""
    seen = {str(difference) for difference in found}
    return sorted(seen - known.keys()), sorted(known.keys() - seen)


def load_both() -> tuple[dict[str, Any], dict[str, Any]]:
    """Our contract and the vendor's file."""
    return load(), read_vendor()
