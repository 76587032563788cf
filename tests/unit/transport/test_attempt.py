"""The time of one try: no step outlasts it, and other threads have their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from connect_sms._transport.attempt import Attempt, current_attempt, limited


def test_outside_a_try_a_timeout_is_as_it_was() -> None:
    assert limited(30, TimeoutError) == 30
    assert limited(None, TimeoutError) is None


def test_a_try_without_a_limit_changes_no_timeout() -> None:
    with Attempt(None):
        assert limited(30, TimeoutError) == 30


def test_no_step_outlasts_the_try() -> None:
    with Attempt(10):
        assert 9 < (limited(30, TimeoutError) or 0) <= 10
        assert limited(2, TimeoutError) == 2
        assert 9 < (limited(None, TimeoutError) or 0) <= 10


def test_no_step_begins_when_there_is_no_time_left() -> None:
    with Attempt(0), pytest.raises(TimeoutError):
        limited(30, TimeoutError)


def test_pieces_come_while_there_is_time() -> None:
    assert list(Attempt(None).in_time([b"a", b"b"])) == [b"a", b"b"]
    assert list(Attempt(60).in_time([b"a", b"b"])) == [b"a", b"b"]
    with pytest.raises(TimeoutError):
        list(Attempt(-1).in_time([b"a"]))


def test_a_try_is_that_of_its_thread_and_ends_with_its_block() -> None:
    with ThreadPoolExecutor(1) as other, Attempt(10) as attempt:
        assert current_attempt() is attempt
        assert other.submit(current_attempt).result() is None
    assert current_attempt() is None
