"""People who decide often and in odd forms: what a ledger of consent must get right although it is rare.

Dates without time on the day of a mail, the second before and the very second of one, decisions on a whole channel, at one
place, on a product within a content type, for medical mail; contrary decisions of two accounts before their merge; refusals
that arrive three weeks late; a pending row confirmed without a stamp; deleted rows. They lie in deliveries of their own.
"""

from datetime import UTC, datetime

import numpy as np

from simulator.accounts import Accounts
from simulator.content import CONTENT_TYPE_IDS, DETAIL_GROUP_IDS, PRODUCT_IDS
from simulator.landing import Landing
from simulator.people import People, decides_often
from simulator.plan import DAY, HOUR
from simulator.pushes import Pushes

HEADER = [
    "Id", "RecordTypeId", "Account_vod__c", "Child_Account_vod__c", "Opt_Type_vod__c", "Channel_Value_vod__c",
    "Capture_Datetime_vod__c", "Consent_Confirm_Datetime_vod__c", "Opt_Expiration_Date_vod__c", "Product_vod__c",
    "Detail_Group_vod__c", "Content_Type_vod__c", "Consent_Type_vod__c", "Activity_Tracking_vod__c", "CreatedDate", "IsDeleted",
]  # fmt: skip
FORMS = [
    "instant", "instant", "instant", "day", "day", "channel", "place", "content", "medical", "visit", "tracking", "pending",
    "confirmed", "deleted",
]  # fmt: skip
EACH = 5


def write_hard_decisions(landing: Landing, people: People, accounts: Accounts, pushes: Pushes) -> None:
    """A handful of decisions for each of these people, near the mails that they got."""
    plan = landing.plan
    rng = plan.rng("hard decisions")
    who = np.flatnonzero(decides_often(np.arange(people.count)) & people.has_account)
    slots: dict[int, list[dict[str, object]]] = {}
    products, contents, groups = (ids.to_pylist() for ids in (PRODUCT_IDS, CONTENT_TYPE_IDS, DETAIL_GROUP_IDS))
    addresses = people.addresses
    number = 0
    for person in who.tolist():
        mails = pushes.at[pushes.person == person]
        held = [account for account in (accounts.primary[person], accounts.second[person]) if account >= 0]
        ids = accounts.ids(np.array(held)).to_pylist()
        for _ in range(EACH):
            number += 1
            form = FORMS[rng.integers(len(FORMS))]
            mail = int(mails[rng.integers(len(mails))]) if len(mails) else plan.first + DAY
            at = mail + int(rng.choice([-1, 0, 1, -90 * DAY, -30 * DAY, 5 * HOUR]))
            known_at = max(at + int(rng.choice([HOUR, 21 * DAY])), plan.first - 900 * DAY)
            row: dict[str, object] = {
                "Id": _id(number), "RecordTypeId": "Approved_Email_vod", "Account_vod__c": ids[rng.integers(len(ids))],
                "Opt_Type_vod__c": ["Opt_In_vod", "Opt_Out_vod"][rng.integers(2)],
                "Channel_Value_vod__c": addresses[people.crm_address[person]].as_py(),
                "Capture_Datetime_vod__c": _vendors(at), "CreatedDate": _vendors(known_at), "IsDeleted": "false",
                "Opt_Expiration_Date_vod__c": _vendors(at + 3 * DAY)[:10] if rng.random() < 0.3 else None,
            }  # fmt: skip
            if form != "instant" and rng.random() < 0.3:
                row["Product_vod__c"] = products[rng.integers(len(products))]
            row |= _form(form, at, str(contents[rng.integers(len(contents))]), str(groups[rng.integers(len(groups))]))
            slot = int(landing.slots(np.array([known_at]))[0])
            slots.setdefault(slot, []).append(row)
            if form == "confirmed":
                # the same row later, an opt-in without a stamp of the confirmation (CNS-06)
                slots.setdefault(slot + 1, []).append(row | {"Opt_Type_vod__c": "Opt_In_vod"})
    for slot, rows in sorted(slots.items()):
        if slot < len(plan.instants):
            records = [[row.get(column) for column in HEADER] for row in rows]
            landing.small_csv(
                ("veeva_crm", "Multichannel_Consent_vod__c"), int(plan.instants[slot]), HEADER, records, "_desk.csv"
            )


def _vendors(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _id(number: int) -> str:
    from simulator import text

    return str(text.salesforce_ids("a1C", np.array([900_000_000 + number]))[0].as_py())


def _form(form: str, at: int, content: str, group: str) -> dict[str, object]:
    forms: dict[str, dict[str, object]] = {
        "day": {"Capture_Datetime_vod__c": datetime.fromtimestamp(at, UTC).date().isoformat()},
        "channel": {"Channel_Value_vod__c": None},
        "place": {"Child_Account_vod__c": "001EX00000XpwqJYAR"},
        "content": {"Content_Type_vod__c": content, "Detail_Group_vod__c": group},
        "medical": {"Consent_Type_vod__c": "Medical"},
        "visit": {"RecordTypeId": "Engage_vod", "Channel_Value_vod__c": None},
        "tracking": {"Activity_Tracking_vod__c": "Opt_Out_vod", "Opt_Type_vod__c": "Opt_In_vod"},
        "pending": {"Opt_Type_vod__c": "Opt_In_Pending_vod"},
        "confirmed": {"Opt_Type_vod__c": "Opt_In_Pending_vod"},
        "deleted": {"IsDeleted": "true"},
    }
    return forms.get(form, {})
