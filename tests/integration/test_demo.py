"""`make demo` shows what it promises, masks every number, and ends cleanly however it ends."""

from __future__ import annotations

import contextlib
import io
import re
import signal
import threading

import pytest

from examples.demo.__main__ import main
from tests.support.processes import python, start

COMMAND = ("-m", "examples.demo")


@pytest.fixture(scope="module")
def shown() -> str:
    """What it prints, from one run for all tests."""
    threads = threading.active_count()
    with contextlib.redirect_stdout(io.StringIO()) as output:
        assert main() == 0
    assert threading.active_count() == threads
    return output.getvalue()


@pytest.mark.parametrize(
    "pattern",
    [
        r"accepted +QUEUED for \+4477\*\*\*\*\*123",
        r"polled +after \d\.\d s: queued\n(.*\n)* +after \d\.\d s: delivered\n +outcome +delivered, final",
        r"because of +— +EM DASH\n +cheaper +\"Sale ends Friday - visit example\.com\"",
        r"sent +1,000 messages in 1 request\n +accepted +998\n(.*\n){4} +rejected +2\n",
        r"unknown +0\n +not sent +0\n +a minute on +\d+ delivered, \d+ undelivered",
        r"outcome +failed\n +error +59, Unknown subscriber\n +category +permanent_number\n +advice +\w",
        r"ค่ะ\n +73 units of UCS2, 2 parts\n +the sandbox counted 2 parts of UCS2",
        r"🍝 See you at 8!\n +36 units of UCS2, 1 part\n +the sandbox counted 1 part of UCS2",
        r"receipt +order-7731 to \+4477\*\*\*\*\*123: delivered\n",
        r"error +OutcomeUnknown\n(.*\n)+ +requests +1: .*\n +accepted +1 time, .*\n +receipt",
        r"receipt +order-7732: delivered, so it was sent after all",
        r"Done\. Sandbox and receiver are stopped",
    ],
)
def test_it_shows(shown: str, pattern: str) -> None:
    assert re.search(pattern, shown)


def test_it_shows_no_number_in_full_fits_a_terminal_and_writes_no_colours_into_a_pipe(shown: str) -> None:
    assert re.findall(r"\+\d{9,}", shown) == []
    assert max(map(len, shown.splitlines())) <= 80
    assert "\x1b" not in shown


def test_ctrl_c_ends_it_without_a_traceback() -> None:
    with start(*COMMAND) as child:
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


def test_a_reader_that_goes_away_ends_it_without_a_traceback() -> None:
    with start(*COMMAND) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == ""
        assert child.wait(60) == 0


def test_without_the_extra_it_says_what_to_install() -> None:
    program = "import runpy, sys; sys.modules['uvicorn'] = None; "
    done = python("-c", program + "runpy.run_module('examples.demo', run_name='__main__')")
    assert done.returncode == 1
    assert "connect-sms[sandbox]" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_unicode_it_still_runs() -> None:
    done = python(*COMMAND, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Done." in done.stdout
