"""Charts as inline SVG: bars, a band of shares, a histogram. Colours come from the page's style sheet."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence


_WIDTH: Final = 720
_LABEL: Final = 220
_VALUE: Final = 130
_ROW: Final = 30
_BAR: Final = 16
_MAX_LABEL_LENGTH: Final = 32
_MIN_LENGTH: Final = 1.5
_GAP: Final = 2.0


@attrs.frozen
class Bar:
    """One bar.

    Attributes:
        label: Its label.
        value: Its length.
        shown: Its value as text.
        kind: Its class in the style sheet: ``good``, ``open``, ``bad`` or ``plain``.
    """

    label: str
    value: float
    shown: str
    kind: str = "plain"


def safe(text: str) -> str:
    """A stranger's text as words of the page, which neither mark it up nor turn its direction."""
    return escape(printable(text))


def bars(name: str, title: str, entries: Sequence[Bar]) -> str:
    """Bars below each other, scaled to the longest.

    Args:
        name: An id that is unique on the page.
        title: What the chart shows, for screen readers.
        entries: The bars.
    """
    room = _WIDTH - _LABEL - _VALUE
    most = max((entry.value for entry in entries), default=0) or 1
    drawn: list[str] = []
    for place, entry in enumerate(entries):
        top = place * _ROW
        length = _visible(room * entry.value / most, entry.value)
        drawn += [
            _text(_short(entry.label), _LABEL - 12, top + 20, anchor="end"),
            _box(entry.kind, _LABEL, top + 7, length, _BAR),
            _text(entry.shown, _LABEL + length + 8, top + 20, kind="value"),
        ]
    return _svg(name, title, _told(entries), len(entries) * _ROW + 4, drawn)


def band(name: str, title: str, entries: Sequence[Bar]) -> str:
    """One stacked bar of shares."""
    whole = sum(entry.value for entry in entries) or 1
    drawn: list[str] = []
    left = 0.0
    for entry in entries:
        width = _WIDTH * entry.value / whole
        # A gap separates neighbours for colour-blind readers.
        seen = max(width - _GAP, 0.5)
        drawn.append(_box(entry.kind, left, 4, seen, 34, tip=f"{entry.label}: {entry.shown}"))
        left += width
    return _svg(name, title, _told(entries), 42, drawn)


def histogram(name: str, title: str, entries: Sequence[Bar]) -> str:
    """Columns for consecutive bins."""
    height, floor = 190, 150
    step = _WIDTH / max(len(entries), 1)
    most = max((entry.value for entry in entries), default=0) or 1
    drawn = [f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{floor}" y2="{floor}"/>']
    for place, entry in enumerate(entries):
        left, middle = place * step, (place + 0.5) * step
        tall = _visible((floor - 24) * entry.value / most, entry.value)
        drawn += [
            _box(entry.kind, left + 3, floor - tall, step - 6, tall),
            _text(entry.label, middle, floor + 18, kind="small", anchor="middle"),
        ]
        if entry.value:
            drawn.append(_text(entry.shown, middle, floor - tall - 6, kind="small value", anchor="middle"))
    return _svg(name, title, _told(entries), height, drawn)


def _box(kind: str, x: float, y: float, width: float, height: float, *, tip: str = "") -> str:
    within = f"<title>{safe(tip)}</title>" if tip else ""
    size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{kind}" {size} rx="2">{within}</rect>'


def _text(said: str, x: float, y: float, *, kind: str = "", anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{safe(said)}</text>'


def _svg(name: str, title: str, description: str, height: int, drawn: Sequence[str]) -> str:
    return (
        f'<div class="picture"><svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{safe(title)}</title><desc id="{name}-d">{safe(description)}</desc>'
        f"{''.join(drawn)}</svg></div>"
    )


def _told(entries: Sequence[Bar]) -> str:
    return "; ".join(f"{entry.label}: {entry.shown}" for entry in entries if entry.value) or "nothing"


def _visible(length: float, value: float) -> float:
    return max(length, _MIN_LENGTH) if value else 0.0


def _short(label: str) -> str:
    return label if len(label) <= _MAX_LABEL_LENGTH else f"{label[: _MAX_LABEL_LENGTH - 1]}\u2026"
