"""The command `clusterbench`: a thin wrapper over the Dagster jobs, so that the web UI does the same things.

Exit codes: 0 done or unchanged, 1 failed (try again), 2 wrong usage, 3 refused (fix the data), 4 another load holds
the warehouse.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.audit_arguments import add_audits
from orchestration.console import DONE, FAILED, REFUSED, Progress, advice, exit_code, search_little_for_garbage
from orchestration.paths import Home

logger = logging.getLogger("clusterbench")

Report = dict[str, Any]


def _job(
    home: Home,
    arguments: argparse.Namespace,
    name: str,
    editions: Sequence[int] = (),
    config: Mapping[str, Any] | None = None,
) -> Report:
    """Run a Dagster job; report its run and the seconds that each part took."""
    started = time.monotonic()
    from orchestration.runs import run_job

    imports = time.monotonic() - started
    run = run_job(home, name, editions, config, arguments.wait)
    return {"run_id": run.run_id, "seconds": {"imports": imports, **run.seconds}}


def _sample(home: Home, arguments: argparse.Namespace) -> Report:
    config = {
        "edition_id": arguments.edition,
        "clusters": arguments.clusters,
        "seed": arguments.seed,
        "out": str(Path(arguments.out).resolve()) if arguments.out else "",
    }
    return _job(home, arguments, "write_sample_exports", config={"ops": {"write_exports": {"config": config}}})


def _require_codebooks(editions: Iterable[int]) -> None:
    """An edition without a codebook is told before anything is started. Raises CodebookError."""
    from ingestion.codebook import load_codebook

    for edition in editions:
        load_codebook(edition)


def _load(home: Home, arguments: argparse.Namespace) -> Report:
    if arguments.dry_run:
        from orchestration.edition_commands import dry_run

        shown = (arguments.language, arguments.format)
        accepted, report = dry_run(home, arguments.edition, arguments.folder, arguments.provisional, *shown)
        return report | {"exit_code": DONE if accepted else REFUSED}
    _require_codebooks([arguments.edition])
    taken = {"provisional": arguments.provisional, "publish": arguments.publish}
    config = {"ops": {"delivery": {"config": taken}}}
    editions = [arguments.edition]
    report = _refusing_in(arguments.language, lambda: _job(home, arguments, "load_edition", editions, config))
    return _published(home, report, is_published=arguments.publish or not arguments.provisional)


def _refusing_in(language: str, load: Callable[[], Report]) -> Report:
    """Load, and tell in this language why a delivery is refused."""
    try:
        return load()
    except Exception as error:
        if language != "en" and type(error.__cause__).__name__ == "DeliveryRefused":
            from orchestration.problem_commands import refusal_text

            error.args = (refusal_text(error.__cause__, language),)  # type: ignore[arg-type]
        raise


def _run(home: Home, arguments: argparse.Namespace) -> Report:
    if arguments.as_of:
        from orchestration.as_of import rebuild_as_of

        def rebuild(earlier: Home) -> Report:
            return _published(earlier, _job(earlier, arguments, "rebuild"))

        return rebuild_as_of(home, arguments.as_of, rebuild, arguments.wait)
    before: Report = {"seconds": {}}
    if arguments.sample:
        defaults = _parser().parse_args(["sample"])
        defaults.wait = arguments.wait
        before = _sample(home, defaults)
    delivered = sorted(int(path.name) for path in home.inbox.glob("[0-9]*") if path.is_dir() and any(path.iterdir()))
    _require_codebooks(delivered)
    report = _published(home, _job(home, arguments, "load_edition" if delivered else "rebuild", delivered))
    steps = (*before["seconds"], *report["seconds"])
    seconds = {step: before["seconds"].get(step, 0.0) + report["seconds"].get(step, 0.0) for step in steps}
    return report | {"seconds": seconds}


def _check(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.summary import check_summary

    report = _job(home, arguments, "check")
    return report | check_summary(home, report["run_id"])


def _revalidate(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.revalidation import last_revalidation

    home.require_published()  # told before anything is rebuilt
    report = _job(home, arguments, "revalidate")
    found = json.loads(last_revalidation(home).read_text(encoding="utf-8"))
    return report | found


def _publish(home: Home, arguments: argparse.Namespace) -> Report:
    if arguments.to is not None:
        from serving.address import address_of

        address_of(arguments.to, os.environ)  # refused before anything is done, and before anything could record it
    report: Report = {}
    if arguments.release:
        config = {"ops": {"point_to_release": {"config": {"release_id": arguments.release}}}}
        report = _published(home, _job(home, arguments, "restore_release", config=config))
    elif arguments.to is None:
        report = _published(home, _job(home, arguments, "rebuild"))
    return report if arguments.to is None else report | _serve(home, arguments)


def _serve(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.serving_job import last_served

    config = {"ops": {"serve_published": {"config": {"url": arguments.to}}}}
    report = _job(home, arguments, "serve_release", config=config)
    return report | {"served": json.loads(last_served(home).read_text(encoding="utf-8"))}


def _published(home: Home, report: Report, is_published: bool = True) -> Report:
    from orchestration.summary import release_summary

    return report | release_summary(home, is_published)


def _manifest(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.edition_commands import manifest

    return manifest(home, arguments.edition, arguments.inbox)


def _new_edition(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.edition_commands import new_edition

    return new_edition(arguments.edition, arguments.source, arguments.framework)


def _erase(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.erasing import last_erasure
    from orchestration.publication import release_ids
    from orchestration.runs import Refused

    _require_codebooks([arguments.edition])
    request = {
        "edition_id": arguments.edition,
        "survey": arguments.survey,
        "respondent_id": arguments.respondent,
        "reason": arguments.reason,
    }
    report = _job(home, arguments, "erase_respondent", config={"ops": {"erase_from_stores": {"config": request}}})
    done = json.loads(last_erasure(home).read_text(encoding="utf-8"))
    if not done.pop("to_publish"):
        return report | done | {"still_served": _still_served(home)}
    kept = release_ids(home)
    try:
        rebuilt = _published(home, _job(home, arguments, "rebuild"))
    except Refused as error:
        raise Refused(
            "The respondent is erased from the stored files, but the published release still shows the answers: "
            f"the rebuild did not pass. Solve this and give the command again.\n{error}"
        ) from error
    done["releases_removed"] += [name for name in kept if name not in release_ids(home)]
    return report | rebuilt | done | {"still_served": _still_served(home)}


def _still_served(home: Home) -> list[Report]:
    """The databases that may show releases which are removed, as are all that show somebody who was erased."""
    from ingestion.ledger import Ledger
    from orchestration.publication import release_ids

    kept = set(release_ids(home))
    return [
        {"host": host, "port": port, "database": database, "releases": sorted(releases - kept)}
        for (host, port, database), releases in Ledger(home.ledger).served().items()
        if releases - kept
    ]


def _audit(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.audit_commands import AUDITS

    return AUDITS[arguments.audit](home, arguments)


def _problems(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.problem_commands import problems

    return problems(home, arguments.load, arguments.language, arguments.format)


def _status(home: Home, arguments: argparse.Namespace) -> Report:
    from ingestion.codebook import codebooks_folder
    from orchestration.summary import status

    return status(home, codebooks_folder(), datetime.now(UTC).date())


def _dev(home: Home, arguments: argparse.Namespace) -> Report:
    from orchestration.runs import prepare_dagster_home

    prepare_dagster_home(home)
    os.environ["CLUSTERBENCH_HOME"] = str(home.root)
    program = Path(sys.executable).with_name("dagster")
    os.execv(program, [str(program), "dev", "-m", "orchestration.definitions"])


def _add_list(command: argparse.ArgumentParser, when: str = "") -> None:
    """How a list of problems is shown."""
    command.add_argument("--language", choices=("pl", "en"), default="en", help="the list's language (default en)")
    command.add_argument(
        "--format", choices=("text", "html", "csv"), default="text", help=f"{when}how it is printed (default text)"
    )


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print the result as JSON, for schedulers")
    common.add_argument(
        "--wait", type=float, default=0.0, metavar="SECONDS", help="wait this long for another load to end (default 0)"
    )
    parser = argparse.ArgumentParser(
        prog="clusterbench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, what: str, action: Callable[[Home, argparse.Namespace], Report]) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=what, description=what, parents=[common])
        command.set_defaults(action=action)
        return command

    sample = add("sample", "write synthetic survey exports of fictitious clusters", _sample)
    sample.add_argument("--edition", type=int, help="the edition to make up (default: all that a sample is known of)")
    sample.add_argument(
        "--clusters", type=int, help="how many clusters (default: as many as the edition had, the calibrated sample)"
    )
    sample.add_argument("--seed", type=int, help="the same seed writes the same bytes (default: the sample's own)")
    sample.add_argument("--out", help="the folder to write to, a folder in it for each edition (default: the inbox)")
    load = add("load", "take in an edition's delivery from the inbox, rebuild, check and publish", _load)
    load.add_argument("edition", type=int, metavar="EDITION", help="the edition's year, such as 2024")
    load.add_argument("--dry-run", action="store_true", help="only list what differs from the codebook; load nothing")
    load.add_argument(
        "--from", dest="folder", metavar="DIR", help="with --dry-run: where the files are (default: the inbox)"
    )
    load.add_argument("--provisional", action="store_true", help="fieldwork goes on: clusters may not have answered")
    load.add_argument("--publish", action="store_true", help="with --provisional: publish it, until it is complete")
    _add_list(load, "with --dry-run: ")
    listed = add("problems", "list the problems kept with a load", _problems)
    listed.add_argument("load", nargs="?", metavar="LOAD", help="the load, such as L000007 (default: the last one)")
    _add_list(listed)
    new = add("new-edition", "scaffold the codebook of an edition from that of an earlier one", _new_edition)
    new.add_argument("edition", type=int, metavar="EDITION", help="the edition to make, such as 2026")
    new.add_argument("--from", dest="source", type=int, required=True, metavar="EDITION", help="the edition to copy")
    new.add_argument("--framework", metavar="ID", help="give it a framework of its own, a copy under this id")
    manifest = add("manifest", "write the list of files and hashes that completes a delivery", _manifest)
    manifest.add_argument("edition", type=int, metavar="EDITION", help="the edition's year, such as 2024")
    manifest.add_argument("--inbox", metavar="DIR", help="the folder with a folder per edition (default: the inbox)")
    run = add("run", "load every delivery in the inbox, rebuild, check and publish", _run)
    what = run.add_mutually_exclusive_group()
    what.add_argument("--sample", action="store_true", help="write the sample exports into the inbox first")
    what.add_argument(
        "--as-of", metavar="LOAD", help="load nothing: rebuild the state in which LOAD was published, in as-of/LOAD/"
    )
    add("check", "rebuild and check from the current deliveries, without publishing", _check)
    add("revalidate", "rebuild, check, and compare the published tables with the result", _revalidate)
    erase = add("erase", "erase one respondent on request, from stored files and releases, and publish", _erase)
    erase.add_argument("edition", type=int, metavar="EDITION", help="the edition's year, such as 2024")
    erase.add_argument("--survey", required=True, metavar="NAME", help="the survey, such as member_opinion")
    erase.add_argument("--respondent", required=True, metavar="ID", help="the respondent's id on the survey platform")
    erase.add_argument("--reason", required=True, metavar="TEXT", help="goes on record: name the request, not a person")
    publish = add("publish", "rebuild, check and publish; go back to an earlier release; serve one", _publish)
    publish.add_argument("--release", metavar="ID", help="publish this release, made earlier, instead of a new one")
    publish.add_argument(
        "--to",
        nargs="?",
        const="",
        metavar="URL",
        help="build nothing: copy the published release into this PostgreSQL database (default: the one that "
        "CLUSTERBENCH_POSTGRES_URL names; a password comes from the environment only)",
    )
    audit = commands.add_parser("audit", help="the auditor's commands", description="The auditor's commands.")
    add_audits(audit, common, _audit)
    add("dev", "open Dagster's web UI on this installation", _dev)
    add("status", "show editions, loads, the published release and failed checks", _status)
    return parser


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments, of which some go with others only."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.command == "load":
        if arguments.folder and not arguments.dry_run:
            parser.error("--from goes with --dry-run: a load takes the files in the inbox")
        if arguments.format != "text" and not arguments.dry_run:
            parser.error("--format goes with --dry-run; what is kept of a load: `clusterbench problems --format html`")
        if arguments.publish and not arguments.provisional:
            parser.error("--publish goes with --provisional: a complete delivery is always published")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = _arguments(argv)
    search_little_for_garbage()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Progress())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    home = Home.from_environment()
    try:
        report = arguments.action(home, arguments)
    except Exception as error:
        code = exit_code(error)
        message = "\n".join(filter(None, (str(error), advice(error, home.root) if code == FAILED else "")))
        logger.debug("the command failed", exc_info=error)
        if arguments.json:
            told = {"exit_code": code, "error": type(error).__name__, "message": message}
            if problems := getattr(error.__cause__, "problems", ()):
                told["problems"] = [problem.as_dict() for problem in problems]
            sys.stdout.write(json.dumps(told) + "\n")
        sys.stderr.write(f"clusterbench: {message}\n")
        return code
    finally:
        logger.removeHandler(handler)
    code = report.setdefault("exit_code", DONE)
    text = report.pop("text", None)
    if arguments.json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False, default=str) + "\n")
    elif text is not None:
        sys.stdout.write(text + "\n")
    else:
        from orchestration.summary_text import as_text

        sys.stdout.write(as_text(arguments.command, report))
    return int(code)
