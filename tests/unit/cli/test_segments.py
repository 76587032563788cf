"""``connect-sms segments``: what a text takes, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.cli_fixtures import Cli


def test_a_text_is_drawn_as_the_parts_it_goes_out_in(cli: Cli) -> None:
    done = cli("segments", "x" * 160 + "y")
    assert done.code == 0
    assert done.out.startswith("2 parts, GSM7: 161 septets, 145 left in the last part of 153\n")
    assert "part 1 of 2" in done.out
    assert "153 of 153" in done.out
    assert "8 of 153" in done.out


def test_dear_characters_are_named_with_a_replacement(cli: Cli) -> None:
    out = cli("segments", "a — b — c 🎉").out
    assert "2 characters outside GSM-7:" in out
    assert '2 x —  U+2014 EM DASH, at 2, 6: "-" in its place' in out
    assert "🎉  U+1F389 PARTY POPPER, at 10: no replacement" in out


def test_a_sign_that_can_only_be_left_out_is_priced(cli: Cli) -> None:
    assert "Without 🎉 it would take 1 part." in cli("segments", "x" * 100 + "🎉").out
    assert "Without" not in cli("segments", "🎉").out


def test_a_text_too_long_to_send_is_said_to_be_so(cli: Cli) -> None:
    done = cli("segments", "x" * 1531, "--json")
    assert (done.code, done.json["segments"]["parts"], done.json["segments"]["sendable"]) == (0, 11, False)
    assert "Too long to send" in cli("segments", "x" * 1531).out


def test_json_has_parts_offenders_and_the_plain_wording(cli: Cli) -> None:
    assert cli("segments", "—", "--json").json == {
        "command": "segments",
        "ok": True,
        "exit_code": 0,
        "segments": {
            "encoding": "UCS2",
            "units": 1,
            "units_per_part": 70,
            "units_left": 69,
            "parts": 1,
            "sendable": True,
            "non_gsm_characters": [
                {"char": "—", "code_point": "U+2014", "name": "EM DASH", "positions": [0], "replacement": "-"}
            ],
            "part_texts": ["—"],
            "plain": {"text": "-", "encoding": "GSM7", "parts": 1, "parts_saved": 0, "blocked_by": []},
        },
        "error": None,
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 100 + "…", "Cheaper, 1 part instead of 2 (GSM7):\n  " + "x" * 100 + "..."),
        ("[bold]x[/bold] :smile:", "[bold]x[/bold] :smile:"),  # no markup
        ("a\u200bb", "U+200B ZERO WIDTH SPACE, at 1: leave it out"),
        ("…" * 7, "7 x …  U+2026 HORIZONTAL ELLIPSIS, at 0, 1, 2, 3, 4, ...:"),
    ],
)
def test_what_is_shown_of_a_text(text: str, shown: str, cli: Cli) -> None:
    assert shown in cli("segments", text).out


@pytest.mark.parametrize("args", [(), ("-",)])
def test_the_text_may_come_from_standard_input(args: tuple[str, ...], cli: Cli) -> None:
    assert cli("segments", *args, "--json", stdin="hello\n").json["segments"]["units"] == 5


def test_an_encoding_may_be_forced(cli: Cli) -> None:
    assert cli("segments", "hello", "--encoding", "UCS2", "--json").json["segments"]["encoding"] == "UCS2"
    assert cli("segments", "hello", "--encoding", "latin-1").code == 2
    assert cli("segments", "\ud83d").code == 2


def test_control_characters_do_not_reach_the_terminal(cli: Cli) -> None:
    out = cli("segments", "a\x1b]0;title\x07b\nc\x9b\x7f").out
    assert "a␛]0;title␇b␊" in out
    assert "\x1b" not in out
    assert not set("\x07\x7f\x9b") & set(out)
