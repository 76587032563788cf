"""``segments``: the size of a text as SMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.cli import segments_view
from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.parsing import text_or_stdin
from connect_sms.text.counting import normalise_encoding
from connect_sms.text.counting import segments as count

if TYPE_CHECKING:
    from connect_sms.cli.output import Output


def segments(out: Output, text: str | None, encoding: str | None) -> int:
    """Show encoding, parts, non-GSM characters and a cheaper wording."""
    found = count(text_or_stdin(text), normalise_encoding(encoding or "AUTO"))
    if not out.json:
        segments_view.show(out, found)
    return out.end(Exit.DONE, segments=segments_view.document(found))
