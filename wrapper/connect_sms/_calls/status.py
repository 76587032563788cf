"""The flow behind `status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connect_sms._api.decode_status import status_from
from connect_sms._api.identity import ANOTHER, is_about_another
from connect_sms._api.operations import GET_MESSAGE
from connect_sms._api.request import DeadlineReached, call
from connect_sms._validation.fields import check_path_segment
from connect_sms.errors.calls import InvalidResponse, NoResponse
from connect_sms.models.readers import as_str

if TYPE_CHECKING:
    from connect_sms._api.context import ClientContext
    from connect_sms._api.operation import Success
    from connect_sms._api.store import StoreCalls
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
    store: StoreCalls | None = None,
) -> Flow[MessageStatus]:
    """Get the status of a message, with one request."""
    settings = context.settings
    what = GET_MESSAGE(settings.sub_account_id, check_path_segment(umid, argument="umid"))

    def refusal(done: Success[Any]) -> InvalidResponse | None:
        # A UUID is the same in capitals.
        said = (as_str(done.value.umid) or "").lower()
        if is_about_another(done.response, umid.lower(), said):
            return InvalidResponse(reason=f"{ANOTHER} message", response=done.response)
        return None

    try:
        done = yield from call(
            context, what, timeout=timeout, deadline=deadline, private=private, refusal=refusal, store=store
        )
    except DeadlineReached as late:
        if deadline is not None:
            raise
        msg = "the status request had no turn in the given time: they are limited to one a second"
        raise NoResponse(msg, reason=type(late).__name__) from None
    return status_from(
        done.value,
        provider=context.provider.name,
        umid=umid,
        errors=settings.delivery_errors,
        response=done.response,
    )
