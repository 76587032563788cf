"""Sending safely: what may have been sent is never sent again. One row of the table for each test's line."""

from __future__ import annotations

from tests.support import NUMBER, TEXT, UMID, Caller, Script, queued


def test_a_message_is_sent_once(caller: Caller) -> None:
    script = Script(queued)
    sent = caller(caller.client(script).send(NUMBER, TEXT))
    assert sent.umid == UMID
    assert script.seen == 1
