"""8x8's operations: each generated endpoint is bound here, once."""

# The generated functions have no public names; the exact pin of the generator keeps them stable.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connect_sms_api.api.exports import get_log_export, start_log_export
from connect_sms_api.api.sending import send_batch, send_batch_at_catalogue_path, send_message
from connect_sms_api.api.status import get_message
from connect_sms_api.models import LogExport, MessageDetails, OrderedLogExport, SentBatch, SentMessage

from .operation import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

SubmittedMessage = SentMessage
SubmittedBatch = SentBatch

#: Any field of a batch's answer may be missing: its rows are read by `_batch`, which needs none of them.
_BATCH_ABSENT: Final[Mapping[str, Any]] = {"batchId": "", "acceptedCount": None, "rejectedCount": None}

SEND_MESSAGE = Operation(
    "sendMessage", "POST", send_message._get_kwargs, send_message._parse_response, SubmittedMessage
)
SEND_BATCH = Operation(
    "sendBatch",
    "POST",
    send_batch._get_kwargs,
    send_batch._parse_response,
    SubmittedBatch,
    absent=_BATCH_ABSENT,
    unread=("messages",),
)
SEND_BATCH_AT_CATALOGUE_PATH = Operation(
    "sendBatchAtCataloguePath",
    "POST",
    send_batch_at_catalogue_path._get_kwargs,
    send_batch_at_catalogue_path._parse_response,
    SubmittedBatch,
    absent=_BATCH_ABSENT,
    unread=("messages",),
)
GET_MESSAGE = Operation(
    "getMessage",
    "GET",
    get_message._get_kwargs,
    get_message._parse_response,
    MessageDetails,
    absent={"umid": "", "status": {}},
    paced=True,
)
START_LOG_EXPORT = Operation(
    "startLogExport",
    "POST",
    start_log_export._get_kwargs,
    start_log_export._parse_response,
    OrderedLogExport,
    good=202,
    # It sends no message: repeating it only makes a second log.
    replay_safe=True,
)
GET_LOG_EXPORT = Operation(
    "getLogExport", "GET", get_log_export._get_kwargs, get_log_export._parse_response, LogExport
)
