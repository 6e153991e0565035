"""Records leave a file byte by byte: what stays is what was there."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deliveries.encodings import CleanText
from deliveries.registry import VendorObject
from erasure import records
from erasure.records import Cuts, dumps, loads, spans
from erasure.scan import Needles
from tests.erasure.house import REGISTRY

NOTHING = Needles(())
NO_TEXT = CleanText(Path("none"))
CELLS = st.text(alphabet='ab",;\n\r é=', max_size=6)


def without(*arguments: Any, **cuts: Any) -> bytes:
    return b"".join(records.without(*arguments, **cuts))


def of(name: str) -> VendorObject:
    return next(o for o in REGISTRY.objects if o.name == name)


def as_record(cells: list[str], ending: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=ending, quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue()


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12),
    st.sets(st.integers(1, 12)),
    st.sampled_from(["\n", "\r\n"]),
)
def test_removing_records_of_a_csv_leaves_exactly_the_bytes_of_the_others(
    rows: list[list[str]], gone: set[int], ending: str
) -> None:
    lines = [as_record(["Id", "b", "c"], ending), *(as_record(row, ending) for row in rows)]
    content = "".join(lines).encode()
    left = without(content, NO_TEXT, of("Account"), ("Id", "b", "c"), cuts=Cuts(gone), needles=NOTHING)
    assert left == "".join(r for number, r in enumerate(lines) if number == 0 or number not in gone).encode()


@given(st.binary(max_size=60))
def test_the_records_of_any_bytes_are_the_whole_of_them(content: bytes) -> None:
    assert b"".join(content[a:b] for a, b in spans(content)) == content


def test_blank_lines_are_no_records_and_stay() -> None:
    content = b"Id,b\r\n\r\n1,x\r\n\r\n2,y\r\n"
    assert (
        without(content, NO_TEXT, of("Account"), ("Id", "b"), cuts=Cuts({1}), needles=NOTHING)
        == b"Id,b\r\n\r\n\r\n2,y\r\n"
    )


def test_an_emptied_cell_leaves_its_neighbours_as_they_were_quoted() -> None:
    content = b'Id,Name,City\n1,"Fictional, Ada ""A""","Oslo"\n'
    left = without(
        content, NO_TEXT, of("Account"), ("Id", "Name", "City"), cuts=Cuts(cells={1: {"Name"}}), needles=NOTHING
    )
    assert left == b'Id,Name,City\n1,,"Oslo"\n'


def test_a_string_is_emptied_wherever_it_stands_whatever_its_case() -> None:
    content = b"Id,note,x\n1,seen with ADA Fictional today,2\n3,nothing,4\n"
    left = without(content, NO_TEXT, of("Account"), ("Id", None, None), cuts=Cuts(), needles=Needles(["Ada Fictional"]))
    assert left == b"Id,note,x\n1,,2\n3,nothing,4\n"


def test_numbers_of_json_stay_as_they_are_written() -> None:
    text = '{"a":[1.50,1e5,-0,12345678901234567890,true,null,"\\u00e9"]}'
    assert dumps(loads(text)) == text


def test_one_record_leaves_a_page_and_the_page_stays() -> None:
    o = of("registrants")
    page = {"uuid": "u1", "id": 7, "registrants": [{"id": "a", "n": 1.0}, {"id": "b", "n": 2.50}]}
    content = json.dumps([page, {**page, "registrants": [{"id": "c"}]}]).encode()
    left = json.loads(without(content, NO_TEXT, o, (), cuts=Cuts({1, 3}), needles=NOTHING))
    assert [p["registrants"] for p in left] == [[{"id": "b", "n": 2.5}], []]


def test_a_line_leaves_json_lines_and_the_others_keep_their_bytes() -> None:
    content = b'{"id": "1"}\n\n{"id":  "2", "n": 1.0}\nnot json\n'
    assert (
        without(content, NO_TEXT, of("xapi"), (), cuts=Cuts({1}), needles=NOTHING)
        == b'\n{"id":  "2", "n": 1.0}\nnot json\n'
    )


def test_a_cell_of_json_is_emptied_where_the_reader_finds_it() -> None:
    page = {"uuid": "u1", "registrants": [{"id": "a", "Email": "x", "n": 1}, {"id": "b", "email": "y"}]}
    left = json.loads(
        without(
            json.dumps(page).encode(), NO_TEXT, of("registrants"), (), cuts=Cuts(cells={1: {"email"}}), needles=NOTHING
        )
    )
    assert left["registrants"] == [{"id": "a", "Email": None, "n": 1}, {"id": "b", "email": "y"}]
    line = b'{"id":"1","actor":{"account":{"name":"ada"},"mbox":"mailto:a"}}\n'
    cuts = Cuts(cells={1: {"actor_account_name", "actor_mbox"}})
    assert json.loads(without(line, NO_TEXT, of("xapi"), (), cuts=cuts, needles=NOTHING))["actor"] == {
        "account": {"name": None},
        "mbox": None,
    }
