"""What the tests of this folder share: the text of a refusal, and values that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from connect_sms.errors.base import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable

not_text = st.none() | st.integers() | st.floats() | st.binary() | st.booleans() | st.lists(st.text())

digits = st.text("0123456789", min_size=1, max_size=20)


def refusal(check: Callable[[], object]) -> str:
    with pytest.raises(InvalidArgument) as caught:
        check()
    return str(caught.value)
