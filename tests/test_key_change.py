"""What a home holds after a rotation of the secret: the same rows under other keys, and the old ones nowhere."""

import hashlib
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from deliveries import rotations
from tests.compare import published_tables
from tests.conftest import PROJECT_DIR, RAPPORT, Home
from tests.leaks import contents

pytestmark = pytest.mark.warehouse

KEY_SHAPED = re.compile(rb"[0-9a-f]{32,}")
KEYS = [
    ("hcp_key", "dim_hcps"), ("old_hcp_key", "bridge_hcp_aliases"), ("touchpoint_id", "fct_touchpoints"),
    ("interaction_id", "fct_touchpoints"), ("user_key", "fct_touchpoints"), ("consent_id", "fct_consents"),
    ("address_key", "fct_consents"),
]  # fmt: skip
CLOSED = 3
CHANGED_BY_CLOSING = {
    "is_open", "closed_at", "action_code", "age_days",
    "open_violation_count", "violation_severity_max", "violation_age_days", "violation_owner",
}  # fmt: skip
OF_RUNS = {"governance.mart_delivery_accounting", "governance.mart_data_quality"}


def keys_in(content: bytes) -> set[bytes]:
    """Every run of 32 hex digits, also within longer ones."""
    return {
        run[at : at + 32]
        for run in map(re.Match.group, KEY_SHAPED.finditer(content))
        for at in range(min(len(run) - 31, 200))
    }


def command_lines() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes()
        except OSError:
            continue


@pytest.fixture(scope="module")
def rotated(sample: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Home, list[str], set[bytes]]:
    """(before, after, ids of violations closed under their old names, keys seen in command lines and what was said)."""
    home = sample.copy(tmp_path_factory.mktemp("rotated") / "home")
    closed = [
        str(v)
        for (v,) in sample.query(
            f"select violation_id from governance.mart_consent_violations order by 1 limit {CLOSED}"
        )
    ]
    rows = "".join(f"{violation},2026-01-02T00:00:00Z,trained\n" for violation in closed)
    home.deliver("privacy", "violation_closures", "20260630T235959Z.csv", f"violation_id,closed_at,action_code\n{rows}")
    environment = {**home.settings.process_environment(), "COLUMNS": "200"}
    with subprocess.Popen(
        [str(RAPPORT), "rotate-key", "--yes"],
        env=environment,
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as running:
        lines: set[bytes] = set()
        while running.poll() is None:
            lines |= set(command_lines())
            time.sleep(0.5)
        said = running.stdout.read() if running.stdout else b""
    assert running.returncode == 0, said.decode()
    return sample, home, closed, lines | {said}


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, bool]:
    """Each column of a table, and whether it holds keys."""
    names = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    counts = ", ".join(
        rf"""count("{c}") > 0 and bool_and(regexp_full_match(cast("{c}" as text), '[0-9a-f]{{32}}'))""" for c in names
    )
    return dict(zip(names, connection.execute(f"select {counts} from {table}").fetchall()[0], strict=True))


def test_every_published_row_is_there_as_before_under_its_new_key(
    rotated: tuple[Home, Home, list[str], set[bytes]],
) -> None:
    before, after, _, _ = rotated
    differing = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{before.current.resolve()}/marts.duckdb' as l (read_only)")
        connection.execute(f"attach '{after.current.resolve()}/marts.duckdb' as r (read_only)")
        connection.execute(f"create table map as from read_parquet('{rotations.path_of(after.settings.home)}')")
        mapped = 0
        for table in published_tables(after.current / "marts.duckdb"):
            left, right = [], []
            for column, is_key in columns_of(connection, f"r.{table}").items():
                if not is_key and column not in CHANGED_BY_CLOSING:
                    left.append(f'"{column}"')
                    right.append(f'"{column}"')
                elif is_key and connection.execute(
                    f'select count(*) = 0 from l.{table} where "{column}" not in (select old_key from map)'
                ).fetchall() == [(True,)]:
                    mapped += 1
                    left.append(f'(select min(new_key) from map where old_key = l."{column}")')
                    right.append(f'"{column}"')
            if table not in OF_RUNS:
                (count,) = connection.execute(
                    f"select count(*) from (select {', '.join(left)} from l.{table} as l"
                    f" except all select {', '.join(right)} from r.{table})"
                ).fetchall()[0]
                rows = [connection.execute(f"select count(*) from {side}.{table}").fetchall() for side in "lr"]
                if count or rows[0] != rows[1]:
                    differing[table] = (count, rows)
    assert mapped > 10
    assert differing == {}


def test_no_old_key_stands_anywhere_but_in_the_stewards_map(rotated: tuple[Home, Home, list[str], set[bytes]]) -> None:
    before, after, _, _ = rotated
    old = {
        str(key).encode()
        for column, table in KEYS
        for (key,) in before.query(f"select distinct {column} from core.{table} where {column} is not null")
    }
    assert len(old) > 1000
    home, kept = after.settings.home, rotations.path_of(after.settings.home)
    found = {
        str(path.relative_to(home)): len(hits)
        for path in home.rglob("*")
        if path.is_file() and path not in (kept, after.settings.warehouse)
        for content in contents(path)
        if (hits := keys_in(content) & old)
    }
    with duckdb.connect(str(after.settings.warehouse), read_only=True) as warehouse:
        for schema, table in warehouse.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall():
            texts = warehouse.execute(f'select distinct columns(*)::text from "{schema}"."{table}"').fetchall()
            if hits := keys_in("\n".join(str(cell) for row in texts for cell in row).encode()) & old:
                found[f"{schema}.{table}"] = len(hits)
    assert found.keys() <= {"restricted.bridge_key_rotations", "staging.stg_rapport__key_rotations"}
    assert found["restricted.bridge_key_rotations"] > 1000, "the search itself must find what is there"


def test_a_violation_closed_under_its_old_id_is_closed_under_its_new_one(
    rotated: tuple[Home, Home, list[str], set[bytes]],
) -> None:
    before, after, closed, _ = rotated
    (was_open,), (is_open,) = (
        home.query("select count(*) from governance.mart_consent_violations where is_open")[0]
        for home in (before, after)
    )
    assert len(closed) == CLOSED and is_open == was_open - CLOSED
    named = after.query("select violation_id from governance.mart_consent_violations where not is_open")
    assert not {v for (v,) in named} & set(closed)


def test_a_saved_key_leads_stewards_to_the_person_and_nobody_else(
    rotated: tuple[Home, Home, list[str], set[bytes]],
) -> None:
    before, after, _, _ = rotated
    with duckdb.connect(str(after.settings.warehouse), read_only=True) as warehouse:
        warehouse.execute(f"attach '{before.current.resolve()}/marts.duckdb' as old (read_only)")
        missing = "from old.core.dim_hcps where hcp_key not in (select old_key from restricted.bridge_key_rotations)"
        assert warehouse.execute(missing).fetchall() == []
        lost = "from restricted.bridge_key_rotations where key_kind = 'hcp_key' and new_key not in (select hcp_key from core.dim_hcps)"
        assert warehouse.execute(lost).fetchall() == []
    published = published_tables(after.current / "marts.duckdb")
    assert [table for table in published if "rotation" in table] == []


def test_no_key_is_the_plain_hash_of_what_it_stands_for(rotated: tuple[Home, Home, list[str], set[bytes]]) -> None:
    _, after, _, _ = rotated
    with duckdb.connect(str(after.settings.warehouse), read_only=True) as warehouse:
        query = (
            "select hashed_text from restricted.bridge_key_origins union select id_value from restricted.bridge_hcps"
        )
        texts = [str(text).encode() for (text,) in warehouse.execute(query).fetchall()]
    plain = {hashlib.new(name, text).hexdigest()[:32].encode() for text in texts for name in ("md5", "sha1", "sha256")}
    assert len(plain) > 1000
    published = [path for path in after.current.resolve().rglob("*") if path.is_file()]
    assert [path for path in published for content in contents(path) if keys_in(content) & plain] == []


def test_neither_secret_is_in_a_file_a_message_or_a_command_line(
    rotated: tuple[Home, Home, list[str], set[bytes]],
) -> None:
    before, after, _, seen = rotated
    for home in (before, after):
        text = home.settings.key_file.read_text().strip()
        padded = text.encode().ljust(64, b"\0")
        secrets = [text.encode(), bytes.fromhex(text), *(bytes(b ^ mask for b in padded) for mask in (0x36, 0x5C))]
        assert [line for line in seen if any(secret in line for secret in secrets)] == []
        files = [path for path in after.settings.home.rglob("*") if path.is_file() and path != after.settings.key_file]
        assert [
            path for path in files for content in contents(path) if any(secret in content for secret in secrets)
        ] == []
    assert [path.name for path in after.settings.key_file.parent.iterdir()] == ["pseudonym.key"]
    assert after.settings.key_file.stat().st_mode & 0o777 == 0o600


def test_what_bore_old_keys_is_gone_and_the_rotation_stands_in_the_audit_log(
    rotated: tuple[Home, Home, list[str], set[bytes]],
) -> None:
    _, after, _, _ = rotated
    assert sorted(path.name for path in after.settings.releases.iterdir()) == sorted(
        ["current", after.current.resolve().name]
    )
    assert [path.name for path in after.settings.warehouse.parent.iterdir()] == ["warehouse.duckdb"]
    done = after.rapport("verify")
    assert done.returncode == 0 and "audit log is whole" in done.stdout, done.stdout + done.stderr
