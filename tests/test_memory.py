"""What DuckDB had in memory, and what it writes."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import Home

# Tables of what is no secret, each made by a query that had secrets in memory.
FILTERS_SECRETS = """
import duckdb, sys
with duckdb.connect(sys.argv[1], config={"threads": 1}) as connection:
    for size in range(5_000, 65_000, 3_000):
        secret = f"upper(repeat('a secret' || md5((i + {size})::text), 20))"
        names = f"'name ' || i % 500 || ' of ' || md5((i % 700)::text) as a, md5(i::text) as b, left({secret}, 1) as c"
        connection.execute(f"create table of_{size} as select {names} from range({size}) as r(i)")
"""


def test_nothing_that_memory_held_before_stands_in_a_file_that_duckdb_writes(home: Home, tmp_path: Path) -> None:
    def secrets_in_a_file(memory: dict[str, str]) -> int:
        written = tmp_path / "written"
        written.unlink(missing_ok=True)
        subprocess.run([sys.executable, "-c", FILTERS_SECRETS, written], env={**os.environ, **memory}, check=True)
        return written.read_bytes().count(b"A SECRET")

    as_it_comes = {"DUCKDB_JE_MALLOC_CONF": "dirty_decay_ms:-1"}
    assert any(secrets_in_a_file(as_it_comes) for _ in range(6)), "the test itself must find what DuckDB leaves behind"
    assert secrets_in_a_file(home.settings.environment()) == 0
