"""A home with two invented people in several feeds, run once to a published release; each test erases one in its own copy."""

import json
from datetime import date
from pathlib import Path

import pytest

import expectations
import releases
from tests.building import build
from tests.conftest import Home
from tests.erasure.house import House, make_house

AS_OF = "2026-03-02"
ERASED, KEPT = "001EX0000000417YAA", "001EX0000000532YAA"
STRINGS = (ERASED, "Zaphirabeth Quillfeather", "zaphira.canary@example.org", "1912345679", "+1-555-0173-4417")


def deliver(home: Home) -> None:
    home.deliver(
        "veeva_crm", "Account", "20260301T000000Z.csv",
        "Id,IsPersonAccount,FirstName,LastName,PersonEmail,Phone,PersonMailingCountryCode,NPI_vod__c,IsDeleted\n"
        f"{ERASED},true,Zaphirabeth,Quillfeather,zaphira.canary@example.org,+1-555-0173-4417,US,1912345679,false\n"
        f"{KEPT},true,Ada,Marmalade,ada.marmalade@example.org,+1-555-0199-2231,US,1245319599,false\n",
    )  # fmt: skip
    home.deliver(
        "veeva_crm", "Call2_vod__c", "20260301T000000Z.csv",
        "Id,Attendee_Type_vod__c,Account_vod__c,Status_vod__c,Call_Channel_vod__c,Call_Date_vod__c,Parent_Call_vod__c,IsDeleted\n"
        f"a04EX0000000001YAA,Person_Account_vod,{ERASED},Submitted_vod,Face_to_face_vod,2026-02-01,,false\n"
        f"a04EX0000000002YAA,Person_Account_vod,{KEPT},Submitted_vod,Face_to_face_vod,2026-02-01,a04EX0000000001YAA,false\n"
        f"a04EX0000000003YAA,Person_Account_vod,{KEPT},Submitted_vod,Phone_vod,2026-02-03,,false\n",
    )  # fmt: skip
    home.deliver(
        "zoom", "webinar", "20260301T000000Z.json",
        json.dumps({"id": "88", "uuid": "uu==", "topic": "Invented", "start_time": "2026-02-03T18:00:00Z",
                    "end_time": "2026-02-03T19:00:00Z"}),
    )  # fmt: skip
    people = (
        ("zaphira.canary@example.org", "Zaphirabeth Quillfeather"),
        ("ada.marmalade@example.org", "Ada Marmalade"),
    )
    home.deliver(
        "zoom", "participants", "20260301T000000Z.json",
        json.dumps({"id": "88", "uuid": "uu==", "participants": [
            {"id": "", "user_id": f"16{number}", "name": name, "user_email": email, "join_time": "2026-02-03T18:02:00Z",
             "leave_time": "2026-02-03T18:50:00Z", "duration": 2880} for number, (email, name) in enumerate(people)]}),
    )  # fmt: skip


@pytest.fixture(scope="session")
def two_people(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Read it, never write into it."""
    home = Home.make(tmp_path_factory.mktemp("two") / "home")
    deliver(home)
    build(home, date.fromisoformat(AS_OF))
    candidate = releases.build_candidate(home.settings, date.fromisoformat(AS_OF))
    expectations.audit(home.settings, candidate, [rule for rule in expectations.load_rules() if rule.id == "REL-01"])
    releases.publish(home.settings, candidate)
    return home


@pytest.fixture
def copied(two_people: Home, tmp_path: Path) -> Home:
    return two_people.copy(tmp_path / "home")


def request(
    home: Home, id_type: str = "veeva_crm_account", id_value: str = ERASED, request_id: str = "DSR-2026-7"
) -> Path:
    path = home.settings.home.parent / "requests.csv"
    path.write_text(
        f"request_id,id_type,id_value,requested_at\n{request_id},{id_type},{id_value},2026-03-01T00:00:00Z\n"
    )
    return path


@pytest.fixture
def house(home: Home) -> House:
    """An empty home whose identity tables a test writes by hand."""
    return make_house(home)
