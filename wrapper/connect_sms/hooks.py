"""Hooks: functions to call before a request, before a retry and at the end of a call."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from connect_sms._lazy import LazyModule
from connect_sms.errors.base import ConfigurationError
from connect_sms.models.private import private_init

if TYPE_CHECKING:
    from . import hook_events
else:  # for `typing.get_type_hints`
    hook_events = LazyModule("connect_sms.hook_events")

log = logging.getLogger("connect_sms")


def _plain_function(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not callable(value) or inspect.iscoroutinefunction(value)):
        msg = f"{attribute.name} must be a plain function: a hook is called and not awaited"
        raise ConfigurationError(msg)


@private_init
@attrs.frozen
class Hooks:
    """Functions to call during a call of the API. An exception in one is logged by its type and ignored.

    They run in the thread or task that sends, so they should be quick and must not block.

    Raises:
        ConfigurationError: One of them is not callable, or is a coroutine function.
    """

    on_request: Callable[[hook_events.RequestEvent], object] | None = attrs.field(
        default=None, validator=_plain_function
    )
    on_retry: Callable[[hook_events.RetryEvent], object] | None = attrs.field(
        default=None, validator=_plain_function
    )
    on_result: Callable[[hook_events.ResultEvent], object] | None = attrs.field(
        default=None, validator=_plain_function
    )


E = TypeVar("E")


def call_hook(hook: Callable[[E], object], event: E) -> None:
    """Call a user's hook; an exception is logged and dropped, as the call must still report its result."""
    try:
        hook(event)
    except Exception as exc:  # noqa: BLE001  user code may raise anything
        # By type only: the exception's text might hold a number.
        log.warning("a hook raised %s; it was ignored", type(exc).__name__)
