"""One small simulation for all tests of the simulator, and its deliveries as tables."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import simulator

HCPS, DAYS, SEED = 700, 365, 11


@dataclass
class Sample:
    landing: Path
    truth_folder: Path
    rows: dict[str, int]
    seconds: float

    def files(self, system: str, name: str) -> list[Path]:
        return sorted((self.landing / system / name).iterdir())

    def csv(self, system: str, name: str) -> pd.DataFrame:
        """All deliveries of an object, in their order, every cell as text."""
        parts = [
            pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""]) for path in self.files(system, name)
        ]
        return pd.concat([part for part in parts if len(part)], ignore_index=True)

    def truth(self, name: str) -> pd.DataFrame:
        return pq.read_table(self.truth_folder / f"{name}.parquet").to_pandas()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("simulation")
    begin = time.perf_counter()
    rows = simulator.write(HCPS, DAYS, SEED, folder / "landing", folder / "truth")
    return Sample(folder / "landing", folder / "truth", rows, time.perf_counter() - begin)


Simulate = Callable[..., Sample]


@pytest.fixture
def simulate(tmp_path: Path) -> Simulate:
    def run(hcps: int = 60, days: int = 120, seed: int = 5, **options: object) -> Sample:
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        rows = simulator.write(hcps, days, seed, folder / "landing", folder / "truth", **options)
        return Sample(folder / "landing", folder / "truth", rows, 0.0)

    return run
