"""Events, inquiries, sessions and territories of the CRM: what is planted is in the deliveries."""

import pandas as pd
import pytest

from tests.simulator.conftest import Sample


@pytest.fixture(scope="module")
def attendees(sample: Sample) -> pd.DataFrame:
    return sample.csv("veeva_crm", "EM_Attendee_vod__c")


def test_an_invitation_comes_first_and_its_outcome_later(attendees: pd.DataFrame) -> None:
    states = attendees.drop_duplicates(["Id", "Status_vod__c"]).groupby("Id")["Status_vod__c"].agg(list)
    assert states.map(lambda s: s[0] == "Invited_vod" and s[-1] in {"Attended_vod", "Signed_vod"}).sum() > 50
    assert "Cleared_Signature_vod" in set(attendees["Status_vod__c"])


def test_walk_ins_have_a_name_and_no_account_until_they_are_found(attendees: pd.DataFrame) -> None:
    walk_ins = attendees[attendees["Walk_In_Status_vod__c"].notna()].drop_duplicates("Id")
    is_found = walk_ins["Walk_In_Status_vod__c"] == "Reconciled_To_Existing_Account_vod"
    assert walk_ins["Last_Name_vod__c"].notna().all()
    assert walk_ins.loc[is_found, "Account_vod__c"].notna().all() and is_found.any()
    assert walk_ins.loc[~is_found, "Account_vod__c"].isna().all() and (~is_found).any()


def test_speakers_stand_among_the_attendees_of_their_event_too(sample: Sample, attendees: pd.DataFrame) -> None:
    speakers = sample.csv("veeva_crm", "EM_Event_Speaker_vod__c").drop_duplicates("Id")
    listed = set(zip(attendees["Event_vod__c"], attendees["Account_vod__c"], strict=True))
    assert set(zip(speakers["Event_vod__c"], speakers["Account_vod__c"], strict=True)) <= listed
    truth = set(sample.truth("event_attendances")["record_id"])
    pair = attendees.merge(speakers[["Event_vod__c", "Account_vod__c"]])
    assert not truth & set(pair.loc[pair["Walk_In_Status_vod__c"].isna(), "Id"])


def test_a_meal_is_had_by_some_of_those_present_only(attendees: pd.DataFrame) -> None:
    had = attendees[attendees["Meal_Consumed_vod__c"] == "true"]
    assert set(had["Status_vod__c"]) == {"Attended_vod", "Signed_vod"}
    assert set(had["Attendance_Type_vod__c"]) == {"In_Person_vod"}
    wanted = attendees[attendees["Meal_Opt_In_vod__c"] == "true"]
    assert 0 < len(had) < len(wanted)


def test_some_events_have_a_date_only(sample: Sample) -> None:
    events = sample.csv("veeva_crm", "EM_Event_vod__c")
    assert 0 < events["Start_Time_vod__c"].isna().sum() < len(events)
    assert events["Start_Date_vod__c"].notna().all()


def test_forms_hold_several_questions_and_only_sent_ones_are_true(sample: Sample) -> None:
    inquiries = sample.csv("veeva_crm", "Medical_Inquiry_vod__c").drop_duplicates("Id")
    assert inquiries.groupby("Group_Identifier_vod__c")["Id"].count().max() == 3
    asked = inquiries[inquiries["Id"].isin(sample.truth("inquiries")["record_id"])]
    assert set(asked["Status_vod__c"]) == {"Submitted_vod", "Closed"}


def test_some_sessions_were_matched_to_nobody(sample: Sample) -> None:
    sessions = sample.csv("veeva_crm", "Multichannel_Activity_vod__c")
    assert 0 < sessions["Account_vod__c"].isna().mean() < 0.3
    assert sessions["Call_vod__c"].isna().all()


def test_some_accounts_are_in_two_territories_whose_names_hold_underscores(sample: Sample) -> None:
    links = sample.csv("veeva_crm", "TSF_vod__c").drop_duplicates("Id")
    assert links["Account_vod__c"].duplicated().any()
    assert links["External_Id_vod__c"].str[18:20].eq("__").all()
    assert links["External_Id_vod__c"].str[20:].str.contains("__").all()
    assert links["Territory_vod__c"].isna().any()
