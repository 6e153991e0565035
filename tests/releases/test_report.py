"""The report: for people, about no person."""

import re
from collections.abc import Callable

import pytest

import releases
from releases.report import _hide
from tests.releases.handmade import Handmade


@pytest.fixture
def page(made: Handmade, audited: Callable[[], releases.Release]) -> str:
    return releases.write_report(made.settings, audited()).read_text()


def test_the_report_fetches_nothing(page: str) -> None:
    assert not re.search(r"(src|href)=.(https?:)?//|@import|url\(|<script", page)


def test_the_report_says_what_went_in_and_what_the_gate_found(page: str) -> None:
    assert "20260101" not in page and "2026-01-01" in page
    assert "unparsable_timestamp" in page and "REL-01" in page


def test_the_report_says_per_system_who_cannot_be_told(page: str) -> None:
    assert re.search(r"<td>sfmc</td><td class=\"n\">120</td><td class=\"n\">90</td>.*12\.5 %", page)
    assert re.search(r"<td>zoom</td><td class=\"n\">under 10</td>", page)


def test_cells_of_few_people_are_hidden(page: str) -> None:
    assert "under 10" in page
    assert not re.search(r"<td[^>]*>\s*marketing email\s*</td><td class=\"n\">3</td>", page)


def test_no_key_stands_in_the_report(page: str) -> None:
    assert not re.search(r"\b[0-9a-f]{32}\b", page)


def test_a_single_hidden_cell_takes_the_smallest_visible_one_with_it() -> None:
    cells = [{"people": 5, "rows": 9}, {"people": 40, "rows": 80}, {"people": 20, "rows": 30}]
    assert [cell["rows"] for cell in _hide(cells, "rows")] == [None, 80, None]
    assert [cell["rows"] for cell in _hide([{"people": 12, "rows": 9}, {"people": 0, "rows": 0}], "rows")] == [9, 0]
