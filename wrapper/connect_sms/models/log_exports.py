"""Log exports: the job and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from connect_sms.models.responses import RawResponse


from connect_sms.models.reprs import count_only, shown_time


@attrs.frozen(kw_only=True)
class LogExport:
    """A log that 8x8 writes for you.

    Attributes:
        job_id: 8x8's id of the export, for `log_export`.
        status: 8x8's word: ``queued``, ``running``, ``succeeded``, ``empty``, ``failed``, ``cancelled``,
            ``error``, or one not known yet.
        links: Where its files can be fetched, without a key; who has a link has the log.
        expires_at: Until when, in UTC.
        response: The raw answer; None when there was none.
    """

    job_id: str
    status: str
    links: tuple[str, ...] = attrs.field(default=(), repr=count_only)
    expires_at: datetime | None = None
    response: RawResponse | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def is_ready(self) -> bool:
        """True when its files can be fetched; of an empty log there are none."""
        return self.status in {"succeeded", "empty"}

    @property
    def has_failed(self) -> bool:
        """True when it never will be ready."""
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
    """A log that was fetched.

    Attributes:
        path: The CSV file. One of an empty log has no line, not even a header.
        size: Its bytes.
        export: The export it came from.
    """

    path: Path
    size: int
    export: LogExport

    def to_dict(self) -> dict[str, Any]:
        """The file, ready for JSON."""
        return {"path": str(self.path), "size": self.size, "export": self.export.to_dict()}
