"""Dagster's event log in SQLite as it comes, but one engine per file: a run writes thousands of events, and each would open the
file, compile its statement and wait for the disk anew. What a loss of power takes of the log is its last moments, no release.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData


class EventLog(SqliteEventLogStorage):
    """The storage that a home's `dagster.yaml` names."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """The folder of the files; nothing is opened yet but the index."""
        self._engines: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "EventLog":
        """As Dagster makes it from `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    def dispose(self) -> None:
        """Close the files, which puts the write-ahead logs back into them."""
        for engine in self._engines.values():
            engine.dispose()
        super().dispose()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            if shard not in self._engines:
                waits = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
                engine = sqlalchemy.create_engine(self.conn_string_for_shard(shard), connect_args=waits)
                sqlalchemy.event.listen(engine, "connect", _wait_for_no_disk)
                self._initdb(engine)
                self._engines[shard] = engine
            with self._engines[shard].begin() as connection:
                yield connection


def _wait_for_no_disk(connection: Any, _: object) -> None:
    connection.execute("pragma synchronous = normal")
