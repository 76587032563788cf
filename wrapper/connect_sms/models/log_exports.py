"""Log exports: the job and its file."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from connect_sms.models.reprs import count_only, shown_time
from connect_sms.models.responses import RawResponse


@attrs.frozen(kw_only=True)
class LogExport:
    """A log export job at 8x8.

    Attributes:
        job_id: 8x8's id of the export, for `get_log_export`.
        status: 8x8's value: ``queued``, ``running``, ``succeeded``, ``empty``, ``failed``, ``cancelled``,
            ``error``, or an unknown value.
        links: URLs of its files. Most need no key: anyone with a link can read the log.
        expires_at: When the links expire, in UTC.
        response: The raw answer; None when there was none.
    """

    job_id: str
    status: str
    links: tuple[str, ...] = attrs.field(default=(), repr=count_only)
    expires_at: datetime | None = None
    response: RawResponse | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def is_ready(self) -> bool:
        """True when its files can be fetched; an empty log has none."""
        return self.status in {"succeeded", "empty"}

    @property
    def has_failed(self) -> bool:
        """True when it will never be ready."""
        return self.status in {"failed", "cancelled", "error"}

    def redacted(self) -> LogExport:
        """The same, without links and raw answer."""
        return attrs.evolve(self, links=(), response=None)

    def to_dict(self) -> dict[str, Any]:
        """The export, ready for JSON. Links and the raw answer are not in it."""
        return {
            "job_id": self.job_id,
            "status": self.status,
            "is_ready": self.is_ready,
            "has_failed": self.has_failed,
            "expires_at": shown_time(self.expires_at),
        }


@attrs.frozen(kw_only=True)
class LogFile:
    """A downloaded log.

    Attributes:
        path: The CSV file. For an empty log it is empty, without a header.
        size: Its size in bytes.
        export: The export it came from.
    """

    path: Path
    size: int
    export: LogExport

    def to_dict(self) -> dict[str, Any]:
        """The file, ready for JSON."""
        return {"path": str(self.path), "size": self.size, "export": self.export.to_dict()}
