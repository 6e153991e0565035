"""CMS Open Payments, general payments, in the layout of 2021 on. Published once a year, later than the days it reports."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import text
from simulator import vocabulary as words
from simulator.identities import by_register, filed
from simulator.landing import Landing
from simulator.people import F2F, People
from simulator.plan import DAY, NONE, Ints
from simulator.truth import Truth

FIRST_PROFILE, SECOND_PROFILE = 9_000_000, 50_000_000
OLDER = {
    "Covered_Recipient_Profile_ID": "Physician_Profile_ID", "Covered_Recipient_First_Name": "Physician_First_Name",
    "Covered_Recipient_Middle_Name": "Physician_Middle_Name", "Covered_Recipient_Last_Name": "Physician_Last_Name",
    "Covered_Recipient_Name_Suffix": "Physician_Name_Suffix", "Covered_Recipient_Primary_Type_1": "Physician_Primary_Type",
    "Covered_Recipient_Specialty_1": "Physician_Specialty",
}  # fmt: skip
NATURES = [
    "Food and Beverage", "Consulting Fee", "Honoraria", "Travel and Lodging", "Education", "Royalty or License", "Gift",
    "Compensation for services other than consulting, including serving as faculty or as a speaker at a venue other"
    " than a continuing education program",
    "Compensation for serving as faculty or as a speaker for an accredited or certified continuing education program",
    "Compensation for serving as faculty or as a speaker for a non-accredited and noncertified continuing education"
    " program",
]  # fmt: skip
MEAL = 0
NATURE_SHARES = [0.0, 0.2, 0.1, 0.25, 0.15, 0.03, 0.05, 0.1, 0.06, 0.06]
FORMS = ["In-kind items and services", "Cash or cash equivalent"]


def write_payments(landing: Landing, people: People, truth: Truth) -> None:
    """Meals and other transfers of seven physicians in ten."""
    plan = landing.plan
    rng = plan.rng("payments")
    known = np.flatnonzero(people.in_us & (np.arange(people.count) % 10 < 7))
    split = rng.random(people.count) < plan.rates.split_profile
    people.papers.plant("split_profile", known[split[known]])
    taste = np.exp(0.2 * people.theta[known] + people.affinity[known, F2F])
    meals = rng.poisson(plan.rates.meals_per_year * plan.years * taste)
    others = rng.poisson(0.3 * plan.years, len(known))
    who = np.concatenate([np.repeat(known, meals), np.repeat(known, others)])
    is_meal = np.arange(len(who)) < meals.sum()
    nature = np.concatenate([np.full(meals.sum(), MEAL), _natures(rng, int(others.sum()))])
    day = plan.first + rng.integers(0, plan.days, len(who)) * DAY
    company = rng.choice(len(words.COMPANIES), len(who), p=[0.4, 0.3, 0.2, 0.1])
    cents = np.where(is_meal, rng.integers(500, 9_000, len(who)), rng.integers(2_000, 400_000, len(who)))
    cents = np.where(rng.random(len(who)) < 0.01, 0, cents)
    # a meal is often reported in several lines
    lines = np.where(is_meal, rng.choice([1, 2, 3], len(who), p=[0.6, 0.3, 0.1]), 1)
    visit = np.repeat(np.arange(len(who)), lines)
    who, nature, day, company = who[visit], nature[visit], day[visit], company[visit]
    cents = cents[visit] // lines[visit]
    profile = FIRST_PROFILE + who + np.where(split[who] & (visit % 2 == 1), SECOND_PROFILE, 0)
    papers = filed(people.papers, who, plan.first, rng, by_register(plan.rates))
    instants = plan.instants
    # published after the year, so the history comes first; the newest half-year is a late publication
    releases = np.unique(np.array([0, len(instants) // 2, len(instants) - 1]))
    slot = np.searchsorted(instants[releases], day + 20 * DAY, side="right")
    slot = np.minimum(slot, len(releases))
    is_restated = rng.random(len(visit)) < 0.01
    company_ids, companies = [c for c, _ in words.COMPANIES], [name for _, name in words.COMPANIES]
    spelled = np.where(rng.random(len(visit)) < 0.03, 1, 0)

    for number, release in enumerate(releases.tolist()):
        rows = np.flatnonzero(slot == number)
        if number:
            rows = np.concatenate([np.flatnonzero((slot == number - 1) & is_restated), rows])

        def render(some: Ints, number: int = number) -> pa.Table:
            p, n = who[some], len(some)
            held = papers.take(some)
            changed = is_restated[some] & (slot[some] < number)
            pence = cents[some] + np.where(changed, 100, 0)
            name = text.pick(companies, company[some])
            loud = text.where(spelled[some] == 1, pc.utf8_upper(name), name)
            recipient = {
                "Covered_Recipient_Type": text.same("Covered Recipient Physician", n),
                "Covered_Recipient_Profile_ID": text.texts(profile[some]),
                "Covered_Recipient_NPI": text.texts(np.where(p % 25 == 0, NONE, people.npi[p])),
                "Covered_Recipient_First_Name": held.given,
                "Covered_Recipient_Middle_Name": held.middle,
                "Covered_Recipient_Last_Name": held.family,
                "Covered_Recipient_Name_Suffix": held.suffix,
                "Recipient_City": held.town,
                "Recipient_State": held.state,
                "Recipient_Zip_Code": text.join(held.postal_code, "-0001"),
                "Recipient_Country": text.same("United States", n),
                "Covered_Recipient_Primary_Type_1": text.same("Medical Doctor", n),
                "Covered_Recipient_Specialty_1": text.pick(words.TAXONOMIES, people.specialty[p]),
            }
            if number == 0:  # the older layout: no NPI, and other names of the columns
                recipient = {OLDER.get(name, name): cells for name, cells in recipient.items() if "NPI" not in name}
            return pa.table(
                {
                    "Change_Type": text.pick(["NEW", "CHANGED"], changed.astype(np.int64)),
                    **recipient,
                    "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID": text.pick(
                        company_ids, company[some]
                    ),
                    "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name": loud,
                    "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_State": text.same("NY", n),
                    "Total_Amount_of_Payment_USDollars": money(pence),
                    "Date_of_Payment": text.dates(day[some], "%m/%d/%Y"),
                    "Number_of_Payments_Included_in_Total_Amount": text.same("1", n),
                    "Form_of_Payment_or_Transfer_of_Value": text.pick(FORMS, (nature[some] != MEAL).astype(np.int64)),
                    "Nature_of_Payment_or_Transfer_of_Value": text.pick(NATURES, nature[some]),
                    "Record_ID": text.texts(some + 700_000_000),
                    "Program_Year": text.dates(day[some], "%Y"),
                    "Payment_Publication_Date": text.dates(np.full(n, int(instants[releases[number]])), "%m/%d/%Y"),
                    "Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_1": text.pick(
                        words.PRODUCTS, np.where(company[some] == 0, people.specialty[p], NONE)
                    ),
                }
            )

        landing.csv(("cms_open_payments", "general"), int(instants[release]), rows, render)
    paid, first = np.unique(profile[slot < len(releases)], return_index=True)
    truth.ids(who[slot < len(releases)][first], "cms_open_payments", "open_payments_profile", text.texts(paid))


def _natures(rng: np.random.Generator, count: int) -> Ints:
    """In their shares as nearly as numbers allow, so that a small world holds the rare ones too."""
    evenly = (rng.permutation(count) + rng.random(count)) / max(count, 1)
    return np.asarray(np.searchsorted(np.cumsum(NATURE_SHARES[:-1]), evenly, side="right"), np.int64)


def money(cents: Ints) -> text.Column:
    """Cents as dollars with two decimals."""
    rest = text.texts(cents % 100 + 100)
    return text.join(text.texts(cents // 100), ".", pc.utf8_slice_codeunits(rest, 1, 3))
