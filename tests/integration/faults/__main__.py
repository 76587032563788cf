"""``make fault-matrix``: play every row and write the page."""

from __future__ import annotations

from tests.integration.faults.matrix import (
    Sums,
    observe,
    runs,
    sends_once,
    with_naive_retries,
    with_results_by_position,
)
from tests.integration.faults.page import PAGE, render


def main() -> None:
    """Write the page, and say what it comes to."""
    matrix = observe(runs())
    PAGE.write_text(
        render(matrix, with_naive_retries(sends_once()), with_results_by_position()), encoding="utf-8"
    )
    sums = Sums.of(matrix)
    said = f"{sums.twice} accepted twice, {sums.lost} lost, {sums.denied} wrongly said not sent"
    print(f"docs/{PAGE.name}, {sums.runs} runs: {said}")  # noqa: T201  a command


if __name__ == "__main__":
    main()
