"""Seven editions in one warehouse: what is published of each holds, they are compared like with like, in any order."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.paths import Home
from tests.installation import outcomes, tables
from tests.published import SIZES


@pytest.fixture(scope="module")
def warehouse(all_editions: Home) -> duckdb.DuckDBPyConnection:
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def test_sizes_are_the_published_ones(warehouse) -> None:
    found = rows(
        warehouse,
        "select edition_id, count(*), sum(members), sum(enterprises) from core.dim_cluster_edition group by all",
    )
    assert {edition: tuple(sizes) for edition, *sizes in found} == SIZES


def test_the_long_series_are_the_published_ones(warehouse) -> None:
    series = {
        (measure, edition): (total, mean)
        for measure, edition, total, mean in rows(
            warehouse, "select measure, edition_id, total, mean from benchmark.edition_trend"
        )
    }
    for edition, (clusters, members, enterprises) in SIZES.items():
        assert series["clusters", edition] == (clusters, None)
        assert series["members", edition] == (members, pytest.approx(members / clusters, rel=1e-12))
        assert series["enterprises", edition][0] == enterprises
    employment = {2014: 96.5, 2018: 284.8, 2020: 514.6, 2022: 685.8, 2024: 1060.4}  # thousand persons
    assert {e: round(t / 1000, 1) for (m, e), (t, _) in series.items() if m == "employment"} == employment
    budget = {2014: 139.4, 2018: 35.25, 2020: 222.1, 2022: 96.0, 2024: 151.5}  # million zł
    for edition, total in budget.items():
        assert series["budget", edition][0] == pytest.approx(total, abs=0.05), edition


def test_growth_is_compounded_between_the_ends_of_the_reference_periods(warehouse) -> None:
    """84.35 members at the end of 2017, 117.67 at the end of 2023: 5.7 % a year, not the 6.7 % that is printed."""
    ((years, growth),) = rows(
        warehouse,
        """select years, growth_mean from benchmark.edition_growth
        where measure = 'members' and edition_id = 2024 and previous_edition_id = 2018""",
    )
    assert years == 6
    assert growth == pytest.approx((4942 / 42 / (3374 / 40)) ** (1 / 6) - 1, rel=1e-12)
    assert round(100 * growth, 1) == 5.7
    taken = rows(
        warehouse, "select figure, is_taken from audit.source_conflict where subject like 'annual growth%' order by 1"
    )
    assert taken == [("5.7 %", True), ("6.7 %", False)]


def test_panels_are_the_clusters_that_took_part_both_times(warehouse) -> None:
    panels = dict(
        (tuple(pair), n)
        for *pair, n in rows(
            warehouse,
            """select edition_id, previous_edition_id, max(n) from benchmark.edition_comparison
            where basis = 'panel' and level = 'overall' group by all""",
        )
    )
    assert (panels[2024, 2022], panels[2014, 2012], panels[2014, 2010]) == (32, 31, 20)
    both = dict(
        (tuple(pair), n)
        for *pair, n in rows(
            warehouse,
            """select later.edition_id, earlier.edition_id, count(*)
            from core.dim_cluster_edition as later
            inner join core.dim_cluster_edition as earlier using (cluster_id)
            where earlier.edition_id < later.edition_id
            and cluster_id not in (
                select unnest([predecessor_cluster_id, successor_cluster_id]) from core.cluster_lineage as event
                where event.edition_id > earlier.edition_id and event.edition_id <= later.edition_id
            ) group by all""",
        )
    )
    assert {pair: n for pair, n in panels.items() if n} == both
    events = rows(warehouse, "select kind, edition_id from core.cluster_lineage")
    assert {kind for kind, _ in events} == {"merger", "split"}


def test_a_rise_on_the_anchored_scale_is_a_rise(warehouse) -> None:
    """Pooled bounds order both editions' clusters as their amounts do; own bounds need not."""
    low, high = rows(
        warehouse,
        """select min(value), max(value) from benchmark.edition_comparison
        where scale = 'anchored' and value is not null""",
    )[0]
    assert 0 <= low <= high <= 1
    moved = rows(
        warehouse,
        """select count(*) from benchmark.edition_comparison as anchored
        inner join benchmark.edition_comparison as own
            using (edition_id, previous_edition_id, basis, node_id, measure)
        where anchored.scale = 'anchored' and own.scale = 'own' and anchored.measure = 'mean'
        and anchored.change * own.change < 0""",
    )
    assert moved[0][0] > 0, "the two scales never disagree: one of them is not what it says"


def test_what_is_comparable_is_as_published_and_what_is_not_says_why(warehouse) -> None:
    differing = rows(
        warehouse,
        """select comparison.node_id from benchmark.edition_comparison as comparison
        inner join benchmark.score_distribution as published
            on comparison.edition_id = published.edition_id and comparison.node_id = published.node_id
            and published.cut_id = 'all'
        where comparison.basis = 'all' and comparison.scale = 'own' and comparison.measure = 'median'
        and comparison.comparability = 'comparable' and comparison.value is distinct from published.median""",
    )
    assert differing == []
    judged = {
        node: (comparability, note)
        for node, comparability, note in rows(
            warehouse,
            """select node_id, comparability, note from benchmark.edition_comparison
            where edition_id = 2024 and previous_edition_id = 2022 and basis = 'all' and scale = 'own'
            and measure = 'median'""",
        )
    }
    changed = {node for node, (comparability, _) in judged.items() if comparability != "comparable"}
    assert changed == {"III.2.7", "III.2", "III", "IV.3.1", "IV.3", "IV", "overall"}
    assert "applications" in judged["III.2.7"][1]
    assert "88 comparable indicators" in judged["overall"][1]


def test_what_an_edition_did_not_ask_is_nowhere_but_in_the_conformance(warehouse) -> None:
    for table in ("core.fct_indicator_value", "core.fct_score", "benchmark.indicator_statistic"):
        assert (
            rows(
                warehouse,
                f"""select distinct fact.edition_id, fact.node_id from {table} as fact
            left join core.node_conformance as conformance
                on fact.edition_id = conformance.edition_id and fact.node_id = conformance.node_id
                and conformance.is_asked
            where conformance.node_id is null""",
            )
            == []
        )
    lacking = Counter(
        edition
        for (edition,) in rows(
            warehouse, "select edition_id from core.node_conformance where comparability = 'not_applicable'"
        )
    )
    assert set(lacking) == {2010, 2012, 2014, 2018, 2020}
    assert rows(warehouse, "select count(*) from benchmark.edition_trend where measure = 'employment'") == [(5,)]


def test_a_cut_that_an_edition_cannot_make_is_absent(warehouse) -> None:
    cuts: dict[str, set[int]] = {}
    for cut, edition in rows(warehouse, "select distinct cut_id, edition_id from core.dim_segment"):
        cuts.setdefault(cut, set()).add(edition)
    assert cuts["all"] == set(SIZES)
    assert cuts["kkk_plans"] == {2024}
    assert cuts["kkk_status"] == {2018, 2020, 2022, 2024}
    assert {2024} == {
        edition
        for (edition,) in rows(
            warehouse, "select edition_id from core.dim_segment where cut_id != 'all' and provenance = 'published'"
        )
    }


def test_every_question_says_how_it_ran_through_the_editions(warehouse) -> None:
    ((n_rows, n_questions),) = rows(
        warehouse, "select count(*), count(distinct question_id) from core.question_edition"
    )
    assert n_rows == len(SIZES) * n_questions
    units = dict(
        rows(
            warehouse,
            """select edition_id, unit from core.question_edition
            where is_asked and question_id = 'cluster_budget_year_2'""",
        )
    )
    assert set(units) == set(SIZES)
    assert len(set(units.values())) > 1, "no edition asks in another unit: nothing is shown"


@pytest.mark.long
def test_the_order_of_loading_does_not_matter(all_editions: Home, tmp_path: Path, command) -> None:
    home = Home(tmp_path / "data")
    shutil.copytree(all_editions.clusters, home.clusters)
    for batch in ([2018], [2010, 2012, 2014, 2020, 2022, 2024]):
        for edition in batch:
            shutil.copytree(all_editions.inbox / str(edition), home.inbox / str(edition))
        assert command(home, "run").exit_code == 0
    # The second run finds 2018, the fourth of seven, as it was.
    assert outcomes(home) == ["loaded", *["loaded"] * 3, "unchanged", *["loaded"] * 3]
    once = tables(all_editions.published / "benchmarking.duckdb")
    otherwise = tables(home.published / "benchmarking.duckdb")
    assert once.keys() == otherwise.keys()
    assert [name for name in once if once[name] != otherwise[name]] == []


@pytest.mark.long
def test_loading_one_edition_again_leaves_the_others_as_they_are(all_editions: Home, tmp_path: Path, command) -> None:
    shutil.copytree(all_editions.root, tmp_path / "data", symlinks=True)
    home = Home(tmp_path / "data")
    (path,) = (home.inbox / "2018").glob("ankieta_*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        header, first, *others = csv.reader(file)
    column = next(i for i, name in enumerate(header) if name.startswith("p07_"))
    first[column] = str(float(first[column] or 0) + 100)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, first, *others])
    assert command(home, "load", "2018").exit_code == 0
    before = tables(all_editions.published / "benchmarking.duckdb")
    with (
        duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as old,
        duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as new,
    ):
        changed = set()
        for name in before:
            columns = [row[0] for row in old.execute(f"describe {name}").fetchall()]
            # A comparison with 2018, and growth since 2018, are about 2018 as well.
            about = [column for column in columns if column in ("edition_id", "previous_edition_id")]
            others = " and ".join(f"{column} is distinct from 2018" for column in about) or "true"
            query = f"select * from {name} where {others} order by all"
            assert old.execute(query).fetchall() == new.execute(query).fetchall(), name
            if before[name] != new.execute(f"select * from {name} order by all").fetchall():
                changed.add(name)
    assert {"core.fct_answer", "core.fct_indicator_value", "core.fct_score"} <= changed
