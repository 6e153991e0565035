"""Public registers of the US: NPPES with its groups of taxonomies and licences, and Medicare's clinicians. Names in capitals."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import text
from simulator import vocabulary as words
from simulator.identities import Lines, by_register, filed
from simulator.landing import Landing
from simulator.people import People, spread
from simulator.plan import NONE, Ints
from simulator.truth import Truth

PRACTICE = "Provider Business Practice Location Address "
TAXONOMY_CODES = ["207RC0000X", "207RX0202X", "2084N0400X", "207RE0101X", "207RP1001X", "207RR0500X"]
CLINICIAN_SPECIALTIES = [
    "CARDIOVASCULAR DISEASE CARDIOLOGY", "MEDICAL ONCOLOGY", "NEUROLOGY", "ENDOCRINOLOGY", "PULMONARY DISEASE", "RHEUMATOLOGY",
]  # fmt: skip
UNLISTED, DEACTIVATED, REACTIVATED, UNCLEAR = (
    (29, 3),
    (197, 6),
    (97, 5),
    (53, 2),
)  # of so many people the one with this rest


def write_public_registers(landing: Landing, people: People, truth: Truth) -> None:
    """Most people with an NPI; beside them practices (IDN-01) and retired numbers with a successor (IDN-09)."""
    known = np.flatnonzero(people.in_us & ~_is(people, UNLISTED))
    if not len(known):
        return
    extra = max(people.count // 40, 2)
    others = text.npis(2 * 10**8 + spread(people.count + extra, 10**8, landing.plan.seed)[people.count :])
    successors = np.where(np.arange(extra) % 3 == 0, people.npi[known[np.arange(extra) % len(known)]], NONE)
    instants = landing.plan.instants
    rows = np.arange(len(known) + extra)
    rng = landing.plan.rng("registers of people")
    lines = filed(people.papers, known, landing.plan.first, rng, by_register(landing.plan.rates))

    def render(some: Ints) -> pa.Table:
        is_person = some < len(known)
        p = known[np.where(is_person, some, 0)]
        held = lines.take(np.where(is_person, some, 0))
        other = np.where(is_person, 0, some - len(known))
        is_old = ~is_person & (successors[other] >= 0)
        is_gone = is_person & _is(people, DEACTIVATED)[p] | is_old
        is_listed = is_person & ~is_gone
        is_back = is_person & _is(people, REACTIVATED)[p]
        is_unclear = is_person & _is(people, UNCLEAR)[p]
        is_second = (p % 2 == 1) & ~is_unclear  # the primary taxonomy stands second (IDN-04)
        code = text.where(is_listed, text.pick(TAXONOMY_CODES, people.specialty[p]), None)
        licence = text.where(is_listed, text.join("L", pc.utf8_lpad(text.texts(p), 6, "0")), None)
        licensed_in = text.where(is_listed, text.pick(words.STATES, people.state[p]), None)

        def name(column: text.Column) -> text.Column:
            return text.where(is_listed, pc.utf8_upper(column), None)

        def group(number: int, holds: np.ndarray) -> dict[str, text.Column]:
            general = text.where(is_listed & is_second, "207R00000X", None) if number == 1 else None
            switch = text.where(is_unclear, "N", "Y")
            return {
                f"Healthcare Provider Taxonomy Code_{number}": text.where(holds, code, general),
                f"Provider License Number_{number}": text.where(holds, licence, None),
                f"Provider License Number State Code_{number}": text.where(holds, licensed_in, None),
                f"Healthcare Provider Primary Taxonomy Switch_{number}": text.where(
                    holds & is_listed, switch, text.where(is_listed, "N", None)
                ),
            }

        return pa.table(
            {
                "NPI": text.texts(np.where(is_person, people.npi[p], others[other])),
                "Entity Type Code": text.where(is_gone, None, text.pick(["2", "1"], is_person.astype(np.int64))),
                "Replacement NPI": text.texts(np.where(is_old, successors[other], NONE)),
                "Provider Organization Name (Legal Business Name)": text.where(
                    is_person | is_gone, None, "Example Practice"
                ),
                "Provider Last Name (Legal Name)": name(held.family),
                "Provider First Name": name(held.given),
                "Provider Middle Name": name(held.middle),
                "Provider Other Last Name": text.where(p % 3 > 0, name(held.other_family), None),
                "Provider Sex Code": text.where(is_listed, text.pick(["M", "F"], people.papers.is_female[p]), None),
                PRACTICE + "City Name": name(held.town),
                PRACTICE + "State Name": name(held.state),
                PRACTICE + "Postal Code": name(text.join(held.postal_code, "0001")),
                "Last Update Date": text.where(is_gone, None, "3/5/2024"),
                "NPI Deactivation Date": text.where(is_gone | is_back, "3/5/2024", None),
                "NPI Reactivation Date": text.where(is_back, "11/20/2024", None),
                **group(1, ~is_second),
                **group(2, is_second),
            }
        )

    landing.csv(("nppes", "npidata"), int(instants[0]), rows, render, "_full.csv")
    treating = _write_clinicians(landing, people, known, lines)
    named = known[~_is(people, DEACTIVATED)[known]]
    truth.ids(named, "nppes", "npi", text.texts(people.npi[named]))
    truth.ids(treating, "cms_clinicians", "npi", text.texts(people.npi[treating]))
    truth.add("npi_standings", pa.table({
        "person_id": known,
        "is_deactivated": _is(people, DEACTIVATED)[known],
        "is_reactivated": _is(people, REACTIVATED)[known],
    }))  # fmt: skip


def _is(people: People, rule: tuple[int, int]) -> np.ndarray:
    of, rest = rule
    return np.asarray(np.arange(people.count) % of == rest, bool)


def _write_clinicians(landing: Landing, people: People, known: Ints, lines: Lines) -> Ints:
    """Half of them treat Medicare's patients, some at two addresses; first names may be nicknames. Returns who."""
    who = known[known % 2 == 0]
    who = np.concatenate([who, who[who % 10 == 0]])
    second = np.arange(len(who)) >= (known % 2 == 0).sum()

    def render(some: Ints) -> pa.Table:
        p = who[some]
        held = lines.take(np.searchsorted(known, p))
        short = text.pick(words.NICKNAMES, np.where(p % 3 == 0, people.papers.nickname[p], NONE))
        return pa.table(
            {
                "NPI": text.texts(people.npi[p]),
                "Provider Last Name": pc.utf8_upper(held.family),
                "Provider First Name": pc.utf8_upper(pc.coalesce(short, held.given)),
                "Provider Middle Name": pc.utf8_upper(held.middle),
                "suff": pc.utf8_upper(held.suffix),
                "gndr": text.pick(["M", "F"], people.papers.is_female[p]),
                "Cred": text.same("MD", len(some)),
                "pri_spec": text.pick(CLINICIAN_SPECIALTIES, people.specialty[p]),
                "City/Town": pc.utf8_upper(held.town),
                "State": held.state,
                "ZIP Code": text.join(held.postal_code, "0001"),
                "adrs_id": text.join("AD", text.texts(p), text.pick(["A", "B"], second[some].astype(np.int64))),
            }
        )

    landing.csv(("cms_clinicians", "national"), int(landing.plan.instants[0]), np.arange(len(who)), render)
    return np.unique(who)
