"""``batch --dry-run``: what a batch would send, and the exact first request."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms._batch.plan import BatchPlan
from connect_sms._validation.wording import plural
from connect_sms.cli.batch_resume import Resumed
from connect_sms.cli.dry_run import cached_segments, request_document, request_lines
from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.results_file import ResultsFile
from connect_sms.cli.results_rows import HELD
from connect_sms.cli.segments_view import character_line

from .batch_check import CheckedLine, Problems, checked_lines, no_recipients_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connect_sms.cli.account import Account
    from connect_sms.cli.batch_input import Source
    from connect_sms.cli.output import Output
    from connect_sms.cli.results_rows import Result
    from connect_sms.text.counting import Segments

_MESSAGES_SHOWN: Final = 5
_BODIES_SHOWN: Final = 2
_CHARACTERS_SHOWN: Final = 5


def dry_run(
    account: Account,
    out: Output,
    source: Source,
    text: str | None,
    *,
    resume: str | None,
    request_size: int,
    **arguments: Any,
) -> int:
    """Show what a batch would send."""
    plan = BatchPlan.of(account.dry_run_context(batch_size=request_size), text, **arguments)
    totals = _Totals()
    with ExitStack() as stack:
        recipients: Source | Resumed = source
        if resume is not None:
            file = stack.enter_context(closing(ResultsFile.reopen(resume)))
            recipients = Resumed(file, source, stack.enter_context(account.open_store()))
            recipients.compare()
            totals.keep(result for result, _ in recipients.others())
        out.say("line   to                 encoding  parts  non-GSM characters")
        for line in checked_lines(recipients, plan, out):
            _show(out, line, totals)
    if not totals.recipients:
        raise no_recipients_in(source)
    for said in totals.lines(plan.requests):
        out.say(said)
    shown = None if plan.first_request is None else request_document(plan.first_request, out)
    if shown is not None:
        for said in _request_lines(shown):
            out.say(said)
    out.say("Dry run: nothing was sent.")
    missing = account.missing(account.key())
    for problem in missing:
        out.note(f"To send it for real: {problem}")
    code = Exit.USAGE if totals.problems.count else Exit.DONE
    return out.end(
        code, type="summary", dry_run=True, **totals.document(plan.requests), request=shown, missing=missing
    )


def _show(out: Output, line: CheckedLine, totals: _Totals) -> None:
    found = None
    if line.problem is not None:
        totals.problems.add(line)
    else:
        found = cached_segments(line.text, line.encoding)
        totals.add(found)
        if totals.messages <= _MESSAGES_SHOWN:
            out.say(_line(line, found))
    if out.json:
        out.emit(_document(line, found))


@attrs.define(eq=False)
class _Totals:
    """The totals of a batch."""

    messages: int = 0
    parts: int = 0
    saved: int = 0
    kept: int = 0
    held: int = 0
    by_size: Counter[tuple[int, str]] = attrs.field(factory=Counter[tuple[int, str]])
    characters: dict[str, int] = attrs.field(factory=dict[str, int])
    character_lines: dict[str, str] = attrs.field(factory=dict[str, str])
    problems: Problems = attrs.field(factory=Problems)

    @property
    def recipients(self) -> int:
        return self.messages + self.problems.count + self.kept

    def keep(self, results: Iterable[Result]) -> None:
        for result in results:
            self.kept += 1
            self.held += result.result in HELD

    def add(self, found: Segments) -> None:
        self.messages += 1
        self.parts += found.parts
        self.by_size[found.parts, found.encoding] += 1
        if found.encoding == "UCS2":
            self.saved += max(found.plain.parts_saved, 0)
        for character in found.non_gsm_characters:
            char = character.char
            self.characters[char] = self.characters.get(char, 0) + len(character.positions)
            if len(self.character_lines) < _CHARACTERS_SHOWN:
                self.character_lines.setdefault(char, character_line(character))

    def lines(self, requests: int) -> Iterator[str]:
        if self.messages > _MESSAGES_SHOWN:
            yield f"... and {self.messages - _MESSAGES_SHOWN:,} more"
        where = f"{plural(self.messages, 'message')} in {plural(requests, 'request')}"
        yield f"{where}, {plural(self.parts, 'part')} to pay for{':' if self.by_size else '.'}"
        for (parts, encoding), times in sorted(self.by_size.items()):
            yield f"  {times:,} of {plural(parts, 'part')} ({encoding})"
        if self.characters:
            yield f"{plural(len(self.characters), 'character')} outside GSM-7:"
            yield from (f"  {line}" for line in self.character_lines.values())
        if self.saved:
            yield f"Transliteration would save {plural(self.saved, 'part')}."
        if self.kept:
            yield (
                f"{plural(self.kept, 'recipient')} would not be sent to: {self.kept - self.held:,} have a "
                f"result, {self.held:,} are held, as they may have been sent to."
            )
        if self.problems.count:
            yield f"{plural(self.problems.count, 'line')} cannot be sent:"
            yield from (f"  {problem}" for problem in self.problems.shown)
            yield from self.problems.more

    def document(self, requests: int) -> dict[str, Any]:
        return {
            "messages": self.messages,
            "wrong": self.problems.count,
            "kept": self.kept,
            "held": self.held,
            "requests": requests,
            "parts": self.parts,
            "parts_saved_in_plain": self.saved,
            "non_gsm_characters": self.characters,
        }


def _line(line: CheckedLine, found: Segments) -> str:
    characters = " ".join(character.char for character in found.non_gsm_characters)
    return f"{line.number:<6} {line.destination or '':<18} {found.encoding:<9} {found.parts:<6} {characters}"


def _document(line: CheckedLine, found: Segments | None) -> dict[str, Any]:
    document: dict[str, Any] = {"type": "message", "line": line.number, "destination": line.destination}
    if found is None:
        return {**document, "problem": line.problem}
    return {
        **document,
        "encoding": found.encoding,
        "units": found.units,
        "parts": found.parts,
        "non_gsm_characters": [character.char for character in found.non_gsm_characters],
        "parts_saved_in_plain": max(found.plain.parts_saved, 0),
        "problem": None,
    }


def _request_lines(shown: dict[str, Any]) -> Iterator[str]:
    messages = shown["body"]["messages"]
    some = len(messages) > _BODIES_SHOWN
    yield (
        f"The first request, with {_BODIES_SHOWN} of its {len(messages):,} messages:"
        if some
        else "The request:"
    )
    yield from request_lines({**shown, "body": {**shown["body"], "messages": messages[:_BODIES_SHOWN]}})
