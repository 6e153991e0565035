"""One row un-merges: after `same` and a later `different` every published table is what it was (identity.md section 6)."""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import duckdb
import pytest

import deliveries
import simulator
from deliveries.registry import load
from orchestration.settings import DBT, PROJECT_DIR
from tests.building import build
from tests.compare import differing_tables, published_tables
from tests.conftest import Home

pytestmark = pytest.mark.warehouse

AS_OF = date(2026, 7, 1)
HEADER = "decision,system_a,id_a,system_b,id_b,decided_at,reason_code"
DECISIONS = "stg_privacy__steward_decisions"
X, Y = "001TESTEX000001EAA", "001TESTEX000002EAA"
CIRCLE = f"""Id,Name,Account_vod__c,PersonContactId_vod__c,Account_PersonContactId_vod__c,CreatedDate
a0MTESTEX000001EAA,{X},{Y},003TESTEX000001EAA,003TESTEX000002EAA,2026-05-11T09:00:00.000+0000
a0MTESTEX000002EAA,{Y},{X},003TESTEX000002EAA,003TESTEX000001EAA,2026-05-12T09:00:00.000+0000
"""
QUALITY = "governance.mart_identity_quality"
Decision = tuple[str, str, str]


def decide(home: Home, day: int, *decisions: Decision, select: str = f"{DECISIONS}+") -> None:
    """Deliver decisions about ids of the CRM, and build what follows from them."""
    rows = [f"{word},veeva_crm,{a},veeva_crm,{b},2026-06-{day:02d}T00:00:00Z,TEST" for word, a, b in decisions]
    home.deliver("privacy", "steward_decisions", f"202606{day:02d}T000000Z_test.csv", "\n".join([HEADER, *rows]))
    settings = home.settings
    deliveries.receive(settings.landing, settings.home, load(PROJECT_DIR), settings.feed_overrides())
    command = [DBT, "run", "--quiet", "--vars", json.dumps(settings.dbt_vars(AS_OF))]
    command += ["--select", f"+{DECISIONS}", select]
    done = subprocess.run(
        command, env=settings.process_environment(), cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]


def query(warehouse: Path, sql: str) -> list[tuple[str, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def keys(warehouse: Path) -> dict[str, str]:
    """The key of each account."""
    return dict(
        query(warehouse, "select id_value, hcp_key from restricted.bridge_hcps where id_type = 'veeva_crm_account'")
    )


def test_merge_then_unmerge_gives_every_published_table_back(home: Home, tmp_path: Path) -> None:
    simulator.write(hcps=60, days=150, seed=11, out=home.landing, truth=tmp_path / "truth")
    home.deliver("veeva_crm", "Account_Merge_History_vod__c", "20260601T000000Z_test.csv", CIRCLE)
    warehouse = build(home, AS_OF)
    before = shutil.copy(warehouse, tmp_path / "before.duckdb")
    was = keys(before)
    # People who were met most, so that facts, consents and scores hang on them.
    met = query(
        before,
        "select min(b.id_value) from restricted.bridge_hcps as b join core.fct_touchpoints as t using (hcp_key)"
        " where b.id_type = 'veeva_crm_account' group by hcp_key order by count(*) desc, hcp_key limit 5",
    )
    a, b, c, d, e = (account for (account,) in met)
    ((people,),) = query(before, "select count(*) from core.dim_hcps")

    decide(home, 1, ("same", a, b), ("same", c, d), ("same", d, e))
    merged = keys(warehouse)
    assert merged[a] == merged[b] and merged[c] == merged[d] == merged[e]
    assert query(warehouse, "select count(*) from core.dim_hcps") == [(people - 3,)]
    aliases = dict(query(warehouse, "select old_hcp_key, hcp_key from core.bridge_hcp_aliases"))
    assert {aliases.get(was[each], was[each]) for each in (c, d, e)} == {merged[c]}
    assert len(differing_tables(before, warehouse)) > 3

    # Of three, the last leaves: the first two stay one person.
    decide(home, 2, ("different", e, d), select=f"{DECISIONS}+,+bridge_hcps")
    parted = keys(warehouse)
    assert parted[e] == was[e] and parted[c] == parted[d] != parted[e]

    decide(home, 3, ("different", a, b), ("different", c, d))
    assert keys(warehouse) == was
    assert differing_tables(before, warehouse).keys() <= {QUALITY}
    # The log itself tells that decisions were taken back.
    restored = f"select * exclude (steward_reversals) from {QUALITY} order by source_system"
    assert query(warehouse, restored) == query(before, restored)
    assert len(published_tables(warehouse)) > 15
    happened = "select event_type, count(*) from restricted.mart_identity_events where decided_by = 'steward'"
    events = dict(query(warehouse, f"{happened} and event_type <> 'merged' group by all"))
    assert events["un-merged"] == 3 and events["reviewed"] >= 6

    # What a steward decides leaves the queue, and nothing else does; a decision about nobody comes into it.
    asked = "select entry_id, kind, id_a, id_b from restricted.mart_identity_review"
    open_before = set(query(warehouse, asked))
    ((entry, *pair),) = query(warehouse, f"select entry_id, id_a, id_b from ({asked}) where kind = 'merge_loop'")
    assert sorted(pair) == [X, Y]
    decide(home, 4, ("different", Y, X), ("same", a, "001NOBODY000001"), select=f"{DECISIONS}+,+mart_identity_review")
    open_after = set(query(warehouse, asked))
    assert {row[0] for row in open_before - open_after} == {entry}
    assert {row[1] for row in open_after - open_before} == {"decision_without_record"}
