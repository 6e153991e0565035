"""The traps are there: each planted thing is found in the deliveries or in the truth."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.simulator.conftest import Sample


@pytest.fixture(scope="session")
def calls(sample: Sample) -> pd.DataFrame:
    return sample.csv("veeva_crm", "Call2_vod__c")


@pytest.fixture(scope="session")
def activities(sample: Sample) -> pd.DataFrame:
    return sample.csv("veeva_crm", "Email_Activity_vod__c")


def records(sample: Sample, name: str) -> list[dict[str, Any]]:
    pages = [page for path in sample.files("zoom", name) for page in json.loads(path.read_text(encoding="utf-8"))]
    return [record | {"uuid": page["uuid"]} for page in pages for record in page[name]]


def test_group_calls_have_header_attendees_and_a_colleague(calls: pd.DataFrame) -> None:
    attendees = calls[calls["Parent_Call_vod__c"].notna()].drop_duplicates("Id")
    types = attendees.groupby("Parent_Call_vod__c")["Attendee_Type_vod__c"].agg(set)
    assert len(types) > 20
    assert (types == {"Person_Account_vod", "User_vod"}).all()
    headers = calls[calls["Id"].isin(types.index)]
    assert set(headers["Attendee_Type_vod__c"]) == {"Business_Account_vod"}
    people = attendees.query("Attendee_Type_vod__c == 'Person_Account_vod'").groupby("Parent_Call_vod__c")["Id"].count()
    assert people.max() > 2


def test_some_calls_are_unlocked_and_submitted_again(calls: pd.DataFrame) -> None:
    states = calls.drop_duplicates(["Id", "Status_vod__c", "SystemModstamp"]).groupby("Id")["Status_vod__c"].agg(list)
    assert ["Submitted_vod", "Saved_vod", "Submitted_vod"] in states.tolist()


def test_planned_and_saved_calls_and_some_days_to_come(calls: pd.DataFrame) -> None:
    assert {"Planned_vod", "Saved_vod", "Submitted_vod"} <= set(calls["Status_vod__c"].dropna())
    assert (calls.query("Status_vod__c == 'Planned_vod'")["Call_Date_vod__c"] > "2026-07-01").any()


def test_a_few_calls_no_rule_can_use(calls: pd.DataFrame) -> None:
    assert (calls.query("Status_vod__c == 'Submitted_vod'")["Call_Date_vod__c"] > "2026-08-01").sum() >= 1
    assert "Cancelled_by_customer_c" in set(calls["Status_vod__c"])
    assert "2026-13-45" in set(calls["Call_Date_vod__c"])


def test_calls_of_one_mobile_id_and_evenings_across_midnight(calls: pd.DataFrame) -> None:
    assert calls.drop_duplicates("Id")["Mobile_ID_vod__c"].duplicated().any()
    dated = calls.dropna(subset=["Call_Datetime_vod__c"])
    assert (dated["Call_Datetime_vod__c"].str[:10] != dated["Call_Date_vod__c"]).any()


def test_liaisons_call_too(calls: pd.DataFrame, sample: Sample) -> None:
    teams = sample.csv("reference", "teams")
    liaisons = set(teams.query("function == 'msl'")["user_id"])
    assert set(calls.query("RecordTypeId == 'MSLMeetingBrief_vod'")["OwnerId"]) <= liaisons
    assert set(teams["function"]) == {"sales", "medical", "msl", "marketing"}
    assert teams["user_id"].duplicated().any()


def test_merges_chains_a_loop_and_an_error(sample: Sample) -> None:
    merges = sample.truth("merges")
    assert merges["is_loop"].sum() == 2
    assert merges["is_wrong"].sum() == 1
    chained = merges.query("not is_loop")
    assert set(chained["loser_account_id"]) & set(chained["survivor_account_id"])
    ledger = sample.csv("veeva_crm", "Account_Merge_History_vod__c")
    assert set(ledger["Name"]) == set(merges["loser_account_id"])
    accounts = sample.csv("veeva_crm", "Account")
    dead = accounts.query("IsDeleted == 'true'")
    assert set(dead["Id"]) == set(chained["loser_account_id"])
    assert dead["MasterRecordId"].notna().all()


def test_merged_people_have_their_records_moved(sample: Sample, calls: pd.DataFrame) -> None:
    moved = calls.dropna(subset=["Account_vod__c"]).groupby("Id")["Account_vod__c"].nunique()
    assert (moved > 1).any()


def test_people_move_and_rename(sample: Sample) -> None:
    people = sample.csv("veeva_crm", "Account").query("IsPersonAccount == 'true'").groupby("Id")
    for column in ("PersonMailingCity", "LastName", "PersonEmail", "PersonMailingCountryCode"):
        assert (people[column].nunique() > 1).any(), column


def test_shared_mailboxes_placeholders_and_unknown_countries(sample: Sample) -> None:
    people = sample.csv("veeva_crm", "Account").query("IsPersonAccount == 'true'").drop_duplicates("Id")
    assert people["PersonEmail"].duplicated().any()
    unknown = people[people["PersonMailingCountryCode"].isna() & people["Country_vod__c"].isna()]
    assert 0 < len(unknown) < 40
    assert people["Country_vod__c"].nunique() >= 8


def test_rows_arrive_again_unchanged(sample: Sample) -> None:
    for name in ("Call2_vod__c", "Sent_Email_vod__c", "Multichannel_Consent_vod__c", "Email_Activity_vod__c"):
        assert sample.csv("veeva_crm", name).duplicated().any(), name
    assert sample.csv("sfmc", "Sent").duplicated().any()


def test_late_files_lie_under_an_older_name(sample: Sample) -> None:
    files = [path.name for path in sample.files("veeva_crm", "Sent_Email_vod__c")]
    late = next(name for name in files if "_late" in name)
    assert 0 < files.index(late) < len(files) - 1


def test_scanners_follow_all_links_at_once(sample: Sample, activities: pd.DataFrame) -> None:
    clicks = activities.query("Event_type_vod__c == 'Clicked_vod'").drop_duplicates("Id")
    clicks = clicks.merge(sample.truth("clicks")[["record_id", "maker"]], left_on="Id", right_on="record_id")
    machine = clicks.query("maker == 'machine'")
    at = pd.to_datetime(machine["Activity_DateTime_vod__c"])
    assert (machine.groupby("Sent_Email_vod__c")["Click_URL_vod__c"].nunique() == 3).all()
    assert (at.groupby(machine["Sent_Email_vod__c"]).agg(np.ptp) <= pd.Timedelta(seconds=2)).all()
    assert 0 < machine["Bot_vod__c"].notna().mean() < 1
    assert clicks.query("maker == 'human'")["Bot_vod__c"].isna().all()
    assert {"apple", "gmail", "generic"} == set(activities["Bot_vod__c"].dropna())


def test_every_click_has_a_maker(sample: Sample, activities: pd.DataFrame) -> None:
    made = sample.truth("clicks").query("system == 'veeva_crm'")
    assert set(activities.query("Event_type_vod__c == 'Clicked_vod'")["Id"]) <= set(made["record_id"])
    assert {"human", "machine"} == set(sample.truth("clicks")["maker"])


def test_refused_tracking_moves_the_reader_to_a_stub(sample: Sample, activities: pd.DataFrame) -> None:
    sent = sample.csv("veeva_crm", "Sent_Email_vod__c").drop_duplicates("Id").set_index("Id")
    stubs = sent[sent["VExternal_Id_vod__c"].notna()]
    assert len(stubs) > 5
    assert stubs["Account_vod__c"].isna().all()
    read = activities.query("Event_type_vod__c in ('Opened_vod', 'Clicked_vod')")
    mode = read["Sent_Email_vod__c"].map(sent["Activity_Tracking_Mode_vod__c"])
    assert "Anonymous_vod" not in set(mode.dropna())


def test_service_mails_mails_never_sent_and_group_parents(sample: Sample) -> None:
    sent = sample.csv("veeva_crm", "Sent_Email_vod__c")
    assert {"Double_Opt_In_vod", "Email_Receipt_vod", "Events_Management_vod"} < set(sent["RecordTypeId"])
    assert {"Saved_vod", "Scheduled_vod", "Failed_vod", "Group_vod"} < set(sent["Status_vod__c"])
    groups = set(sent.query("Status_vod__c == 'Group_vod'")["Id"])
    assert set(sent["Parent_Email_vod__c"].dropna()) & groups


def test_consent_of_every_kind(sample: Sample) -> None:
    rows = sample.csv("veeva_crm", "Multichannel_Consent_vod__c")
    assert {"Opt_In_vod", "Opt_Out_vod", "Opt_In_Pending_vod"} == set(rows["Opt_Type_vod__c"])
    assert {"Unsubscribed_vod", "Bounced_vod", "Consent_Capture_vod"} <= set(rows["Optout_Event_Type_vod__c"].dropna())
    assert {"Opt_In_vod", "Opt_Out_vod"} == set(rows["Activity_Tracking_vod__c"].dropna())
    assert rows["Product_vod__c"].notna().any()
    assert rows["Consent_Confirm_Datetime_vod__c"].notna().any()
    assert rows["Channel_Value_vod__c"].str.contains("EXAMPLE.ORG ", regex=False).any()
    created, captured = (
        pd.to_datetime(rows[name], format="ISO8601", utc=True) for name in ("CreatedDate", "Capture_Datetime_vod__c")
    )
    late = created - captured
    assert (late > pd.Timedelta(days=1)).any()


def test_some_sends_break_consent(sample: Sample) -> None:
    pushes = sample.truth("pushes").dropna(subset=["consent_reason"])
    assert {"granted", "no_refusal", "own_will", "no_record"} <= set(pushes["consent_reason"])
    assert 0 < (~pushes["is_permitted"].astype(bool)).mean() < 0.1


def test_an_own_will_verdict_follows_a_refusal(sample: Sample) -> None:
    """Where truth says own will, the deliveries hold a refusal of that person at or before the send."""
    pushes = sample.truth("pushes").query("consent_reason == 'own_will'")
    ids = sample.truth("person_ids").query("id_type == 'veeva_crm_account'").set_index("id_value")["person_id"]
    rows = sample.csv("veeva_crm", "Multichannel_Consent_vod__c").query("Opt_Type_vod__c == 'Opt_Out_vod'")
    by_crm = pd.to_datetime(rows["Capture_Datetime_vod__c"], format="ISO8601", utc=True).dt.tz_localize(None)
    by_mail = sample.csv("sfmc", "Unsubscribe")
    person = by_mail["SubscriberID"].astype(int) - 5_500_000
    at = pd.to_datetime(by_mail["EventDate"]) + pd.Timedelta(hours=6)
    first = pd.concat([by_crm.groupby(rows["Account_vod__c"].map(ids)).min(), at.groupby(person).min()])
    first = first.groupby(level=0).min()
    assert len(pushes)
    assert (pushes["sent_at"] >= pushes["person_id"].map(first)).all()


def test_marketing_cloud_keys_tests_and_service(sample: Sample) -> None:
    keys = sample.csv("sfmc", "Subscribers")["SubscriberKey"]
    assert {15, 18} < set(keys[~keys.str.contains("@")].str.len()) | {0}
    assert keys.str.contains("@").any()
    jobs = sample.csv("sfmc", "Job")
    assert {"Default Transactional", "Default Commercial"} == set(jobs["SendClassificationType"])
    assert set(jobs.query("TestEmailAddr.notna()")["Category"]) == {"Test Send Emails"}


def test_webinars_have_rejoins_guests_hosts_and_absentees(sample: Sample) -> None:
    joins, registered = records(sample, "participants"), records(sample, "registrants")
    known = [join["registrant_id"] for join in joins if "registrant_id" in join]
    assert len(known) > len(set(known))
    assert any(not join["user_email"] for join in joins)
    assert any(join["internal_user"] for join in joins)
    assert {r["id"] for r in registered if r["status"] == "approved"} - set(known)
    assert {"approved", "pending", "denied"} == {r["status"] for r in registered}
    assert any(q["title"] == "NPI number" for r in registered for q in r["custom_questions"])
    assert any(isinstance(join["duration"], str) for join in joins)


def test_learners_are_corrected_withdrawn_and_share_or_not(sample: Sample) -> None:
    reports: list[dict[str, Any]] = []
    for path in sample.files("cme_pars", "learner_report"):
        answer = json.loads(path.read_text(encoding="utf-8"))
        reports += answer["ACCMELearnerReports"]["ActivityReports"]["ActivityReport"]
    assert {r["XtensibleInfo"]["LearnerRecordAction"] for r in reports} == {"add", "delete"}
    certificates = [r["Activity"]["Module"]["CreditCertificate"] for r in reports]
    assert any(len(c) > 1 for c in certificates)
    assert {type(c[0]["UniqueID"]) for c in certificates} == {dict, list}
    shares = sample.truth("learners")["shares_name"]
    assert 0.5 < shares.mean() < 0.9
    assert "Rapport" in set(sample.csv("privacy", "cme_share_consents")["recipient"])


def test_payments_of_every_kind(sample: Sample) -> None:
    paid = sample.csv("cms_open_payments", "general")
    natures = set(paid["Nature_of_Payment_or_Transfer_of_Value"])
    assert {"Food and Beverage", "Travel and Lodging", "Royalty or License"} < natures
    assert any("non-accredited" in nature for nature in natures)
    meals = paid.query("Nature_of_Payment_or_Transfer_of_Value == 'Food and Beverage'").drop_duplicates("Record_ID")
    visit = ["Covered_Recipient_Profile_ID", "Date_of_Payment"]
    assert meals.duplicated(visit).any()
    assert (paid["Total_Amount_of_Payment_USDollars"] == "0.00").any()
    assert {"NEW", "CHANGED"} == set(paid["Change_Type"])


def test_people_are_known_under_four_ids(sample: Sample) -> None:
    systems = sample.truth("person_ids").groupby("person_id")["system"].nunique()
    assert (systems >= 4).any()
    doubles = sample.truth("person_ids").query("id_type == 'veeva_crm_account'")["person_id"].value_counts()
    assert (doubles == 3).any()


def test_registers_are_filled(sample: Sample) -> None:
    objections = sample.csv("privacy", "processing_objections")
    assert "profiling" in set(objections["purpose"])
    assert {"same", "different"} == set(sample.csv("privacy", "steward_decisions")["decision"])


def test_truth_holds_fatigue_and_engagement(sample: Sample) -> None:
    hcps = sample.truth("hcps").set_index("person_id")
    pushes = sample.truth("pushes").query("not is_bounced")
    excess = pushes["pressure"] - pushes["person_id"].map(hcps["tolerance"])
    assert pushes[excess > 1]["is_answered"].mean() < 0.7 * pushes[excess < 0]["is_answered"].mean()
    answered = pushes.groupby("person_id")["is_answered"].mean()
    assert answered.corr(hcps["theta"], method="spearman") > 0.4


def test_the_register_of_npis_holds_its_traps(sample: Sample) -> None:
    rows = sample.csv("nppes", "npidata")
    assert rows["NPI"].is_unique
    assert (rows["Entity Type Code"] == "2").any()
    gone = rows["NPI Deactivation Date"].notna() & rows["NPI Reactivation Date"].isna()
    assert gone.any() and rows.loc[gone, "Provider Last Name (Legal Name)"].isna().all()
    assert (rows["NPI Deactivation Date"].notna() & rows["NPI Reactivation Date"].notna()).any()
    assert rows["Replacement NPI"].isin(rows["NPI"]).any()
    assert (rows["Healthcare Provider Primary Taxonomy Switch_2"] == "Y").any()
    issued = set(sample.truth("hcps")["npi"].dropna())
    assert issued - set(rows["NPI"]), "some numbers are not listed"
    clinicians = sample.csv("cms_clinicians", "national")
    assert not clinicians.duplicated(["NPI", "adrs_id"]).any() and clinicians["NPI"].duplicated().any()


def test_answers_follow_the_person_and_some_cannot_be_read(sample: Sample) -> None:
    answers = sample.csv("feedback", "responses").drop_duplicates("response_id")
    rating, top = answers["rating"].astype(int), answers["rating_max"].astype(int)
    assert (rating > top).any() and "favourite_colour" in set(answers["question_code"])
    planted = sample.truth("feedback").set_index("response_id")["person_id"]
    theta = answers["response_id"].map(planted).map(sample.truth("hcps").set_index("person_id")["theta"])
    readable = (rating <= top) & (top == 5)
    assert np.corrcoef(rating[readable], theta[readable])[0, 1] > 0.3


def test_answers_and_plans_name_calls_and_accounts_of_the_crm(sample: Sample) -> None:
    accounts = set(sample.csv("veeva_crm", "Account")["Id"])
    calls = set(sample.csv("veeva_crm", "Call2_vod__c")["Id"])
    assert set(sample.csv("feedback", "responses")["touchpoint_source_id"]) <= calls
    for system, name in (("feedback", "needs"), ("reference", "touchpoint_plan"), ("reference", "preferences")):
        assert set(sample.csv(system, name)["source_hcp_id"]) <= accounts, name


def test_platforms_tell_of_courses_voided_repeated_and_also_known_to_pars(sample: Sample) -> None:
    statements = [
        json.loads(line)
        for path in sample.files("cme_lms", "xapi")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    verbs = {statement["verb"]["id"].rsplit("/", 1)[1] for statement in statements}
    assert verbs == {"initialized", "completed", "passed", "satisfied", "voided"}
    assert len({statement["id"] for statement in statements}) < len(statements)
    enrolled = sample.csv("cme_lms", "credit")
    assert enrolled.query("complete == '1'")["date_completed"].isna().any()
    assert enrolled.duplicated(["external_course_id", "external_user_id"]).any()
    truth = sample.truth("enrolments")
    assert truth["is_date_of_login"].any() and truth["is_statement_voided"].any()
    assert truth["course_id"].str.startswith("200000").any()


def test_audiences_answer_and_ask_and_some_sessions_come_as_a_report_too(sample: Sample) -> None:
    pages = {
        name: [page for path in sample.files("zoom", name) for page in json.loads(path.read_text(encoding="utf-8"))]
        for name in ("webinar", "polls", "qa")
    }
    answers = {d["answer"] for page in pages["polls"] for q in page["questions"] for d in q["question_details"]}
    assert answers == {"Dosing", "Safety, long term", "Dosing;Safety, long term", ""}
    assert any(page["questions"] for page in pages["qa"])
    reports = [path.read_text(encoding="utf-8-sig") for path in sample.files("zoom", "attendee_report")]
    assert all("\nAttendee Details,\n" in report and "\nNo,--," in report for report in reports)
    assert 0 < len(reports) < len(pages["webinar"]) / 3
