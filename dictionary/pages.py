"""Writing the data dictionary: HTML pages that need nothing but themselves, of dbt's manifest and a release's rows.

Whoever reads a release may see them. So rows are shown as the public form has them; of a table without one, rows are
shown only when the data are made up, for they can tell of single clusters.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from dictionary.diagram import draw
from dictionary.marts import SCHEMAS, Manifest, Mart, plain, read_marts
from expectations.style import STYLE
from ingestion.html_template import html_template
from ingestion.synthetic import SYNTHETIC_NOTICE

N_EXAMPLES = 4
_LONGEST = 120  # characters of a text that are shown of an example


@dataclass(frozen=True)
class Example:
    """A few rows of a table, their values as text, null as None; `of_public_form` tells whose."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    of_public_form: bool


def write_dictionary(work_file: Path, manifest: Manifest, out: Path, release_id: str, is_sample: bool) -> Path:
    """Write the folder `out` anew, from a finished work file: an index, a page per table, diagrams and metrics.

    Returns the index. A folder that was there is replaced once the new one is whole.
    """
    marts = read_marts(manifest)
    with duckdb.connect(work_file, read_only=True) as connection:
        counts = {mart.name: _count(connection, mart) for mart in marts}
        examples = {mart.name: _example(connection, mart, is_sample) for mart in marts}
    render = _renderer(SYNTHETIC_NOTICE if is_sample else "")
    schemas = {schema: [mart for mart in marts if mart.schema == schema] for schema in SCHEMAS}
    pages = {
        "index.html": render("index", release_id=release_id, schemas=schemas, counts=counts),
        "diagram.html": render("diagram", diagrams={schema: draw(schema, marts) for schema in SCHEMAS}),
        "metrics.html": render(
            "metrics",
            metrics=list(manifest["metrics"].values()),
            saved_queries=sorted(manifest["saved_queries"].values(), key=lambda query: query["name"]),
        ),
    }
    for mart in marts:
        pages[mart.page] = render(
            "mart",
            mart=mart,
            n_rows=counts[mart.name],
            referring=[other for other in marts if any(reference.to == mart.name for reference in other.references)],
            example=examples[mart.name],
        )
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, text in pages.items():
        (partial / name).write_text(text, encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)
    return out / "index.html"


def _renderer(notice: str) -> Any:  # noqa: ANN401  a function of a template's name and what it shows
    always = {"style": STYLE, "notice": notice, "plain": plain}
    return lambda name, **shown: html_template(Path(__file__).with_name(f"{name}.html.j2")).render(always | shown)


def _count(connection: duckdb.DuckDBPyConnection, mart: Mart) -> int:
    (count,) = connection.execute(f'select count(*) from "{mart.schema}"."{mart.table}"').fetchone() or (0,)
    return count


def _example(connection: duckdb.DuckDBPyConnection, mart: Mart, is_sample: bool) -> Example:
    """The first rows of the latest edition, always the same; none where they could tell of single clusters."""
    if not (mart.is_public or is_sample):
        return Example((), (), of_public_form=False)
    table = mart.public_form or mart.name
    order = ["suppressed is not null"] if mart.public_form else []
    order += ["edition_id desc nulls last"] if "edition_id" in mart.key else []
    order += [f'"{column}"' for column in mart.key or (column.name for column in mart.columns)]
    cursor = connection.execute(f"select * from {table} order by {', '.join(order)} limit {N_EXAMPLES}")
    names = tuple(column[0] for column in cursor.description or ())
    rows = tuple(tuple(_text(value) for value in row) for row in cursor.fetchall())
    return Example(names, rows, of_public_form=mart.public_form is not None)


def _text(value: object) -> str | None:
    """A value as it is shown: numbers to four significant places at least, a long text by its beginning."""
    if value is None:
        return None
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) >= 0.1 else f"{value:.4g}"
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
