"""Counts generated texts here and with Twilio's public calculator, and explains each difference.

Run ``python -m benchmarks.segments.agree`` after ``npm ci --ignore-scripts`` in this folder. It writes
``benchmarks/results/segments-agreement.md`` and fails when a difference has no explanation.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from connect_sms.errors.base import InvalidText
from connect_sms.text.counting import Encoding, segments

from .texts import generate

HERE: Final = Path(__file__).parent
REPORT: Final = HERE.parent / "results" / "segments-agreement.md"
SHOWN: Final = 10

Row = tuple[str, str, str, str, dict[str, Any], dict[str, Any]]
"""Kind, text, encoding asked for, reason of a difference or nothing, our answer, theirs."""

_WORDS: Final = {"AUTO": "auto", "GSM7": "GSM-7", "UCS2": "UCS-2"}
_NAMES: Final = {"GSM-7": "GSM7", "UCS-2": "UCS2"}

KEPT_WHOLE: Final = "keeps joined characters whole"
HALF_PAIR: Final = "counts half of a surrogate pair"
UNEXPLAINED: Final = "unexplained"

EXPLANATIONS: Final = {
    KEPT_WHOLE: (
        "Twilio's calculator never parts what readers see as one character: a family emoji, a flag, a letter "
        "with a free accent. It moves the whole of it to the next part, so a text can take a part more. The "
        "standard (3GPP TS 23.038 and 23.040) knows no such unit and 8x8 documents none, so `connect_sms` "
        "packs by character. Checked for each: Twilio's own characters, packed whole, give Twilio's count."
    ),
    HALF_PAIR: (
        "Half of a surrogate pair cannot be sent in any encoding. Twilio's calculator counts it as one unit; "
        "`connect_sms` raises `InvalidText` and says where it stands."
    ),
}

_ENCODINGS: Final[tuple[Encoding, ...]] = ("AUTO", "UCS2", "GSM7")


def _jobs(number: int, seed: int) -> list[tuple[str, str, Encoding]]:
    """Kind, text and encoding: four in five ask for AUTO, the others force one."""
    chance = random.Random(seed + 1)
    jobs: list[tuple[str, str, Encoding]] = [
        (kind, text, chance.choices(_ENCODINGS, (80, 15, 5))[0]) for kind, text in generate(number, seed)
    ]
    halves: list[tuple[str, str, Encoding]] = [
        ("half a surrogate pair", "x" * before + half + "x" * after, "AUTO")
        for half in ("\ud83d", "\ude00")
        for before, after in ((0, 0), (69, 0), (0, 70), (5, 5), (66, 67))
    ]
    return jobs + halves


def _ask_twilio(jobs: list[tuple[str, str, Encoding]]) -> list[dict[str, Any]]:
    if not (HERE / "node_modules").is_dir():
        sys.exit(f"Twilio's calculator is not installed. Run: npm ci --ignore-scripts --prefix {HERE}")
    with tempfile.TemporaryFile("w+") as questions:
        questions.writelines(json.dumps([text, _WORDS[encoding]]) + "\n" for _, text, encoding in jobs)
        questions.seek(0)
        answers = subprocess.run(
            ["node", HERE / "twilio.cjs"], stdin=questions, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
    return [json.loads(line) for line in answers.splitlines()]


def _ours(text: str, encoding: Encoding) -> dict[str, Any]:
    try:
        found = segments(text, encoding)
    except InvalidText:
        return {"refused": True}
    # What check_text refuses before anything is sent: counted all the same, for a preview.
    if encoding == "GSM7" and found.non_gsm_characters:
        return {"refused": True}
    return {"encoding": found.encoding, "parts": found.parts, "units": found.units}


def _theirs(answer: dict[str, Any]) -> dict[str, Any]:
    if "refused" in answer:
        return {"refused": True}
    return {"encoding": _NAMES[answer["encoding"]], "parts": answer["parts"], "units": answer["units"]}


def _packed_whole(lengths: list[int]) -> int:
    if sum(lengths) <= 70:
        return 1
    parts, room = 1, 67
    for length in lengths:
        if length > room:
            parts, room = parts + 1, 67
        room -= length
    return parts


def _explain(text: str, ours: dict[str, Any], answer: dict[str, Any]) -> str:
    if any("\ud800" <= char <= "\udfff" for char in text):
        return HALF_PAIR
    theirs = _theirs(answer)
    same_but_parts = {**ours, "parts": 0} == {**theirs, "parts": 0}
    if same_but_parts and answer["graphemes"] and _packed_whole(answer["graphemes"]) == theirs["parts"]:
        return KEPT_WHOLE
    return UNEXPLAINED


def _show(char: str) -> str:
    return char if char.isascii() and char.isprintable() and char not in "|`\\" else f"<{ord(char):X}>"


def _around(text: str) -> str:
    shown = "".join(map(_show, text))
    return shown if len(shown) <= 60 else f"{shown[:28]} ... {shown[-28:]}"


def _report(asked: argparse.Namespace, seconds: float, rows: list[Row]) -> str:
    total, agreed = Counter[str](), Counter[str]()
    for kind, _, _, reason, _, _ in rows:
        total[kind] += 1
        agreed[kind] += not reason
    reasons = Counter(reason for _, _, _, reason, _, _ in rows if reason)
    differ = reasons.total()
    differing = f"{differ:,} differ, {reasons[UNEXPLAINED]} of them unexplained"
    lines = [
        "# Segments: agreement with Twilio's calculator",
        "",
        f"Written by `python -m benchmarks.segments.agree --number {asked.number} --seed {asked.seed}`,",
        "beside npm `sms-segments-calculator` 1.3.0. Compared: encoding, units, parts, and whether a",
        "forced GSM-7 is refused.",
        "",
        f"**{len(rows):,} texts: {len(rows) - differ:,} agree, {differing}.** {seconds:.0f} s.",
        "",
        "| texts | number | agree | differ |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {kind} | {number:,} | {agreed[kind]:,} | {number - agreed[kind]:,} |"
            for kind, number in sorted(total.items())
        ),
        "",
        "An empty text takes one empty part, here as there.",
    ]
    for reason, times in reasons.most_common():
        shown = [row for row in rows if row[3] == reason]
        title = f"Twilio's calculator {reason}" if reason in EXPLANATIONS else reason
        lines += [
            "",
            f"## {times:,} times: {title}",
            "",
            EXPLANATIONS.get(reason, "No rule found."),
            "",
            f"The first {min(SHOWN, times)}, each text from both ends:",
            "",
            "| text | asked | connect_sms | Twilio |",
            "| --- | --- | --- | --- |",
            *(
                f"| `{_around(text)}` | {encoding} | {_words(ours)} | {_words(theirs)} |"
                for _, text, encoding, _, ours, theirs in shown[:SHOWN]
            ),
        ]
        more = Counter(theirs["parts"] - ours["parts"] for *_, ours, theirs in shown if "parts" in ours)
        if more:
            told = ", ".join(f"{by:+d} ({times:,} times)" for by, times in sorted(more.items()))
            lines += ["", f"Parts at Twilio's beside ours: {told}."]
    return "\n".join(lines) + "\n"


def _words(answer: dict[str, Any]) -> str:
    if "refused" in answer:
        return "refused"
    return f"{answer['encoding']}, {answer['units']} units, {answer['parts']} parts"


def main() -> None:
    """Compares, writes the report, and fails on a difference without an explanation."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--number", type=int, default=120_000)
    options.add_argument("--seed", type=int, default=8)
    options.add_argument("--report", type=Path, default=REPORT)
    asked = options.parse_args()
    start = time.monotonic()
    jobs = _jobs(asked.number, asked.seed)
    answers = _ask_twilio(jobs)
    assert len(answers) == len(jobs)
    rows: list[Row] = []
    for (kind, text, encoding), answer in zip(jobs, answers, strict=True):
        ours, theirs = _ours(text, encoding), _theirs(answer)
        reason = "" if ours == theirs else _explain(text, ours, answer)
        rows.append((kind, text, encoding, reason, ours, theirs))
    asked.report.parent.mkdir(parents=True, exist_ok=True)
    asked.report.write_text(_report(asked, time.monotonic() - start, rows))
    print(asked.report.read_text())
    if any(row[3] == UNEXPLAINED for row in rows):
        sys.exit("there are differences without an explanation")


if __name__ == "__main__":
    main()
