"""CSV as it comes: every row in its place, bad rows apart, bad files refused without a word of their content."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.deliveries.conftest import DETAIL, HEADER, Box, as_csv, details

NAME = "20260101T000000Z.csv"
SECRET = "Ada-Fictional-4711"


def test_every_value_is_text_and_keeps_leading_zeros_and_nineteen_digits(box: Box) -> None:
    box.deliver(NAME, as_csv([("0001234", "9123456789012345678", "1e5"), ("NULL", "N/A", "--")]))
    box.receive()
    assert box.rows("Id, Call2_vod__c, Product_vod__c") == [
        ("0001234", "9123456789012345678", "1e5"), ("NULL", "N/A", "--"),
    ]  # fmt: skip


def test_empty_and_quoted_empty_are_one_null(box: Box) -> None:
    box.deliver(NAME, 'Id,Call2_vod__c,Product_vod__c\na,"",\n')
    box.receive()
    assert box.rows("Call2_vod__c, Product_vod__c") == [(None, None)]


def test_emoji_quotes_newlines_formulas_and_sql_are_data_like_any_other(box: Box) -> None:
    cells = [
        "😀 שלום",
        'says "hi", twice',
        "two\nlines\r\nthree",
        "=cmd|' /C calc'!A0",
        "'); drop table x; --",
        "a\x00b",
    ]
    box.deliver(NAME, as_csv([(str(n), cell, "p") for n, cell in enumerate(cells)]))
    box.receive()
    assert [row[0] for row in box.rows("Call2_vod__c")] == cells


def test_a_cell_of_ten_megabytes_passes(box: Box) -> None:
    box.deliver(NAME, as_csv([("a", "x" * 10_000_000, "p"), ("b", "c", "p")]))
    box.receive()
    assert box.rows("Id, length(Call2_vod__c)") == [("a", 10_000_000), ("b", 1)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(box: Box, end: str) -> None:
    box.deliver(NAME, details("a", "b").replace("\n", end))
    box.receive()
    assert box.rows("Id, Product_vod__c") == [("a", "p1"), ("b", "p1")]


def test_mixed_line_ends_and_blank_lines_lose_no_row(box: Box) -> None:
    box.deliver(NAME, 'Id,Call2_vod__c,Product_vod__c\r\na,"x\r\ny",1\n\nb,2,3\r\n\r\nshort\nc,4,5')
    box.receive()
    assert box.rows("_row, Id, Call2_vod__c, _reason") == [
        (1, "a", "x\r\ny", None), (2, "b", "2", None), (3, None, None, "field_count"), (4, "c", "4", None),
    ]  # fmt: skip


def test_columns_may_be_reordered_spelled_in_another_case_and_marked_by_a_bom(box: Box) -> None:
    box.deliver(NAME, b"\xef\xbb\xbfproduct_VOD__c,ID,Call2_vod__c\np,i,c\n")
    box.receive()
    assert box.rows("Id, Call2_vod__c, Product_vod__c") == [("i", "c", "p")]


def test_a_renamed_column_is_read_under_the_operators_mapping(box: Box) -> None:
    box.deliver(NAME, "Id,Call2_vod__c,Produkt\ni,c,p\n")
    assert "Product_vod__c" in str(box.receive().refusals[0])
    box.receive(veeva_crm={DETAIL[1]: {"columns": {"Product_vod__c": "Produkt"}}})
    assert box.rows("Product_vod__c") == [("p",)]


def test_null_words_hold_for_their_column_only(box: Box) -> None:
    box.deliver(NAME, as_csv([("--", "--", "--")]))
    box.receive(veeva_crm={DETAIL[1]: {"null_words": {"Product_vod__c": ["--", "n/a"]}}})
    assert box.rows("Id, Call2_vod__c, Product_vod__c") == [("--", "--", None)]


def test_absent_optional_columns_are_null_and_unknown_ones_are_kept_and_reported(box: Box) -> None:
    box.deliver(NAME, "Id,Call2_vod__c,Product_vod__c,Tier__c,\ni,c,p,gold,\n")
    receipt = box.receive()
    assert box.rows("Detail_Priority_vod__c, Tier__c") == [(None, "gold")]
    assert receipt.unknown_columns == {DETAIL: ("Tier__c",)}
    assert box.ledger("unknown_columns") == [("Tier__c",)]


def test_an_unknown_header_that_could_be_a_value_is_shown_by_its_place(box: Box) -> None:
    box.deliver(NAME, "Id,Call2_vod__c,Product_vod__c,ada@example.org,_row\ni,c,p,x,y\n")
    assert box.receive().unknown_columns == {DETAIL: ("column_4", "column_5")}
    assert box.rows("column_4, column_5, _row") == [("x", "y", 1)]


def test_columns_that_are_not_to_be_loaded_never_reach_raw(box: Box) -> None:
    place = ("veeva_crm", "Multichannel_Consent_vod__c")
    header = ("Id", "Account_vod__c", "RecordTypeId", "Opt_Type_vod__c", "Capture_Datetime_vod__c", "Signature_vod__c")
    box.deliver(NAME, as_csv([("i", "a", "r", "Opt_In_vod", "2026-01-01T00:00:00Z", SECRET)], header), place)
    box.receive()
    assert box.rows("Id", place) == [("i",)]
    assert all(SECRET.encode() not in path.read_bytes() for path in box.home.rglob("*.parquet"))


@pytest.mark.parametrize("bad", ["only,two", "a,b,c,d", "one", '"a" b,c,d'])
def test_a_row_that_cannot_be_split_is_kept_apart_with_its_place_and_the_rest_is_used(box: Box, bad: str) -> None:
    box.deliver(NAME, f"Id,Call2_vod__c,Product_vod__c\n1,x,y\n{bad}\n3,x,y\n")
    receipt = box.receive()
    assert receipt.rows_read == {DETAIL: 3}
    rows = box.rows("_row, Id, _reason, _line")
    assert set(box.rows("typeof(_row), typeof(_line)")) == {("BIGINT", "VARCHAR")}
    assert rows[0][:3] == (1, "1", None) and rows[2][:3] == (3, "3", None)
    assert rows[1] == (2, None, "malformed_quote" if bad.startswith('"') else "field_count", bad)


def test_a_row_that_is_delivered_twice_has_one_hash_whatever_the_order_of_columns(box: Box) -> None:
    box.deliver("20260101T000000Z.csv", "Id,Call2_vod__c,Product_vod__c\ni,c,p\nj,c,p\n")
    box.deliver("20260102T000000Z.csv", "Product_vod__c,Id,Type_vod__c,Call2_vod__c\np,i,,c\n")
    box.receive()
    first, other, again = [row[0] for row in box.rows("_hash")]
    assert first == again != other


def test_values_that_change_columns_do_not_hash_alike(box: Box) -> None:
    box.deliver(NAME, "Id,Call2_vod__c,Product_vod__c\ni,x,\ni,,x\n")
    box.receive()
    assert len({row[0] for row in box.rows("_hash")}) == 2


def test_a_header_alone_is_applied_with_no_rows(box: Box) -> None:
    box.deliver(NAME, "Id,Call2_vod__c,Product_vod__c\n")
    box.receive()
    assert box.ledger("status, rows_read") == [("applied", 0)]


def test_blank_lines_in_a_file_of_keys_are_no_rows(box: Box) -> None:
    box.deliver("20260101T000000Z_deletes.csv", "Id\na\n\nb\n\n")
    box.receive()
    assert box.rows() == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "no header"),
        (b"\n\n", "no header"),
        (b"Id,Call2_vod__c\ni,c\n", "required column missing: Product_vod__c"),
        (b"Id;Call2_vod__c;Product_vod__c\ni;c;p\n", "is ',' the delimiter"),
        (b"Id,Call2_vod__c,Product_vod__c,ID\ni,c,p,i\n", "column 4 of the header repeats"),
        (b"Id,Call2_vod__c,Product_vod__c\ni,\xa0" + SECRET.encode() + b",p\n", "not utf-8 at byte 33"),
        (b"Id,Call2_vod__c,Product_vod__c\ni,c,p\n" + SECRET.encode() + b",c", "the last line ends early, at byte"),
        (
            b'Id,Call2_vod__c,Product_vod__c\ni,c,p\n"x\ny",c,p\ni,"' + SECRET.encode() + b",p\nj,c,p\n",
            "line 5 is still open",
        ),
        (SECRET.encode() + b"\n<html>", "required column missing"),
        (b'"Id,Call2_vod__c,' + SECRET.encode(), "no header"),
        ("Id,Call2_vod__c,Product_vod__c\ni,c,p\n".encode("utf-16"), "not utf-8 at byte 0"),
    ],
)
def test_a_bad_file_is_refused_with_place_and_reason_and_without_its_content(
    box: Box, content: bytes, reason: str
) -> None:
    box.deliver(NAME, content)
    box.deliver("20260102T000000Z.csv", details("good"))
    receipt = box.receive()
    (refusal,) = receipt.refusals
    assert reason in refusal.reason and SECRET not in str(receipt)
    assert box.rows() == [("good",)]
    assert box.ledger("status, rows_read") == [("refused", 0), ("applied", 1)]


def test_a_whole_last_line_needs_no_line_end(box: Box) -> None:
    box.deliver(NAME, details("a", "b").rstrip("\n"))
    box.receive()
    assert box.rows() == [("a",), ("b",)]


def test_a_stray_quote_in_a_cell_is_data_though_the_number_of_quotes_is_odd(box: Box) -> None:
    box.deliver(NAME, 'Id,Call2_vod__c,Product_vod__c\ni,5" lens,p\nj,c,p\n')
    box.receive()
    assert box.rows("Call2_vod__c") == [('5" lens',), ("c",)]


@pytest.mark.parametrize(
    ("encoding", "declared"), [("utf-16", "utf-16"), ("cp1252", "windows-1252"), ("utf-16-le", "utf-16-le")]
)
def test_a_declared_encoding_is_read(box: Box, encoding: str, declared: str) -> None:
    box.deliver(NAME, as_csv([("i", "Zoë – Müller", "p")]).encode(encoding))
    box.receive(veeva_crm={DETAIL[1]: {"encoding": declared}})
    assert box.rows("Call2_vod__c") == [("Zoë – Müller",)]


def test_a_byte_that_the_declared_encoding_lacks_is_refused_by_its_offset(box: Box) -> None:
    box.deliver(NAME, b"Id,Call2_vod__c,Product_vod__c\ni,\x81,p\n")
    box.receive(veeva_crm={DETAIL[1]: {"encoding": "windows-1252"}})
    assert box.reason() == "not windows-1252 at byte 33"


def test_a_character_cut_at_the_end_of_the_file_is_refused_by_its_offset(box: Box) -> None:
    box.deliver(NAME, details("a").encode() + "é".encode()[:1])
    box.receive()
    assert box.reason() == "not utf-8 at byte 39"


def test_gzip_is_read_and_a_gzip_that_ends_early_is_refused(box: Box) -> None:
    whole = box.deliver("20260101T000000Z.csv.gz", details(*(str(n) for n in range(2000))))
    box.deliver("20260102T000000Z.csv.gz", "").write_bytes(whole.read_bytes()[:-200])
    box.deliver("20260103T000000Z.csv.gz", "").write_bytes(b"no gzip at all")
    receipt = box.receive()
    assert receipt.rows_read == {DETAIL: 2000}
    assert receipt.refusals[0].reason.split(",")[0] == "the gzip stream ends early"
    assert "not a sound gzip file" in receipt.refusals[1].reason


def test_two_layouts_of_open_payments_come_under_one_name(box: Box) -> None:
    place = ("cms_open_payments", "general")
    maker = "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment"
    common = [
        "Record_ID", f"{maker}_ID", f"{maker}_Name", "Total_Amount_of_Payment_USDollars", "Date_of_Payment",
        "Form_of_Payment_or_Transfer_of_Value", "Nature_of_Payment_or_Transfer_of_Value",
    ]  # fmt: skip
    values = ["1", "100", "Invented Inc", "12.50", "03/01/2014", "Cash", "Food and Beverage"]
    box.deliver("20140601T000000Z.csv", as_csv([[*values, "77"]], [*common, "Physician_Profile_ID"]), place)
    box.deliver(
        "20220601T000000Z.csv", as_csv([["2", *values[1:], "78"]], [*common, "Covered_Recipient_Profile_ID"]), place
    )
    box.deliver("20230601T000000Z.csv", as_csv([values], common), place)
    (refusal,) = box.receive().refusals
    assert box.rows("Covered_Recipient_Profile_ID", place) == [("77",), ("78",)]
    assert refusal.reason == "required column missing: Covered_Recipient_Profile_ID or Physician_Profile_ID"


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
ROWS = st.lists(st.tuples(st.text("abc019", min_size=1), CELLS, CELLS) | st.just(None), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_what_was_written_is_read_in_its_order_around_malformed_rows(
    box: Box, rows: list[tuple[str, str, str] | None]
) -> None:
    lines = [as_csv([row], quoted=True).split("\n", 1)[1] if row else "too,short\n" for row in rows]
    box.deliver(NAME, ",".join(HEADER) + "\n" + "".join(lines))
    for path in box.home.rglob("deliveries.parquet"):
        path.unlink()
    box.receive()
    expected: list[Any] = [(*row, None) if row else (None, None, None, "field_count") for row in rows]
    expected = [tuple(cell or None for cell in row) for row in expected]
    assert box.rows("Id, Call2_vod__c, Product_vod__c, _reason") == expected
    assert [row[0] for row in box.rows("_row")] == list(range(1, len(rows) + 1))
