"""Open the published files with the programs of others: old DuckDB drivers, `frictionless`, LibreOffice.

    python clients/check_files.py data/published

Not a test: it takes minutes and needs a network and LibreOffice (Debian: libreoffice-calc). Each program gets a virtual
environment of its own (made by `uv`) below CLIENTS_FOLDER, by default ~/.cache/clusterbench-clients. Prints a line per
program; docs/bi.md has what came out. Exit code 1 when one of them finds fault.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

UV = Path(sys.executable).with_name("uv")
DUCKDB_VERSIONS = ("1.0.0", "1.1.3", "1.2.2", "1.3.2", "1.4.1")
FRICTIONLESS = "frictionless[pandas,parquet]==5.21.0"

_READ = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
names = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
rows = sum(len(connection.execute(f'select * from "{schema}"."{table}"').fetchall()) for schema, table in names)
print(len(names), "tables,", rows, "rows")
"""


class Fault(Exception):
    """A program could not open a file, or found something wrong with it."""


def environment(name: str, package: str) -> Path:
    """The folder of programs of a virtual environment with one package."""
    root = Path(os.environ.get("CLIENTS_FOLDER", Path.home() / ".cache" / "clusterbench-clients")) / name
    if not (root / "done").exists():
        run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, root])
        run([UV, "pip", "install", "--quiet", "--python", root / "bin" / "python", package])
        (root / "done").touch()
    return root / "bin"


def run(arguments: Sequence[object], folder: Path | None = None) -> str:
    """What a program prints; raises Fault with what it says when it fails."""
    done = subprocess.run([str(argument) for argument in arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise Fault((done.stderr or done.stdout).strip()[-2000:])
    return done.stdout.strip()


def old_drivers(published: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """Every row of both databases, read by old versions of DuckDB."""
    for version in DUCKDB_VERSIONS:
        for name in ("benchmarking.duckdb", "public.duckdb"):

            def read(version: str = version, name: str = name) -> str:
                python = environment(f"duckdb-{version}", f"duckdb=={version}") / "python"
                return run([python, "-c", _READ, published / name])

            yield f"DuckDB {version}, {name}", read


def packages(published: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """Both data packages, with all their data."""
    for name in ("public", "parquet"):

        def validate(name: str = name) -> str:
            program = environment("frictionless", FRICTIONLESS) / "frictionless"
            report = json.loads(run([program, "validate", "datapackage.json", "--json"], published / name))
            return f"valid: {report['stats']['tasks']} tables, {report['stats']['errors']} errors"

        yield f"{FRICTIONLESS}, {name}/datapackage.json", validate


def workbooks(published: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each workbook, all sheets of it as LibreOffice shows them."""
    for path in sorted(published.rglob("annex_*.xlsx")):

        def convert(path: Path = path) -> str:
            with tempfile.TemporaryDirectory() as folder:
                # comma, quote, UTF-8, from row 1, …, cells as they are shown, …, every sheet
                options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,true,false,false,-1"
                profile = f"-env:UserInstallation=file://{folder}/profile"
                run(["soffice", profile, "--headless", "--convert-to", options, "--outdir", folder, path])
                sheets = sorted(Path(folder).glob("*.csv"))
                rows = {sheet.stem: list(csv.reader(sheet.open(encoding="utf-8"))) for sheet in sheets}
            wrong = [name for name, cells in rows.items() for row in cells for cell in row if cell.startswith("Err:")]
            if wrong or not rows:
                raise Fault(f"errors in {wrong}" if wrong else "no sheets")
            shown = next(cells for name, cells in rows.items() if name.endswith("Tabela 18"))[3]
            return f"{len(rows)} sheets, first row of Table 18: {', '.join(shown)}"

        yield f"LibreOffice, {path.relative_to(published)}", convert


def main(published: Path) -> int:
    """Open everything; returns the exit code."""
    code = 0
    for client, attempt in (*old_drivers(published), *packages(published), *workbooks(published)):
        began = time.monotonic()
        try:
            said = attempt()
        except Fault as fault:
            code, said = 1, f"FAULT: {fault}"
        print(f"{client}: {said} ({time.monotonic() - began:.0f} s)", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
