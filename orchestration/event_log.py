"""Dagster's event log for one run of the command: the same SQLite files, kept open while the run lasts.

A run records some 500 events. Dagster opens up to three connections for each, and SQLite tidies up its files whenever
the last one is closed, which takes a quarter of the run's time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection

SECONDS_TO_WAIT = 30  # for another process that writes, as long as Dagster waits


def _do_not_wait_for_the_disk(connection: Any, record: Any) -> None:  # noqa: ANN401  of whatever driver
    """A power failure can cost the last events, not the file; what is published does not depend on events."""
    connection.execute("pragma synchronous = normal")


class OpenEventLogStorage(SqliteEventLogStorage):
    """Opens each database once: the index of all runs, and the events of the run."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._one_at_a_time = threading.Lock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> OpenEventLogStorage:  # noqa: ANN401
        """As Dagster makes it of its configuration."""
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A transaction on the events of a run."""
        return self._transaction(str(run_id))

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A transaction on the index of all runs."""
        return self._transaction("index")

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[Connection]:
        with self._one_at_a_time:
            if shard not in self._engines:
                with super().run_connection(shard):
                    pass  # Dagster makes the database, if there is none yet
                place, patience = self.conn_string_for_shard(shard), {"timeout": SECONDS_TO_WAIT}
                self._engines[shard] = create_engine(place, connect_args=patience)
                event.listen(self._engines[shard], "connect", _do_not_wait_for_the_disk)
            with self._engines[shard].begin() as connection:
                yield connection
            # The web UI watches this file for news, and SQLite writes them into another one first.
            Path(self.path_for_shard(shard)).touch()

    def dispose(self) -> None:
        """Close what is open."""
        for engine in self._engines.values():
            engine.dispose()
        super().dispose()
