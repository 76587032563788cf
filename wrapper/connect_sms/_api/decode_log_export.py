"""Converts the generated answer on a log export to a `LogExport`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.models.log_exports import LogExport
from connect_sms.models.readers import as_str, as_time

if TYPE_CHECKING:
    from connect_sms.models.responses import RawResponse
    from connect_sms_api.models import LogExport as GeneratedLogExport


def log_export_from(answer: GeneratedLogExport, *, job_id: str, response: RawResponse) -> LogExport:
    """The state of a log export."""
    links: object = answer.data
    known = [as_str(link) for link in links] if isinstance(links, list) else []
    return LogExport(
        job_id=job_id,
        status=(as_str(answer.status) or "unknown").lower(),
        links=tuple(link for link in known if link),
        expires_at=as_time(answer.expires),
        response=response,
    )
