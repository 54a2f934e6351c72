"""The raw tables: what ingestion hands to dbt, as text with its origin, in the schema `raw` of the work file.

This is the one definition of their columns; dbt reads them as the source `raw`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import duckdb
import pyarrow as pa

from ingestion.codebook import Codebook
from ingestion.correction_file import Correction
from ingestion.erasure import Erasures
from ingestion.framework import Node
from ingestion.identity import Identities
from ingestion.load import Load
from ingestion.problem import RejectedAnswer

RAW_TABLES: MappingProxyType[str, str] = MappingProxyType(
    {
        "answer": """
            edition_id INTEGER, survey VARCHAR, respondent_id VARCHAR, cluster_id VARCHAR, question_id VARCHAR,
            option_id VARCHAR, answer_text VARCHAR, answer_number DOUBLE, status VARCHAR, delivery_id VARCHAR,
            file_sha256 VARCHAR, file_name VARCHAR, sheet VARCHAR, row_number INTEGER, column_name VARCHAR""",
        "delivery": """
            edition_id INTEGER, delivery_id VARCHAR, load_id VARCHAR, is_sample BOOLEAN, is_provisional BOOLEAN,
            received_at TIMESTAMP""",
        "question": """
            edition_id INTEGER, survey VARCHAR, question_id VARCHAR, position INTEGER, header VARCHAR, type VARCHAR,
            wording_pl VARCHAR, wording_en VARCHAR, unit VARCHAR, multiplier DOUBLE, reference_year INTEGER,
            asked_if_question VARCHAR, asked_if_option VARCHAR, hard_minimum DOUBLE, hard_maximum DOUBLE,
            plausible_minimum DOUBLE, plausible_maximum DOUBLE, required BOOLEAN, question_no INTEGER,
            item_no INTEGER, reference VARCHAR""",
        "survey": """
            edition_id INTEGER, survey VARCHAR, title VARCHAR, respondents VARCHAR, enters_benchmark BOOLEAN""",
        "option": """
            edition_id INTEGER, survey VARCHAR, question_id VARCHAR, option_id VARCHAR, position INTEGER,
            header VARCHAR, code VARCHAR, label_pl VARCHAR, label_en VARCHAR, value DOUBLE, is_other BOOLEAN""",
        "total": "edition_id INTEGER, part_question_ids VARCHAR, whole_question_id VARCHAR",
        "edition_setting": """
            edition_id INTEGER, name_pl VARCHAR, name_en VARCHAR, period_from INTEGER, period_to INTEGER,
            framework_id VARCHAR, conforms_to VARCHAR, area_mean_of VARCHAR, quartile_method VARCHAR,
            fence_factor DOUBLE, minimum_availability DOUBLE, strength_above DOUBLE, weakness_at_most DOUBLE,
            minimum_respondents INTEGER, confidence_level DOUBLE""",
        "framework_node": """
            framework_id VARCHAR, node_id VARCHAR, level VARCHAR, parent_node_id VARCHAR, position INTEGER,
            code VARCHAR, name_pl VARCHAR, name_en VARCHAR, unit VARCHAR, value_type VARCHAR, direction INTEGER,
            provenance VARCHAR""",
        "indicator_rule": """
            edition_id INTEGER, node_id VARCHAR, kind VARCHAR, inputs VARCHAR, scale DOUBLE, blank_means VARCHAR""",
        "cut": """
            edition_id INTEGER, cut_id VARCHAR, position INTEGER, name_pl VARCHAR, name_en VARCHAR,
            attribute VARCHAR, provenance VARCHAR""",
        "segment": """
            edition_id INTEGER, cut_id VARCHAR, segment_id VARCHAR, position INTEGER, name_pl VARCHAR,
            name_en VARCHAR, category VARCHAR, lower_bound DOUBLE, upper_bound DOUBLE""",
        "conformance": """
            edition_id INTEGER, node_id VARCHAR, today_node_id VARCHAR, comparability VARCHAR, variant VARCHAR,
            note VARCHAR""",
        "band": """
            edition_id INTEGER, survey VARCHAR, band VARCHAR, position INTEGER, lower_bound DOUBLE, upper_bound DOUBLE,
            name_pl VARCHAR, name_en VARCHAR""",
        "confirmation": """
            edition_id INTEGER, question_id VARCHAR, option_ids VARCHAR, coordinator_question_ids VARCHAR,
            contradicted_at_most DOUBLE, contradicted_at_least DOUBLE""",
        "characteristic": """
            edition_id INTEGER, characteristic VARCHAR, category VARCHAR, position INTEGER, kind VARCHAR,
            question_id VARCHAR, whole_question_id VARCHAR, name_pl VARCHAR, name_en VARCHAR""",
        "cluster_lineage": """
            edition_id INTEGER, kind VARCHAR, predecessor_cluster_id VARCHAR, successor_cluster_id VARCHAR,
            note VARCHAR""",
        "load": """
            load_id VARCHAR, edition_id INTEGER, delivery_id VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP,
            outcome VARCHAR, is_current BOOLEAN, n_files BIGINT, n_rows BIGINT, n_answers BIGINT, n_rejected BIGINT,
            code_version VARCHAR, run_id VARCHAR, is_provisional BOOLEAN, git_revision VARCHAR, lock_sha256 VARCHAR,
            reason VARCHAR""",
        "source_file": """
            load_id VARCHAR, edition_id INTEGER, survey VARCHAR, file_name VARCHAR, sha256 VARCHAR, n_bytes BIGINT,
            format VARCHAR, encoding VARCHAR, n_rows BIGINT, received_at TIMESTAMP""",
        "rejected_answer": """
            load_id VARCHAR, edition_id INTEGER, survey VARCHAR, file_name VARCHAR, sheet VARCHAR,
            row_number INTEGER, column_name VARCHAR, found VARCHAR, expected VARCHAR, reason VARCHAR""",
        "correction": """
            edition_id INTEGER, correction_id VARCHAR, row_number INTEGER, file_sha256 VARCHAR, cluster_id VARCHAR,
            survey VARCHAR, question_id VARCHAR, option_id VARCHAR, column_name VARCHAR, is_item_count BOOLEAN,
            node_id VARCHAR, action VARCHAR, new_value VARCHAR, new_number DOUBLE, new_option_id VARCHAR,
            expected_before VARCHAR, expected_number DOUBLE, expected_option_id VARCHAR, expected_tolerance DOUBLE,
            reason VARCHAR, reported_by VARCHAR, status VARCHAR""",
        "reviewed_file": "path VARCHAR, sha256 VARCHAR",
        "erasure": """
            edition_id INTEGER, survey VARCHAR, respondent_id VARCHAR, row_number INTEGER, file_name VARCHAR,
            file_sha256 VARCHAR, erased_sha256 VARCHAR, reason VARCHAR, erased_at TIMESTAMP""",
        "check_result": """
            run_id VARCHAR, run_no INTEGER, load_id VARCHAR, edition_id INTEGER, tool VARCHAR, door VARCHAR,
            check_id VARCHAR, dimension VARCHAR, entity VARCHAR,
            column_name VARCHAR, severity VARCHAR, status VARCHAR, observed VARCHAR, expected VARCHAR,
            n_rows BIGINT, n_failed BIGINT, failing_keys VARCHAR, checked_at TIMESTAMP""",
        "intended_check": """
            tool VARCHAR, door VARCHAR, check_id VARCHAR, dimension VARCHAR, entity VARCHAR, column_name VARCHAR,
            severity VARCHAR, description VARCHAR, expected VARCHAR, is_of_the_record BOOLEAN""",
        "release": """
            release_id VARCHAR, released_at TIMESTAMP, code_version VARCHAR, is_sample BOOLEAN,
            interface_version VARCHAR""",
    }
)


def create_raw_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schema `raw` with every raw table empty (existing ones are replaced)."""
    connection.execute("create schema if not exists raw")
    for name, columns in RAW_TABLES.items():
        connection.execute(f'create or replace table raw."{name}" ({columns})')


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Append rows (by column name; a column left out is null) to the raw table `table`."""
    if rows:
        batch = pa.Table.from_pylist(list(rows))  # noqa: F841  DuckDB reads it by this name
        connection.execute(f'insert into raw."{table}" by name select * from batch')


# What a codebook holds, by the raw table it goes to.
_CODEBOOK_TABLES = MappingProxyType(
    {
        "question": "questions",
        "option": "options",
        "total": "totals",
        "indicator_rule": "rules",
        "cut": "cuts",
        "segment": "segments",
        "conformance": "conformance",
        "band": "bands",
        "confirmation": "confirmations",
        "characteristic": "characteristics",
    }
)
REFERENCE_TABLES = (*_CODEBOOK_TABLES, "survey", "edition_setting", "framework_node", "cluster_lineage")
DELIVERY_TABLES = (*REFERENCE_TABLES, "answer", "delivery", "rejected_answer", "correction", "reviewed_file")


def fill_from_codebooks(connection: duckdb.DuckDBPyConnection, codebooks: Sequence[Codebook]) -> None:
    """Fill the raw tables about what was asked and how it is judged: codebooks, and the frameworks they name."""
    frameworks: dict[str, Sequence[Node]] = {}
    for codebook in codebooks:
        edition = {"edition_id": codebook.edition_id}
        for table, rows in _CODEBOOK_TABLES.items():
            # How an inexact number is read is over when it is in the tables.
            dumped = [edition | row.model_dump(exclude={"inexact"}) for row in getattr(codebook, rows)]
            insert_rows(connection, table, dumped)
        insert_rows(
            connection,
            "survey",
            [
                edition
                | {"survey": name}
                | {key: getattr(survey, key) for key in ("title", "respondents", "enters_benchmark")}
                for name, survey in codebook.surveys.items()
            ],
        )
        settings = codebook.settings.model_dump(exclude={"expected_by"})
        insert_rows(connection, "edition_setting", [edition | settings])
        frameworks |= {
            codebook.settings.framework_id: codebook.nodes,
            codebook.settings.conforms_to: codebook.today_nodes,
        }
    for framework_id, nodes in sorted(frameworks.items()):
        insert_rows(
            connection, "framework_node", [{"framework_id": framework_id} | node.model_dump() for node in nodes]
        )


def fill_from_deliveries(
    connection: duckdb.DuckDBPyConnection,
    loads: Sequence[Load],
    codebooks: Sequence[Codebook],
    identities: Identities,
    answers: Sequence[Path],
    corrections: Sequence[Correction] = (),
    reviewed: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, int]:
    """Fill the raw tables about answers: deliveries, codebooks, and the answers kept in the Parquet files `answers`.

    Returns the number of rows of each table filled.
    """
    fill_from_codebooks(connection, codebooks)
    insert_rows(connection, "cluster_lineage", [event.model_dump() for event in identities.lineage])
    insert_rows(
        connection,
        "delivery",
        [
            {
                "edition_id": load.edition_id,
                "delivery_id": load.delivery_id,
                "load_id": load.load_id,
                "is_sample": load.is_sample,
                "is_provisional": load.is_provisional,
                "received_at": _utc(load.files[0].received_at),
            }
            for load in loads
        ],
    )
    insert_rows(
        connection,
        "rejected_answer",
        _rejected(loads),
    )
    insert_rows(connection, "correction", [vars(correction) for correction in corrections])
    insert_rows(connection, "reviewed_file", [{"path": path, "sha256": sha256} for path, sha256 in reviewed.items()])
    for path in answers:
        connection.execute("insert into raw.answer by name select * from read_parquet(?)", [str(path)])
    return {name: _count(connection, name) for name in DELIVERY_TABLES}


def fill_from_ledger(
    connection: duckdb.DuckDBPyConnection,
    loads: Sequence[Load],
    released: Mapping[int, Load],
    released_at: str,
    erasures: Erasures,
) -> dict[str, int]:
    """Fill the raw tables about loads: every load, its files, the cells it could not read, and what was erased.

    `released` are the loads whose deliveries the release shows, by edition: the release is made before the ledger
    says that it was, so a load still open among them counts as loaded at `released_at`.
    """
    current = {load.load_id for load in released.values()}
    insert_rows(
        connection,
        "load",
        [
            {
                "load_id": load.load_id,
                "edition_id": load.edition_id,
                "delivery_id": load.delivery_id,
                "started_at": _utc(load.started_at),
                "finished_at": _utc(load.finished_at or released_at),
                "outcome": load.outcome or ("loaded" if load.load_id in current else "failed"),
                "is_current": load.load_id in current,
                "n_files": len(load.files),
                "n_rows": sum(load.n_rows.values()),
                "n_answers": load.n_answers or 0,
                "n_rejected": len(load.rejected),
                "code_version": load.code_version,
                "run_id": load.run_id,
                "is_provisional": load.is_provisional,
                "git_revision": load.git_revision,
                "lock_sha256": load.lock_sha256,
                "reason": load.reason,
            }
            for load in loads
        ],
    )
    insert_rows(
        connection,
        "source_file",
        [
            {
                "load_id": load.load_id,
                "edition_id": load.edition_id,
                "survey": file.survey or None,
                "file_name": file.file_name,
                "sha256": file.sha256,
                "n_bytes": file.n_bytes,
                "format": file.format,
                "encoding": load.choices.get(file.survey, {}).get("encoding"),
                "n_rows": load.n_rows.get(file.survey),
                "received_at": _utc(file.received_at),
            }
            for load in loads
            for file in load.files
        ],
    )
    # Those of the loads that the release shows are there already.
    insert_rows(connection, "rejected_answer", _rejected(load for load in loads if load.load_id not in current))
    insert_rows(
        connection,
        "erasure",
        [
            {name: value for name, value in vars(erasure).items() if name != "row_numbers"}
            | {"row_number": row, "erased_at": _utc(erasure.erased_at)}
            for erasure in erasures.entries
            for row in erasure.row_numbers or (None,)
        ],
    )
    return {name: _count(connection, name) for name in ("load", "source_file", "erasure")}


def _rejected(loads: Iterable[Load]) -> list[dict[str, object]]:
    columns = [name for name in RejectedAnswer._fields if name not in ("kind", "said")]
    return [
        {"load_id": load.load_id} | {name: getattr(cell, name) for name in columns}
        for load in loads
        for cell in load.rejected
    ]


def delivered_clusters(connection: duckdb.DuckDBPyConnection) -> dict[int, set[str]]:
    """The clusters of each edition that answered anything."""
    query = "select edition_id, list(distinct cluster_id) from raw.answer group by edition_id"
    return {edition_id: set(clusters) for edition_id, clusters in connection.execute(query).fetchall()}


def _utc(moment: str) -> datetime:
    """The ledger's text as the naive UTC timestamp the warehouse keeps."""
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f'select count(*) from raw."{table}"').fetchone()
    return int(row[0]) if row else 0
