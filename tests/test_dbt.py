"""dbt's own unit tests, on the warehouse that the sample built. Its data tests ran when that warehouse was built."""

import json
import subprocess
from datetime import date

import pytest

from orchestration.settings import DBT, PROJECT_DIR
from tests.conftest import Home

pytestmark = pytest.mark.warehouse


def test_every_dbt_unit_test_passes(sample: Home) -> None:
    as_of = date.fromisoformat(json.loads((sample.current / "manifest.json").read_text())["as_of"])
    variables = json.dumps(sample.settings.dbt_vars(as_of))
    command = [DBT, "test", "--select", "test_type:unit", "--vars", variables]
    tested = subprocess.run(
        command,
        env=sample.settings.process_environment(),
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,  # as the job has it: another test looks at who may read the home
    )
    assert tested.returncode == 0, tested.stdout[-3000:]
    assert "PASS=0" not in tested.stdout
