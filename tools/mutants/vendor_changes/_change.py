"""What a change of a vendor's file is, and the places that most of them are made in."""

from collections.abc import Callable
from typing import Any, NamedTuple

from contract_tests.vendor_drift.posing import Node, Vendor

Place = Callable[[Vendor], Node]
Make = Callable[[Vendor], object]


class Change(NamedTuple):
    """A change of a vendor's file. `survives` gives the reason why it cannot be noticed, or need not be."""

    name: str
    make: Make
    survives: str = ""


def put(place: Place, **keywords: Any) -> Make:
    """A change that sets keywords in a place."""
    return lambda vendor: place(vendor).update(keywords)


def drop(place: Place, keyword: str) -> Make:
    """A change that takes a keyword away, which has to be there."""
    return lambda vendor: place(vendor).pop(keyword)


def wrap(place: Place, *members: Any, **keywords: Any) -> Make:
    """A change that puts what stands in a place into an `allOf`, beside further members."""

    def change(vendor: Vendor) -> None:
        node = place(vendor)
        inner = dict(node)
        node.clear()
        node.update(allOf=[inner, *members], **keywords)

    return change


def sending(vendor: Vendor) -> Node:
    """The body of a send."""
    return vendor.field(vendor.body(vendor.sending))


def source(vendor: Vendor) -> Node:
    """A field of a request: words."""
    return vendor.field(vendor.body(vendor.sending), "source")


def limit(vendor: Vendor) -> Node:
    """A field of a request: a number."""
    return vendor.field(vendor.body(vendor.export), "limit")


def messages(vendor: Vendor) -> Node:
    """A field of a request: a list."""
    return vendor.field(vendor.body(vendor.batch), "messages")


def message(vendor: Vendor) -> Node:
    """What the list of a request holds."""
    return vendor.field(vendor.body(vendor.batch), "messages", "[]")


def found(vendor: Vendor) -> Node:
    """The body of the answer to a status call."""
    return vendor.field(vendor.answer(vendor.status))


def umid(vendor: Vendor) -> Node:
    """A field of an answer: words."""
    return vendor.field(vendor.answer(vendor.status), "umid")


def code(vendor: Vendor) -> Node:
    """A field of an error: a number."""
    return vendor.field(vendor.answer(vendor.status, "429"), "code")
