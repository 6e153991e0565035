"""Fits the model of probable pairs of identity and writes it as the versioned file that dbt reads.

    python -m studies.train_identity_model

No daily build runs this: train when monitors drift, and give the result a version of its own. The simulator's errors are
invented. So every share starts from what real registers show (`true` and `random` below: the share of true pairs, and of
random pairs, that fall on a level; NPPES against Doctors & Clinicians, self-typed names a little worse) and moves half
the way to what the simulator shows.
"""

import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from orchestration.settings import PROJECT_DIR
from studies.worlds import World

VERSION = "1.0.0"
OUT = PROJECT_DIR / "models" / "intermediate" / "identity" / f"identity_model_{VERSION}.json"
TABLE = "int_identity__comparable_profiles"
HCPS, DAYS, SEED = 4_000, 365, 20_260_101  # no seed of a study: those measure people whom the model has not met
RANDOM_PAIRS = 2_000_000
TRUST = 0.5  # in the prior; the rest in the simulator


class Level(NamedTuple):
    """One way in which two profiles agree on a column."""

    condition: str
    words: str
    true: float
    random: float
    frequency: str | None = None  # the column whose frequency adjusts the weight: agreeing on a rare name says more


def equal(column: str) -> str:
    """Both sides hold the same."""
    return f"{column}_l = {column}_r"


def similar(column: str, least: float) -> str:
    """Spelled alike, by Jaro and Winkler; short names differ by a letter without being typos of each other."""
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def slip(column: str) -> str:
    """A rare spelling beside a usual one; two usual spellings are two names (Christine and Christina)."""
    least, greatest = (f"{of}({column}_count_l, {column}_count_r)" for of in ("least", "greatest"))
    return f"({least} < 3 or {least} * 20 <= {greatest})"


def either(condition: str) -> str:
    """The condition, or the same with the sides exchanged."""
    exchanged = condition.replace("_l", "_?").replace("_r", "_l").replace("_?", "_r")
    return f"({condition}) or ({exchanged})"


# Twins, couples, father and son share the family name, the place and often the specialty, which no sum of independent
# columns knows. So nothing outweighs two given names without likeness, or Jr against Sr.
RELATIVES = 1e-12
INITIAL = "(length(given_l) = 1 or length(given_r) = 1)"
SAME_AREA = "coalesce(region_l = region_r, true) and coalesce(country_code_l = country_code_r, true)"
NO_PLACE = "(coalesce(city_l, postal_code_l, region_l) is null or coalesce(city_r, postal_code_r, region_r) is null)"

COMPARISONS: dict[str, tuple[str, list[Level]]] = {
    "given": ("given_l is null or given_r is null", [
        Level(f"{INITIAL} and left(given_l, 1) = left(given_r, 1)", "initial of the given name equal", 0.005, 0.0005),
        Level(equal("given"), "given name equal", 0.95, 0.0064, "given"),
        Level(equal("formal"), "given name a nickname of the other", 0.02, 0.0006, "formal"),
        Level(f"{similar('given', 0.9)} and {slip('given')}", "given name similar", 0.015, 0.0008),
        Level(similar("given", 0.9), "given name like another usual one", 0.001, 0.0004),
        Level(either("length(given_l) > 2 and starts_with(given_r, given_l)"), "given name shortened", 0.01, 0.0001),
        Level("ELSE", "given name differs", RELATIVES, 0.9912),
    ]),
    "middle": ("middle_initial_l is null or middle_initial_r is null", [
        Level(equal("middle_initial"), "middle initial equal", 0.985, 0.067),
        Level("ELSE", "middle initial differs", 0.015, 0.933),
    ]),
    "family": ("family_l is null or family_r is null", [
        Level(equal("family"), "family name equal", 0.965, 0.00025, "family"),
        Level(
            f"{either('family_l = other_family_r')} or {equal('other_family')}",
            "family name equal to a former name", 0.01, 0.00001,
        ),
        Level(
            either("length(family_r) > 3 and (starts_with(family_l, family_r) or ends_with(family_l, family_r))"),
            "family name part of the other", 0.006, 0.00015,
        ),
        Level(f"{similar('family', 0.93)} and {slip('family')}", "family name similar", 0.01, 0.00005),
        Level(similar("family", 0.93), "family name like another usual one", 0.0005, 0.00005),
        Level("ELSE", "family name differs", 0.009, 0.9995),
    ]),
    "suffix": ("suffix_l is null and suffix_r is null", [
        Level(equal("suffix"), "suffix equal", 0.58, 0.01),
        Level("suffix_l is null or suffix_r is null", "suffix on one side only", 0.42, 0.69),
        Level("ELSE", "suffix differs", RELATIVES, 0.3),
    ]),
    "place": (NO_PLACE, [
        Level(equal("town"), "city and postal code equal", 0.5, 0.0004, "town"),
        Level(f"{equal('city')} and {SAME_AREA}", "city equal", 0.2, 0.001, "city"),
        Level(equal("postal_code"), "postal code equal, city not", 0.01, 0.00001),
        Level(f"{similar('city', 0.9)} and {SAME_AREA}", "city similar", 0.005, 0.00005),
        Level(equal("region"), "region equal, city not", 0.2, 0.036, "region"),
        Level("coalesce(country_code_l = country_code_r, true)", "place differs", 0.08, 0.9),
        Level("ELSE", "country differs", 0.005, 0.06),
    ]),
    "specialty": ("specialty_l is null or specialty_r is null", [
        Level(equal("specialty"), "specialty equal", 0.75, 0.047, "specialty"),
        Level("ELSE", "specialty differs", 0.25, 0.953),
    ]),
    "gender": ("gender_l is null or gender_r is null", [
        Level(equal("gender"), "gender equal", 0.996, 0.55),
        Level("ELSE", "gender differs", 0.004, 0.45),
    ]),
    "email": ("email_l is null or email_r is null", [
        Level(equal("email"), "address equal", 0.4, 0.00001),
        Level("split_part(email_l, '@', 1) = split_part(email_r, '@', 1)", "mailbox name equal, domain not", 0.05, 0.00001),
        Level("ELSE", "address differs", 0.55, 0.99998),
    ]),
}  # fmt: skip
# How common a value is where there are too few profiles to count.
TYPICAL = {
    "given": 0.005,
    "formal": 0.006,
    "family": 0.00025,
    "town": 0.0004,
    "city": 0.001,
    "region": 0.03,
    "specialty": 0.04,
}
TYPICAL_WEIGHT = 500  # profiles
OTHER_PROFILES = 2  # of one person, beside a given one


def settings() -> dict[str, Any]:
    """The model's structure in Splink's terms, with the shares that real registers show."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "node_id",
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": True,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [
            {"output_column_name": name, "comparison_levels": [null_level(null), *map(level, levels)]}
            for name, (null, levels) in COMPARISONS.items()
        ],
    }


def null_level(condition: str) -> dict[str, Any]:
    """Nothing to compare: no evidence."""
    return {"sql_condition": condition, "label_for_charts": "missing", "is_null_level": True}


def level(of: Level) -> dict[str, Any]:
    """One level; the frequency of the value itself takes the place of the average share of random pairs."""
    found: dict[str, Any] = {"sql_condition": of.condition, "label_for_charts": of.words}
    found |= {"m_probability": of.true, "u_probability": of.random}
    if of.frequency:
        found |= {"tf_adjustment_column": of.frequency, "disable_tf_exact_match_detection": True}
    return found


Shares = dict[str, dict[str, tuple[float | None, float | None]]]


def simulated_shares(world: World) -> Shares:
    """What the simulator shows: column -> words of the level -> share of true pairs, share of random pairs."""
    from splink import DuckDBAPI, Linker

    frequencies = ", ".join(
        f"count(*) over (partition by {column}) as {column}_count, {column}_count / count(*) over () as tf_{column}"
        for column in TYPICAL
    )
    with world.open() as connection:
        connection.execute("set threads = 1")  # else the sample depends on which thread came first
        connection.execute(f"""
            create table memory.owners as
            select distinct system || case id_type when 'zoom_guest' then '|guest|' else '|' end || id_value as node_id, person_id
            from '{world.truth / "person_ids.parquet"}'
            union
            select register || '|' || npi, person_id
            from '{world.truth / "hcps.parquet"}', (values ('nppes'), ('cms_clinicians')) as registers (register)
            where npi is not null
        """)
        connection.execute(f"""
            create table memory.profiles as
            select {TABLE}.*, owners.person_id, count(*) over (partition by given) as given_count,
                count(*) over (partition by family) as family_count, {frequencies}
            from {TABLE} inner join owners on {TABLE}.node_id = owners.node_id
            where {TABLE}.node_id = profile_id
            order by {TABLE}.node_id
        """)
        linker = Linker(DuckDBAPI(connection).register("profiles"), settings(), log_level=None)
        linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
        linker.training.estimate_m_from_label_column("person_id")
        fitted = linker.misc.save_model_to_json()
    return {
        comparison["output_column_name"]: {
            found["label_for_charts"]: (found.get("m_probability"), found.get("u_probability"))
            for found in comparison["comparison_levels"]
        }
        for comparison in fitted["comparisons"]
    }


def fit(shares: Shares) -> dict[str, Any]:
    """The artefact: half prior, half simulator. On a level that no simulated pair falls on the prior stands alone."""
    model = settings()
    for comparison in model["comparisons"]:
        seen = shares[comparison["output_column_name"]]
        levels = comparison["comparison_levels"][1:]
        for place, name in enumerate(("m_probability", "u_probability")):
            for one in levels:
                share = seen[one["label_for_charts"]][place]
                if isinstance(share, float) and one[name] != RELATIVES:
                    one[name] = TRUST * one[name] + (1 - TRUST) * share
            total = sum(one[name] for one in levels)
            for one in levels:
                one[name] = float(f"{one[name] / total:.4g}")
    return {
        "version": VERSION,
        "other_profiles": OTHER_PROFILES,
        "typical_weight": TYPICAL_WEIGHT,
        "typical": TYPICAL,
        "settings": model,
    }


def main() -> None:
    """Simulates, builds the profiles, fits, writes."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.simulate(HCPS, DAYS, SEED)
        world.receive()
        world.build([f"+{TABLE}"], identity_probabilistic=True)
        OUT.write_text(json.dumps(fit(simulated_shares(world)), indent=2) + "\n")


if __name__ == "__main__":
    main()
