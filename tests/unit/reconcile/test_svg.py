"""Charts: bars, bands and histograms."""

from __future__ import annotations

from typing import Any

import pytest

from connect_sms.reconcile.output.svg import Bar, band, bars, histogram
from tests.unit.reconcile.html_parser import Page


class TestPictures:
    """Bars, bands and histograms."""

    ENTRIES = (Bar("a lot", 90, "90"), Bar("a little", 0.001, "0.001"), Bar("nothing", 0, "0"))

    @pytest.mark.parametrize("draw", [bars, band, histogram])
    def test_each_entry_has_its_box_and_what_is_not_nothing_is_seen(self, draw: Any) -> None:
        page = Page(draw("x", "A title", self.ENTRIES))
        widths = [float(str(box["width"])) for box in page.all("rect")]
        heights = [float(str(box["height"])) for box in page.all("rect")]
        assert len(widths) == 3
        assert min(widths[1], heights[1]) >= 0.5
        assert "a lot: 90; a little: 0.001" in page.words

    @pytest.mark.parametrize("draw", [bars, band, histogram])
    def test_of_nothing_there_is_a_picture_of_nothing(self, draw: Any) -> None:
        assert "nothing" in Page(draw("x", "A title", [])).words

    def test_the_longest_bar_is_the_largest_value_and_the_others_are_in_proportion(self) -> None:
        page = Page(bars("x", "t", [Bar("a", 50, "50"), Bar("b", 100, "100")]))
        first, second = (float(str(box["width"])) for box in page.all("rect"))
        assert second == pytest.approx(2 * first)

    def test_shares_fill_the_band_and_do_not_overlap(self) -> None:
        page = Page(band("x", "t", [Bar("a", 1, "1"), Bar("b", 3, "3")]))
        (x1, w1), (x2, w2) = ((float(str(b["x"])), float(str(b["width"]))) for b in page.all("rect"))
        assert x1 + w1 <= x2
        assert x2 + w2 <= 720
        assert w2 + 2 == pytest.approx(3 * (w1 + 2))

    def test_a_long_label_is_cut_in_the_picture_and_whole_in_words(self) -> None:
        label = "a reason that is much longer than there is room for"
        page = Page(bars("x", "t", [Bar(label, 1, "1")]))
        assert f"{label[:31]}\u2026" in page.words
        assert f"{label}: 1" in page.words
