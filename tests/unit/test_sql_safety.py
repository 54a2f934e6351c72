"""No name of a file, a cluster or anything else that is delivered is pasted into SQL: values are parameters.

What is put together into a query are names of the program's own tables and columns, and paths through `literal`. Each
place is listed here with what it puts in; a new one must be justified the same way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.tables import attach, literal, quote

ROOT = Path(__file__).parents[2]
PACKAGES = ("audit", "dictionary", "expectations", "ingestion", "orchestration", "sample", "serving")

# By file: the expressions that stand in braces of a query, and where they come from.
OWN_NAMES = {
    "audit/diff.py": {
        "columns": "columns of the tables that diff.py lists",
        "section.table": "a table that diff.py lists",
        "side": "before or after",
        "other": "before or after",
    },
    "audit/releases.py": {"', '.join(columns)": "columns that releases.py lists", "table": "load or source_file"},
    "dictionary/pages.py": {
        "mart.schema": "a schema of the dbt project",
        "mart.table": "a table of the dbt project",
        "table": "the same two, in quotes",
        "', '.join(order)": "columns of the table's key, or all",
        "N_EXAMPLES": "a number",
    },
    "expectations/dbt_failures.py": {
        "query": "the compiled SQL of a dbt test, which is a file of the project",
        "shown": "columns of that query, in quotes",
        "MOST_ROWS": "a number",
    },
    "expectations/dbt_results.py": {"quoted": "a table of the dbt project, in quotes"},
    "expectations/runner.py": {"check.query": "the query of a check, written in expectations/"},
    "ingestion/raw_tables.py": {
        "name": "a table that raw_tables.py lists",
        "table": "a table that raw_tables.py lists",
        "columns": "its columns, listed there as well",
    },
    "orchestration/datapackage.py": {"copied.source": "quoted name of a table", "literal(path)": "quoted"},
    "orchestration/publication.py": {
        "literal(path)": "quoted",
        "literal(work_file)": "quoted",
        "literal(notices)": "quoted",
        "literal(text)": "quoted",
        "quote(column)": "quoted",
        "quote(copied.published_schema)": "quoted",
        "STORAGE_VERSION": "written in publication.py",
        "notice": "options of COPY, the text in them quoted",
        "rows": "a query of quoted names of tables",
        "copied.published_schema": "a schema that publication.py lists, in a table's definition",
        "schema": "a schema that publication.py lists, in a table's definition",
        "copied.source": "quoted name of a table",
        "target": "quoted name of a table",
    },
    "orchestration/revalidation.py": {"left": "quoted name of a table", "right": "quoted name of a table"},
    "orchestration/summary.py": {"RAW_TABLES['check_result']": "columns that raw_tables.py lists"},
    "orchestration/tables.py": {
        "literal(path)": "quoted",
        "name": "the name that the program gives an attached database",
    },
    "serving/copying.py": {
        "table.source": "quoted name of a table",
        "order": "columns of the table's key, in quotes, or all",
        "literal(file)": "quoted",
        "column.type": "a type of serving/tables.py",
    },
    "serving/roles.py": {
        "statement": "written in roles.py",
        "database": "composed by psycopg",
        "roles": "composed by psycopg",
    },
    "serving/source.py": {"literal(scratch)": "quoted"},
    "serving/swap.py": {"schema + NEXT": "composed by psycopg"},
}


def queries() -> Iterator[tuple[str, int, ast.AST]]:
    """The first argument of every call of execute, sql or executemany: file, line, what is executed."""
    for name, tree in modules():
        for node in ast.walk(tree):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and node.func.attr in ("execute", "sql", "executemany") and node.args:
                yield name, node.lineno, node.args[0]


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every file of the packages, with its name."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).glob("*.py")):
            yield f"{package}/{path.name}", ast.parse(path.read_text(encoding="utf-8"))


def pasted() -> set[tuple[str, str]]:
    """What is put into a query in braces or by a method: file, expression."""
    found = set()
    for name, _, query in queries():
        for node in ast.walk(query):
            if isinstance(node, ast.FormattedValue):
                found.add((name, ast.unparse(node.value)))
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
                found.add((name, ast.unparse(node)))
            is_format = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
            )
            if is_format and not composed(node.func.value):
                found |= {(name, ast.unparse(word)) for word in (*node.args, *(word.value for word in node.keywords))}
    for name, tree in modules():
        for node in ast.walk(tree):
            if composed(node) and not isinstance(node.args[0], ast.Constant):
                found.add((name, ast.unparse(node.args[0])))
    return found


def composed(node: ast.AST) -> bool:
    """Whether it is `sql.SQL(…)` of psycopg, whose format takes names and values only as such, and quotes them."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "sql.SQL"


def test_only_names_of_the_program_stand_in_queries() -> None:
    assert len(list(queries())) > 40
    listed = {(name, expression) for name, each in OWN_NAMES.items() for expression in each}
    found = pasted()
    assert sorted(found - listed) == [], "a value belongs into the parameters"
    assert sorted(listed - found) == [], "no longer there"


HOSTILE = ["a'; drop table t; --", 'a"b', "a''b", "it's; {{ 7*7 }}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_takes_no_parameter_is_quoted(tmp_path: Path, text: str) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(f"select '{literal(text)}'").fetchall() == [(text,)]
        connection.execute(f"create table {quote(text)} (a int)")
        assert [row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()] == [text]
        path = tmp_path / f"{text}.duckdb"
        with duckdb.connect(path) as other:
            other.execute("create table t as select 1 as a")
        attach(connection, path, "opened")
        assert connection.execute("select a from opened.t").fetchall() == [(1,)]
