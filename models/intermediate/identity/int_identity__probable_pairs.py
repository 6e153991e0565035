"""Pairs of records that are probably one person, scored by the fixed model with Splink. It writes edges only."""

MODEL = "models/intermediate/identity/identity_model_1.0.0.json"
# Equal profiles are compared once: the first two records of each stand for all. Nobody agrees with a profile better
# than its own copies do, so an edge to the first of them is enough.
PROFILES = """
    with firsts as (select *, {0} from comparable where node_id = profile_id)
    select * from firsts
    union all
    select copies.node_id, firsts.* exclude (node_id)
    from (select profile_id, min(node_id) as node_id from comparable where node_id <> profile_id group by profile_id) as copies
    inner join firsts on copies.profile_id = firsts.profile_id
"""
# How common a value is here, drawn towards what is typical while there are few profiles to count.
FREQUENCY = "count(*) over (partition by {0}) {0}_count, ({0}_count + {1} * {2}) / (count(*) over () + {1}) tf_{0}"
CANDIDATES = """
    select one.profile_id as join_key_l, other.profile_id as join_key_r, '0' as match_key
    from blocks as one
    inner join blocks as other on one.blocking_rule = other.blocking_rule and one.block_key = other.block_key
    where one.is_compared and one.profile_id < other.profile_id
    group by one.profile_id, other.profile_id
    union all
    select profile_id, node_id, '0' from profiles where node_id <> profile_id
"""
PAIRS = """
    select
        node_id_l as node_a, coalesce(copies.node_id, node_id_r) as node_b, round(match_probability, 6) as match_probability,
        round(match_weight, 3) as match_weight, '{version}' as model_version, concat_ws('; ', {reason}) as reason
    from {predicted} as scored
    left join (select node_id, profile_id from profiles where node_id <> profile_id) as firsts on node_id_r = firsts.node_id
    left join comparable as copies on firsts.profile_id = copies.profile_id and copies.node_id <> copies.profile_id
    order by node_a, node_b
"""


def model(dbt, session):
    """What dbt calls."""
    from orchestration.dbt_plugin import value_free

    comparable, blocks = dbt.ref("int_identity__comparable_profiles"), dbt.ref("int_identity__profile_blocks")
    # Splink keeps its tables: in a database beside the warehouse that lives no longer than this model.
    session.execute("attach ':memory:' as splink_work")
    beside = session.cursor()
    try:
        beside.execute("use splink_work")
        beside.execute(f"create temp view comparable as {comparable.sql_query()}")
        beside.execute(f"create temp view blocks as {blocks.sql_query()}")
        pairs = score(beside)
    except Exception as error:  # Splink quotes the engine's errors, and those may quote a name
        raise RuntimeError(value_free(error)) from None
    finally:
        beside.close()
        session.execute("detach splink_work")
    return pairs


def score(connection):
    """Scores the pairs of `comparable` that share a block of `blocks`."""
    import json

    from splink import DuckDBAPI, Linker

    from orchestration.settings import PROJECT_DIR

    fixed = json.loads((PROJECT_DIR / MODEL).read_text())
    weight, settings = fixed["typical_weight"], fixed["settings"]
    frequencies = ", ".join(FREQUENCY.format(column, weight, typical) for column, typical in fixed["typical"].items())
    connection.execute(f"create table profiles as {PROFILES.format(frequencies)}")
    connection.execute(f"create table candidates as {CANDIDATES}")
    (count,) = connection.execute("select count(distinct profile_id) from profiles").fetchone()
    # A person has about as many profiles in a large warehouse as in a small one: a random pair matches less often there.
    settings["probability_two_random_records_match"] = fixed["other_profiles"] / (count + weight)
    api = DuckDBAPI(connection)
    linker = Linker(api.register("profiles"), settings, log_level=None)
    linker.table_management.register_blocked_pairs_for_predict(api.register("candidates"))
    predicted = linker.inference.predict(threshold_match_probability=0.5, warning_mode="never").physical_name
    reason = ", ".join(reason_of(comparison) for comparison in settings["comparisons"])
    return connection.sql(PAIRS.format(predicted=predicted, reason=reason, version=fixed["version"])).to_arrow_table()


def reason_of(comparison):
    """How a column agrees, in the words of the model's levels, and its bits of evidence; no value of anybody."""
    name, (_, *levels) = comparison["output_column_name"], comparison["comparison_levels"]
    words = " ".join(f"when {len(levels) - n} then '{level['label_for_charts']}'" for n, level in enumerate(levels, 1))
    weight = (
        f"mw_{name} + mw_tf_adj_{name}" if any("tf_adjustment_column" in level for level in levels) else f"mw_{name}"
    )
    return f"case gamma_{name} {words} end || ' (' || cast(cast({weight} as decimal(9, 1)) as text) || ')'"
