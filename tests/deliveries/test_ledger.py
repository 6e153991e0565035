"""Rulings 1, 2, 4 and 7: what a delivery is, when it is known, and how it is accounted for."""

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

import pytest

import deliveries
from deliveries import ReceptionFailed, raw, reception
from deliveries.ledger import Ledger
from tests.deliveries.conftest import DETAIL, REGISTRY, Box, details

FIRST, SECOND = "20260101T000000Z.csv", "20260102T000000Z.csv"


def test_the_same_name_with_the_same_bytes_does_nothing(box: Box) -> None:
    path = box.deliver(FIRST, details("a"))
    assert box.receive().parsed == 1
    before = {p: p.stat().st_mtime_ns for p in box.home.rglob("*.csv.parquet")}
    path.touch()
    assert box.receive().parsed == 0
    assert {p: p.stat().st_mtime_ns for p in box.home.rglob("*.csv.parquet")} == before


def test_an_applied_name_with_other_bytes_is_refused_and_the_old_rows_stay(box: Box) -> None:
    box.deliver(FIRST, details("a"))
    box.receive()
    box.deliver(FIRST, details("b"))
    for _ in range(2):
        (refusal,) = box.receive().refusals
        assert refusal.status == "refused_changed"
    assert box.rows() == [("a",)]
    assert box.ledger("delivery, status, rows_read") == [(FIRST, "applied", 1), (FIRST, "refused_changed", 0)]


def test_a_refused_name_may_be_replaced(box: Box) -> None:
    box.deliver(FIRST, "Id\na\n")
    assert len(box.receive().refusals) == 1
    box.deliver(FIRST, details("a"))
    assert box.receive().refusals == []
    assert box.ledger() == [(FIRST, "applied")]


def test_another_name_is_another_delivery_whatever_its_bytes(box: Box) -> None:
    for name in (FIRST, SECOND):
        box.deliver(name, details("a"))
    assert box.receive().deliveries == {DETAIL: 2}


def test_a_delivery_that_left_the_landing_folder_stays_applied(box: Box) -> None:
    path = box.deliver(FIRST, details("a"))
    box.receive()
    path.unlink()
    box.receive()
    assert box.rows() == [("a",)] and box.ledger() == [(FIRST, "applied")]


@pytest.mark.parametrize(
    "name", [".20260101T000000Z.csv", "_20260101T000000Z.csv", f"{FIRST}.tmp", f"{FIRST}.part", f"{FIRST}.PART"]
)
def test_a_file_that_is_still_being_written_is_not_there_yet(box: Box, name: str) -> None:
    box.deliver(name, details("a"))
    box.receive()
    assert box.ledger() == []


@pytest.mark.parametrize(
    "name",
    ["calls.csv", "20261301T000000Z.csv", "20260101T250000Z.csv", "20260101.csv", "20260101T000000Z",
     "20260101T000000Z_full_deletes.csv", "20260101T000000Z.json", "20260101T000000Z.csv.zip"],
)  # fmt: skip
def test_a_name_without_instant_or_of_another_format_is_refused(box: Box, name: str) -> None:
    box.deliver(name, details("a"))
    box.receive()
    assert "file name" in box.reason()


def test_words_stand_in_any_order_and_case(box: Box) -> None:
    names = ["20260101T000000Z_full_part1.csv", "20260101T000000Z_part2_FULL.csv", "20260102T000000Z_eu_deletes.csv"]
    box.deliver(names[0], details("a", "b"))
    box.deliver(names[1], details("c", "d"))
    box.deliver(names[2], "Id\na\n")
    box.receive()
    assert box.ledger("is_full, is_deletes") == [(True, False), (True, False), (False, True)]


def test_odd_signs_in_a_file_name_do_no_harm(box: Box) -> None:
    name = '20260101T000000Z_it\'s {0} "part" é.csv'
    box.deliver(name, details("a"))
    assert box.receive().refusals == []
    assert box.rows("_delivery, Id") == [(name, "a")]


def test_a_folder_that_nobody_registered_is_listed_and_otherwise_left_alone(box: Box) -> None:
    box.deliver(FIRST, "x\n", ("surprise", "thing"))
    (box.landing / "README.txt").write_text("hello")
    receipt = box.receive()
    assert receipt.ignored == ["README.txt", f"surprise/thing/{FIRST}"]
    assert box.ledger("system, status, rows_read") == [("", "ignored", 0), ("surprise", "ignored", 0)]


def test_an_address_or_number_in_a_name_that_follows_no_rule_is_not_repeated(box: Box) -> None:
    box.deliver("ada@example.org.csv", details("a"))
    box.deliver(FIRST, "x\n", ("surprise", "1234567893"))
    receipt = box.receive()
    told = [str(refusal) for refusal in receipt.refusals] + receipt.ignored + [str(row) for row in box.ledger("*")]
    assert len(receipt.refusals) == len(receipt.ignored) == 1 and all("unreadable name" in text for text in told)
    assert [text for text in told if "ada@" in text or "1234567893" in text] == []


def test_an_object_without_deliveries_reads_as_empty_with_all_its_columns(box: Box) -> None:
    box.registry = REGISTRY
    box.receive()
    for o in REGISTRY.objects:
        assert box.rows("*", (o.system, o.name)) == []
        assert (
            box.rows(
                "_delivery, _row, _delivered_at, _hash, _reason, _line, " + ", ".join(f'"{k}"' for k in o.key),
                (o.system, o.name),
            )
            == []
        )


def test_rows_carry_where_and_when_they_came(box: Box) -> None:
    box.deliver("20260105T010203Z.csv", details("a"))
    box.receive()
    ((delivery, row, at),) = box.rows("_delivery, _row, cast(_delivered_at as text)")
    assert (delivery, row, at) == ("20260105T010203Z.csv", 1, "2026-01-05 01:02:03")


def test_an_extract_that_would_delete_more_than_half_of_an_object_is_held_back(box: Box) -> None:
    box.deliver(FIRST, details("a", "b", "c"))
    box.deliver("20260102T000000Z_full.csv", details("a"))
    receipt = box.receive()
    assert receipt.refusals[0].status == "refused_suspicious_full"
    assert "would delete 2 of 3 keys" in receipt.refusals[0].reason
    assert receipt.rows_read == {DETAIL: 3}
    assert box.rows() == [("a",), ("b",), ("c",)]


def test_an_extract_that_deletes_half_is_believed(box: Box) -> None:
    box.deliver(FIRST, details("a", "b"))
    box.deliver("20260102T000000Z_full.csv", details("a"))
    assert box.receive().refusals == []


def test_the_parts_of_an_extract_are_one_extract_and_keys_with_bad_cells_are_present(box: Box) -> None:
    box.deliver(FIRST, details("a", "b", "c", "d"))
    box.deliver("20260102T000000Z_full_1.csv", details("a"))
    box.deliver("20260102T000000Z_full_2.csv", "Id,Call2_vod__c,Product_vod__c,IsDeleted\nb,,,rubbish\n")
    box.deliver("20260102T000000Z.csv", details("c"))
    assert box.receive().refusals == []


def test_deleted_keys_do_not_count_against_an_extract(box: Box) -> None:
    box.deliver(FIRST, details("a", "b", "c"))
    box.deliver("20260102T000000Z_deletes.csv", "Id\nb\nc\n")
    box.deliver("20260103T000000Z_full.csv", details("a"))
    assert box.receive().refusals == []
    box.deliver("20260102T120000Z.csv", details("b", "c"))  # brings them back before the extract
    assert [r.delivery for r in box.receive().refusals] == ["20260103T000000Z_full.csv"]


def test_verdicts_on_extracts_do_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    files = {
        "20260101T000000Z_full.csv": details("a", "b", "c", "d"),
        "20260102T000000Z_full.csv": details("a"),  # held back
        "20260103T000000Z.csv": details("e", "f"),
        "20260104T000000Z_full.csv": details("a", "b", "c"),  # 3 of 6 are gone: believed
        "20260105T000000Z_full.csv": details("x"),  # held back
        "20260106T000000Z_full.csv": details("a", "b"),
    }
    outcomes = []
    for number, order in enumerate(
        (sorted(files), sorted(files, reverse=True), sorted(files, key=lambda n: n[7] in "246"))
    ):
        box = Box(tmp_path / str(number))
        for name in order:
            box.deliver(name, files[name])
            box.receive()
        at_once = Box(tmp_path / f"{number}at_once")
        for name, content in files.items():
            at_once.deliver(name, content)
        at_once.receive()
        assert box.ledger("delivery, status, rows_read, status_reason") == at_once.ledger(
            "delivery, status, rows_read, status_reason"
        )
        assert box.rows("_delivery, Id") == at_once.rows("_delivery, Id")
        outcomes.append(box.ledger())
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert [name for name, status in outcomes[0] if status != "applied"] == [
        "20260102T000000Z_full.csv",
        "20260105T000000Z_full.csv",
    ]


def test_a_windowed_feed_never_shows_a_full_extract(box: Box) -> None:
    place = ("sfmc", "Job")
    box.deliver(FIRST, "JobID\n1\n2\n3\n", place)
    box.deliver("20260102T000000Z_full.csv", "JobID\n4\n", place)
    receipt = box.receive()
    assert receipt.refusals == [] and receipt.rows_read == {place: 4}
    assert box.ledger("is_full") == [(False,), (False,)]


def test_deliveries_are_parsed_anew_when_their_settings_change(box: Box) -> None:
    box.deliver(FIRST, "Id,Call2_vod__c,Product_vod__c\na,c,--\n")
    box.receive()
    mended = {"veeva_crm": {DETAIL[1]: {"null_words": {"Product_vod__c": ["--"]}}}}
    assert box.receive(**mended).parsed == 1
    assert box.rows("Product_vod__c") == [(None,)]
    assert box.receive(**mended).parsed == 0


def test_an_ignored_delivery_is_applied_once_its_object_is_registered(box: Box) -> None:
    box.deliver(FIRST, details("a"))
    whole = box.registry
    box.registry = dataclasses.replace(whole, objects=tuple(o for o in whole.objects if o.name != DETAIL[1]))
    box.receive()
    assert box.ledger() == [(FIRST, "ignored")]
    box.registry = whole
    box.receive()
    assert box.ledger() == [(FIRST, "applied")] and box.rows() == [("a",)]


def test_progress_names_each_delivery_that_is_parsed(box: Box) -> None:
    box.deliver(FIRST, details("a"))
    seen: list[tuple[str, str, str]] = []
    for _ in range(2):
        deliveries.receive(box.landing, box.home, box.registry, {}, lambda *step: seen.append(step))
    assert seen == [(*DETAIL, FIRST)]


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the code may catch it."""


PUTS = [(raw, "put"), (raw, "count"), (reception, "judge"), (reception, "put"), (Ledger, "save")]
MOMENTS = [(*place, calls, after) for place in PUTS for calls in (0, 1, 3) for after in (False, True)]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda m: f"{m[1]}-{m[2]}-{'after' if m[3] else 'before'}")
def test_a_reception_killed_anywhere_is_finished_by_the_next(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: tuple[Any, str, int, bool]
) -> None:
    module, function, calls, after = moment

    def deliver(to: Box) -> None:
        to.deliver(FIRST, details("a", "b", "c"))
        to.deliver("20260102T000000Z_full.csv", details("a"))
        to.deliver("20260103T000000Z_full.csv", details("a", "b"))
        to.deliver("20260104T000000Z.csv", "Id\n")

    original, count = getattr(module, function), 0

    def killer(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        count += 1
        if count <= calls:
            return original(*arguments, **named)
        if after:
            original(*arguments, **named)
        raise Killed

    deliver(box)
    box.deliver("20260102T120000Z.csv", details("a", "b", "c", "d")).rename(tmp_path / "late.csv")
    box.receive()
    (tmp_path / "late.csv").rename(box.landing.joinpath(*DETAIL, "20260101T120000Z.csv"))
    with monkeypatch.context() as patch:
        patch.setattr(module, function, killer)
        with contextlib.suppress(Killed):
            box.receive()
    box.receive()
    fresh = Box(tmp_path / "fresh")
    deliver(fresh)
    fresh.deliver("20260101T120000Z.csv", details("a", "b", "c", "d"))
    fresh.receive()
    columns = "delivery, status, status_reason, rows_read"
    assert box.ledger(columns) == fresh.ledger(columns)
    assert box.rows("_delivery, _row, Id") == fresh.rows("_delivery, _row, Id")
    assert list(box.home.rglob(".workshop")) == []


def test_raw_files_that_the_ledger_does_not_know_are_removed(box: Box) -> None:
    box.deliver(FIRST, details("a"))
    box.receive()
    stray = box.home.joinpath("raw", *DETAIL, "20250101T000000Z.csv.parquet")
    stray.write_bytes(box.home.joinpath("raw", *DETAIL, f"{FIRST}.parquet").read_bytes())
    box.receive()
    assert not stray.exists()


def test_raw_rows_that_were_lost_are_parsed_again(box: Box) -> None:
    box.deliver(FIRST, details("a"))
    box.receive()
    box.home.joinpath("raw", *DETAIL, f"{FIRST}.parquet").unlink()
    assert box.receive().parsed == 1
    assert box.rows() == [("a",)]


def test_a_full_disk_stops_the_reception_as_a_failure_of_the_machine(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.deliver(FIRST, details("a"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(raw, "put", full)
    with pytest.raises(ReceptionFailed, match="No space left"):
        box.receive()
    monkeypatch.undo()
    box.receive()
    assert box.rows() == [("a",)]


def test_raw_files_are_open_to_the_owner_alone(box: Box) -> None:
    box.deliver(FIRST, details("a"))
    box.receive()
    folders = [p for p in (box.home / "raw").rglob("*") if p.is_dir()]
    assert folders and all(p.stat().st_mode & 0o077 == 0 for p in folders)
