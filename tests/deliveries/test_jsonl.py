"""JSON Lines: a record a line, nested values by path, a bad line set aside in its place, a cut file refused."""

import json
from typing import Any

import pytest

from deliveries import json_reader
from tests.deliveries.conftest import Box

NAME = "20260304T000000Z.jsonl"
XAPI = ("cme_lms", "xapi")
SECRET = "Ada-Fictional-4711"


def statement(statement_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": statement_id,
        "actor": {
            "objectType": "Agent",
            "name": SECRET,
            "account": {"homePage": "https://lms.example.org", "name": "u1"},
        },
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en-US": "completed"}},
        "object": {"id": "https://lms.example.org/course/7", "definition": {"type": "course"}},
        "timestamp": "2026-03-03T18:02:00.123+02:00",
        **more,
    }


def lines(*statements: Any) -> str:
    return "".join(f"{s if isinstance(s, str) else json.dumps(s)}\n" for s in statements)


def test_nested_values_fill_columns_by_their_path(box: Box) -> None:
    result = {"completion": True, "score": {"scaled": 0.950}, "duration": "PT1234S", "response": "An answer"}
    context = {"registration": "r-1", "platform": "Example LMS", "extensions": {"https://example.org/x": SECRET}}
    box.deliver(NAME, lines(statement("a", result=result, context=context)).replace("0.95", "0.9500"), XAPI)
    receipt = box.receive()
    columns = "id, actor_account_name, actor_mbox, verb_id, object_id, result_completion, result_score_scaled, result_response"
    verb, course = "http://adlnet.gov/expapi/verbs/completed", "https://lms.example.org/course/7"
    assert box.rows(columns, XAPI) == [("a", "u1", None, verb, course, "true", "0.9500", "An answer")]
    assert receipt.unknown_columns == {}
    assert all(SECRET.encode() not in path.read_bytes() for path in box.home.rglob("*.parquet"))


def test_a_bad_line_is_set_aside_in_its_place_and_blank_lines_are_none(box: Box) -> None:
    box.deliver(NAME, lines(statement("a"), "", "{not json", statement("b"), "[1]", '"x"', statement("c")), XAPI)
    receipt = box.receive()
    assert box.rows("_row, id, _reason, _line", XAPI) == [
        (1, "a", None, None), (2, None, "not_json", "{not json"), (3, "b", None, None),
        (4, None, "not_json", "[1]"), (5, None, "not_json", '"x"'), (6, "c", None, None),
    ]  # fmt: skip
    assert receipt.rows_read == {XAPI: 6}


@pytest.mark.parametrize("ending", ["", "\n"])
def test_the_last_line_may_lack_its_end_if_it_is_whole(box: Box, ending: str) -> None:
    box.deliver(NAME, lines(statement("a"), statement("b")).rstrip("\n") + ending, XAPI)
    assert box.receive().rows_read == {XAPI: 2}


def test_a_last_line_that_ends_early_refuses_the_file(box: Box) -> None:
    box.deliver(NAME, lines(statement("a"), statement("b"))[:-9], XAPI)
    receipt = box.receive()
    assert box.reason() == "line 2, the last, ends early"
    assert SECRET not in str(receipt)


@pytest.mark.parametrize(
    "content", ["id,verb\n1,completed\n", json.dumps([statement("a")]) + "\n", "<html>\n</html>\n"]
)
def test_a_file_without_a_single_object_is_no_json_lines(box: Box, content: str) -> None:
    box.deliver(NAME, content, XAPI)
    box.receive()
    assert "not JSON Lines" in box.reason()


def test_a_missing_required_member_refuses_by_its_column(box: Box) -> None:
    without_verb = {name: value for name, value in statement("a").items() if name != "verb"}
    box.deliver(NAME, lines(without_verb), XAPI)
    box.receive()
    assert box.reason() == "required column missing: verb_id"


def test_byte_order_mark_windows_ends_and_gzip_make_no_difference(box: Box) -> None:
    plain = lines(statement("a"), statement("b"))
    box.deliver("20260304T000000Z.jsonl", plain, XAPI)
    box.deliver("20260305T000000Z.jsonl", "\ufeff" + plain.replace("\n", "\r\n"), XAPI)
    box.deliver("20260306T000000Z.ndjson.gz", plain, XAPI)
    assert box.receive().rows_read == {XAPI: 6}
    assert len(set(box.rows("id, _hash", XAPI))) == 2


def test_blocks_of_lines_with_other_members_are_one_table(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "ROWS_AT_ONCE", 2)
    box.deliver(NAME, lines(*(statement(f"s{n}", **({"extra": n} if n == 4 else {})) for n in range(5)), "{"), XAPI)
    receipt = box.receive()
    assert box.rows("_row, id, extra, _reason", XAPI) == [
        *((n + 1, f"s{n}", "4" if n == 4 else None, None) for n in range(5)), (6, None, None, "not_json"),
    ]  # fmt: skip
    assert receipt.unknown_columns == {XAPI: ("extra",)}


def test_odd_lines_are_data_or_set_aside_but_never_a_crash(box: Box) -> None:
    huge = statement("x" * 1_000_000, result={"score": {"scaled": 10**400}})
    box.deliver(NAME, lines(statement("😀 =cmd|"), huge, "[" * 100_000, statement("\ud800"), statement(7)), XAPI)
    box.receive()
    assert box.rows("left(id, 6), _reason", XAPI) == [
        ("😀 =cmd", None), ("xxxxxx", None), (None, "not_json"), ("?", None), ("7", None),
    ]  # fmt: skip
