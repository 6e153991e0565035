"""Section 7 of the contract, as a person sees it: bad deliveries through the whole job, to a release and its accounting."""

import json
import re
from datetime import date

import duckdb
import pytest

from tests.building import build
from tests.conftest import Home
from tests.leaks import places_of

pytestmark = pytest.mark.warehouse

ACCOUNTS = "Id,IsPersonAccount,FirstName,LastName,PersonEmail,PersonMailingCountryCode,NPI_vod__c,IsDeleted\n"
ADA = "001EX0000000001YAA,true,Ada,Fictional,ada@example.org,US,1234567893,false\n"
CALLS = (
    "Id,Parent_Call_vod__c,Attendee_Type_vod__c,Account_vod__c,Status_vod__c,Call_Channel_vod__c,Call_Date_vod__c,"
    "Call_Datetime_vod__c,Duration_vod__c,IsDeleted\n"
)
CALL = "a04EX000000000{n}YAA,,Person_Account_vod,001EX0000000001YAA,{status},Face_to_face_vod,{on},,30,false\n"
CONSENTS = "Id,Account_vod__c,RecordTypeId,Opt_Type_vod__c,Capture_Datetime_vod__c,Channel_Value_vod__c\n"
CONSENT = (
    "a0aEX000000000{n:02d}YAA,001EX0000000001YAA,Approved_Email_vod,{type},2026-01-{n:02d}T00:00:00Z,ada@example.org\n"
)
SECRET = "Zaphirabeth"
TOPICS = (
    "ask ada@example.org",
    "as told by Ada-Fictional",
    "FICTIONAL, ADA",
    "patient called Jon",
    "Ada, a fictional case",
)
ACCOUNTING = (
    "select status, rows_read, rows_accepted, rows_superseded, rows_duplicate, rows_deleted, rows_quarantined"
    " from governance.mart_delivery_accounting where object = '{name}' and delivery = '{delivery}'"
)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home.make(tmp_path_factory.mktemp("bad") / "home")
    home.deliver("veeva_crm", "Account", "20260301T000000Z.csv", ACCOUNTS + ADA)
    good = CALL.format(n="01", status="Submitted_vod", on="2026-02-01")
    unknown = CALL.format(n="02", status="Invented_vod", on="2026-02-02")
    no_date = CALL.format(n="03", status="Submitted_vod", on="2026-02-31")
    no_key = ",,Person_Account_vod,001EX0000000001YAA,Submitted_vod,Face_to_face_vod,2026-02-04,,30,false\n"
    short = "a04EX00000000005YAA,,Person_Account_vod\n"
    future = CALL.format(n="06", status="Submitted_vod", on="2026-12-24")
    home.deliver(
        "veeva_crm",
        "Call2_vod__c",
        "20260301T000000Z.csv",
        CALLS + good + unknown + no_date + no_key + short + future + good,
    )
    home.deliver("veeva_crm", "Call2_vod__c", "20260302T000000Z.csv", CALLS.replace("Status_vod__c", "State") + good)
    home.deliver("veeva_crm", "Call2_vod__c", "20260303T000000Z.csv", CALLS + good + good[:40])
    home.deliver("zoom", "participants", "20260301T000000Z.json", json.dumps({"id": "1", "uuid": "u=="})[:-3])
    content, row = "content_id,title_code,content_type,topic\n", 'C-{n},T-1,evidence,"{topic}"\n'
    home.deliver("reference", "content", "20260301T000000Z.csv", content + row.format(n=1, topic="Asthma"))
    rows = "".join(row.format(n=n, topic=topic) for n, topic in enumerate(TOPICS, start=1))
    home.deliver("reference", "content", "20260302T000000Z.csv", content + rows)
    home.deliver("surprise", "object", "20260301T000000Z.csv", "a,b\n1,2\n")
    for day in range(1, 5):
        rows = "".join(CONSENT.format(n=n, type="Opt_In_vod") for n in range(1, 25))
        home.deliver("veeva_crm", "Multichannel_Consent_vod__c", f"2026020{day}T010000Z.csv", CONSENTS + rows)
    rows = "".join(CONSENT.format(n=n, type=SECRET) for n in range(1, 4))
    unlike = CONSENTS.replace("Channel_Value_vod__c", "Value")
    home.deliver("veeva_crm", "Multichannel_Consent_vod__c", "20260205T010000Z.csv", unlike + rows)
    home.run("2026-03-05")
    return home


def accounting(home: Home, name: str, delivery: str) -> tuple[object, ...]:
    (row,) = home.query(ACCOUNTING.format(name=name, delivery=delivery))
    return row


def test_bad_rows_are_quarantined_with_a_reason_and_the_rest_of_the_file_is_used(released: Home) -> None:
    assert accounting(released, "Call2_vod__c", "20260301T000000Z.csv") == ("applied_with_quarantine", 7, 1, 0, 1, 0, 5)
    assert released.query("select count(*) from core.fct_touchpoints") == [(1,)]
    reasons = released.query(
        "select reason_code, rows from governance.mart_quarantine_reasons where object = 'Call2_vod__c' order by 1"
    )
    assert reasons == [
        ("field_count", 1), ("future_event", 1), ("null_key", 1), ("unknown_value", 1), ("unparsable_date", 1),
    ]  # fmt: skip


def test_a_delivery_without_a_required_column_is_refused_by_the_columns_name(released: Home) -> None:
    assert accounting(released, "Call2_vod__c", "20260302T000000Z.csv")[:2] == ("refused", 0)
    status = released.rapport("status")
    assert "Status_vod__c" in status.stdout


def test_a_truncated_file_is_refused_whole_and_the_others_go_on(released: Home) -> None:
    assert accounting(released, "Call2_vod__c", "20260303T000000Z.csv")[:2] == ("refused", 0)
    assert accounting(released, "participants", "20260301T000000Z.json")[:2] == ("refused", 0)


def test_a_row_that_would_publish_a_person_waits_in_quarantine_and_stops_no_release(released: Home) -> None:
    assert released.query(
        "select distinct reason_code from governance.mart_quarantine_reasons where object = 'content'"
    ) == [("personal_value",)]
    assert released.query("select topic from core.dim_content order by 1") == [(TOPICS[-1],), ("Asthma",)]


def test_an_unknown_folder_is_listed_as_ignored(released: Home) -> None:
    assert accounting(released, "object", "20260301T000000Z.csv")[:2] == ("ignored", 0)


def test_quarantined_rows_reenter_when_the_operator_adds_the_value(
    released: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mended = released.copy(tmp_path_factory.mktemp("mended") / "home")
    (mended.settings.home / "feeds.yml").write_text(
        "veeva_crm:\n  Call2_vod__c:\n    picklists:\n      Status_vod__c: [Invented_vod]\n"
    )
    with duckdb.connect(
        str(build(mended, date(2026, 12, 26), "+mart_delivery_accounting")), read_only=True
    ) as warehouse:
        row = warehouse.execute(ACCOUNTING.format(name="Call2_vod__c", delivery="20260301T000000Z.csv")).fetchone()
    assert row == ("applied_with_quarantine", 7, 3, 0, 1, 0, 3)


def test_quarantined_rows_lie_in_the_quarantine_folder_with_their_reason(released: Home) -> None:
    files = str(released.settings.home / "quarantine" / "veeva_crm" / "Call2_vod__c" / "*.parquet")
    rows = duckdb.sql(f"select reason_code from read_parquet('{files}') order by 1").fetchall()
    assert [row[0] for row in rows] == ["field_count", "future_event", "null_key", "unknown_value", "unparsable_date"]


def test_status_warns_of_a_delivery_that_is_unlike_its_past(released: Home) -> None:
    status = released.rapport("status", COLUMNS="80").stdout
    words = re.sub(r"\s+", " ", status)
    delivery = "veeva_crm/Multichannel_Consent_vod__c/20260205T010000Z.csv"
    assert f"{delivery} column Channel_Value_vod__c is gone; 4 of the last 4" in words
    assert "column Opt_Type_vod__c has a value outside its list in 3 of 3 rows" in words
    assert max(map(len, status.splitlines())) <= 80 and "Last run" in status
    verdicts = dict(
        released.query("select rule_id, status from governance.mart_data_quality where theme = 'deliveries'")
    )
    assert (verdicts["DLV-01"], verdicts["DLV-04"], verdicts["DLV-05"]) == ("failed", "not_applicable", "passed")
    assert list((released.current / "quality" / "validations" / "deliveries").rglob("*.html"))
    settings = released.settings
    assert places_of([SECRET], settings.releases, settings.home / "logs", settings.state) == []
