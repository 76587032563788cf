"""Whether an answer is about what was asked: servers and proxies have been seen to mix up answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connect_sms.models.readers import as_str

if TYPE_CHECKING:
    from connect_sms.models.responses import RawResponse

#: Said of an answer that is about something else.
ANOTHER: Final = "an answer about another"


def is_about_another(response: RawResponse, asked: str, said: object) -> bool:
    """True when an answer is not, or not certainly, about what was asked.

    An answer that names nothing is taken as it is, unless more lay on the connection behind it.

    Args:
        response: The raw answer.
        asked: The id that the request named.
        said: The id in the answer, of any type.
    """
    named = as_str(said)
    return named != asked if named else response.followed_by_data
