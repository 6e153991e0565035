"""Meetings that several feeds tell of: each has its records, of the same people and the same time."""

import pandas as pd

from tests.simulator.conftest import Sample


def test_a_video_meeting_is_reported_listed_and_joined_by_the_same_people(sample: Sample) -> None:
    video = sample.truth("meetings").query("kind == 'video'")
    people = video.groupby(["meeting_id", "object"])["person_id"].agg(lambda who: tuple(sorted(set(who)))).unstack()
    assert len(people) > 30 and people.nunique(axis="columns").eq(1).all()
    assert people["participants"].map(len).max() > 1
    sessions = video.query("object == 'participants'")
    assert sessions["record_id"].str.split("|").str[0].groupby(sessions["meeting_id"]).nunique().max() == 2


def test_calls_and_meetings_carry_each_others_keys(sample: Sample) -> None:
    meetings = sample.csv("veeva_crm", "Remote_Meeting_vod__c").set_index("Id")
    calls = sample.csv("veeva_crm", "Call2_vod__c").dropna(subset=["Remote_Meeting_vod__c"])
    assert set(calls["Remote_Meeting_vod__c"]) == set(meetings.index)
    numbers = meetings["Meeting_Id_vod__c"].str.replace(" ", "")
    assert numbers.str.fullmatch(r"99\d{9}").all() and numbers.duplicated().any()
    guests = sample.csv("veeva_crm", "EM_Attendee_vod__c").set_index("Id")
    events = sample.truth("meetings").query("kind == 'event'")
    attended = guests.loc[events.query("object == 'EM_Attendee_vod__c'")["record_id"]]
    assert set(attended["Status_vod__c"]) == {"Attended_vod", "Signed_vod"}


def test_a_meal_is_paid_on_the_day_of_its_call_and_of_nobody_twice(sample: Sample) -> None:
    meals = sample.truth("meetings").query("kind == 'meal'")
    paid = sample.csv("cms_open_payments", "general").set_index("Record_ID")
    lines = meals.query("object == 'general'")
    days = pd.to_datetime(paid.loc[lines["record_id"], "Date_of_Payment"]).to_numpy()
    assert (lines["started_at"].dt.normalize().to_numpy() == days).all() and len(lines) > 20
    profiles = set(paid.loc[lines["record_id"], "Covered_Recipient_Profile_ID"])
    assert not profiles & set(paid.drop(lines["record_id"])["Covered_Recipient_Profile_ID"])


def test_volume_is_modest(sample: Sample) -> None:
    assert sample.truth("meetings").groupby("object").size().max() < 400
