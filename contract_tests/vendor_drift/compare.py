"""Ours against the vendor's file: what differs, where, in which direction, and how badly."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from contract_tests.contract import METHODS, operations
from contract_tests.vendor_drift.flatten import ABSENT, Rows, flatten, flatten_webhooks, forms
from contract_tests.vendor_drift.keywords import check_keywords
from contract_tests.vendor_drift.references import follow
from contract_tests.vendor_drift.schemas import texts_of
from contract_tests.vendor_drift.severity import Direction, Severity, direction, of_attribute, of_place
from contract_tests.vendor_drift.vendor_file import PREFIX

#: Our batch has two forms of body, the vendor's has one: it is held against each.
SECOND_FORMS = {"sendBatch": "sendBatch of destinations"}

Document = Mapping[str, Any]


class Difference(NamedTuple):
    """One attribute of one place that the two files see differently, or a place that only one of them has."""

    row: str
    ours: str
    vendor: str
    direction: Direction
    severity: Severity

    def __str__(self) -> str:
        """As it is written in the list of known deviations."""
        return f"{self.row} | {self.ours} | {self.vendor}"


class Comparison(NamedTuple):
    """What two documents differ in, and what the vendor's says in prose, as a hash for each place."""

    differences: list[Difference]
    prose: dict[str, str]


def compare_documents(ours: Document, vendor: Document) -> Comparison:
    """Compare two whole documents.

    Raises:
        UnknownKeywordError: One of them holds a keyword that the comparison does not understand.
    """
    check_keywords(ours, "openapi.yaml")
    check_keywords(vendor, "the vendor's file")
    found: list[Difference] = []
    prose = {"document": _hash(texts_of(vendor, "openapi", "info", "tags", "externalDocs"))}
    shared = set()
    for name, operation in operations(dict(ours)).items():
        path, method = PREFIX + operation.path, operation.method
        if method not in _item(vendor, path):
            place = f"{method.upper()} {path}"
            found.append(Difference(f"{name}: {place}", "present", ABSENT, Direction.REQUEST, Severity.ERROR))
            continue
        shared.add((path, method))
        for form in range(forms(ours, operation.body)):
            theirs = flatten(vendor, path, method, form=form)
            rows = compare(flatten(ours, operation.path, method, form=form).rows, theirs.rows)
            view = SECOND_FORMS.get(name, f"{name} form {form + 1}") if form else name
            found += (
                difference._replace(row=f"{view}: {difference.row}")
                for difference in rows
                if not form or difference.row.startswith("request")
            )
            if not form:
                prose |= {f"{name}: {place}": _hash(texts) for place, texts in theirs.texts.items()}
    for path, method in _addresses(vendor):
        if (path, method) not in shared:
            place = f"{method.upper()} {path}"
            found.append(Difference(place, ABSENT, "present", Direction.REQUEST, Severity.INFO))
            # Beyond what this project covers, one hash for rows and prose alike.
            prose[place] = _hash([json.dumps(flatten(vendor, path, method), sort_keys=True)])
    mine, theirs = flatten_webhooks(ours), flatten_webhooks(vendor)
    found += compare(mine.rows, theirs.rows)
    prose |= {place: _hash(texts) for place, texts in theirs.texts.items()}
    return Comparison(found, prose)


def compare(ours: Rows, vendor: Rows) -> list[Difference]:
    """Compare two sets of rows. Of something that only one side has, only the topmost place is named."""
    one_sided = ours.keys() ^ vendor.keys()
    found = []
    for place in sorted(ours.keys() | vendor.keys()):
        way = direction(place)
        if place in one_sided:
            if _has_parent(place, one_sided):
                continue
            row = {**ours, **vendor}[place]
            severity = of_place(place, vendor_has_it=place in vendor, required=row.get("required") == "yes")
            mine_is, theirs_is = ("present" if place in side else ABSENT for side in (ours, vendor))
            found.append(Difference(place, mine_is, theirs_is, way, severity))
            continue
        mine, theirs = ours[place], vendor[place]
        for name in sorted(mine.keys() | theirs.keys()):
            one, other = mine.get(name, ABSENT), theirs.get(name, ABSENT)
            if one != other:
                severity = of_attribute(place, name, mine, theirs)
                found.append(Difference(f"{place} {name}", one, other, way, severity))
    return found


def _has_parent(place: str, places: set[str]) -> bool:
    words = place.split(" ")
    return any(" ".join(words[:end]) in places for end in range(1, len(words)))


def _item(document: Document, path: str) -> Document:
    item: Document = follow(document, document.get("paths", {}).get(path, {}))
    return item


def _addresses(document: Document) -> Iterator[tuple[str, str]]:
    for path in document.get("paths", {}):
        item = _item(document, path)
        yield from ((path, method) for method in METHODS if method in item)


def _hash(texts: Iterable[str]) -> str:
    digest = hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()[:12]
    # Letters alone: no hash may look like a phone number.
    return digest.translate(str.maketrans("0123456789", "ghijklmnop"))
