"""Hundreds of spoilt deliveries in a landing folder: the job ends, the law holds, the other feeds publish, nothing leaks."""

import os
import random
import subprocess
from datetime import date
from pathlib import Path

import duckdb
import pytest

import simulator
from deliveries.registry import load
from orchestration.settings import PROJECT_DIR
from tests.building import build
from tests.conftest import RAPPORT, Home
from tests.fuzz import MARK, spoilt
from tests.leaks import places_of

pytestmark = pytest.mark.warehouse

AS_OF = date(2026, 7, 1)
FILES = 260  # in each landing
SEED = int(os.environ.get("RAPPORT_FUZZ_SEED", "1"))
HANGS_AFTER = 900  # seconds; a run takes one minute
REGISTRY = load(PROJECT_DIR)
SYSTEMS = {o.system for o in REGISTRY.objects}
# The first landing spoils all feeds of the field force and of meetings, the second all others.
FIELD = {system for system in SYSTEMS if system.startswith("veeva") or system in ("zoom", "on24", "reference", "nppes")}

RECORDS = "select source_system, count(*) from restricted.bridge_touchpoints group by all"


def records(warehouse: Path, systems: set[str]) -> dict[str, int]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {system: rows for system, rows in connection.execute(RECORDS).fetchall() if system in systems}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home.make(tmp_path_factory.mktemp("clean") / "home")
    simulator.write(hcps=25, days=150, seed=3, out=home.settings.landing)
    build(home, AS_OF, "+bridge_touchpoints")
    return home


@pytest.mark.parametrize("spoilt_systems", [FIELD, SYSTEMS - FIELD], ids=["field", "others"])
def test_spoilt_deliveries_are_accounted_for_and_harm_nothing_else(
    clean: Home, home: Home, spoilt_systems: set[str]
) -> None:
    simulator.write(hcps=25, days=150, seed=3, out=home.landing)
    for place, data in spoilt(REGISTRY, clean.landing, spoilt_systems, FILES, random.Random(SEED).randrange(10**6)):
        home.deliver(str(place.parent.parent), place.parent.name, place.name, data)

    environment = {**os.environ, **home.settings.environment(), "COLUMNS": "200"}
    command = [str(RAPPORT), "run", "--as-of", str(AS_OF)]
    done = subprocess.run(
        command, env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, check=False, timeout=HANGS_AFTER
    )
    said = done.stdout + done.stderr + home.rapport("status").stdout
    assert done.returncode == 0, said[-3000:]

    accounting = home.query(
        "select delivery, status, rows_read - rows_accepted - rows_superseded - rows_duplicate - rows_deleted - rows_quarantined"
        " from governance.mart_delivery_accounting"
    )
    assert [row for row in accounting if row[2] != 0] == []
    arrived = {path.name for path in home.landing.glob("*/*/*")}
    assert arrived <= {row[0] for row in accounting}
    assert len({row[1] for row in accounting}) >= 3, "spoilt files are refused, quarantined in part, or harmless"

    others = SYSTEMS - spoilt_systems
    assert records(home.settings.warehouse, others) == records(clean.settings.warehouse, others)

    assert MARK not in said.lower()
    assert places_of([MARK], home.settings.home / "logs", home.settings.state) == []
