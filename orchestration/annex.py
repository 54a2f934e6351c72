"""What the tables of a report's annex hold: headings, rows and number formats, read from a work file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

HIDDEN = "#"

# The tables of the report before the annex, which is Tables 13–37 in 2024, are not of these kinds: they compare
# industries by their means, or editions.
_TABLES = """
    select
        figure.table_no,
        figure.mart,
        figure.cut_id,
        figure.segment_id,
        min(if(figure.mart = 'indicator_statistic', split_part(figure.node_id, '.', 1), null)) as area_id
    from work.reference.published_figure as figure
    where
        figure.edition_id = $edition_id
        and figure.line_no is null
        and (
            figure.mart in ('score_distribution', 'member_opinion')
            or (figure.mart = 'indicator_statistic' and figure.cut_id = 'all')
        )
        and figure.table_no is not null
    group by all
    order by figure.table_no
"""
_DECIMALS = """
    select table_no, node_id, measure, max(length(split_part(published, '.', 2)))
    from work.reference.published_figure
    where edition_id = $edition_id and table_no is not null and line_no is null and node_id is not null
    group by all
"""
_INDICATORS = """
    select node.level, node.node_id, node.name_pl, node.unit, figure.n, figure.mean, figure.median, figure.benchmark
    from work.core.dim_node as node
    inner join work.core.dim_edition as edition on node.framework_id = edition.framework_id
    left join {benchmark}.indicator_statistic as figure
        on
            edition.edition_id = figure.edition_id
            and node.node_id = figure.node_id
            and figure.cut_id = 'all'
    where edition.edition_id = $edition_id and split_part(node.node_id, '.', 1) = $area_id
        and node.level in ('subarea', 'indicator')
    order by node.position
"""
_SCORES = """
    select
        node.node_id, node.name_pl, figure.minimum, figure.q1, figure.median, figure.mean, figure.q3, figure.benchmark
    from {benchmark}.score_distribution as figure
    inner join work.core.dim_edition as edition on figure.edition_id = edition.edition_id
    inner join work.core.dim_node as node
        on edition.framework_id = node.framework_id and figure.node_id = node.node_id
    where figure.edition_id = $edition_id and figure.cut_id = $cut_id and figure.segment_id = $segment_id
        and figure.level in ('subarea', 'area', 'overall')
    order by node.position
"""
_OPINIONS = """
    select
        question_no, item_no, question_pl, option_pl, n_valid, share, n_clusters_choosing, mean_rating, mean_number
    from {survey}.member_opinion
    where edition_id = $edition_id and cut_id = 'all'
    order by question_no, item_no nulls first, question_id, option_position, option_id
"""

# A figure and how it is shown, or a text and None.
Cell = tuple[Any, str | None]


@dataclass(frozen=True)
class Column:
    """A heading, and how wide its column is in characters."""

    heading: str
    width: int = 12


@dataclass(frozen=True)
class Sheet:
    """One table of the annex. The first `n_labels` columns say what a row is about, and stay in view."""

    name: str
    title: str
    columns: Sequence[Column]
    n_labels: int
    rows: Sequence[Sequence[Cell]]


_SCORE_COLUMNS = [Column("Kod", 9), Column("Obszar, podobszar", 48)] + [
    Column(heading) for heading in ("Minimum", "Kwartyl 1", "Mediana", "Średnia", "Kwartyl 3", "Benchmark")
]
_INDICATOR_COLUMNS = [
    Column("Kod", 9),
    Column("Wskaźnik", 70),
    Column("Jednostka"),
    *(Column(heading, 14) for heading in ("Liczba klastrów", "Średnia", "Mediana", "Benchmark")),
]
_OPINION_COLUMNS = [
    Column("Nr pytania", 9),
    Column("Pozycja", 9),
    Column("Pytanie", 60),
    Column("Odpowiedź", 48),
    *(
        Column(heading, 14)
        for heading in ("Ważne odpowiedzi", "Udział", "Liczba klastrów", "Średnia ocena", "Średnia kwota")
    ),
]


def number_format(decimals: int) -> str:
    """Excel's format for that many decimals, thousands set apart."""
    return "#,##0" + ("." + "0" * decimals if decimals else "")


@dataclass(frozen=True)
class Annex:
    """The annex of one edition's report, from the public forms or from the marts themselves."""

    connection: duckdb.DuckDBPyConnection
    edition_id: int
    title: str
    is_public: bool

    @classmethod
    def of_editions(cls, connection: duckdb.DuckDBPyConnection, is_public: bool) -> Iterator[Annex]:
        """The annexes of all editions in the work file (attached as `work`) whose reports print such tables."""
        there = connection.execute(
            "select count(*) from duckdb_tables() where database_name = 'work'"
            " and (schema_name, table_name) in (('reference', 'published_figure'), ('core', 'dim_edition'))"
        ).fetchone()
        if there != (2,):
            return
        rows = connection.execute(
            "select edition_id, name_pl from work.core.dim_edition order by edition_id"
        ).fetchall()
        for edition_id, name in rows:
            annex = cls(connection, edition_id, f"Tabele aneksu: {name}", is_public)
            if annex._tables():
                yield annex

    def _read(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        prefix = "work.public_" if self.is_public else "work."
        text = query.format(benchmark=f"{prefix}benchmark", survey=f"{prefix}survey")
        return self.connection.execute(text, {"edition_id": self.edition_id} | values).fetchall()

    def _tables(self) -> list[tuple[Any, ...]]:
        return self._read(_TABLES)

    def sheets(self) -> Iterator[Sheet]:
        """The tables in their order."""
        decimals = {tuple(key): digits for *key, digits in self._read(_DECIMALS)}
        for table_no, mart, cut_id, segment_id, area_id in self._tables():
            name = f"Tabela {table_no}"
            if mart == "indicator_statistic":
                yield self._indicators(name, table_no, area_id, decimals)
            elif mart == "score_distribution":
                yield self._scores(name, cut_id, segment_id)
            else:
                yield self._opinions(name)

    def _figure(self, value: float | None, shown: str) -> Cell:
        """A figure with its format; in a public annex a figure that is not there is a hidden one."""
        return (value, shown) if value is not None or not self.is_public else (HIDDEN, None)

    def _indicators(self, name: str, table_no: int, area_id: str, decimals: Mapping[tuple[Any, ...], int]) -> Sheet:
        rows = self._read(_INDICATORS, area_id=area_id)
        (area,) = self._read(
            "select node.name_pl from work.core.dim_node as node inner join work.core.dim_edition as edition"
            " on node.framework_id = edition.framework_id"
            " where edition.edition_id = $edition_id and node.node_id = $area_id",
            area_id=area_id,
        )[0]
        cells: list[list[Cell]] = []
        for level, node_id, label, unit, n, *figures in rows:
            row: list[Cell] = [(node_id, None), (label, None)]
            if level == "subarea":
                row += [(None, None)] * 5
            if level == "indicator":
                row += [(unit, None), self._figure(n, number_format(0))]
                row += [
                    self._figure(value, number_format(decimals.get((table_no, node_id, measure), 1)))
                    for measure, value in zip(("mean", "median", "benchmark"), figures, strict=True)
                ]
            cells.append(row)
        return Sheet(name, f"Wskaźniki obszaru {area_id}: {area}", _INDICATOR_COLUMNS, 2, cells)

    def _scores(self, name: str, cut_id: str, segment_id: str) -> Sheet:
        title = "Wyniki znormalizowane wszystkich klastrów"
        if cut_id != "all":
            ((cut, segment),) = self._read(
                "select cut_name_pl, name_pl from work.core.dim_segment"
                " where edition_id = $edition_id and cut_id = $cut_id and segment_id = $segment_id",
                cut_id=cut_id,
                segment_id=segment_id,
            )
            title = f"Wyniki znormalizowane: {cut}: {segment}"
        rows = self._read(_SCORES, cut_id=cut_id, segment_id=segment_id)
        cells = [
            [(node_id, None), (label, None), *(self._figure(value, "0.00") for value in figures)]
            for node_id, label, *figures in rows
        ]
        return Sheet(name, title, _SCORE_COLUMNS, 2, cells)

    def _opinions(self, name: str) -> Sheet:
        cells: list[list[Cell]] = []
        for no, item, question, option, n_valid, share, n_clusters, rating, amount in self._read(_OPINIONS):
            cells.append(
                [
                    (no, "0"),
                    (item, "0"),
                    (question, None),
                    (option, None),
                    self._figure(n_valid, number_format(0)),
                    # A question for an amount has no options, so nothing is hidden where there is no share.
                    self._figure(share, "0.0%") if option else (None, None),
                    self._figure(n_clusters, number_format(0)) if option else (None, None),
                    (rating, "0.0"),
                    (amount, number_format(0)),
                ]
            )
        return Sheet(name, "Opinie członków klastrów", _OPINION_COLUMNS, 4, cells)
