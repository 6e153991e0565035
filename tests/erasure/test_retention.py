"""Retention: people and events past their period leave landing and raw; decisions, and everybody else, stay."""

import hashlib
from datetime import date
from pathlib import Path

import duckdb
import pytest

from deliveries.registry import Registry
from erasure.retention import Past, Periods, RetentionImpossible, retain
from orchestration import audit
from tests.conftest import Home
from tests.erasure.house import REGISTRY, House

AS_OF = date(2026, 1, 1)  # people: before 2023-12-01; events: before 2022-12-01
ACCOUNTS = "Id,IsPersonAccount,FirstName,LastName,PersonMailingCountryCode,NPI_vod__c,IsDeleted\n"
CALLS = "Id,Attendee_Type_vod__c,Account_vod__c,Status_vod__c,Call_Channel_vod__c,Call_Date_vod__c,Parent_Call_vod__c,IsDeleted\n"
FEW = Registry(tuple(o for o in REGISTRY.objects if f"{o.system}/{o.name}" in {
    "veeva_crm/Account", "veeva_crm/Call2_vod__c", "veeva_crm/Call2_Detail_vod__c",
    "veeva_crm/Sent_Email_vod__c", "veeva_crm/Email_Activity_vod__c", "sfmc/Unsubscribe", "sfmc/Open", "nppes/npidata",
}))  # fmt: skip
OLD, OURS, QUIET, EDGE = (f"001EX000000000{number}AAA" for number in range(4))


def account(account_id: str, name: str, npi: str = "") -> str:
    return f"{account_id},true,Invented,{name},US,{npi},false\n"


def call(number: int, account_id: str, day: str) -> str:
    return f"a04EX000000000{number}AAA,Person_Account_vod,{account_id},Submitted_vod,Phone_vod,{day},,false\n"


@pytest.fixture
def lived(home: Home) -> Home:
    """Old: last met in 2023. Ours: met in 2021 and 2025, with an NPI that leads to nobody. Quiet: never met, known since 2024.
    Edge: met on the last day."""
    people = [
        account(OLD, "Bygone"),
        account(OURS, "Presentname", "1111111112"),
        account(QUIET, "Quietname"),
        account(EDGE, "Edgename"),
    ]
    home.deliver("veeva_crm", "Account", "20240301T000000Z.csv", ACCOUNTS + "".join(people))
    met = [
        call(1, OLD, "2023-11-30"),
        call(2, OURS, "2021-05-01"),
        call(3, OURS, "2025-06-01"),
        call(4, EDGE, "2023-12-01"),
    ]
    home.deliver("veeva_crm", "Call2_vod__c", "20250701T000000Z.csv", CALLS + "".join(met))
    home.deliver(
        "veeva_crm", "Call2_Detail_vod__c", "20250701T000000Z.csv",
        "Id,Call2_vod__c,Product_vod__c,IsDeleted\n"
        "a05EX0000000002AAA,a04EX0000000002AAA,P1,false\na05EX0000000003AAA,a04EX0000000003AAA,P1,false\n",
    )  # fmt: skip
    home.deliver(
        "sfmc",
        "Unsubscribe",
        "20250701T000000Z.csv",
        "JobID,ListID,BatchID,SubscriberID,EventDate\n1,1,1,77,2020-02-01 10:00:00\n",
    )
    home.deliver(
        "sfmc", "Open", "20250701T000000Z.csv",
        "JobID,ListID,BatchID,SubscriberID,EventDate\n1,1,1,77,2020-02-01 09:00:00\n1,1,1,77,2025-02-01 09:00:00\n",
    )  # fmt: skip
    receive(home)
    know(home)
    return home


def know(home: Home, **tables: list[tuple[str, ...]]) -> None:
    accounts = [
        ("veeva_crm", "veeva_crm_account", i, f"key-{i}", f"key-{i}", f"key-{i}") for i in (OLD, OURS, QUIET, EDGE)
    ]
    House(home, FEW).know(identity_clusters=accounts, request_ids=[("npi", "1234567893", f"key-{OURS}")], **tables)


def receive(home: Home) -> None:
    House(home, FEW).receive()


def cut(home: Home, *, dry_run: bool = False) -> Past:
    return retain(home.settings, FEW, AS_OF, lambda stage, item: None, dry_run=dry_run)


def raw(home: Home, name: str, column: str = "Id") -> list[str]:
    files = home.settings.home / "raw" / name / "*.parquet"
    query = f'select distinct "{column}" from read_parquet(\'{files}\', union_by_name = true) where "{column}" is not null order by 1'
    return [str(row[0]) for row in duckdb.sql(query).fetchall()]


def landed(home: Home) -> str:
    return "".join(path.read_text() for path in sorted(home.landing.rglob("*.csv")))


def test_a_person_whose_last_event_is_past_the_period_leaves_landing_and_raw(lived: Home) -> None:
    past = cut(lived)
    assert past.people == 1
    assert raw(lived, "veeva_crm/Account") == [OURS, QUIET, EDGE]
    assert "Bygone" not in landed(lived) and OLD not in landed(lived)
    assert all(name in landed(lived) for name in ("Presentname", "Quietname", "Edgename"))


def test_an_event_past_the_period_of_published_facts_goes_with_what_hangs_on_it(lived: Home) -> None:
    cut(lived)
    assert raw(lived, "veeva_crm/Call2_vod__c") == ["a04EX0000000003AAA", "a04EX0000000004AAA"]
    assert raw(lived, "veeva_crm/Call2_Detail_vod__c") == ["a05EX0000000003AAA"]
    assert raw(lived, "sfmc/Open", "EventDate") == ["2025-02-01 09:00:00"]


def test_a_file_that_was_changed_after_raw_had_it_loses_no_row_for_the_places_of_others(lived: Home) -> None:
    header = "JobID,ListID,BatchID,SubscriberID,EventDate\n"
    rows = "1,1,1,88,2025-03-01 09:00:00\n1,1,1,88,2025-04-01 09:00:00\n"
    path = lived.deliver("sfmc", "Open", "20250701T000000Z.csv", header + rows)
    receive(lived)
    cut(lived)
    assert path.read_text() == header + rows


def test_a_refusal_holds_as_long_as_the_person_is_here(lived: Home) -> None:
    cut(lived)
    assert raw(lived, "sfmc/Unsubscribe", "SubscriberID") == ["77"]


def test_a_refusal_in_an_old_mail_keeps_the_mail_through_which_it_leads_to_its_person(lived: Home) -> None:
    mails = [f"a06EX000000000{number}AAA,{OURS},Delivered_vod,2020-01-01T08:00:00.000Z,false\n" for number in (1, 2)]
    header = "Id,Account_vod__c,Status_vod__c,Email_Sent_Date_vod__c,IsDeleted\n"
    lived.deliver("veeva_crm", "Sent_Email_vod__c", "20250701T000000Z.csv", header + "".join(mails))
    events = [("1", "Opened_vod", "1"), ("2", "Unsubscribed_vod", "1"), ("3", "Opened_vod", "2")]
    rows = [
        f"a07EX000000000{n}AAA,a06EX000000000{mail}AAA,{kind},2020-01-02T08:00:00.000Z,false\n"
        for n, kind, mail in events
    ]
    header = "Id,Sent_Email_vod__c,Event_type_vod__c,Activity_DateTime_vod__c,IsDeleted\n"
    lived.deliver("veeva_crm", "Email_Activity_vod__c", "20250701T000000Z.csv", header + "".join(rows))
    receive(lived)
    cut(lived)
    assert raw(lived, "veeva_crm/Sent_Email_vod__c") == ["a06EX0000000001AAA"]
    assert raw(lived, "veeva_crm/Email_Activity_vod__c") == ["a07EX0000000002AAA"]


def test_an_unknown_id_in_a_row_of_somebody_who_stays_takes_no_row_with_it(lived: Home) -> None:
    lived.deliver("veeva_crm", "Account", "20200101T000000Z.csv", ACCOUNTS + account(OURS, "Presentname", "1111111112"))
    receive(lived)
    assert cut(lived).people == 1
    assert OURS in raw(lived, "veeva_crm/Account")
    assert raw(lived, "veeva_crm/Account", "NPI_vod__c") == ["1111111112"]


def test_a_shared_mailbox_stays_guarded_when_a_holder_leaves(lived: Home) -> None:
    header = ACCOUNTS.replace("NPI_vod__c", "PersonEmail")
    lived.deliver("veeva_crm", "Account", "20240302T000000Z.csv", header + account(OLD, "Bygone", "office@example.org"))
    receive(lived)
    know(lived, guarded_mailboxes=[("office@example.org", "mailbox_limit")])
    cut(lived)
    guarded = lived.settings.home / "raw" / "rapport" / "guarded_mailboxes" / "guarded_mailboxes.parquet"
    assert len(duckdb.sql(f"from '{guarded}'").fetchall()) == 1


def test_what_a_killed_one_left_behind_is_gone_after_the_next(lived: Home) -> None:
    (lived.settings.state / "retention-killed").mkdir()
    cut(lived)
    assert [path.name for path in lived.settings.state.iterdir() if path.name.startswith("retention")] == []


def test_a_dry_run_counts_per_feed_and_class_and_changes_nothing(lived: Home) -> None:
    def state() -> dict[Path, str]:
        files = (path for path in lived.settings.home.rglob("*") if path.is_file())
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before, past = state(), cut(lived, dry_run=True)
    assert state() == before
    assert dict(past.rows) == {
        ("veeva_crm/Account", "identifier"): 1, ("veeva_crm/Call2_vod__c", "identifier"): 1, ("veeva_crm/Call2_vod__c", "personal"): 1,
        ("veeva_crm/Call2_Detail_vod__c", "personal"): 1, ("sfmc/Open", "personal"): 1,
    }  # fmt: skip


def test_doing_it_again_finds_nothing_and_reception_brings_nothing_back(lived: Home) -> None:
    cut(lived)
    receive(lived)
    again = cut(lived)
    assert (again.people, dict(again.rows)) == (0, {})
    assert raw(lived, "veeva_crm/Account") == [OURS, QUIET, EDGE]


def test_nothing_remembers_the_person_who_may_be_delivered_again(lived: Home) -> None:
    cut(lived)
    assert not (lived.settings.state / "privacy" / "tombstones.parquet").exists()
    assert sorted(path.name for path in lived.settings.state.iterdir() if path.name.startswith("retention")) == []
    lived.deliver("veeva_crm", "Account", "20260101T000000Z.csv", ACCOUNTS + account(OLD, "Bygone"))
    receive(lived)
    assert OLD in raw(lived, "veeva_crm/Account")


def test_whom_only_a_public_register_knows_stays_however_old_the_register(lived: Home) -> None:
    header = (
        "NPI,Provider Last Name (Legal Name),Provider First Name,Provider Business Practice Location Address City Name,"
    )
    header += "Provider Business Practice Location Address State Name,Provider Business Practice Location Address Postal Code\n"
    lived.deliver(
        "nppes", "npidata", "20200101T000000Z.csv", header + "1234567893,Registered,Invented,Springfield,IL,62701\n"
    )
    receive(lived)
    before = raw(lived, "nppes/npidata", "NPI")
    cut(lived)
    assert raw(lived, "nppes/npidata", "NPI") == before == ["1234567893"]


def test_without_a_working_database_nobody_is_judged(lived: Home) -> None:
    lived.settings.warehouse.unlink()
    with pytest.raises(RetentionImpossible, match="rapport run"):
        cut(lived)


def test_the_audit_log_says_how_much_went_and_up_to_which_day(lived: Home) -> None:
    cut(lived)
    (line,) = audit.read(audit.log_of(lived.settings)).lines
    assert (line["kind"], line["facts"]["people"]) == ("retention", 1)
    assert (line["facts"]["people_before"], line["facts"]["events_before"]) == ("2023-12-01", "2022-12-01")
    assert line["facts"]["raw"] == 5


def test_the_periods_are_those_of_the_seed() -> None:
    assert Periods.on(AS_OF) == Periods(people=date(2023, 12, 1), events=date(2022, 12, 1))
    assert Periods.on(date(2025, 3, 31)) == Periods(people=date(2023, 2, 28), events=date(2022, 2, 28))
