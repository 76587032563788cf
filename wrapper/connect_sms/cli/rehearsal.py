"""A batch without sending: every check before the first request, and what a dry run shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import attrs

from .batch import in_groups, refuse, settled
from .exits import Exit
from .inputs import InputProblem
from .paper import Paper, segments_of
from .progress import Progress
from .single import request_document, request_lines
from .wording import offender_line, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.text.counting import Segments

    from .account import Account
    from .batch import Job
    from .inputs import Source
    from .results import Result
    from .voice import Voice

_PROBLEMS_SHOWN: Final = 10
_MESSAGES_SHOWN: Final = 5
_BODIES_SHOWN: Final = 2
_OFFENDERS_SHOWN: Final = 5


def check(account: Account, voice: Voice, source: Source, job: Job) -> int:
    """Look at every line before anything is sent. Returns how many there are.

    Raises:
        InvalidBatch: Some are wrong.
        InputProblem: Nobody is named.
    """
    draft = _Draft(voice)
    for result, found in _rehearse(account, voice, source, job, Paper()):
        draft.add(result, found)
    if draft.wrong:
        raise refuse([_problem(problem) for problem in draft.problems], draft.wrong)
    if not draft.messages:
        raise InputProblem(f"{source.name} names nobody to send to")
    return draft.messages


def rehearse(account: Account, voice: Voice, source: Source, job: Job) -> int:
    """Show what a batch would send."""
    paper, draft = Paper(), _Draft(voice)
    voice.say("line   to                 encoding  parts  characters that make it dear")
    for result, found in _rehearse(account, voice, source, job, paper):
        draft.add(result, found)
        if found is not None:
            draft.count(found)
        if found is not None and draft.messages <= _MESSAGES_SHOWN:
            dear = " ".join(offender.char for offender in found.non_gsm_characters)
            to = result.destination or ""
            voice.say(f"{result.line:<6} {to:<18} {found.encoding:<9} {found.parts:<6} {dear}")
        if voice.json:
            voice.emit(_row(result, found))
    if not draft.messages and not draft.wrong:
        raise InputProblem(f"{source.name} names nobody to send to")
    for line in draft.words(paper.requests):
        voice.say(line)
    shown = None if paper.first is None else request_document(paper.first, voice)
    if shown is not None:
        for line in _request_words(shown):
            voice.say(line)
    voice.say("Dry run: nothing was sent.")
    missing = account.missing(account.key())
    for problem in missing:
        voice.note(f"To send it for real: {problem}")
    code = Exit.USAGE if draft.wrong else Exit.DONE
    sums = draft.document(paper.requests)
    return voice.end(code, type="summary", dry_run=True, **sums, request=shown, missing=missing)


def _by_size() -> Counter[tuple[int, str]]:
    return Counter()


@attrs.define(eq=False)
class _Draft:
    """What a batch would be, added up."""

    voice: Voice
    messages: int = 0
    wrong: int = 0
    parts: int = 0
    saved: int = 0
    by_size: Counter[tuple[int, str]] = attrs.field(factory=_by_size)
    dear: dict[str, int] = attrs.field(factory=dict[str, int])
    dear_lines: dict[str, str] = attrs.field(factory=dict[str, str])
    problems: list[Result] = attrs.field(factory=list["Result"])

    def add(self, result: Result, found: Segments | None) -> None:
        """A line, and what its text takes if it can be sent."""
        if found is not None:
            self.messages += 1
            return
        self.wrong += 1
        if len(self.problems) < _PROBLEMS_SHOWN:
            self.problems.append(result)

    def count(self, found: Segments) -> None:
        """What its text takes."""
        self.parts += found.parts
        self.by_size[found.parts, found.encoding] += 1
        if found.encoding == "UCS2":
            self.saved += max(found.plain.parts_saved, 0)
        for offender in found.non_gsm_characters:
            self.dear[offender.char] = self.dear.get(offender.char, 0) + len(offender.positions)
            if len(self.dear_lines) < _OFFENDERS_SHOWN:
                self.dear_lines.setdefault(offender.char, offender_line(offender))

    def words(self, requests: int) -> Iterator[str]:
        """For people."""
        if self.messages > _MESSAGES_SHOWN:
            yield f"... and {self.messages - _MESSAGES_SHOWN:,} more"
        where = f"{plural(self.messages, 'message')} in {plural(requests, 'request')}"
        yield f"{where}, {plural(self.parts, 'part')} to pay for{':' if self.by_size else '.'}"
        for (parts, encoding), times in sorted(self.by_size.items()):
            yield f"  {times:,} of {plural(parts, 'part')} ({encoding})"
        if self.dear:
            yield f"{plural(len(self.dear), 'character')} outside GSM-7:"
            yield from (f"  {line}" for line in self.dear_lines.values())
        if self.saved:
            yield f"Plain characters would save {plural(self.saved, 'part')}."
        if self.wrong:
            yield f"{plural(self.wrong, 'line')} cannot be sent:"
            yield from (f"  {_problem(problem)}" for problem in self.problems)

    def document(self, requests: int) -> dict[str, Any]:
        """As JSON."""
        return {
            "messages": self.messages,
            "wrong": self.wrong,
            "requests": requests,
            "parts": self.parts,
            "parts_saved_in_plain": self.saved,
            "non_gsm_characters": self.dear,
        }


def _request_words(shown: dict[str, Any]) -> Iterator[str]:
    messages = shown["body"]["messages"]
    some = len(messages) > _BODIES_SHOWN
    yield (
        f"The first request, with {_BODIES_SHOWN} of its {len(messages):,} messages:"
        if some
        else "The request:"
    )
    yield from request_lines({**shown, "body": {**shown["body"], "messages": messages[:_BODIES_SHOWN]}})


def _row(result: Result, found: Segments | None) -> dict[str, Any]:
    row: dict[str, Any] = {"type": "message", "line": result.line, "destination": result.destination}
    if found is None:
        return {**row, "problem": (result.reason or "").removeprefix("not sent: ")}
    return {
        **row,
        "encoding": found.encoding,
        "units": found.units,
        "parts": found.parts,
        "non_gsm_characters": [offender.char for offender in found.non_gsm_characters],
        "parts_saved_in_plain": max(found.plain.parts_saved, 0),
        "problem": None,
    }


def _problem(result: Result) -> str:
    return f"line {result.line}: {(result.reason or '').removeprefix('not sent: ')}"


def _rehearse(
    account: Account, voice: Voice, source: Source, job: Job, paper: Paper
) -> Iterator[tuple[Result, Segments | None]]:
    """Every line, with what its text takes; None for one that cannot be sent."""
    looked_at = 0
    with account.dry_client(paper, batch_size=job.size) as sms, Progress(voice, "checking", None) as bar:
        for group in in_groups(source.lines(), job.size):
            paper.drafted.clear()
            for result in settled(group, job.send(sms, group), voice):
                message = paper.drafted.get(result.client_message_id or "")
                wrong = result.result == "rejected" or message is None
                yield result, None if wrong or message is None else segments_of(message)
            looked_at += len(group)
            bar.show(looked_at, {})
