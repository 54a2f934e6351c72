"""A release as the source of what is served: its two databases, the answers it was made of, what coordinators see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.tables import attach, literal
from serving.tables import Model, Models, Table, described

OWN_ROWS = Path(__file__).with_name("own_rows.sql")

# What of the raw tables is served: answers and what was asked. All else of them is in the marts of `audit`.
RAW_SERVED = ("answer", "delivery", "option", "question", "survey")

# As in core.fct_answer: free text may name people or firms, so it stays with the raw files.
WITHOUT_FREE_TEXT = """
    update raw.answer set answer_text = null
    from (
        select edition_id, survey, question_id, null as option_id from raw.question where type = 'free_text'
        union all
        select edition_id, survey, question_id, option_id from raw.option where is_other
    ) as free
    where answer.edition_id = free.edition_id and answer.survey = free.survey and answer.question_id = free.question_id
        and (free.option_id is null or answer.option_id = free.option_id)
"""

# The marts that the tables of own_rows.sql tell rows of.
_OWN_ROWS_OF = {
    "cluster": ("core", "dim_cluster_edition"),
    "cluster_profile": ("benchmark", "cluster_profile"),
    "cluster_segment": ("core", "cluster_segment"),
    "indicator_value": ("core", "fct_indicator_value"),
}

FillRaw = Callable[[duckdb.DuckDBPyConnection], None]


@dataclass(frozen=True)
class Source:
    """A release opened to be served; `connection` is good for reading the `source` of every table."""

    release_id: str
    is_sample: bool
    tables: tuple[Table, ...]
    connection: duckdb.DuckDBPyConnection


@contextmanager
def opened(
    folder: Path, release: Mapping[str, Any], models: Models, fill_raw: FillRaw, scratch: Path
) -> Iterator[Source]:
    """Open a release's folder.

    `fill_raw` makes the schema `raw` in the current database, of the deliveries that the release shows; `scratch` is a
    folder for what does not fit into memory. Raises UnknownType.
    """

    def model(schema: str, name: str) -> Model:
        """What dbt says of a table; the key of a coordinator's begins with the cluster, by which it is always read."""
        if (schema, name) == ("raw", "answer"):
            answers = models["core", "fct_answer"]
            return replace(models[schema, name], key=answers.key, nullable=answers.nullable, references=())
        if schema != "coordinator":
            return models.get((schema, name), Model())
        of = models[_OWN_ROWS_OF[name]]
        key = ("cluster_id", *(column for column in of.key if column != "cluster_id"))
        return replace(of, key=key, references=())

    def public_model(schema: str, name: str) -> Model:
        """What dbt says of a public form, or dimension; it refers to nothing that the public does not see."""
        return replace(models.get((schema if schema == "core" else f"public_{schema}", name), Model()), references=())

    with duckdb.connect() as connection:
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute(f"set temp_directory = '{literal(scratch)}'")
        attach(connection, folder / "benchmarking.duckdb", "released")
        attach(connection, folder / "public.duckdb", "open")
        fill_raw(connection)
        connection.execute(WITHOUT_FREE_TEXT)
        connection.execute(OWN_ROWS.read_text(encoding="utf-8"))
        own = described(connection, "memory", model)
        tables = [
            *described(connection, "released", model),
            *described(connection, "open", public_model, prefix="public_"),
            *(table for table in own if table.schema != "raw" or table.name in RAW_SERVED),
        ]
        notice = SYNTHETIC_NOTICE if release["is_sample"] else ""
        yield Source(
            str(release["release_id"]),
            bool(release["is_sample"]),
            tuple(replace(table, comment=_noticed(table.comment, notice)) for table in tables),
            connection,
        )


def _noticed(comment: str | None, notice: str) -> str | None:
    """A comment that says once that the data are made up, if they are."""
    said = (comment or "").removeprefix(notice).strip()
    return f"{notice} {said}".strip() or None
