"""Tests of an application that sends messages: nothing leaves the machine, and no test sleeps.

To run it::

    pip install 'connect-sms[sandbox]' pytest
    pytest test_with_sandbox.py

The fixture `sms_sandbox` comes with the package: a sandbox of 8x8's service, new for each test.
"""

from __future__ import annotations

import pytest

from connect_sms import OutcomeUnknown, SmsClient
from connect_sms.sandbox import SandboxServer


def send_code(sms: SmsClient, to: str, order: str) -> bool:
    """What is tested: an application's function. It tells whether to offer another way of signing in."""
    try:
        sms.send(to, "Your code is 482910", client_message_id=order)
    except OutcomeUnknown:
        return False  # it may still arrive: sending it again could send it twice
    return True


def test_the_code_is_sent(sms_sandbox: SandboxServer) -> None:
    with sms_sandbox.client() as sms:
        assert send_code(sms, "+447700900123", "order-1")
    [message] = sms_sandbox.messages
    assert (message.text, message.parts) == ("Your code is 482910", 1)


def test_a_lost_response_does_not_send_it_twice(sms_sandbox: SandboxServer) -> None:
    sms_sandbox.fail_next("reset-after", operation="send")  # accepted, then the connection breaks
    with sms_sandbox.client() as sms:
        assert not send_code(sms, "+447700900123", "order-2")
    assert sms_sandbox.accepted.times(client_message_id="order-2") == 1


@pytest.mark.sms_sandbox(factor=0)  # the clock stands still until the test advances it
def test_a_number_that_does_not_exist(sms_sandbox: SandboxServer) -> None:
    with sms_sandbox.client() as sms:
        sent = sms.send("+447700900960", "Your code is 482910")  # the last two digits choose what happens
        sms_sandbox.clock.advance(60)
        status = sms.status(sent.umid)
    assert (status.outcome, status.error and status.error.code) == ("failed", 59)
