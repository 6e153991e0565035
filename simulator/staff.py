"""The company's own people: CRM users and their teams over time."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from simulator import text
from simulator import vocabulary as words
from simulator.landing import Landing
from simulator.people import users_count
from simulator.plan import DAY, Ints, Plan

CHANGERS = range(3, 100_000, 13)  # sales users who become medical liaisons half-way


@dataclass
class Staff:
    """Users in blocks: sales, medical, marketing, medical liaisons. A user number is its index."""

    count: int
    function: Ints  # code into words.FUNCTIONS
    country: Ints

    def ids(self, users: Ints) -> pa.Array:
        """User ids."""
        return text.salesforce_ids("005", np.where(users < 0, -1, users + 1))


def hire(plan: Plan) -> Staff:
    """A field force of the size that the plan needs."""
    count = users_count(plan)
    sales = round(count * words.FUNCTION_SHARES[0])
    liaisons = max(round(count * words.FUNCTION_SHARES[2]), 1)
    function = np.full(count, words.FUNCTIONS.index("medical"))
    function[:sales] = words.FUNCTIONS.index("sales")
    function[sales + (count - sales - liaisons) // 2 :] = words.FUNCTIONS.index("marketing")
    function[count - liaisons :] = words.FUNCTIONS.index("msl")
    return Staff(count, function, plan.rng("staff").choice(len(words.COUNTRIES), count, p=words.COUNTRY_SHARES))


def write_staff(landing: Landing, staff: Staff) -> None:
    """Users as full extracts, teams as a dated list."""
    plan = landing.plan
    users = np.arange(staff.count)
    instants = plan.instants
    # full extracts: the last user leaves out of the second one is deleted by its absence
    for number, at in enumerate((instants[0], instants[-1])):
        is_last = number and len(instants) > 1

        def render(rows: Ints, is_last: bool = bool(is_last)) -> pa.Table:
            n = len(rows)
            number_text = text.texts(rows)
            stamp = text.instants(np.full(n, plan.first - 700 * DAY))
            return pa.table(
                {
                    "Id": staff.ids(rows),
                    "Username": text.join("user", number_text, "@example.org"),
                    "Email": text.join("user", number_text, "@example.org"),
                    "FirstName": text.pick(words.GIVEN_NAMES, rows % len(words.GIVEN_NAMES)),
                    "LastName": text.pick(words.FAMILY_NAMES, rows * 31 % len(words.FAMILY_NAMES)),
                    "IsActive": text.flags((rows % 19 != 5) | (not is_last)),
                    "CountryCode": text.pick(words.COUNTRIES, staff.country[rows]),
                    "TimeZoneSidKey": text.pick(words.TIME_ZONES, staff.country[rows]),
                    "CreatedDate": stamp,
                    "SystemModstamp": stamp,
                }
            )

        if number == 0 or is_last:
            landing.csv(("veeva_crm", "User"), int(at), users, render, "_full.csv")
    _write_teams(landing, staff)


def _write_teams(landing: Landing, staff: Staff) -> None:
    """Some change their function half-way: a touch belongs to the team of its day."""
    plan = landing.plan
    ids = staff.ids(np.arange(staff.count)).to_pylist()
    begin, middle = plan.start - timedelta(days=700), plan.start + timedelta(days=plan.days // 2)
    rows: list[list[object]] = []
    for user in range(staff.count):
        function = words.FUNCTIONS[staff.function[user]]
        region = words.COUNTRIES[staff.country[user]]
        team = f"{region}-{function}-{user % 3 + 1}"
        if user in CHANGERS and function == "sales":
            rows.append([ids[user], team, function, region, begin, middle])
            rows.append([ids[user], f"{region}-msl-1", "msl", region, middle, None])
        else:
            rows.append([ids[user], team, function, region, begin, None])
    header = ["user_id", "team", "function", "region", "valid_from", "valid_to"]
    landing.small_csv(("reference", "teams"), int(plan.instants[0]), header, rows)
