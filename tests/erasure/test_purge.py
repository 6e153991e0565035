"""Whom an erasure takes from landing and raw, whom it leaves, and that nobody comes back."""

import gzip
import json

import duckdb
import pytest

import deliveries
from deliveries.tombstones import guarded_path, key_path, read_key
from erasure import deliveries as purging
from erasure.errors import PersonAmbiguous
from orchestration.pseudonyms import lend_key
from orchestration.settings import PROJECT_DIR
from tests.erasure.house import ADA, BEN, House

ACCOUNTS = "veeva_crm/Account"
CALLS = "veeva_crm/Call2_vod__c"
ACCOUNT = "Id,IsPersonAccount,RecordTypeId,NPI_vod__c,PersonEmail,LastName,SystemModstamp"
CALL = "Id,Account_vod__c,Parent_Call_vod__c,Call_Date_vod__c,Status_vod__c,Call_Comments_vod__c"


def accounts(*extra: str) -> tuple[str, ...]:
    return (
        ACCOUNT,
        f"{ADA},true,Professional_vod,1234567893,ada@example.org,Fictional,2026-01-01T00:00:00Z",
        f"{BEN},true,Professional_vod,1111111112,ben@example.org,Invented,2026-01-01T00:00:00Z",
        *extra,
    )


@pytest.fixture
def two(house: House) -> House:
    house.deliver(ACCOUNTS, "20260101T000000Z.csv", *accounts())
    house.receive()
    house.know_two()
    return house


def test_a_person_leaves_landing_and_raw_and_the_other_stays_byte_by_byte(two: House) -> None:
    assert two.erase()["raw"] == 1
    assert [row[0] for row in two.rows(ACCOUNTS)] == [BEN]
    assert two.text(ACCOUNTS, "20260101T000000Z.csv").splitlines() == [accounts()[0], accounts()[2]]
    assert two.rows(ACCOUNTS, "_row") == [(2,)]


def test_the_next_reception_sees_nothing_changed(two: House) -> None:
    two.erase()
    assert two.receive().parsed == 0
    assert two.ledger() == [("20260101T000000Z.csv", "applied", 1)]


def test_erasing_again_changes_nothing(two: House) -> None:
    two.erase()
    before = two.text(ACCOUNTS, "20260101T000000Z.csv"), two.rows(ACCOUNTS, "*")
    assert two.erase() == {}
    assert (two.text(ACCOUNTS, "20260101T000000Z.csv"), two.rows(ACCOUNTS, "*")) == before


@pytest.mark.parametrize("name", ["20260102T000000Z.csv", "20260102T000000Z_full.csv"])
def test_a_file_delivered_again_under_another_name_brings_nobody_back(two: House, name: str) -> None:
    two.erase()
    two.deliver(ACCOUNTS, name, *accounts())
    two.receive()
    assert two.rows(ACCOUNTS, "Id, LastName, _reason") == [
        (BEN, "Invented", None),
        (None, None, "erased"),
        (BEN, "Invented", None),
    ]
    assert two.ledger()[1][1:] == ("applied", 2)


def test_an_old_file_put_back_under_its_old_name_changes_nothing(two: House) -> None:
    two.erase()
    two.deliver(ACCOUNTS, "20260101T000000Z.csv", *accounts())
    two.receive()
    assert [row[0] for row in two.rows(ACCOUNTS)] == [BEN]
    assert [row[1] for row in two.ledger()] == ["applied", "refused_changed"]
    two.erase()
    assert "Fictional" not in two.text(ACCOUNTS, "20260101T000000Z.csv")


def test_a_group_call_keeps_its_header_for_the_other_attendee(two: House) -> None:
    two.deliver(
        CALLS, "20260101T000000Z.csv", CALL,
        f"a04EX00000000H1YAA,{ADA},,2026-01-01,Submitted_vod,a word about both",
        f"a04EX00000000C1YAA,{BEN},a04EX00000000H1YAA,2026-01-01,Submitted_vod,",
        f"a04EX00000000S1YAA,{ADA},,2026-01-01,Submitted_vod,alone",
    )  # fmt: skip
    two.deliver(
        "veeva_crm/Call2_Detail_vod__c", "20260101T000000Z.csv", "Id,Call2_vod__c,Product_vod__c",
        "d1,a04EX00000000H1YAA,p1", "d2,a04EX00000000S1YAA,p1",
    )  # fmt: skip
    two.receive()
    two.erase()
    assert two.rows(CALLS, "Id, Account_vod__c, Call_Comments_vod__c") == [
        ("a04EX00000000H1YAA", None, None),
        ("a04EX00000000C1YAA", BEN, None),
    ]
    assert two.rows("veeva_crm/Call2_Detail_vod__c") == [("d1",)]
    assert two.text(CALLS, "20260101T000000Z.csv").splitlines()[1] == "a04EX00000000H1YAA,,,2026-01-01,Submitted_vod,"


def test_a_kept_header_that_is_delivered_again_comes_without_the_person(two: House) -> None:
    lines = (
        CALL,
        f"a04EX00000000H1YAA,{ADA},,2026-01-01,Submitted_vod,a word",
        f"a04EX00000000C1YAA,{BEN},a04EX00000000H1YAA,2026-01-01,Submitted_vod,",
    )
    two.deliver(CALLS, "20260101T000000Z.csv", *lines)
    two.receive()
    two.erase()
    first = two.rows(CALLS, "_hash")
    two.deliver(CALLS, "20260102T000000Z.csv", *lines)
    two.receive()
    assert two.rows(CALLS, "Account_vod__c, Call_Comments_vod__c") == [(None, None), (BEN, None)] * 2
    assert two.rows(CALLS, "_hash") == first * 2


def test_what_hangs_on_a_removed_record_goes_with_it_and_does_not_come_back(two: House) -> None:
    two.deliver(
        "veeva_crm/Sent_Email_vod__c", "20260101T000000Z.csv",
        "Id,Account_vod__c,Account_Email_vod__c,Status_vod__c,Email_Sent_Date_vod__c,User_vod__c",
        f"m1,{ADA},ada@example.org,Sent_vod,2026-01-01T00:00:00Z,u1", f"m2,{BEN},ben@example.org,Sent_vod,2026-01-01T00:00:00Z,u1",
    )  # fmt: skip
    activities = (
        "Id,Sent_Email_vod__c,Event_type_vod__c,Activity_DateTime_vod__c",
        "e1,m1,Opened_vod,2026-01-02T00:00:00Z",
        "e2,m2,Opened_vod,2026-01-02T00:00:00Z",
    )
    two.deliver("veeva_crm/Email_Activity_vod__c", "20260103T000000Z.csv", *activities)
    two.receive()
    assert len(two.rows("veeva_crm/Email_Activity_vod__c")) == 2, two.ledger("delivery, status_reason")
    two.erase()
    assert two.rows("veeva_crm/Email_Activity_vod__c") == [("e2",)]
    two.deliver("veeva_crm/Email_Activity_vod__c", "20260104T000000Z.csv", *activities)
    two.receive()
    assert two.rows("veeva_crm/Email_Activity_vod__c") == [("e2",), (None,), ("e2",)]


def test_another_systems_equal_number_is_another_person(two: House) -> None:
    subscribers = "SubscriberID,SubscriberKey,EmailAddress,Status,DateJoined"
    two.deliver(
        "sfmc/Subscribers", "20260101T000000Z.csv", subscribers, "12345,x,cleo@example.org,active,1/1/2026 1:00:00 AM"
    )
    two.deliver("feedback/responses", "20260101T000000Z.csv",
                "response_id,source_system,source_hcp_id,touchpoint_source_id,question_code,rating,rating_max,responded_at",
                "r1,sfmc,12345,,trust,1,5,2026-01-01T00:00:00Z", "r2,zoom,12345,,trust,1,5,2026-01-01T00:00:00Z")  # fmt: skip
    two.receive()
    two.know_two(identity_clusters=[
        ("sfmc", "sfmc_subscriber", "12345", "key-c", None, "key-c"), ("zoom", "zoom_registrant", "12345", "key-b", "key-b", "key-z"),
    ])  # fmt: skip
    two.erase("zoom_registrant", "12345")
    assert len(two.rows("sfmc/Subscribers", "SubscriberID")) == 1
    assert two.rows("feedback/responses", "response_id") == [("r1",)]


def test_a_text_about_somebody_else_loses_only_the_cell_that_names_the_person(two: House) -> None:
    two.deliver(
        CALLS, "20260101T000000Z.csv", CALL + ",drift",
        f"a04EX00000000C1YAA,{BEN},,2026-01-01,Submitted_vod,asked for ADA@example.org,x",
        f"a04EX00000000C2YAA,{BEN},,2026-01-01,Submitted_vod,,npi 1234567893",
    )  # fmt: skip
    two.receive()
    two.know_two(request_ids=[("email", "ada@example.org", "key-a"), ("npi", "1234567893", "key-a")])
    two.erase()
    assert two.rows(CALLS, "Account_vod__c, Call_Comments_vod__c, drift") == [(BEN, None, "x"), (BEN, None, None)]
    assert "example.org" not in two.text(CALLS, "20260101T000000Z.csv")


def test_a_shared_address_is_nobodys_id_and_stays_guarded_after_a_holder_is_erased(two: House) -> None:
    two.deliver("sfmc/Subscribers", "20260101T000000Z.csv", "SubscriberID,SubscriberKey,EmailAddress,Status,DateJoined",
                "1,a,desk@example.org,active,1/1/2026 1:00:00 AM", "2,b,desk@example.org,active,1/1/2026 1:00:00 AM")  # fmt: skip
    two.receive()
    two.know_two(
        identity_clusters=[("sfmc", "sfmc_subscriber", "1", "key-a", "key-a", "k1"),
                           ("sfmc", "sfmc_subscriber", "2", "key-b", "key-b", "k2")],
        request_ids=[("email", "desk@example.org", "key-a"), ("email", "desk@example.org", "key-b")],
        guarded_mailboxes=[("desk@example.org", "mailbox_limit")],
    )  # fmt: skip
    with pytest.raises(PersonAmbiguous, match=r"^R1: the id is shared") as refused:
        two.find("email", "desk@example.org")
    assert "desk" not in str(refused.value)
    two.erase()
    assert two.rows("sfmc/Subscribers", "SubscriberID, EmailAddress") == [("2", "desk@example.org")]
    assert guarded_path(two.home.settings.home).stat().st_size > 0
    assert "desk" not in guarded_path(two.home.settings.home).read_bytes().decode(errors="ignore")


def test_an_account_is_found_by_its_short_id_and_a_newer_systems_id(two: House) -> None:
    two.deliver("veeva_vault/account__v", "20260101T000000Z.csv",
                "id,legacy_crm_id__v,ispersonaccount__v,object_type__v,modified_date__v,last_name_cda__v",
                f"V5O000000000001,{ADA},true,Professional,2026-01-01T00:00:00Z,Fictional")  # fmt: skip
    two.receive()
    (person,) = two.find("veeva_crm_account", ADA[:15])
    assert ("", "veeva_crm_account", "V5O000000000001") in person.ids, two.ledger("delivery, status_reason")
    two.erase()
    assert two.rows("veeva_vault/account__v") == []


def test_a_request_that_matches_nobody_leaves_a_tombstone(two: House) -> None:
    (person,) = two.find("npi", "1987654328")
    assert not person.is_known and person.ids == {("", "npi", "1987654328")}
    two.erase("npi", "1987654328")
    two.deliver(
        ACCOUNTS,
        "20260102T000000Z.csv",
        ACCOUNT,
        "001EX00000000N1YAA,true,Professional_vod,1987654328,,New,2026-01-01T00:00:00Z",
    )
    two.receive()
    assert two.rows(ACCOUNTS, "_reason")[-1] == ("erased",)


def test_a_refused_file_that_holds_a_string_goes_whole(two: House) -> None:
    bad = two.deliver("nobody/knows", "20260101T000000Z.csv", "x,y", "1,ada@example.org")
    broken = two.deliver(ACCOUNTS, "20260105T000000Z.csv", "Id,PersonEmail", f'{ADA},"ada@example.org')
    other = two.deliver("nobody/knows", "20260102T000000Z.csv", "x,y")
    two.receive()
    two.know_two(request_ids=[("email", "ada@example.org", "key-a")])
    assert two.erase()["landing_files"] == 2
    assert (bad.exists(), broken.exists(), other.exists()) == (False, False, True)


@pytest.mark.parametrize("step", ["_landing", "_raw", "_note", "_quarantine"])
def test_killed_at_any_step_it_is_completed_by_the_next_erasure(
    two: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    two.deliver(
        CALLS,
        "20260101T000000Z.csv",
        CALL,
        f"c1,{ADA},,2026-01-01,Submitted_vod,",
        f"c2,{BEN},,2026-01-01,Submitted_vod,",
    )
    two.deliver(
        "veeva_crm/Call2_Detail_vod__c",
        "20260101T000000Z.csv",
        "Id,Call2_vod__c,Product_vod__c",
        "d1,c1,p1",
        "d2,c2,p1",
    )
    two.receive()

    class Killed(Exception):
        pass

    right, calls = getattr(purging._Purging, step), []

    def dies(*arguments: object) -> object:
        calls.append(step)
        if len(calls) == 2:
            raise Killed
        return right(*arguments)

    people = two.find("veeva_crm_account", ADA)
    monkeypatch.setattr(purging._Purging, step, dies)
    with pytest.raises(Killed):
        purging.purge(two.home.settings, two.registry, people, lambda *_: None)
    monkeypatch.undo()
    two.erase()
    assert (two.rows(CALLS), two.rows("veeva_crm/Call2_Detail_vod__c"), len(two.rows(ACCOUNTS))) == (
        [("c2",)],
        [("d2",)],
        1,
    )
    assert ADA not in "".join(two.text(place, "20260101T000000Z.csv") for place in (ACCOUNTS, CALLS))
    assert two.receive().parsed == 0
    assert {status for _, status, _ in two.ledger()} == {"applied"}


def test_the_secret_of_the_tombstones_is_its_owners_alone(two: House) -> None:
    two.erase()
    assert key_path(two.home.settings.home).stat().st_mode & 0o777 == 0o600


def test_an_address_or_id_within_a_longer_one_is_not_the_persons(two: House) -> None:
    like = ADA[:13] + ADA[13].lower() + ADA[14] + "AAI"  # the same but for a capital, as Salesforce counts ids
    two.deliver(
        ACCOUNTS,
        "20260102T000000Z.csv",
        ACCOUNT,
        f"{like},true,Professional_vod,,canada@example.org,Made,2026-01-01T00:00:00Z",
    )
    two.receive()
    two.know_two(
        request_ids=[("email", "ada@example.org", "key-a"), ("email", "canada@example.org", "key-c")],
        identity_clusters=[("veeva_crm", "veeva_crm_account", like, "key-c", "key-c", "key-c")],
    )
    two.erase()
    assert two.rows(ACCOUNTS, "Id, PersonEmail")[1:] == [(like, "canada@example.org")]


def test_what_came_of_a_person_before_the_vendor_forgot_them_is_emptied_and_the_visit_stays(house: House) -> None:
    def visit(email: str, name: str) -> str:
        seen = {"eventuserid": 7, "email": email, "exteventusercd": name, "liveminutes": 40}
        return json.dumps({"eventid": 1, "attendees": [seen, {"eventuserid": 8, "email": "bo@example.org"}]})

    house.deliver("on24/attendee", "20260101T000000Z.json", visit("ada.canary@example.org", "canary-17"))
    house.deliver("on24/attendee", "20260201T000000Z.json", visit("7-deleted", ""))
    house.receive()
    assert house.purge([])["raw"] == 1
    assert house.rows("on24/attendee", "eventuserid, email, exteventusercd, liveminutes") == [
        ("7", None, None, "40"), ("8", "bo@example.org", None, None), ("7", "7-deleted", None, "40"), ("8", "bo@example.org", None, None),
    ]  # fmt: skip
    left = house.text("on24/attendee", "20260101T000000Z.json")
    assert "canary" not in left and "bo@example.org" in left
    assert house.receive().parsed == 0 and house.purge([]) == {}


def test_the_models_hash_a_remembered_mailbox_as_the_erasure_did(two: House) -> None:
    two.know_two(
        identity_clusters=[("sfmc", "sfmc_subscriber", "1", "key-a", "key-a", "k1")],
        guarded_mailboxes=[("desk@example.org", "mailbox_limit")],
    )
    two.deliver(
        "sfmc/Subscribers",
        "20260101T000000Z.csv",
        "SubscriberID,SubscriberKey,EmailAddress,Status,DateJoined",
        "1,a,Desk@example.org,active,1/1/2026 1:00:00 AM",
    )
    two.receive()
    two.erase()
    macro = (
        (PROJECT_DIR / "macros" / "engine" / "keyed_hash.sql")
        .read_text()
        .partition("duckdb__tombstone(expression) -%}")[2]
    )
    expression = macro.partition("{%- endmacro")[0].replace("{{ expression }}", "'email|desk@example.org'")
    with duckdb.connect() as connection:
        query = f"select {expression} in (select address_hash from '{guarded_path(two.home.settings.home)}')"
        assert connection.execute(query).fetchone() == (None,), "without the secret nothing is known"
        lend_key(connection, read_key(two.home.settings.home), "tombstone")
        assert connection.execute(query).fetchone() == (True,)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("20260101T000000Z.csv.gz", "utf-8"),
        ("20260101T000000Z.csv", "utf-16"),
        ("20260101T000000Z.csv", "windows-1252"),
    ],
)
def test_a_packed_or_foreign_file_is_cut_and_stays_packed_and_foreign(house: House, name: str, encoding: str) -> None:
    lines = [line.replace("Invented", '"In\r\nventéd"') + "\r\n" for line in accounts()]
    pack = gzip.compress if name.endswith(".gz") else bytes
    feeds = house.home.settings.home / "feeds.yml"
    feeds.write_text(f"veeva_crm: {{Account: {{encoding: {encoding}}}}}")
    path = house.home.deliver("veeva_crm", "Account", name, pack("".join(lines).encode(encoding)))
    deliveries.receive(house.home.landing, house.home.settings.home, house.registry)
    house.know_two()
    assert house.erase()["landing"] == 1
    content = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    assert content == "".join([lines[0], lines[2]]).encode(encoding)
    assert deliveries.receive(house.home.landing, house.home.settings.home, house.registry).parsed == 0


def test_lines_leave_a_report_of_several_tables_and_its_head_and_titles_stay(two: House) -> None:
    report = [
        "Attendee Report",
        "Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered",
        'Invented,812 345,"Jan 3, 2026 06:00:00 PM",60,2',
        "Attendee Details",
        "Attended,User Name (Original Name),First Name,Last Name,Email,Join Time,Leave Time,Time in Session (minutes)",
        'Yes,Ada,Ada,Fictional,ada@example.org,"Jan 3, 2026 06:00:00 PM","Jan 3, 2026 06:30:00 PM",30',
        'Yes,Ben,Ben,Invented,ben@example.org,"Jan 3, 2026 06:00:00 PM","Jan 3, 2026 06:40:00 PM",40',
    ]
    two.deliver("zoom/attendee_report", "20260104T000000Z.csv", *report)
    two.receive()
    assert len(two.rows("zoom/attendee_report", "email")) == 2, two.ledger("delivery, status_reason")
    two.know_two(request_ids=[("email", "ada@example.org", "key-a")])
    two.erase()
    assert two.rows("zoom/attendee_report", "email, _row") == [("ben@example.org", 2)]
    assert two.text("zoom/attendee_report", "20260104T000000Z.csv").splitlines() == report[:5] + report[6:]


def test_an_npi_that_two_people_bear_takes_the_other_nowhere(house: House) -> None:
    shared = "1234567893"
    house.deliver(
        ACCOUNTS, "20260101T000000Z.csv", ACCOUNT,
        f"{ADA},true,Professional_vod,{shared},ada@example.org,Fictional,2026-01-01T00:00:00Z",
        f"{BEN},true,Professional_vod,{shared},ben@example.org,Invented,2026-01-01T00:00:00Z",
    )  # fmt: skip
    house.receive()
    house.know_two(
        identity_clusters=[("nppes", "npi", shared, "key-a", "key-a", "key-c")],
        request_ids=[("npi", shared, "key-a"), ("npi", shared, "key-b")],
    )
    assert house.erase()["raw"] == 1
    assert [row[0] for row in house.rows(ACCOUNTS)] == [BEN]


def test_a_number_that_begins_another_records_key_takes_no_row_of_others(house: House) -> None:
    house.deliver(
        "veeva_crm/Call2_vod__c", "20260101T000000Z.csv", CALL,
        f"700000116,{BEN},,2026-01-01,Submitted_vod,", f"a04EX0000000009YAA,{ADA},,2026-01-01,Submitted_vod,",
    )  # fmt: skip
    house.receive()
    house.know_two(identity_clusters=[("on24", "on24_user", "70000011", "key-a", "key-a", "key-c")])
    house.erase()
    assert [row[0] for row in house.rows(CALLS)] == ["700000116"]
