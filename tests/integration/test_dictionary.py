"""The data dictionary of a release: true to the release's tables, and safe to show."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dictionary.diagram import draw
from dictionary.marts import Mart, nearest, read_marts
from dictionary.pages import N_EXAMPLES, write_dictionary
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.paths import DICTIONARY, Home
from tests.html_tables import Page

NUMBERS = re.compile(r"integer|bigint|double|decimal|date|timestamp")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"


@cache
def manifest_of(home: Home) -> dict[str, Any]:
    """The project's manifest as the run kept it."""
    (kept,) = home.dbt.glob("manifest-*.json")
    return json.loads(kept.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def marts(all_editions) -> list[Mart]:
    """The published tables as the dictionary describes them."""
    return read_marts(manifest_of(all_editions))


@pytest.fixture(scope="module")
def folder(all_editions) -> Path:
    """The dictionary of the release."""
    return (all_editions.published / "docs" / DICTIONARY).parent


def published(home: Home, name: str = "benchmarking") -> duckdb.DuckDBPyConnection:
    """A database of the release."""
    return duckdb.connect(home.published / f"{name}.duckdb", read_only=True)


def test_there_is_a_page_for_every_published_table_and_column(all_editions, marts, folder: Path) -> None:
    with published(all_editions) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, list(column_name order by column_index)"
            " from duckdb_columns() where not internal group by 1 order by 1"
        ).fetchall()
        for name, columns in rows:
            page = Page((folder / f"{name}.html").read_text(encoding="utf-8"))
            assert [cells[0] for cells in page.tables["columns"][1:]] == columns, name
            (n_rows,) = connection.execute(f"select count(*) from {name}").fetchone()
            assert f"{n_rows} rows in this release" in page.shown, name
    assert [name for name, _ in rows] == sorted(mart.name for mart in marts)
    assert {path.name for path in folder.iterdir()} == {
        *(mart.page for mart in marts),
        *("index.html", "diagram.html", "metrics.html"),
    }


def test_every_table_says_what_it_answers_and_every_number_has_a_unit(marts) -> None:
    assert [mart.name for mart in marts if not mart.answers.endswith("?")] == []
    assert [
        (mart.name, column.name)
        for mart in marts
        for column in mart.columns
        if NUMBERS.match(column.type) and not column.unit
    ] == []


def test_every_reference_that_is_drawn_holds_in_the_rows(all_editions, marts) -> None:
    keys = {mart.name: mart.key for mart in marts}
    checked = 0
    with published(all_editions) as connection:
        for mart in marts:
            for reference in mart.references:
                assert {*reference.columns, *reference.of_edition} == set(keys[reference.to])
                parent, columns = reference.to, list(reference.columns)
                if reference.of_edition:
                    parent = f"(from {parent} inner join core.dim_edition using (framework_id))"
                    columns.append("edition_id")
                same = " and ".join(f"child.{column} = parent.{column}" for column in columns)
                known = " and ".join(f"child.{column} is not null" for column in columns)
                orphans = f"from {mart.name} as child anti join {parent} as parent on {same} where {known}"
                assert connection.execute(orphans).fetchall() == [], (mart.name, reference)
                checked += 1
    assert checked > 50


def test_the_diagrams_show_every_table_and_leave_out_what_follows(marts) -> None:
    by_name = {mart.name: mart for mart in marts}
    assert {reference.to for reference in nearest(by_name["core.fct_score"], marts)} == {
        "core.dim_cluster_edition",
        "core.dim_node",
    }
    assert {reference.to for reference in by_name["core.fct_score"].references} == {
        *("core.dim_cluster_edition", "core.dim_node", "core.dim_cluster", "core.dim_edition")
    }
    for schema in ("core", "benchmark", "survey", "audit"):
        diagram = draw(schema, marts)
        assert set(re.findall(r'<a href="([^"]+)"', diagram)) >= {m.page for m in marts if m.schema == schema}
        lines = sum(len(nearest(mart, marts)) for mart in marts if mart.schema == schema)
        assert diagram.count("<title>") == lines > 0
        boxes = [tuple(map(int, box)) for box in re.findall(r'x="(\d+)" y="(\d+)" width="250" height="(\d+)"', diagram)]
        whole = [box for box in boxes if box[2] != 28]
        for one in whole:
            for other in whole:
                assert (
                    one == other or one[0] != other[0] or one[1] + one[2] <= other[1] or other[1] + other[2] <= one[1]
                )


def test_examples_are_rows_as_the_public_sees_them(all_editions, marts, folder: Path) -> None:
    with published(all_editions, "public") as public:
        for mart in marts:
            page = Page((folder / mart.page).read_text(encoding="utf-8"))
            assert SYNTHETIC_NOTICE in page.shown
            if not mart.public_form:
                continue
            header, *shown = page.tables["rows"]
            rows = public.execute(f"select {', '.join(header)} from {mart.name}").fetchall()
            texts = {tuple(_shown(value) for value in row) for row in rows}
            assert len(shown) == min(N_EXAMPLES, len(rows)) and {tuple(row) for row in shown} <= texts, mart.name
            assert "As the public sees them" in page.shown


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) >= 0.1 else f"{value:.4g}"
    return " ".join(str(value).split()) if len(str(value)) <= 120 else f"{str(value)[:119]}…"


def test_of_real_data_no_row_that_tells_of_a_cluster_is_shown(all_editions, tmp_path: Path) -> None:
    manifest = manifest_of(all_editions)
    index = write_dictionary(all_editions.work_file, manifest, tmp_path / "dictionary", "R000009", is_sample=False)
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(index.parent.iterdir()))
    assert "SYNTHETIC" not in text and "R000009" in text
    with published(all_editions) as connection:
        names = [
            name for (name,) in connection.execute("select distinct name from core.dim_cluster_edition").fetchall()
        ]
        ids = [cluster for (cluster,) in connection.execute("select cluster_id from core.dim_cluster").fetchall()]
    assert len(names) > 100 and [name for name in names if name in text] == []
    assert [cluster for cluster in ids if re.search(rf"\b{cluster}\b", text)] == []
    page = Page((index.parent / "core.fct_score.html").read_text(encoding="utf-8"))
    assert "rows" not in page.tables and "None are shown" in page.shown
    assert "rows" in Page((index.parent / "core.dim_segment.html").read_text(encoding="utf-8")).tables


def test_what_a_description_says_is_shown_and_never_run(all_editions, tmp_path: Path) -> None:
    manifest = json.loads(json.dumps(manifest_of(all_editions)))
    script = "<script>document.title = 'run'</script>"
    node = manifest["nodes"]["model.clusterbench.fct_score"]
    node["description"] = f"One row per {script}. And {script}"
    node["columns"]["score"]["description"] = script
    for metric in manifest["metrics"].values():
        metric["description"] = script
    index = write_dictionary(all_editions.work_file, manifest, tmp_path / "dictionary", "<b>R</b>", is_sample=True)
    for name in ("core.fct_score.html", "metrics.html", "index.html"):
        page = Page((index.parent / name).read_text(encoding="utf-8"))
        assert "script" not in page.tags and "b" not in page.tags
        assert script in page.shown, name


def test_an_exposure_names_the_tables_whose_rows_are_shown(all_editions) -> None:
    manifest = manifest_of(all_editions)
    named = manifest["exposures"]["exposure.clusterbench.data_dictionary"]["depends_on"]["nodes"]
    with published(all_editions, "public") as connection:
        rows = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    shown = {f"model.clusterbench.{'' if schema == 'core' else 'public_'}{table}" for schema, table in rows}
    assert set(named) == shown


def test_every_link_of_the_dictionary_leads_somewhere(folder: Path) -> None:
    for path in folder.iterdir():
        page = Page(path.read_text(encoding="utf-8"))
        assert [link for link in page.links if not (folder / link).resolve().is_file()] == [], path.name


def test_a_browser_shows_the_diagrams_without_a_network(folder: Path) -> None:
    page = folder / "diagram.html"
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
    shown = subprocess.run([*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True).stdout
    assert shown.count('class="diagram"') == 4 and "core.dim_segment" in shown
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.read_text(encoding="utf-8"))
