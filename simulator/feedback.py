"""What HCPs say when asked, what they ask for and prefer; and the lists that the company keeps about its own plans."""

from datetime import timedelta

import numpy as np
import pyarrow as pa

from simulator import text
from simulator import vocabulary as words
from simulator.calls import SUBMITTED, Calls
from simulator.education import ACTIVITIES
from simulator.free_text import write_notes
from simulator.plan import DAY, HOUR, Ints
from simulator.webinars import iso
from simulator.world import World

QUESTIONS = ["satisfaction", "trust", "relevance", "ease", "understood_needs", "nps", "favourite_colour"]
NPS, UNKNOWN = 5, 6
CALL_CHANNELS = ["face_to_face", "phone", "video", "message", "rep_email", "other"]  # in the order of the calls' own
CHANNELS = ["face_to_face", "video", "rep_email", "phone"]
JOURNEYS = len(words.PRODUCTS)


def write_feedback(world: World, calls: Calls) -> None:
    """Answers and needs after some of the calls held; ratings follow the person, with the scale's ends cut."""
    plan, people, accounts = world.plan, world.people, world.accounts
    rng = plan.rng("feedback")
    held = np.flatnonzero(
        (calls.who >= 0) & (calls.status == SUBMITTED) & (calls.at > 0) & (calls.at < plan.stop - 2 * DAY)
    )
    asked = held[rng.random(len(held)) < 0.08]
    question = rng.integers(0, UNKNOWN, len(asked))
    drawn = np.rint(3 + people.theta[calls.who[asked]] + rng.normal(size=len(asked)) * 0.7).astype(np.int64)
    rating = np.where(question == NPS, np.clip(2 * drawn, 0, 10), np.clip(drawn, 1, 5))
    top = np.where(question == NPS, 10, 5)
    number = np.arange(len(asked))
    rating = np.where(number % 61 == 7, top + 1, rating)  # off the scale
    question = np.where(number % 83 == 9, UNKNOWN, question)
    at = calls.at[asked] + rng.integers(1, 40, len(asked)) * HOUR

    notes = write_notes(plan, "feedback", len(asked), plan.rates.other_notes)

    def answers(rows: Ints) -> pa.Table:
        call = asked[rows]
        return pa.table(
            {
                "response_id": text.join("RSP-", text.texts(rows + 1)),
                "source_system": text.same("veeva_crm", len(rows)),
                "source_hcp_id": accounts.ids(accounts.primary[calls.who[call]]),
                "touchpoint_source_id": text.salesforce_ids("a04", call + 1),
                "question_code": text.pick(QUESTIONS, question[rows]),
                "rating": text.texts(rating[rows]),
                "rating_max": text.texts(top[rows]),
                "comment": notes.over(rows, text.where(rows % 5 == 0, "Please send less, and what I asked for.", None)),
                "responded_at": text.instants(at[rows], end="Z"),
            }
        )

    world.landing.deliver(("feedback", "responses"), at, answers)
    ids = text.join("RSP-", text.texts(number + 1)).to_pylist()
    notes.tell(world.truth, ("feedback", "responses", "comment"), list(enumerate(ids)))
    world.truth.add("feedback", pa.table({
        "response_id": text.join("RSP-", text.texts(number + 1)),
        "person_id": calls.who[asked],
        "rating": rating,
    }))  # fmt: skip
    _write_needs(world, calls, held[rng.random(len(held)) < 0.05])
    _write_plan(world, calls, held[rng.random(len(held)) < 0.05])


def _write_needs(world: World, calls: Calls, raised: Ints) -> None:
    accounts = world.accounts
    at = calls.at[raised] + HOUR
    is_closed = raised % 3 == 0

    def needs(rows: Ints) -> pa.Table:
        closed = text.instants(np.where(is_closed[rows], at[rows] + 9 * DAY, -1), end="Z")
        return pa.table(
            {
                "need_id": text.join("NEED-", text.texts(rows + 1)),
                "source_system": text.same("veeva_crm", len(rows)),
                "source_hcp_id": accounts.ids(accounts.primary[calls.who[raised[rows]]]),
                "topic": text.pick(words.TOPICS, calls.topic[raised[rows]]),
                "raised_at": text.instants(at[rows], end="Z"),
                "closed_at": closed,
                "action_code": text.where(is_closed[rows], "CONTENT_SENT", None),
                "told_back_at": text.where(rows % 2 == 0, closed, None),
            }
        )

    world.landing.deliver(("feedback", "needs"), at, needs)


def _write_plan(world: World, calls: Calls, planned: Ints) -> None:
    """Done as planned, or still to come."""
    accounts, staff = world.accounts, world.staff
    is_done = planned % 4 != 0

    def rows_of_plan(rows: Ints) -> pa.Table:
        call = planned[rows]
        return pa.table(
            {
                "plan_id": text.join("PLAN-", text.texts(rows + 1)),
                "source_hcp_id": accounts.ids(accounts.primary[calls.who[call]]),
                "user_id": staff.ids(calls.owner[call]),
                "channel": text.pick(CALL_CHANNELS, calls.channel[call]),
                "planned_on": text.dates(calls.at[call]),
                "journey_id": text.join("JRN-", text.texts(calls.topic[call] // 2 + 1)),
                "status": text.where(is_done[rows], "done", "planned"),
            }
        )

    world.landing.deliver(("reference", "touchpoint_plan"), calls.at[planned], rows_of_plan)


def write_lists(world: World) -> None:
    """Preferences, certifications, journeys and accredited activities."""
    plan, people, accounts = world.plan, world.people, world.accounts
    rng = plan.rng("lists")
    first = int(plan.instants[0])
    who = np.flatnonzero(people.has_account & (rng.random(people.count) < 0.1))
    ids = accounts.ids(accounts.primary[who]).to_pylist()
    rows: list[list[object]] = []
    for person, account in zip(who.tolist(), ids, strict=True):
        stated = iso(plan.first - int(rng.integers(1, 300)) * DAY)
        ended = iso(plan.first + 30 * DAY) if person % 7 == 0 else None
        rows.append(["veeva_crm", account, "channel", CHANNELS[person % len(CHANNELS)], stated, ended])
        rows.append(["veeva_crm", account, "language", words.LANGUAGES[people.country[person]], stated, None])
        rows.append(["veeva_crm", account, "interest", words.TOPICS[people.interests[person, 0]], stated, None])
    header = ["source_system", "source_hcp_id", "kind", "value", "stated_at", "ended_at"]
    world.landing.small_csv(("reference", "preferences"), first, header, rows)
    _write_own_lists(world, first)


def _write_own_lists(world: World, first: int) -> None:
    plan, staff = world.plan, world.staff
    users = staff.ids(np.arange(staff.count)).to_pylist()
    begin = plan.start - timedelta(days=200)
    certified: list[list[object]] = [
        [user, topic, begin, begin + timedelta(days=365) if number % 5 == 0 else None]
        for number, user in enumerate(users)
        for topic in ("compliance", words.PRODUCTS[number % len(words.PRODUCTS)])
    ]
    header = ["user_id", "topic", "certified_from", "certified_to"]
    world.landing.small_csv(("reference", "certifications"), first, header, certified)
    journeys: list[list[object]] = [
        [
            f"JRN-{j + 1}",
            users[j % len(users)],
            "promotional",
            f"interest in {words.PRODUCTS[j]}",
            "after three touches",
        ]
        for j in range(JOURNEYS)
    ]
    world.landing.small_csv(
        ("reference", "journeys"), first, ["journey_id", "owner_user_id", "purpose", "entry", "exit"], journeys
    )
    activities: list[list[object]] = [
        [
            f"{200_000_000 + a}", words.PROVIDERS[a % len(words.PROVIDERS)], iso(plan.first + a * DAY),
            iso(plan.first + a * DAY + 2 * HOUR), "true" if a % 4 == 0 else "false", f"V{a % 5}" if a % 4 == 0 else None,
        ]
        for a in range(ACTIVITIES)
    ]  # fmt: skip
    header = ["activity_id", "provider", "starts_at", "ends_at", "is_live", "venue_code"]
    world.landing.small_csv(("reference", "accredited_activities"), first, header, activities)
