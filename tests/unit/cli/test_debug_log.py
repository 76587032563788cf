"""What ``--debug`` shows controls no terminal."""

from __future__ import annotations

import logging

from connect_sms.cli.debug_log import PrintableFormatter


def test_a_record_is_shown_with_signs_for_control_characters() -> None:
    raised = (ValueError, ValueError("\x1b]0;x\x07"), None)
    record = logging.LogRecord("x", logging.INFO, "f", 1, "said %s", ("\x9b2J\u202e",), raised)
    first, *trace = PrintableFormatter("%(message)s").format(record).split("\n")
    assert first == "said <9B>2J<202E>"
    assert trace[-1] == "ValueError: \u241b]0;x\u2407"
