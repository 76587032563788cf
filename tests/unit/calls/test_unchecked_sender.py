"""A sender ID of a form that 8x8's rule refuses goes out as it is, wherever a sender is taken."""

from __future__ import annotations

import pytest

from connect_sms import ConfigurationError, InvalidSender, Message, UncheckedSender
from connect_sms.sandbox import Sandbox

NUMBER = "+447700900123"


def test_it_is_taken_wherever_a_sender_is() -> None:
    other = UncheckedSender("H&M")
    with Sandbox() as sandbox, sandbox.client(sender=UncheckedSender("shop.sg")) as sms:
        sms.send(NUMBER, "Hello")
        sms.send(NUMBER, "Hello", sender=other)
        sms.send_batch([NUMBER], "Hello", sender=other)
        sms.send_batch([Message(destination=NUMBER, sender=other)], "Hello")
        sms.with_options(sender=other).send(NUMBER, "Hello")
        assert [message.source for message in sandbox.messages] == ["shop.sg", *["H&M"] * 4]


def test_what_is_no_sender_at_all_is_refused_everywhere() -> None:
    with Sandbox() as sandbox, sandbox.client() as sms:
        with pytest.raises(InvalidSender):
            sms.send(NUMBER, "Hello", sender=UncheckedSender("x" * 17))
        with pytest.raises(ConfigurationError):
            sms.with_options(sender=UncheckedSender(""))
        assert len(sandbox.requests) == 0
