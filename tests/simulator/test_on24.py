"""ON24 in the simulation: pages and offsets as the vendor sends them, and each planted trap."""

import json
import re
from typing import Any

import pandas as pd
import pytest

from tests.simulator.conftest import Sample

LISTS = {"registrant": "registrants", "attendee": "attendees"}


def pages(sample: Sample, name: str) -> list[dict[str, Any]]:
    return [page for path in sample.files("on24", name) for page in json.loads(path.read_text(encoding="utf-8"))]


def records(sample: Sample, name: str) -> list[dict[str, Any]]:
    return [record | {"eventid": page["eventid"]} for page in pages(sample, name) for record in page[LISTS[name]]]


@pytest.fixture(scope="session")
def attendees(sample: Sample) -> list[dict[str, Any]]:
    return records(sample, "attendee")


def test_every_time_has_the_pacific_offset_of_its_day(sample: Sample, attendees: list[dict[str, Any]]) -> None:
    times = [event["livestart"] for event in pages(sample, "event")]
    times += [
        record[key] for record in attendees for key in ("firstliveactivity", "firstarchiveactivity") if key in record
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00", time) for time in times)
    assert {time[-5:-3] for time in times} == {"07", "08"}
    assert any(
        record["firstliveactivity"][-6:] != record["firstarchiveactivity"][-6:]
        for record in attendees
        if {"firstliveactivity", "firstarchiveactivity"} <= set(record)
    )


def test_a_person_stands_once_on_a_page_and_absent_keys_are_absent(
    sample: Sample, attendees: list[dict[str, Any]]
) -> None:
    for name, inner in LISTS.items():
        for page in pages(sample, name):
            users = [record["eventuserid"] for record in page[inner]]
            assert len(users) == len(set(users))
    assert all(value is not None for record in attendees for value in record.values())


def test_viewing_on_demand_is_restated_for_weeks(attendees: list[dict[str, Any]]) -> None:
    rows = pd.DataFrame([r for r in attendees if "archiveminutes" in r])
    states = rows.groupby("eventuserid").agg(
        minutes=("archiveminutes", "nunique"),
        first=("firstarchiveactivity", "nunique"),
        last=("lastarchiveactivity", "nunique"),
    )
    assert len(states) > 20
    assert (states["first"] == 1).all() and (states["last"] > 1).mean() > 0.3


def test_forgotten_people_keep_their_row_and_nothing_else(sample: Sample, attendees: list[dict[str, Any]]) -> None:
    blank = [r for r in attendees if r["email"] == f"{r['eventuserid']}-deleted"]
    assert blank and all(set(record) == {"eventuserid", "email", "eventid"} for record in blank)
    forgotten = {str(record["eventuserid"]) for record in blank}
    assert all(any(str(r["eventuserid"]) == user and "@" in r["email"] for r in attendees) for user in forgotten)
    truth = sample.truth("on24_viewings")
    assert forgotten == set(truth.query("is_forgotten")["user_id"])
    assert not forgotten & set(sample.truth("person_ids").query("system == 'on24'")["id_value"])


def test_types_drift_and_some_attendees_are_no_registrants(sample: Sample, attendees: list[dict[str, Any]]) -> None:
    assert {type(record["liveminutes"]) for record in attendees if "liveminutes" in record} == {int, str}
    assert {type(event["istestevent"]) for event in pages(sample, "event") if "istestevent" in event} == {bool, str}
    assert any("eventId" in event for event in pages(sample, "event"))
    registered = {record["eventuserid"] for record in records(sample, "registrant")}
    assert {record["eventuserid"] for record in attendees} - registered


def test_tests_pages_and_an_event_that_never_came(sample: Sample, attendees: list[dict[str, Any]]) -> None:
    events = pages(sample, "event")
    assert any(event.get("testevent") == "Y" for event in events) and any(
        event.get("istestevent") is True for event in events
    )
    assert any(event["contenttype"] == "gateway" for event in events)
    assert any(not {"istestevent", "testevent"} & set(event) for event in events)
    known = {event.get("eventid", event.get("eventId")) for event in events}
    assert {record["eventid"] for record in attendees} - known


def test_the_npi_stands_in_the_first_standard_field(sample: Sample) -> None:
    ids = sample.truth("person_ids").query("system == 'on24'").set_index("id_value")["person_id"]
    npis = sample.truth("hcps").set_index("person_id")["npi"]
    given = pd.Series({str(r["eventuserid"]): r["std1"] for r in records(sample, "registrant") if "std1" in r})
    given = given[given.index.isin(ids.index)]
    assert (given == given.index.map(ids).map(npis)).mean() > 0.95


def test_volume_is_modest(sample: Sample) -> None:
    assert 0 < sum(rows for name, rows in sample.rows.items() if name.startswith("on24/")) < 2_500
