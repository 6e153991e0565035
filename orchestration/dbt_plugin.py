"""What dbt's DuckDB connection needs from this project: key of the pseudonyms, fingerprint, known crawlers, the patterns of the
free-text scan, errors without values.

DuckDB names the offending cell in many of its errors, and dbt writes errors into its log, `run_results.json` and, through
Dagster, into the event log. So an error that can hold data loses its text before dbt sees it; an error that can only
hold SQL (an unknown column, a missing table) keeps it, because an engineer needs it.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from dbt.adapters.duckdb.environments import local
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from deliveries import tombstones
from deliveries.storage import literal
from orchestration.pseudonyms import lend_key, read_key
from orchestration.safety_patterns import expressions
from orchestration.settings import PROJECT_DIR

SPEAKS_OF_SQL_ONLY = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.OutOfMemoryException,
)


def value_free(error: Exception) -> str:
    """The error's text if it can hold no cell's value, else its kind alone."""
    if isinstance(error, SPEAKS_OF_SQL_ONLY):
        return str(error)
    return f"{type(error).__name__}: the text is withheld, since it may hold a value. Run the compiled SQL by hand to see it."


PATTERN = "getvariable('safety_"
KNOWN_CRAWLERS = "|".join(crawler["pattern"] for crawler in CRAWLER_USER_AGENTS_DATA)


def project_fingerprint() -> str:
    """Changes with any SQL, seed or setting, and with the engine: what was resolved before then has to be resolved anew."""
    found = hashlib.sha256(duckdb.__version__.encode())
    files = (path for folder in ("macros", "models", "seeds") for path in (PROJECT_DIR / folder).rglob("*"))
    for path in sorted([PROJECT_DIR / "dbt_project.yml", *(path for path in files if path.is_file())]):
        content = path.read_bytes()
        found.update(f"{path.relative_to(PROJECT_DIR)} {len(content)} ".encode() + content)
    return found.hexdigest()


class ValueFreeCursor(local.DuckDBCursorWrapper):
    """dbt-duckdb's cursor, whose errors carry no cell's value. DuckDB may meet a bad cell as late as in a fetch."""

    def execute(self, sql: str, bindings: Any = None) -> Any:
        if PATTERN in sql:  # long texts: every other node would pay for them
            for item, expression in expressions().items():
                self._cursor.execute(f"set variable safety_{item} = {literal(expression)}")
        return _call(self._cursor.execute, *((sql,) if bindings is None else (sql, bindings)))

    def fetchone(self) -> Any:
        return _call(self._cursor.fetchone)

    def fetchmany(self, size: int = 1) -> Any:
        return _call(self._cursor.fetchmany, size)

    def fetchall(self) -> Any:
        return _call(self._cursor.fetchall)


def _call(method: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return method(*arguments)
    except (duckdb.Error, RuntimeError) as error:
        raise DbtRuntimeError(value_free(error)) from None


class Plugin(BasePlugin):
    """dbt-duckdb plug-in, named in profiles.yml."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        self.key = read_key(Path(plugin_config["key_file"]))
        home = Path(plugin_config["home"])
        self.tombstone_key = tombstones.read_key(home) if tombstones.path_of(home).exists() else None
        self.fingerprint = project_fingerprint()
        vars(local)["DuckDBCursorWrapper"] = ValueFreeCursor  # dbt-duckdb offers no setting for it

    def configure_cursor(self, cursor: Any) -> None:
        lend_key(cursor, self.key)
        if self.tombstone_key:
            lend_key(cursor, self.tombstone_key, "tombstone")
        cursor.execute(f"set variable known_crawlers = {literal(KNOWN_CRAWLERS)}")
        cursor.execute(f"set variable project_fingerprint = {literal(self.fingerprint)}")
