"""Scripts of 8x8's log export: a job, its link and its file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from tests.support import Caller, Script, answer

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms import LogFile

JOB = "job-1"
LINK = "https://files.example.com/log?token=abc"
SINCE = datetime(2025, 12, 31, tzinfo=UTC)
ORDERED = answer(202, {"jobId": JOB})
CSV = b"umid,status_value\r\nu-1,delivered\r\n"


def job(status: str, *links: str, **more: Any) -> httpx.Response:
    return answer(200, {"status": status, "data": list(links) or None, "expires": None, **more})


def file(content: bytes = CSV, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={"content-type": "text/csv", **headers}, content=content)


def ready(*replies: httpx.Response | Exception) -> Script:
    """A job that is done at once; then what comes of the link."""
    return Script(ORDERED, job("succeeded", LINK), *(replies or (file(),)))


def fetch(caller: Caller, folder: Path, script: Script, **bounds: Any) -> LogFile:
    """The log in that folder."""
    found: LogFile = caller(caller.client(script).download_log(folder / "log.csv", since=SINCE, **bounds))
    return found
