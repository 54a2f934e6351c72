"""Running dbt inside this process: parse once, build a stage, write the documentation.

A rebuild runs three stages (dbt_project/selectors.yml) on one work file, with a door check between them. dbt is called
through its programmatic runner: a new process per stage would cost seconds of imports.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.paths import PROJECT, Home

if TYPE_CHECKING:
    from dbt.artifacts.schemas.results import NodeResult
    from dbt.contracts.graph.manifest import Manifest

DBT_PROJECT = PROJECT / "dbt_project"
STAGES = ("facts", "scores", "audit")
WORK_FILE_VARIABLE = "CLUSTERBENCH_WORK_FILE"

_ADDRESS = r"(?:https?:)?//"
_OUTSIDE = (
    (re.compile(rf"""<(?:script|link|img|iframe)\b[^<>]*\b(?:src|href)=["']?{_ADDRESS}[^<>]*>"""), ""),
    (re.compile(rf"""@import\s*(?:url\()?["']?{_ADDRESS}[^;]*;"""), ""),
    (re.compile(rf"""\burl\(["']?{_ADDRESS}[^)]*\)"""), "none"),
    (re.compile(rf"""\.src="{_ADDRESS}[^"]*\""""), '.src=""'),
    # The page of dbt brings a usage tracker, which is off, and a favicon whose address was never filled in.
    (re.compile(r"fishtownanalytics\.sinter-collect\.com"), ""),
    (re.compile(r"""<link rel="shortcut icon"[^<>]*>"""), ""),
)


class TransformationFailed(Exception):
    """dbt could not build a model or seed, or could not run at all: an error of ours, not of the data."""


def load_manifest(project: Path = DBT_PROJECT, target_path: Path | None = None) -> Manifest:
    """Parse the project (unchanged files are read from the cache in `target_path`).

    `target_path` is where dbt writes, by default `dbt` in CLUSTERBENCH_HOME. The manifest serves any work file and
    any number of builds; do not copy or pickle it (dbt's own copy mixes up its look-ups). Raises
    `TransformationFailed` when the project does not parse.
    """
    # Without a work file: dbt throws its cache away whenever a variable of the profile has changed.
    with _work_file(None):
        return _invoke(["parse", "--no-write-json"], project, target_path)


def build(
    work_file: Path,
    stage: str,
    manifest: Manifest | None = None,
    callbacks: Sequence[Callable[[Any], None]] = (),
    project: Path = DBT_PROJECT,
    target_path: Path | None = None,
) -> list[NodeResult]:
    """Build one stage with its data tests in `work_file`, and let go of the file.

    Returns a result per seed, model and test in the order they ended. Failed tests are results (status `fail` or
    `warn`), for whoever decides about publishing; what depends on a model with a failed test is `skipped`, so a later
    stage cannot be built. Raises `TransformationFailed` when a seed or model fails, or a test cannot run. `callbacks`
    get every dbt event as it happens.
    """
    if stage not in STAGES:
        raise ValueError(f"unknown stage {stage!r}; the stages are {', '.join(STAGES)}")
    if not work_file.is_file():
        raise TransformationFailed(f"{work_file}: there is no such work file; load an edition first")
    manifest = manifest if manifest is not None else load_manifest(project, target_path)
    arguments = ["build", "--selector", stage, "--indirect-selection", "buildable"]
    arguments += ["--exclude-resource-type", "unit_test", "--no-write-json"]
    with _work_file(work_file):
        return list(_invoke(arguments, project, target_path, manifest, callbacks).results)


def run_models(
    work_file: Path,
    selector: str,
    manifest: Manifest | None = None,
    project: Path = DBT_PROJECT,
    target_path: Path | None = None,
) -> list[NodeResult]:
    """Build the models of a selector in `work_file` without any test; raises `TransformationFailed` as `build` does."""
    manifest = manifest if manifest is not None else load_manifest(project, target_path)
    with _work_file(work_file):
        return list(_invoke(["run", "--selector", selector, "--no-write-json"], project, target_path, manifest).results)


def run_unit_tests(
    work_file: Path,
    manifest: Manifest | None = None,
    project: Path = DBT_PROJECT,
    target_path: Path | None = None,
) -> list[NodeResult]:
    """Run the dbt unit tests, which check the formulas on made-up rows; `work_file` must have been built before.

    dbt looks up column types in the built tables, though not their rows.
    """
    manifest = manifest if manifest is not None else load_manifest(project, target_path)
    with _work_file(work_file):
        arguments = ["test", "--select", "test_type:unit", "--no-write-json"]
        return list(_invoke(arguments, project, target_path, manifest).results)


def generate_docs(
    work_file: Path,
    out: Path,
    manifest: Manifest | None = None,
    project: Path = DBT_PROJECT,
    target_path: Path | None = None,
    notice: str = "",
) -> Path:
    """Write the data dictionary and lineage as the one HTML file `out`, which fetches nothing from elsewhere.

    A `notice` stays in view on every page. `work_file` must have been built: dbt looks up the columns' types in it.
    Paths of this machine are left out.
    """
    manifest = manifest if manifest is not None else load_manifest(project, target_path)
    target = target_path or Home.from_environment().dbt
    manifest.write(str(target / "manifest.json"))  # dbt puts this file into the page
    with _work_file(work_file):
        _invoke(["docs", "generate", "--static", "--no-compile"], project, target, manifest)
    page = (target / "static_index.html").read_text(encoding="utf-8")
    for path in (project, work_file):
        page = page.replace(str(path.resolve()), path.name)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(_with_notice(without_outside_sources(page), notice), encoding="utf-8")
    return out


def _with_notice(page: str, notice: str) -> str:
    """The page with a strip at its foot that stays in view; as it is when there is no notice."""
    if not notice:
        return page
    style = "position:fixed;bottom:0;left:0;right:0;z-index:9999;padding:6px;background:#fff3cd;font:bold 14px Arial"
    return page.replace("</body>", f'<div style="{style}">{escape(notice)}</div></body>')


def without_outside_sources(page: str) -> str:
    """The page without what would make a browser fetch from another host; links to click on stay."""
    for pattern, replacement in _OUTSIDE:
        page = pattern.sub(replacement, page)
    return page


def _invoke(
    arguments: list[str],
    project: Path,
    target_path: Path | None,
    manifest: Manifest | None = None,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> Any:  # noqa: ANN401  each command has its own result
    """Run one dbt command and return its result, or raise `TransformationFailed` with dbt's messages."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # 2 s: only who transforms pays for it
    from dbt.cli.main import dbtRunner

    target = (target_path or Home.from_environment().dbt).resolve()
    project = project.resolve()
    places = ["--project-dir", str(project), "--profiles-dir", str(project)]
    places += ["--target-path", str(target), "--log-path", str(target / "logs")]
    quiet = ["--log-level", "none", "--log-level-file", "none"]
    try:
        outcome = dbtRunner(manifest=manifest, callbacks=list(callbacks)).invoke([*quiet, *arguments, *places])
    finally:
        DuckDBConnectionManager.close_all_connections()
    if outcome.exception is not None:
        raise TransformationFailed(f"dbt {arguments[0]}: {outcome.exception}") from outcome.exception
    broken = [r for r in getattr(outcome.result, "results", []) if getattr(r, "status", None) == "error"]
    if broken:
        lines = [f"{result.node.unique_id}: {result.message}" for result in broken]
        raise TransformationFailed(f"dbt {arguments[0]}: " + "\n".join(lines))
    return outcome.result


@contextmanager
def _work_file(path: Path | None) -> Iterator[None]:
    """Let the profile point at `path` for a while."""
    before = os.environ.pop(WORK_FILE_VARIABLE, None)
    if path is not None:
        os.environ[WORK_FILE_VARIABLE] = str(path.resolve())
    try:
        yield
    finally:
        os.environ.pop(WORK_FILE_VARIABLE, None)
        if before is not None:
            os.environ[WORK_FILE_VARIABLE] = before
