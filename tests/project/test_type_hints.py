"""`typing.get_type_hints` finds every name in the annotations of what the public packages list."""

from __future__ import annotations

import inspect
import typing
from typing import TYPE_CHECKING, Any

import pytest

import connect_sms
from connect_sms import receipts, reconcile, sandbox, store

if TYPE_CHECKING:
    from collections.abc import Iterator


def annotated(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A public function or class, with the public methods of the class."""
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return
    yield name, value
    if inspect.isclass(value) and value.__module__.startswith("connect_sms"):
        for member, found in inspect.getmembers_static(value):
            function = getattr(found, "__func__", getattr(found, "fget", found))
            public = not member.startswith("_") or member.endswith("__")
            if public and inspect.isfunction(function) and function.__module__.startswith("connect_sms"):
                yield f"{name}.{member}", function


PUBLIC = dict(
    found
    for package in (connect_sms, receipts, reconcile, sandbox, store)
    for name in package.__all__
    for found in annotated(f"{package.__name__}.{name}", getattr(package, name))
)


def test_the_methods_are_found() -> None:
    wanted = (
        "SmsClient.send_batch",
        "AsyncSmsClient.wait",
        "segments",
        "reconcile.reconcile",
        "sandbox.Sandbox.client",
    )
    assert PUBLIC.keys() >= {f"connect_sms.{name}" for name in wanted}
    assert len(PUBLIC) > 400


@pytest.mark.parametrize("name", PUBLIC)
def test_the_names_in_its_annotations_are_there_at_run_time(name: str) -> None:
    hints = typing.get_type_hints(PUBLIC[name])
    assert not any(isinstance(hint, str | typing.ForwardRef) for hint in hints.values())
