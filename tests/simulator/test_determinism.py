"""Same arguments, same bytes; another seed, another world; and never into somebody's deliveries."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import simulator
from simulator import Rates
from tests.simulator.conftest import Sample, Simulate


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_same_bytes(simulate: Simulate) -> None:
    first, second = simulate(), simulate()
    assert digests(first.landing) == digests(second.landing)
    assert digests(first.truth_folder) == digests(second.truth_folder)


def test_bytes_depend_on_no_hash_seed_time_zone_or_truth(simulate: Simulate, tmp_path: Path) -> None:
    here = simulate()
    out = tmp_path / "elsewhere"
    program = f"from pathlib import Path; import simulator; simulator.write(60, 120, 5, Path({str(out)!r}))"
    environment = os.environ | {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "OMP_NUM_THREADS": "1", "LC_ALL": "C"}
    subprocess.run(
        [sys.executable, "-c", program], check=True, env=environment, cwd=Path(simulator.__file__).parents[1]
    )
    assert digests(out) == digests(here.landing)


def test_another_seed_is_another_world(simulate: Simulate) -> None:
    first, second = (digests(simulate(seed=seed).landing) for seed in (5, 6))
    objects = ("Account", "Call2_vod__c", "Call2_Detail_vod__c", "Sent_Email_vod__c", "Email_Activity_vod__c")
    history = [f"veeva_crm/{name}/20260502T010000Z.csv" for name in objects]
    assert not [name for name in history if first[name] == second[name]]


def test_marker_names_the_newest_day(simulate: Simulate) -> None:
    run = simulate(end=date(2025, 3, 31))
    assert json.loads((run.landing / ".simulated").read_text()) == {"newest_event_on": "2025-03-31"}
    assert run.csv("veeva_crm", "Email_Activity_vod__c")["Activity_DateTime_vod__c"].max() < "2025-04-01"


def test_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "precious.csv").write_text("x")
    with pytest.raises(FileExistsError):
        simulator.write(10, 30, 1, tmp_path)


def test_truth_only_where_asked(tmp_path: Path) -> None:
    simulator.write(20, 60, 1, tmp_path / "landing")
    assert not list(tmp_path.rglob("*.parquet"))


@pytest.mark.parametrize(("hcps", "days"), [(1, 1), (1, 400), (3, 7), (40, 20)])
def test_tiny_worlds_are_whole(simulate: Simulate, hcps: int, days: int) -> None:
    assert simulate(hcps=hcps, days=days).rows["veeva_crm/User"] > 0


def test_size_is_near_the_plan(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    rows = sum(sample.rows.values())
    with capsys.disabled():
        print(f"\nsimulator: {rows:,} rows in {sample.seconds:.1f} s")
    # about 245 rows per HCP in two years, so that 2,000 HCPs over 730 days make half a million
    assert 90 < rows / 700 < 160
    assert all(4 <= len(sample.files(*name.split("/"))) <= 16 for name in sample.rows if name.startswith("veeva_crm/C"))


def test_do_volume_sets_the_number_of_pushes(simulate: Simulate) -> None:
    free = {"opt_out_by_desk": 0.0, "leak_without_consent": 1.0, "leak_after_opt_out": 1.0, "leak_after_bounce": 1.0}
    few = simulate(hcps=200, rates=Rates(set_pushes_per_year=6, **free)).truth("pushes")
    many = simulate(hcps=200, rates=Rates(set_pushes_per_year=48, **free)).truth("pushes")
    assert len(many) / len(few) == pytest.approx(8, rel=0.1)


def test_volume_follows_engagement_only_when_told(simulate: Simulate) -> None:
    def correlation(**rates: float) -> float:
        run = simulate(hcps=1500, days=200, rates=Rates(push_spread=0.6, **rates))
        count = run.truth("pushes").groupby("person_id").size()
        return float(run.truth("hcps").set_index("person_id")["theta"].corr(count, method="spearman"))

    assert abs(correlation()) < 0.08
    assert correlation(targeting_correlation=0.8) > 0.4
