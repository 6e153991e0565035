"""The scan on sentences of everyday work: what it must find, and what it must leave alone."""

import pytest

from orchestration.safety_patterns import expressions
from tests.safety.conftest import Scanned
from tests.safety.sentences import CASES, NEITHER, PATIENTS

LETTERS = {chr(place) for place in range(ord("A"), ord("R") + 1)}
SENTENCES = [*CASES, *(sentence for sentence, _ in PATIENTS), *NEITHER]


@pytest.fixture(scope="module")
def found(scanned: Scanned) -> dict[str, set[str]]:
    return scanned(SENTENCES)


def test_cases_are_found(found: dict[str, set[str]]) -> None:
    missed = [sentence for sentence in CASES if not found[sentence] - LETTERS]
    assert len(missed) <= 0.05 * len(CASES), missed


def test_patients_are_found_under_their_letter(found: dict[str, set[str]]) -> None:
    missed = [(sentence, letter) for sentence, letter in PATIENTS if letter not in found[sentence]]
    assert len(missed) <= 0.05 * len(PATIENTS), missed


def test_every_letter_that_words_can_tell_has_a_sentence() -> None:
    assert {letter for _, letter in PATIENTS} == LETTERS


def test_everyday_sentences_are_left_alone(found: dict[str, set[str]]) -> None:
    alarms = {sentence: items for sentence in NEITHER if (items := found[sentence])}
    assert len(alarms) <= 0.05 * len(NEITHER), alarms


def test_an_expression_names_every_item_and_no_word_set_is_left_open() -> None:
    made = expressions()
    assert {item.upper() for item in made if len(item) == 1} == LETTERS
    assert not [item for item, expression in made.items() if "{symptom}" in expression or "{person}" in expression]
