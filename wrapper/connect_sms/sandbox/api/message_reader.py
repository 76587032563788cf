"""Reads the messages of one request: each is accepted, rejected, or refuses the whole request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from connect_sms.sandbox.clock import EPSILON
from connect_sms.sandbox.messages import SandboxMessage, SharedFields
from connect_sms.sandbox.scenarios import DELIVERED, scenario_for

from .phone_numbers import is_well_formed, to_e164
from .refusals import Refusal
from .segments import count_segments
from .validation import (
    check_client_message_id,
    check_country,
    check_encoding,
    check_fields,
    check_ip,
    check_moment,
    check_source,
    check_url,
)

if TYPE_CHECKING:
    from connect_sms.sandbox.settings import SandboxSettings

    from .segments import Segments

_MAX_AHEAD: Final = 7 * 86_400.0
_FIELDS: Final = frozenset({
    "destination", "text", "country", "source", "clientMessageId", "encoding", "scheduled", "expiry",
    "dlrCallbackUrl", "clientIp", "track",
})  # fmt: skip
_TRACKS: Final = frozenset({"None", "Outcome"})


SharedKey: TypeAlias = tuple[object, object, object, object, object, object]
"""Source, schedule, expiry, receipt URL, client IP and tracking of a message, as the caller wrote them."""


class MessageReader:
    """Reads the messages of one request; shared fields are checked and kept once.

    Args:
        request: The fields that all messages of the request share.
        settings: Of the sandbox.
    """

    def __init__(self, request: SharedFields, settings: SandboxSettings) -> None:
        self._request = request
        self._settings = settings
        self._texts: dict[str, str] = {}
        self._shared: dict[SharedKey, tuple[SharedFields, str | None]] = {}

    def shared(self, key: SharedKey) -> tuple[SharedFields, str | None]:
        """The checked fields, and the reason to reject every message that has them, or None."""
        try:
            known = self._shared.get(key)
        except TypeError:
            raise Refusal(1000, "A field is not of its type") from None
        if known is None:
            known = self._shared[key] = self._checked(key)
        return known

    def _checked(self, key: SharedKey) -> tuple[SharedFields, str | None]:
        source, scheduled, expiry, callback, client_ip, track = key
        source, reason = check_source(source)
        scheduled = None if scheduled is None else check_moment(scheduled, 1011, "scheduled")
        if scheduled is not None and scheduled > self._request.created + _MAX_AHEAD + EPSILON:
            raise Refusal(1011, "scheduled is more than 7 days ahead")
        expiry = None if expiry is None else check_moment(expiry, 1006, "expiry")
        if expiry is not None and expiry <= self._request.created:
            reason = reason or "expired"
        callback = None if callback is None else check_url(callback)
        if client_ip is not None:
            check_ip(client_ip)
        if track is not None and track not in _TRACKS:
            raise Refusal(1000, "track is None or Outcome")
        base = self._request
        shared = SharedFields(
            base.context,
            base.sub_account,
            base.created,
            source,
            scheduled,
            expiry,
            callback,
            base.batch_id,
            base.client_batch_id,
        )
        return shared, reason

    def read(
        self, fields: dict[str, Any], template: dict[str, Any], where: str, *, single: bool
    ) -> tuple[SandboxMessage, str]:
        """One message, accepted or rejected, and the requested encoding.

        Args:
            fields: The message as the caller wrote it.
            template: Defaults of a batch.
            where: The message's name in an error.
            single: Whether it is a single send, which answers 400 where its schema is violated; a batch
                rejects such a message and continues.
        """
        check_fields(fields, _FIELDS, self._settings, where)
        get, default = fields.get, template.get
        destination = get("destination")
        if destination is None:
            raise Refusal(3002, "destination is missing")
        if destination.__class__ is not str:
            raise Refusal(1000, "destination is not a string")
        country = get("country")
        if country is not None:
            country = check_country(country)
        client_message_id = get("clientMessageId")
        if client_message_id is not None:
            check_client_message_id(client_message_id)
        encoding = get("encoding", default("encoding"))
        encoding = "AUTO" if encoding is None else check_encoding(encoding)
        text = get("text", default("text"))
        if text is not None and text.__class__ is not str:
            raise Refusal(1000, "text is not a string")
        shared, reason = self.shared(
            (
                get("source", default("source")),
                get("scheduled", default("scheduled")),
                get("expiry", default("expiry")),
                get("dlrCallbackUrl", default("dlrCallbackUrl")),
                get("clientIp"),
                get("track"),
            )
        )
        if single:
            _refuse_single(destination, text, reason)
        digits, scenario = to_e164(destination, country), DELIVERED
        if digits is None:
            reason, digits = "not-e164", destination
        else:
            scenario = scenario_for(digits)
            reason = scenario.rejection or reason
        text, segments, too_long = self._sized(text or "", encoding, single=single)
        reason = reason or too_long
        return SandboxMessage(shared, digits, client_message_id, text, segments, scenario, reason), encoding

    def _sized(self, text: str, encoding: str, *, single: bool) -> tuple[str, Segments | None, str | None]:
        """The text that is sent, its size, and the reason to reject it, or None."""
        if not text:
            return text, None, "text-missing"
        # Ten thousand messages with one text keep one string.
        text = self._texts.setdefault(text, text)
        segments = count_segments(text, encoding)
        if segments.cut is None:
            return text, segments, None
        if self._settings.long_text == "cut":
            return text[: segments.cut], segments, None
        if single:
            raise Refusal(3006, "text has more than 10 parts")
        return text, segments, "text-too-long"


def _refuse_single(destination: str, text: str | None, reason: str | None) -> None:
    if not is_well_formed(destination):
        raise Refusal(1002, "destination is not an E.164 number")
    if not text:
        raise Refusal(3005, "text is missing")
    if reason == "source-too-long":
        raise Refusal(3011, "source is over the allowed length")
