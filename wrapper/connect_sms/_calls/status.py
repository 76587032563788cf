"""The flow behind `status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms._api.decode_status import status_from
from connect_sms._api.operations import GET_MESSAGE
from connect_sms._api.request import call
from connect_sms._validation.fields import check_path_segment

if TYPE_CHECKING:
    from connect_sms._api.context import ClientContext
    from connect_sms._transport.effects import Flow
    from connect_sms.config import Timeout
    from connect_sms.models.status import MessageStatus


def status(
    context: ClientContext,
    umid: str,
    *,
    timeout: Timeout | float | None = None,
    deadline: float | None = None,
    private: tuple[str, ...] = (),
) -> Flow[MessageStatus]:
    """Get the status of a message, with one request."""
    settings = context.settings
    what = GET_MESSAGE(settings.sub_account_id, check_path_segment(umid, argument="umid"))
    done = yield from call(context, what, timeout=timeout, deadline=deadline, private=private)
    return status_from(
        done.value,
        provider=context.provider.name,
        umid=umid,
        errors=settings.delivery_errors,
        response=done.response,
    )
