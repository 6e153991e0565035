"""What an erasure leaves to everybody else, and that nothing of the person stays in what is kept for their sake."""

import pytest

from tests.deliveries.test_json import report, reports
from tests.erasure.house import ADA, BEN, House
from tests.erasure.test_purge import ACCOUNT, ACCOUNTS, CALLS, accounts

CY = "001EX00000000C9YAI"
CLICK = "ClientID,JobID,ListID,BatchID,SubscriberID,SubscriberKey,EventDate,SendURLID,URLID,URL,LinkName"


@pytest.fixture
def two(house: House) -> House:
    house.deliver(ACCOUNTS, "20260101T000000Z.csv", *accounts())
    house.receive()
    house.know_two(request_ids=[("email", "ada@example.org", "key-a"), ("npi", "1234567893", "key-a")])
    return house


def account(account_id: str, npi: str, email: str) -> str:
    return f"{account_id},true,Professional_vod,{npi},{email},Other,2026-01-01T00:00:00Z"


def test_whoever_bore_or_takes_over_the_address_stays_without_it(two: House) -> None:
    earlier = account(BEN, "1111111112", "ada@example.org")
    two.deliver(ACCOUNTS, "20251201T000000Z.csv", ACCOUNT, earlier)
    two.receive()
    two.erase()
    two.deliver(ACCOUNTS, "20260201T000000Z.csv", ACCOUNT, earlier, account(CY, "", "Ada@example.org"))
    two.deliver(ACCOUNTS, "20260202T000000Z.csv", ACCOUNT, account(CY, "1234567893", "cy@example.org"))
    two.receive()
    assert two.rows(ACCOUNTS, "Id, PersonEmail, LastName, _reason") == [
        (BEN, None, "Other", None),
        (BEN, "ben@example.org", "Invented", None),
        (BEN, None, "Other", None),
        (CY, None, "Other", None),
        (None, None, None, "erased"),  # the number is Ada's, whatever the account
    ]
    assert "ada@" not in two.text(ACCOUNTS, "20251201T000000Z.csv")


def test_who_was_known_by_an_address_alone_stays_out_under_any_account(two: House) -> None:
    two.erase("email", "zoe@example.org")
    two.deliver(ACCOUNTS, "20260201T000000Z.csv", ACCOUNT, account(CY, "", "zoe@example.org"))
    two.receive()
    assert two.rows(ACCOUNTS, "Id, _reason")[-1] == (None, "erased")


def test_a_surname_takes_no_facility_and_no_click_of_others(house: House) -> None:
    house.deliver(ACCOUNTS, "20260101T000000Z.csv", *(line.replace("Fictional", "Anderson") for line in accounts()))
    house.deliver(
        "sfmc/Click", "20260101T000000Z.csv", CLICK,
        "1,1,1,1,77,other,1/2/2026 3:04:05 AM,1,1,https://example.org/x,Trial at MD Anderson",
        "1,1,1,1,77,other,1/2/2026 3:04:05 AM,1,1,https://example.org/x?to=ada@example.org,Trial",
    )  # fmt: skip
    house.receive()
    house.know_two(
        request_ids=[("email", "ada@example.org", "key-a")],
        identity_nodes=[("veeva_crm", "veeva_crm_account", ADA, "Ada", "Anderson")],
    )
    (person,) = house.find("veeva_crm_account", ADA)
    assert "anderson" not in {text.lower() for text in person.strings}
    house.erase()
    assert house.rows("sfmc/Click", "SubscriberID, LinkName") == [("77", "Trial at MD Anderson")]


def test_a_learner_is_known_by_each_id_of_a_report_and_comes_back_by_none(two: House) -> None:
    licence, board = {"value": "L-77", "domain": "NY"}, {"value": "99", "domain": "ABIM"}
    others = {"value": "L-7", "domain": "NY"}, {"value": "98", "domain": "ABIM"}
    content = reports(report([board, licence]), report(licence), report(board), report([*others]))
    two.deliver("cme_pars/learner_report", "20260101T000000Z.json", content)
    two.receive()
    two.know_two(request_ids=[("licence", "NY:L-77", "key-a")])
    two.erase()
    two.deliver("cme_pars/learner_report", "20260102T000000Z.json", content)
    two.receive()
    left = [row for row in two.rows("cme_pars/learner_report", "LearnerIDs") if row != (None,)]
    assert left == [("ABIM:98;NY:L-7",)] * 2
    assert "L-77" not in two.text("cme_pars/learner_report", "20260101T000000Z.json")


@pytest.mark.parametrize(
    "reason, family, hcp_key, stays",
    [
        (None, "Other", None, 0),
        (None, "Fictional", "key-c", 1),
        ("mailbox_limit", "Fictionall", None, 0),
        ("mailbox_limit", None, None, 0),
        ("mailbox_limit", "Other", None, 1),
        ("mailbox_limit", "Fictional", "key-c", 1),
        ("shared_mailbox", "Fictional", None, 1),
    ],
)
def test_a_record_of_nobody_with_the_persons_address_goes_whatever_its_name_unless_the_address_is_a_practices(
    two: House, reason: str | None, family: str | None, hcp_key: str | None, stays: int
) -> None:
    head = "SubscriberID,SubscriberKey,EmailAddress,Status,DateJoined"
    two.deliver("sfmc/Subscribers", "20260101T000000Z.csv", head, "77,x,ada@example.org,active,1/1/2026 1:00:00 AM")
    two.receive()
    two.know_two(
        identity_clusters=[("sfmc", "sfmc_subscriber", "77", "key-c", hcp_key, "key-c")],
        identity_nodes=[("sfmc", "sfmc_subscriber", "77", "Adda", family),
                        ("veeva_crm", "veeva_crm_account", ADA, "Ada", "Fictional")],
        request_ids=[("email", "ada@example.org", key) for key in ("key-a", "key-c")],
        guarded_mailboxes=[("ada@example.org", reason)] if reason else [],
    )  # fmt: skip
    two.erase()
    assert len([row for row in two.rows("sfmc/Subscribers", "SubscriberID") if row != (None,)]) == stays


@pytest.mark.parametrize("other, is_a_sign", [("Aida", True), ("Ada", False), ("Scheherazada", False)])
def test_a_full_name_is_no_sign_of_the_person_where_it_stands_in_that_of_another_who_stays(
    two: House, other: str, is_a_sign: bool
) -> None:
    named = [(ADA, "Ada", "Fictional"), (BEN, other, "Fictional")]
    two.know_two(identity_nodes=[("veeva_crm", "veeva_crm_account", *each) for each in named])
    (person,) = two.find("veeva_crm_account", ADA)
    assert ("ada fictional" in {text.lower() for text in person.strings}) is is_a_sign


def test_a_record_kept_for_another_loses_all_that_identifies_but_the_companys_own_people(two: House) -> None:
    head = "Id,Account_vod__c,Contact_vod__c,Entity_Reference_Id_vod__c,OwnerId,Parent_Call_vod__c,Call_Date_vod__c,Status_vod__c"
    lines = (
        head,
        f"a04EX00000000H1YAA,{ADA},003EX00000000A1YAI,{ADA},005EX0000000001,,2026-01-01,Submitted_vod",
        f"a04EX00000000C1YAA,{BEN},,,005EX0000000001,a04EX00000000H1YAA,2026-01-01,Submitted_vod",
    )
    two.deliver(CALLS, "20260101T000000Z.csv", *lines)
    two.receive()
    two.erase()
    two.deliver(CALLS, "20260102T000000Z.csv", *lines)
    two.receive()
    columns = "Account_vod__c, Contact_vod__c, Entity_Reference_Id_vod__c, OwnerId"
    owner = "005EX0000000001"
    assert two.rows(CALLS, columns) == [(None, None, None, owner), (BEN, None, None, owner)] * 2


def test_a_line_that_cannot_be_split_brings_nobody_back(two: House) -> None:
    two.erase()
    two.deliver(
        ACCOUNTS, "20260201T000000Z.csv", ACCOUNT,
        f"{ADA},true,Professional_vod,,,Fictional,2026-01-01T00:00:00Z,extra",
        "001EX00000000Z9YAI,true,Professional_vod,,<ada@example.org>,Fictional,2026-01-01T00:00:00Z,extra",
        "001EX00000000Z8YAI,true,Professional_vod,,zoe@example.org,Made,2026-01-01T00:00:00Z,extra",
    )  # fmt: skip
    two.receive()
    assert [line is None for (line,) in two.rows(ACCOUNTS, "_line")][1:] == [True, True, False]
