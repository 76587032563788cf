"""How many examples of a test hypothesis tries."""

from __future__ import annotations

from typing import Any

from hypothesis import settings


def examples(share: float, **others: Any) -> settings:
    """Settings for a test whose examples cost more, or say less, than others.

    Args:
        share: Of the examples that the profile has for each test.
        others: Further settings.
    """
    profile = settings.default
    assert profile is not None
    return settings(max_examples=max(1, round(profile.max_examples * share)), **others)
