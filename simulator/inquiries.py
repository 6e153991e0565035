"""What HCPs ask and what is shown outside calls: Medical_Inquiry_vod__c, Multichannel_Activity_vod__c."""

import numpy as np
import pyarrow as pa

from simulator import text
from simulator.content import PRODUCT_IDS
from simulator.free_text import write_notes
from simulator.plan import HOUR, NONE, Ints
from simulator.truth import instants
from simulator.world import World

STATUSES = ["Submitted_vod", "Closed", "Saved_vod", "New_vod"]
FULFILLED = ["New_vod", "Assigned_vod", "Completed_vod"]
METHODS = ["Email_vod", "Phone_vod", "Mail_vod", "Fax_vod", "Urgent_Mail_vod"]
QUESTIONS = ["Is there an interaction with food?", "Patient had a rash\nafter two days", '"Off label" use in children?']
SESSIONS = ["CLM_vod", "Cobrowse_vod", "Engage_vod"]


def write_inquiries(world: World) -> None:
    """A form of one to three questions every other year and person; some are never submitted."""
    plan, people = world.plan, world.people
    rng = plan.rng("inquiries")
    who = np.repeat(np.arange(people.count), rng.poisson(0.5 * plan.years * np.exp(0.3 * people.theta)))
    who = who[people.has_account[who]]
    at = plan.working_instants(rng, people.offset[who])
    status = rng.choice(len(STATUSES), len(who), p=[0.5, 0.3, 0.15, 0.05])
    questions = rng.choice([1, 2, 3], len(who), p=[0.7, 0.2, 0.1])
    form = np.repeat(np.arange(len(who)), questions)
    place = np.arange(len(form)) - np.repeat(np.cumsum(questions) - questions, questions)
    account = world.accounts.at(who, at, np.zeros(len(who), bool))
    answered = rng.integers(0, len(FULFILLED), len(who))
    asked = rng.integers(0, len(QUESTIONS), len(form))

    notes = write_notes(plan, "inquiries", len(form), plan.rates.other_notes)

    def render(rows: Ints) -> pa.Table:
        f = form[rows]
        return pa.table({
            "Id": text.salesforce_ids("a0I", rows + 1),
            "Account_vod__c": world.accounts.ids(account[f]),
            "Status_vod__c": text.pick(STATUSES, status[f]),
            "Fulfillment_Status_vod__c": text.pick(FULFILLED, answered[f]),
            "Delivery_Method_vod__c": text.pick(METHODS, f % len(METHODS)),
            # a form of one question often has no identifier
            "Group_Identifier_vod__c": text.join("FORM-", text.texts(np.where(questions[f] == 1, NONE, f))),
            "Inquiry_Text__c": notes.over(rows, text.pick(QUESTIONS, asked[rows])),
            "OwnerId": world.staff.ids(people.msl[who[f]]),
            "CreatedDate": text.instants(at[f]),
            "SystemModstamp": text.instants(at[f] + HOUR),
            "IsDeleted": text.same("false", len(rows)),
        })  # fmt: skip

    world.landing.deliver(("veeva_crm", "Medical_Inquiry_vod__c"), at[form] + HOUR, render)
    ids = text.salesforce_ids("a0I", np.arange(len(form)) + 1).to_pylist()
    notes.tell(world.truth, ("veeva_crm", "Medical_Inquiry_vod__c", "Inquiry_Text__c"), list(enumerate(ids)))
    forms = np.flatnonzero(status < 2)
    world.truth.add("inquiries", pa.table({
        "record_id": text.salesforce_ids("a0I", np.flatnonzero((place == 0) & (status[form] < 2)) + 1),
        "person_id": who[forms],
        "asked_at": instants(at[forms]),
    }))  # fmt: skip


def write_sessions(world: World) -> None:
    """Sessions outside calls; a tenth were matched to nobody (CRM-37)."""
    plan, people = world.plan, world.people
    rng = plan.rng("sessions")
    who = np.repeat(np.arange(people.count), rng.poisson(0.4 * plan.years, people.count))
    who = who[people.has_account[who]]
    at = plan.working_instants(rng, people.offset[who])
    account = world.accounts.at(who, at, np.zeros(len(who), bool))
    account = np.where(rng.random(len(who)) < 0.1, NONE, account)
    kind = rng.choice(len(SESSIONS), len(who), p=[0.5, 0.2, 0.3])
    seconds = rng.integers(60, 1800, len(who))

    def render(rows: Ints) -> pa.Table:
        return pa.table({
            "Id": text.salesforce_ids("a0M", rows + 1),
            "RecordTypeId": text.pick(SESSIONS, kind[rows]),
            "Account_vod__c": world.accounts.ids(account[rows]),
            "Call_vod__c": text.nulls(len(rows)),
            "Organizer_vod__c": world.staff.ids(people.rep[who[rows]]),
            "Start_DateTime_vod__c": text.instants(at[rows]),
            "Total_Duration_vod__c": text.texts(seconds[rows]),
            "Product_vod__c": text.pick(PRODUCT_IDS, rows % len(PRODUCT_IDS)),
            "CreatedDate": text.instants(at[rows]),
            "SystemModstamp": text.instants(at[rows] + HOUR),
            "IsDeleted": text.same("false", len(rows)),
        })  # fmt: skip

    world.landing.deliver(("veeva_crm", "Multichannel_Activity_vod__c"), at + HOUR, render)
    world.truth.add("sessions", pa.table({
        "record_id": text.salesforce_ids("a0M", np.arange(len(who)) + 1),
        "person_id": pa.array(who, mask=account < 0),
        "started_at": instants(at),
    }))  # fmt: skip
