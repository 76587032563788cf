"""8x8's log as a file: waiting for the job, fetching it, and leaving nothing behind."""

from __future__ import annotations

import gzip
import stat
import threading
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest

from connect_sms import (
    ExportFailed,
    Gone,
    InvalidResponse,
    NoResponse,
    NotFound,
    PermissionDenied,
    Retries,
    ServerError,
)
from connect_sms._calls.log_export import download_log
from connect_sms._transport.effects import RunBlocking
from connect_sms._transport.files import PartFile
from tests.support import KEY, Caller, Script, answer
from tests.unit.calls.log_jobs import CSV, JOB, LINK, ORDERED, SINCE, fetch, file, job, ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path


class TestFetching:
    """`download_log`."""

    def test_it_orders_waits_politely_and_writes_the_file(self, caller: Caller, tmp_path: Path) -> None:
        script = Script(ORDERED, job("queued"), job("running"), job("succeeded", LINK), file())
        found = fetch(caller, tmp_path, script)
        assert found.path.read_bytes() == CSV
        assert (found.size, found.export.job_id) == (len(CSV), JOB)
        assert caller.clock.slept == [1.0, 1.5]
        assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]
        assert stat.S_IMODE(found.path.stat().st_mode) == 0o600

    def test_the_key_stays_at_home(self, caller: Caller, tmp_path: Path) -> None:
        script = ready()
        fetch(caller, tmp_path, script)
        *_, last = script.requests
        assert str(last.url) == LINK
        assert "authorization" not in last.headers
        assert KEY not in str(last.headers)
        assert last.headers["user-agent"].startswith("connect-sms/")

    def test_an_empty_log_is_an_empty_file(self, caller: Caller, tmp_path: Path) -> None:
        found = fetch(caller, tmp_path, Script(ORDERED, job("empty")))
        assert (found.path.read_bytes(), found.export.status) == (b"", "empty")

    @pytest.mark.parametrize("data", [None, [], {"url": LINK}, [{"url": LINK}]])
    def test_a_log_that_is_ready_without_a_link_is_not_an_empty_one(
        self, caller: Caller, tmp_path: Path, data: object
    ) -> None:
        script = Script(ORDERED, answer(200, {"status": "succeeded", "data": data}))
        with pytest.raises(ExportFailed, match="ready, and gives no link to it"):
            fetch(caller, tmp_path, script)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_of_nothing_is_one(self, caller: Caller, tmp_path: Path) -> None:
        found = fetch(caller, tmp_path, ready(file(b"")))
        assert (found.size, found.export.status) == (0, "succeeded")

    def test_several_files_become_one_line_after_line(self, caller: Caller, tmp_path: Path) -> None:
        script = Script(
            ORDERED, job("succeeded", LINK, f"{LINK}2"), file(b"umid\r\na"), file(b"umid\r\nb\r\n")
        )
        found = fetch(caller, tmp_path, script)
        assert found.path.read_bytes() == b"umid\r\na\numid\r\nb\r\n"

    def test_a_file_that_was_there_is_replaced(self, caller: Caller, tmp_path: Path) -> None:
        (tmp_path / "log.csv").write_text("old")
        caller(caller.client(ready()).download_log(str(tmp_path / "log.csv"), since=SINCE))
        assert (tmp_path / "log.csv").read_bytes() == CSV

    def test_what_comes_packed_is_unpacked(self, caller: Caller, tmp_path: Path) -> None:
        packed = httpx.Response(200, headers={"content-encoding": "gzip"}, content=gzip.compress(CSV))
        # As it stands on the wire; a scripted reply would be packed once more.
        script = ready()
        script._replies[-1] = lambda _: packed
        found = fetch(caller, tmp_path, script)
        assert found.path.read_bytes() == CSV

    @pytest.mark.parametrize("word", ["failed", "cancelled", "error"])
    def test_a_job_that_failed_says_so(self, caller: Caller, tmp_path: Path, word: str) -> None:
        with pytest.raises(ExportFailed, match=word) as error:
            fetch(caller, tmp_path, Script(ORDERED, job(word)))
        assert (error.value.export.status, error.value.transient) == (word, False)
        assert list(tmp_path.iterdir()) == []

    def test_there_is_an_end_to_waiting_and_the_job_is_named(self, caller: Caller, tmp_path: Path) -> None:
        script = Script(ORDERED, job("running"))
        with pytest.raises(ExportFailed, match="not ready within 60 s") as error:
            fetch(caller, tmp_path, script, timeout=60)
        assert (error.value.export.job_id, error.value.transient) == (JOB, True)
        assert sum(caller.clock.slept) <= 60
        assert max(caller.clock.slept) <= 15

    def test_a_look_that_fails_for_a_moment_is_no_reason_to_give_up(
        self, caller: Caller, tmp_path: Path
    ) -> None:
        script = Script(ORDERED, answer(503), job("succeeded", LINK), file())
        client = caller.client(script, retries=Retries(tries=1))
        assert caller(client.download_log(tmp_path / "log.csv", since=SINCE)).size == len(CSV)

    def test_the_last_failed_look_is_told(self, caller: Caller, tmp_path: Path) -> None:
        client = caller.client(Script(ORDERED, answer(503)), retries=Retries(tries=1))
        with pytest.raises(ExportFailed, match="the last request failed: ServerError"):
            caller(client.download_log(tmp_path / "log.csv", since=SINCE, timeout=5))

    def test_a_look_that_is_refused_is_an_end(self, caller: Caller, tmp_path: Path) -> None:
        with pytest.raises(PermissionDenied):
            fetch(caller, tmp_path, Script(ORDERED, answer(403)))

    @pytest.mark.parametrize(
        "link",
        [
            "http://files.example.com/log", "ftp://files.example.com/log", "file:///etc/passwd",
            "https://user:secret@files.example.com/log", "https:///log", "https://[broken/log",
            "https://files.example.com:99999/log", "//files.example.com/log", "log.csv",
        ],
    )  # fmt: skip
    def test_a_link_that_is_not_over_https_is_not_followed(
        self, caller: Caller, tmp_path: Path, link: str
    ) -> None:
        script = Script(ORDERED, job("succeeded", link), file())
        with pytest.raises(ExportFailed, match="not one over https") as error:
            fetch(caller, tmp_path, script)
        assert link not in str(error.value)
        assert script.seen == 2

    @pytest.mark.parametrize(
        "link", ["http://127.0.0.1:8288/log", "http://localhost:8288/log", "http://[::1]:8288/log"]
    )
    def test_on_this_machine_http_will_do(self, caller: Caller, tmp_path: Path, link: str) -> None:
        script = Script(ORDERED, job("succeeded", link), file())
        assert fetch(caller, tmp_path, script).size == len(CSV)

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_is_not_followed(self, caller: Caller, tmp_path: Path, status: int) -> None:
        script = ready(file(b"", status, location="https://elsewhere.example.com/"))
        with pytest.raises(InvalidResponse, match="redirect"):
            fetch(caller, tmp_path, script)
        assert script.seen == 3

    @pytest.mark.parametrize(("status", "error"), [(403, PermissionDenied), (404, NotFound), (410, Gone)])
    def test_a_link_that_has_expired_is_an_end(
        self, caller: Caller, tmp_path: Path, status: int, error: type[Exception]
    ) -> None:
        script = ready(file(b"<html>", status))
        with pytest.raises(error):
            fetch(caller, tmp_path, script)
        assert (script.seen, list(tmp_path.iterdir())) == (3, [])

    def test_another_2xx_is_no_file(self, caller: Caller, tmp_path: Path) -> None:
        with pytest.raises(InvalidResponse, match="no file"):
            fetch(caller, tmp_path, ready(file(b"", 204)))

    @pytest.mark.parametrize("trouble", [file(b"", 500), file(b"", 429), httpx.ReadError("cut")])
    def test_a_fetch_that_failed_is_tried_again_from_the_beginning(
        self, caller: Caller, tmp_path: Path, trouble: Any
    ) -> None:
        found = fetch(caller, tmp_path, ready(trouble, file()))
        assert found.path.read_bytes() == CSV

    def test_what_a_broken_try_had_brought_is_thrown_away(self, caller: Caller, tmp_path: Path) -> None:
        def cut_off(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=Broken(b"umid,half a li"))

        script = Script(ORDERED, job("succeeded", LINK), cut_off, file())
        found = fetch(caller, tmp_path, script)
        assert found.path.read_bytes() == CSV

    @pytest.mark.parametrize(
        ("trouble", "error"), [(file(b"", 503), ServerError), (httpx.ReadTimeout("slow"), NoResponse)]
    )
    def test_there_is_an_end_to_trying(
        self, caller: Caller, tmp_path: Path, trouble: Any, error: type[Exception]
    ) -> None:
        script = ready(trouble)
        with pytest.raises(error):
            fetch(caller, tmp_path, script)
        assert (script.seen, list(tmp_path.iterdir())) == (5, [])

    def test_a_file_that_is_too_large_is_not_kept(self, caller: Caller, tmp_path: Path) -> None:
        with pytest.raises(ExportFailed, match=r"larger than max_bytes \(10\)"):
            fetch(caller, tmp_path, ready(), max_bytes=10)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_takes_too_long_is_not_kept(self, caller: Caller, tmp_path: Path) -> None:
        def slow(_: httpx.Request) -> httpx.Response:
            caller.clock.advance(1000)
            return file()

        script = Script(ORDERED, job("succeeded", LINK), slow)
        with pytest.raises(ExportFailed, match="no time left") as error:
            fetch(caller, tmp_path, script)
        assert error.value.transient
        assert list(tmp_path.iterdir()) == []

    def test_a_long_refusal_is_not_read_to_its_end(self, caller: Caller, tmp_path: Path) -> None:
        with pytest.raises(Gone) as error:
            fetch(caller, tmp_path, ready(file(b"x" * 200_000, 410)))
        assert error.value.response is not None
        assert len(error.value.response.body) == 65_536

    def test_where_nothing_can_be_written_the_system_says_so(self, caller: Caller, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            caller(caller.client(ready()).download_log(tmp_path / "no" / "log.csv", since=SINCE))

    @pytest.mark.parametrize("times", [1, 30_000])
    def test_a_full_disk_is_told(
        self, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
    ) -> None:
        monkeypatch.setattr(PartFile, "write", full)
        with pytest.raises(OSError, match="No space left"):
            fetch(caller, tmp_path, ready(file(CSV * times)))
        assert list(tmp_path.iterdir()) == []

    def test_a_closed_client_fetches_nothing(self, caller: Caller, tmp_path: Path) -> None:
        client = caller.client(ready())
        caller.close_client(client)
        with pytest.raises(Exception, match="closed"):
            caller(client.download_log(tmp_path / "log.csv", since=SINCE))


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, part: bytes) -> None:
        self._part = part

    def __iter__(self) -> Iterator[bytes]:
        yield self._part
        raise httpx.ReadError("cut off")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._part
        raise httpx.ReadError("cut off")


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


async def stall(_: httpx.Request) -> httpx.Response:
    await anyio.sleep_forever()
    raise AssertionError


class TestFiles:
    """An asynchronous client works on files beside its event loop, and leaves nothing behind."""

    def test_no_file_is_touched_on_the_event_loop(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[tuple[str, bool]] = []
        on_the_loop = threading.main_thread()

        def watched(name: str, real: Callable[..., None]) -> Callable[..., None]:
            def watch(*given: object) -> None:
                seen.append((name, threading.current_thread() is on_the_loop))
                real(*given)

            return watch

        for name in ("open", "cut", "write", "end_line", "finish", "discard"):
            monkeypatch.setattr(PartFile, name, watched(name, getattr(PartFile, name)))
        caller = Caller("async")
        caller(caller.client(ready(file(CSV * 30_000))).download_log(tmp_path / "a.csv", since=SINCE))
        with pytest.raises(Gone):
            caller(caller.client(ready(file(b"", 410))).download_log(tmp_path / "b.csv", since=SINCE))
        caller.close()
        assert {name for name, _ in seen} == {"open", "cut", "write", "end_line", "finish", "discard"}
        assert [name for name, blocking in seen if blocking] == []
        assert (tmp_path / "a.csv").read_bytes() == CSV * 30_000

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_a_cancelled_download_leaves_nothing_behind(self, tmp_path: Path, backend: str) -> None:
        async def main() -> None:
            client = Caller("async").client(stall)
            with anyio.move_on_after(0.2) as scope:
                await client.download_log(tmp_path / "log.csv", since=SINCE)
            assert scope.cancelled_caught
            await client.aclose()

        anyio.run(main, backend=backend)
        assert list(tmp_path.iterdir()) == []

    def test_a_flow_that_is_closed_half_way_leaves_nothing_behind(self, tmp_path: Path) -> None:
        client = Caller("sync").client(ready())
        flow = download_log(client._context, tmp_path / "log.csv", since=SINCE)
        effect = next(flow)
        assert isinstance(effect, RunBlocking)
        effect.function()
        assert len(list(tmp_path.iterdir())) == 1
        flow.close()
        assert list(tmp_path.iterdir()) == []
