"""Learning platforms: EthosCE enrolments and xAPI statements. Courses share ids with PARS activities, so that some
completions arrive from both (CME-24)."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from simulator import vocabulary as words
from simulator.identities import Lines, by_hand, filed
from simulator.landing import Landing
from simulator.people import CME, People
from simulator.plan import DAY, Bools, Ints
from simulator.truth import Truth, instants
from simulator.webinars import iso

COURSES = 24
PLATFORM = "Example Learning"
SITE = "https://learning.example.org"
VERBS = ["completed", "passed", "satisfied"]
HEADER = [
    "external_course_id", "title", "external_user_id", "external_mail", "first_name", "last_name", "enrollment_start",
    "enrollment_end", "credits", "credit_type", "credit_expiration", "complete", "date_completed", "attended",
]  # fmt: skip
Statement = dict[str, Any]


@dataclass(frozen=True)
class Enrolments:
    """Who took which course, when, and how it ended."""

    who: Ints
    course: Ints
    at: Ints
    is_done: Bools
    is_login: Bools


def write_learning(landing: Landing, people: People, truth: Truth) -> None:
    """Enrolments and statements of the same learners, then the consents under which they enter."""
    plan = landing.plan
    rng = plan.rng("learning")
    appeal = np.exp(people.affinity[:, CME] + 0.2 * people.theta)
    n = rng.poisson(plan.rates.enrolments_per_year * plan.years * appeal)
    who = np.repeat(np.arange(people.count), n)
    course = rng.integers(0, COURSES, len(who))
    _, once = np.unique(who * COURSES + course, return_index=True)
    who, course = who[once], course[once]
    at = plan.first + (rng.random(len(who)) * plan.days * DAY).astype(np.int64)
    is_done = rng.random(len(who)) < 0.7
    is_login = rng.random(len(who)) < 0.08  # the date is that of a later login (CME-20)
    enrolled = Enrolments(who, course, at, is_done, is_login)
    lines = filed(people.papers, who, plan.first, rng, by_hand(plan.rates))
    mail = people.signs_up_with(who, rng.random(people.count)[who])
    _write_enrolments(landing, lines, people.addresses.take(mail).to_pylist(), enrolled)
    voided = _write_statements(landing, enrolled)
    learners = np.unique(who)
    shares = rng.random(len(learners)) < plan.rates.share_consent
    _write_shares(landing, learners[shares])
    told = np.where(np.arange(len(who)) % 4 == 0, plan.stop, at + 6 * DAY)
    finished = at + np.where(is_login, 200, 5) * DAY
    known = np.unique(who[landing.slots(np.minimum(told, finished)) < len(plan.instants)])
    names = [f"{PLATFORM}|{_user(person)}" for person in known.tolist()]
    truth.ids(known, "cme_lms", "lms_user", pa.array(names, pa.string()))
    truth.add("enrolments", pa.table({
        "person_id": who,
        "course_id": pa.array([_course(c) for c in course.tolist()], pa.string()),
        "enrolled_at": instants(at),
        "is_completed": is_done,
        "is_date_of_login": is_login & is_done,
        "is_statement_voided": voided,
        "shares_name": np.isin(who, learners[shares]),
    }))  # fmt: skip


def _user(person: int) -> str:
    return f"lms-{person:06d}"


def _course(course: int) -> str:
    """Every second course bears the id of its PARS activity; the others are the platform's own."""
    return f"{200_000_000 + course}" if course % 2 else f"course-{course:03d}"


def _write_enrolments(landing: Landing, lines: Lines, mails: list[str], enrolled: Enrolments) -> None:
    """One row per credit type: some courses give two (CME-21). Some completed ones lack a date and wait in quarantine."""
    who, at = enrolled.who, enrolled.at
    given, family = lines.given.to_pylist(), lines.family.to_pylist()
    rows: list[list[object]] = []
    stamps: list[int] = []
    for i, person in enumerate(who.tolist()):
        c, done = int(enrolled.course[i]), bool(enrolled.is_done[i])
        finished = int(at[i]) + (200 if enrolled.is_login[i] else 5) * DAY
        date = iso(finished)[:-1] if done and i % 97 else None
        for kind in ["AMA PRA Category 1", "Nursing"][: 2 if c % 5 == 0 else 1]:
            rows.append([
                _course(c), f"{words.TOPICS[c % 12]} online course", _user(person), mails[i], given[i], family[i],
                iso(int(at[i]))[:10], iso(int(at[i]) + 60 * DAY)[:10], f"{(c % 8 + 1) / 4:.2f}", kind,
                iso(int(at[i]) + 730 * DAY)[:10], int(done), date, int(i % 3 > 0),
            ])  # fmt: skip
            stamps.append(finished)
    table = [
        pa.array([None if row[p] is None else str(row[p]) for row in rows], pa.string()) for p in range(len(HEADER))
    ]
    landing.deliver(("cme_lms", "credit"), np.array(stamps, np.int64), pa.table(table, names=HEADER).take)


def _write_statements(landing: Landing, enrolled: Enrolments) -> Bools:
    """A registration's statements: begun, then one to three verbs of completion; some sent twice, some voided."""
    is_done = enrolled.is_done
    voided = np.zeros(len(enrolled.who), bool)
    files: list[list[Statement]] = [[] for _ in range(len(landing.plan.instants) + 1)]
    slots = landing.slots(enrolled.at + 6 * DAY)
    for i, person in enumerate(enrolled.who.tolist()):
        if i % 4 == 0:
            continue  # this course tells the platform's export only
        said = ["initialized", *(VERBS[: 1 + i % 3] if is_done[i] else [])]
        place = (_course(int(enrolled.course[i])), int(enrolled.at[i]))
        made = [_statement((i, number), person, verb, *place) for number, verb in enumerate(said)]
        if is_done[i] and i % 41 == 1:
            voided[i] = True
            made += [_voiding(i, made[number], person) for number in range(1, len(said))]
        files[slots[i]] += made + (made[-1:] if i % 29 == 1 else [])
    for number, instant in enumerate(landing.plan.instants):
        if files[number]:
            path = landing.path("cme_lms", "xapi", int(instant), ".jsonl")
            path.write_text("".join(json.dumps(s, separators=(",", ":")) + "\n" for s in files[number]), newline="\n")
            landing.count("cme_lms", "xapi", len(files[number]))
    return voided


def _statement(key: tuple[int, int], person: int, verb: str, course: str, at: int) -> Statement:
    i, number = key
    when = at + 5 * DAY + number * 60
    return {
        "id": f"00000000-0000-4000-8{number:03d}-{i:012d}",
        "actor": {"objectType": "Agent", "account": {"homePage": SITE, "name": _user(person)}},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"objectType": "Activity", "id": course},
        "result": {"duration": f"PT{20 + i % 40}M{i % 60}S", **({"success": True} if verb == "passed" else {})},
        "context": {"registration": f"00000000-0000-4000-9000-{i:012d}", "platform": PLATFORM},
        "timestamp": iso(when),
        "stored": iso(when + (3 - number) * 30),
    }


def _voiding(i: int, target: Statement, person: int) -> Statement:
    return {
        **_statement((i, 100 + int(target["id"][20:23])), person, "voided", "", 0),
        "object": {"objectType": "StatementRef", "id": target["id"]},
        "result": {},
        "timestamp": target["stored"],
        "stored": target["stored"],
    }


def _write_shares(landing: Landing, learners: Ints) -> None:
    """privacy/cme_share_consents of the platform's own learners, under the platform's ids."""
    plan = landing.plan
    rows = [
        ["lms_user", _user(person), PLATFORM, words.OPERATOR, "2024-01", iso(plan.first - 30 * DAY), None]
        for person in learners.tolist()
    ]
    header = ["id_type", "id_value", "provider", "recipient", "consent_text_version", "granted_at", "withdrawn_at"]
    landing.small_csv(("privacy", "cme_share_consents"), int(plan.instants[0]) + 1800, header, rows)
