"""`make demo` shows what it promises, masks every number, and ends cleanly however it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading

import pytest

from connect_sms import MissingExtra
from connect_sms.sandbox import demo
from tests.unit.sandbox.api import environment, python

MODULE = "connect_sms.sandbox.demo"
OUTPUT: list[str] = []


@pytest.fixture
def shown() -> str:
    """What it prints, from one run for all tests."""
    if not OUTPUT:
        done = python("-X", "utf8", "-m", MODULE)
        assert (done.returncode, done.stderr) == (0, "")
        OUTPUT.append(done.stdout)
    return OUTPUT[0]


@pytest.mark.parametrize(
    "said",
    [
        r"accepted +QUEUED for \+4477\*\*\*\*\*123",
        r"asked +after \d\.\d s: queued\n(.*\n)* +after \d\.\d s: delivered\n +outcome +delivered, final",
        r"because of +— +EM DASH\n +cheaper +\"Sale ends Friday - visit example\.com\"",
        r"handed over +1,000 messages in 1 request\n +accepted +998\n(.*\n){4} +rejected +2\n",
        r"unknown +0\n +not sent +0\n +a minute on +\d+ delivered, \d+ undelivered",
        r"outcome +failed\n +error +59, Unknown subscriber\n +category +permanent_number\n +advice +\w",
        r"ค่ะ\n +UCS2, 73 units, 2 parts\n +the sandbox counted UCS2, 2 parts",
        r"🍝 See you at 8!\n +UCS2, 36 units, 1 part\n +the sandbox counted UCS2, 1 part",
        r"receipt +order-7731 to \+4477\*\*\*\*\*123: delivered\n",
        r"error +OutcomeUnknown\n(.*\n)+ +requests +1: .*\n +accepted +1 time, .*\n +receipt",
        r"receipt +order-7732: delivered, so it was sent after all",
        r"Done\. Sandbox and receiver are stopped",
    ],
)
def test_it_shows(shown: str, said: str) -> None:
    assert re.search(said, shown)


def test_it_shows_no_number_in_full_and_fits_a_terminal(shown: str) -> None:
    assert re.findall(r"\+\d{9,}", shown) == []
    assert max(map(len, shown.splitlines())) <= 80


def test_it_writes_no_colours_into_a_pipe(shown: str) -> None:
    assert "\x1b" not in shown


def test_ctrl_c_ends_it_without_a_traceback() -> None:
    command = [sys.executable, "-m", MODULE]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as child:
        assert child.stdout is not None
        try:
            while not child.stdout.readline().startswith("-- 1"):
                pass
            child.send_signal(signal.SIGINT)
            rest, errors = child.communicate(timeout=60)
        finally:
            child.kill()
    assert (child.returncode, errors) == (130, "")
    assert rest.endswith("Stopped; nothing is left running.\n")


def test_a_reader_that_has_seen_enough_ends_it_without_a_traceback() -> None:
    command = [sys.executable, "-m", MODULE]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == ""
        assert child.wait(60) == 0


def test_without_the_extra_it_says_what_to_install() -> None:
    program = (
        f"import runpy, sys; sys.modules['uvicorn'] = None; runpy.run_module('{MODULE}', run_name='__main__')"
    )
    done = python("-c", program)
    assert done.returncode == 1
    assert "connect-sms[sandbox]" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_unicode_it_still_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", MODULE],
        env={**environment(), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Done." in done.stdout


def test_it_can_be_played_in_a_process_that_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    threads = threading.active_count()
    assert demo.main() == 0
    assert "Done. Sandbox and receiver are stopped" in capsys.readouterr().out
    assert threading.active_count() == threads


def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def play(_: object) -> None:
        raise MissingExtra("the demo", extra="sandbox")

    monkeypatch.setattr(demo, "play", play)
    assert demo.main() == 1
    assert "connect-sms[sandbox]" in capsys.readouterr().err
