"""What no committed file may hold: registry addresses, paths of one machine, keys, real phone numbers."""

from __future__ import annotations

import functools
import re
import subprocess
from fnmatch import fnmatch

import pytest

from tests.support.paths import ROOT

LOCKS = ("requirements/*.txt", "*package-lock.json")

# Each pattern is spelled so that this file does not match it.
FORBIDDEN = {
    "a package registry's address": re.compile(
        r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|npmjs[.](?:org|com)|registry[.]yarnpkg|deb[.]debian[.]org",
    ),
    "an index setting in a lock": re.compile(
        r'^(?:--(?:extra-)?index-url|--find-links|\s*"resolved":)', re.MULTILINE
    ),
    "a path of one machine": re.compile(r"(?<![\w.~])/(?:home|Users|root|work)/\w"),
    "a private key": re.compile(r"-{5}BEGIN [A-Z ]*PRIVATE KEY"),
    "a key of a known kind": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|github_pat_\w{22}|[sr]k_live_\w{16}|xox[abp]-[\w-]{10}|AIza[\w-]{35}"
        r"|(?:AC|SK)[0-9a-f]{32}|eyJ[\w-]{10,}\.eyJ[\w-]{10,})",
    ),
    "a bearer token that looks real": re.compile(
        r"[Bb]earer (?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{20,}"
    ),
}
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v[0-9.]+")
EXAMPLES = [
    ("a package registry's address", "https://" + "pypi" + ".org/simple"),
    ("a package registry's address", "https://registry." + "npmjs" + ".org/left-pad"),
    ("an index setting in a lock", "--index" + "-url https://example.com/simple"),
    ("an index setting in a lock", '  "resolved"' + ': "https://example.com/a.tgz",'),
    ("a path of one machine", "see " + "/ho" + "me/ada/notes.txt"),
    ("a private key", "-" * 5 + "BEGIN RSA " + "PRIVATE KEY"),
    ("a key of a known kind", "AK" + "IA" + "ABCDEFGHIJKLMNOP"),
    ("a key of a known kind", "sk" + "_live_" + "0123456789abcdef"),
    ("a bearer token that looks real", "Bearer " + "x9Kq2" * 8),
]

NUMBER = re.compile(
    r"(?<![\w.+*#%/-])(?:\+\d(?:[ ().-]{0,2}\d){7,14}|\d{10,15})(?![\w*-]|\.\d)",
    re.ASCII,
)
FICTION = re.compile(
    r"0{0,2}440?7700900\d{1,3}|0?7700900\d{3}"  # Ofcom: mobile numbers for drama, or the beginning of one
    r"|0{0,2}1?[2-9]\d{2}55501\d{0,2}",  # NANPA: 555-0100 to 555-0199 of any area
)
# (files, digits) -> why they may stand there. Written as integers, since this file is looked at too.
ALLOWED_NUMBERS = {
    ("*", "0123456789"): "the ten digits",
    ("tools/mutants/contract.py", str(1_202_565_0124)): "a planted defect, which must be noticed",
    ("tests/unit/sandbox/*", str(1_12_345_6789)): "no area code begins with 1",
    ("tests/unit/sandbox/test_single.py", str(1_20_255_501_234)): "a digit too many",
    ("tests/unit/sandbox/test_single.py", str(210_123_4567)): "no country has 210",
    ("tests/unit/sandbox/test_single.py", str(999_123_4567)): "no country has 999",
    (
        "tests/unit/sandbox/test_single.py",
        str(65_9123_4567),
    ): "of a country without a range for fiction, sent nowhere",
    ("tests/unit/sandbox/test_scenarios.py", str(1_202_555_1140)): "just outside the range",
    ("tests/unit/sandbox/test_scenarios.py", str(44_7700_900_9401)): "a digit too many",
    ("tests/unit/sandbox/test_scenarios.py", str(44_7700_901_940)): "just outside the range",
    (
        "tests/unit/sandbox/test_scenarios.py",
        str(65_9123_4540),
    ): "of a country without a range for fiction, sent nowhere",
    ("tests/unit/validation/test_fields.py", str(3_221_225_991)): "an IPv4 address as one integer",
}


@functools.cache
def texts() -> dict[str, str]:
    """Every file that is committed or about to be, by its path; what is not text is left out."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing says which files are committed")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, str] = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if b"\0" not in data:
                found[name] = data.decode("utf-8")
    return found


def numbers_that_are_not_fiction() -> list[tuple[str, str]]:
    """Pairs of file and number, the number as digits only."""
    found: list[tuple[str, str]] = []
    for name, text in texts().items():
        if any(fnmatch(name, lock) for lock in LOCKS):
            continue
        for match in NUMBER.finditer(text):
            digits = re.sub(r"\D", "", match[0])
            if not FICTION.fullmatch(digits):
                found.append((name, digits))
    return sorted(set(found))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    hits = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for name, text in texts().items()
        for match in FORBIDDEN[what].finditer(text)
    ]
    assert hits == []


@pytest.mark.parametrize(("what", "example"), EXAMPLES)
def test_the_pattern_would_find(what: str, example: str) -> None:
    assert FORBIDDEN[what].search(example)


def test_every_pattern_is_proved_by_an_example() -> None:
    assert {what for what, _ in EXAMPLES} == set(FORBIDDEN)


def test_phone_numbers_are_from_the_ranges_for_fiction() -> None:
    strangers = [
        (name, digits)
        for name, digits in numbers_that_are_not_fiction()
        if not any(fnmatch(name, files) and digits == allowed for files, allowed in ALLOWED_NUMBERS)
    ]
    assert strangers == []


def test_every_number_allowed_by_name_still_stands_where_it_is_allowed() -> None:
    found = numbers_that_are_not_fiction()
    idle = [
        (files, allowed)
        for files, allowed in ALLOWED_NUMBERS
        if not any(fnmatch(name, files) and digits == allowed for name, digits in found)
    ]
    assert idle == []


@pytest.mark.parametrize("text", ["+1 415 " + "867 5309", "to=4915" + "112345678", '"+44 20 ' + '7183 8750"'])
def test_the_pattern_would_find_a_real_number(text: str) -> None:
    match = NUMBER.search(text)
    assert match
    assert not FICTION.fullmatch(re.sub(r"\D", "", match[0]))


def test_each_action_of_a_workflow_is_pinned_by_commit() -> None:
    """A tag can be moved to other code."""
    workflows = (ROOT / ".github" / "workflows").glob("*.y*ml")
    used = [
        found[1]
        for path in workflows
        for found in re.finditer(r"^[ -]*uses: *(.+?) *$", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert used
    assert [action for action in used if PINNED.fullmatch(action) is None] == []
