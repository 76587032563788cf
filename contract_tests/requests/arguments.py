"""Arguments a caller may pass, good and bad, and the rules that tell them apart.

Written from 8x8's description of its API, not from our code: nothing here imports a check of the wrapper's.
"""

import string
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from hypothesis import strategies as st

#: Where the clock of every client in these tests stands.
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)

DIGITS: Final = frozenset("0123456789")
LETTERS: Final = frozenset(string.ascii_letters)
GSM7_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION: Final = "\f^{}\\[~]|€"

_no_control = st.characters(exclude_categories=["Cc", "Cs"])
_offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def later(least: timedelta, most: timedelta) -> st.SearchStrategy[datetime]:
    """A moment in a window from now, on a clock of any offset."""
    start, end = (NOW + least).replace(tzinfo=None), (NOW + most).replace(tzinfo=None)
    return st.builds(
        lambda moment, offset: moment.replace(tzinfo=UTC).astimezone(offset),
        st.datetimes(start, end),
        _offsets,
    )


destinations = st.from_regex(r"\+?[1-9][0-9]{6,14}", fullmatch=True)
texts = st.one_of(
    st.text(st.sampled_from(GSM7_BASIC + GSM7_EXTENSION), min_size=1, max_size=400),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200),
)
gsm7_texts = st.text(st.sampled_from(GSM7_BASIC + GSM7_EXTENSION), min_size=1, max_size=200)
senders = st.one_of(
    st.from_regex(r"\+[0-9]{1,15}|[0-9]{1,16}", fullmatch=True),
    st.from_regex(r"[A-Za-z]([A-Za-z0-9 ]{0,9}[A-Za-z0-9])?", fullmatch=True),
)
own_ids = st.text(_no_control, min_size=1, max_size=350)
batch_ids = st.text(_no_control, min_size=1, max_size=20)
umids = st.text(_no_control, min_size=1, max_size=80).filter(lambda umid: umid.strip(".") != "")
countries = st.from_regex(r"[A-Za-z]{2}", fullmatch=True)
receipt_urls = st.from_regex(
    r"https?://[a-z][a-z0-9]{0,9}(\.[a-z]{2,5}){0,2}(:8[0-9]{1,3})?"
    r"(/[A-Za-z0-9._~-]{0,9}){0,3}(\?[a-z]=[0-9]{1,3})?",
    fullmatch=True,
)
addresses = st.ip_addresses().map(str)
tracks = st.sampled_from(["None", "Outcome"])
encodings = st.sampled_from(["AUTO", "auto", "GSM7", "gsm7", "GSM7bit", "UCS2", "ucs2", "UCS-2"])
sub_accounts = st.from_regex(r"[A-Za-z0-9\-._&]{3,50}", fullmatch=True).filter(lambda name: name.strip("."))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(_no_control, max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(_no_control, max_size=5), inner, max_size=3)
    ),
    max_leaves=4,
)
# Names 8x8 might add one day. The witnesses know none of them, so what they add is taken off before asking.
extras = st.dictionaries(
    st.from_regex(r"x[A-Z][a-z]{1,8}", fullmatch=True), json_values, min_size=1, max_size=2
)


def wire_word(encoding: str) -> str:
    """The API's word for an encoding, however the caller spelt it."""
    return {"AUTO": "AUTO", "GSM7": "GSM7", "GSM7BIT": "GSM7", "UCS2": "UCS2", "UCS-2": "UCS2"}[
        encoding.upper()
    ]


@st.composite
def options(draw: st.DrawFn) -> dict[str, Any]:
    """Options that `send`, `send_batch` and a message of a batch have in common; any may be left out."""
    chosen: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "sender": senders,
                "encoding": encodings,
                "receipt_url": receipt_urls,
                "country": countries,
                "client_ip": addresses,
                "track": tracks,
                "scheduled": later(timedelta(minutes=1), timedelta(days=7)),
            },
        )
    )
    if draw(st.booleans()):
        chosen["expiry"] = draw(later(timedelta(days=7, seconds=1), timedelta(days=9)))
    return chosen


@st.composite
def texts_for(draw: st.DrawFn, encoding: str | None) -> str:
    """A text that the encoding can carry."""
    forced = encoding is not None and wire_word(encoding) == "GSM7"
    return draw(gsm7_texts if forced else texts)


@st.composite
def single(draw: st.DrawFn) -> dict[str, Any]:
    """All arguments of one good `send`."""
    chosen = draw(options())
    chosen |= draw(st.fixed_dictionaries({}, optional={"client_message_id": own_ids, "extra": extras}))
    chosen["destination"] = draw(destinations)
    chosen["text"] = draw(texts_for(chosen.get("encoding")))
    return chosen


def is_destination(value: object) -> bool:
    """7 to 15 ASCII digits, the first no 0, with or without a plus."""
    digits = value.removeprefix("+") if isinstance(value, str) else ""
    return 7 <= len(digits) <= 15 and set(digits) <= DIGITS and not digits.startswith("0")


#: What clings to values that come out of files, spreadsheets, forms and URLs.
POISON: Final = (
    *(
        "\n",
        "\r\n",
        "\t",
        " ",
        "\u00a0",
        "\u200b",
        "\u202a",
        "\ufeff",
        "\x00",
        "\u0663",
        "\uff13",
        "/",
        "%2F",
    ),
    *("..", "?", "#", "&", "+", "-", "e", "\u00e9", "\ud800", ".0", "0", "'", '"', ";", "\\"),
)


@st.composite
def near_misses(draw: st.DrawFn, good: st.SearchStrategy[str]) -> str:
    """A good value with one edit: something put in, put in place of a character, or a piece cut out."""
    value = draw(good)
    at = draw(st.integers(0, len(value)))
    kind = draw(st.sampled_from(["in", "instead", "append", "prepend", "cut"]))
    if kind == "cut":
        return value[:at]
    poison = draw(st.sampled_from(POISON))
    if kind == "append":
        return value + poison
    if kind == "prepend":
        return poison + value
    return value[:at] + poison + value[at + (kind == "instead") :]


junk = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=20),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.just(object()),
    st.sets(st.integers(), max_size=2),
    st.sampled_from([..., 447700900123, 4.477009e11, b"+447700900123", ("+447700900123",)]),
)
