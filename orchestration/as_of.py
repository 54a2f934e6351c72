"""An earlier state rebuilt in a home of its own: `clusterbench run --as-of LOAD`.

The home in `as-of/` gets the ledger as it was when the state was published, the raw files that it tells of, and the
reviewed files that the release was made with; the job `rebuild` does the rest. What was erased since stays erased.
Nothing of the installation itself is written, so a load may go on meanwhile.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.delivery import stored_path
from ingestion.erasure import Erasures, erasures_of
from ingestion.ledger import Ledger
from ingestion.load import Load, loads_of, published_of
from orchestration.loading import Installation
from orchestration.lock import warehouse_lock
from orchestration.paths import Home

logger = logging.getLogger("clusterbench")

Report = dict[str, Any]
Entry = Mapping[str, Any]


class NoSuchState(Exception):
    """There was never a published state of that name."""


class StateLost(Exception):
    """The state was published, but not all that it was made of is left."""


@dataclass(frozen=True)
class State:
    """A state that was published: the entry of its release, and how many entries of the ledger tell of it."""

    asked: str
    released: Entry
    n_entries: int

    @property
    def release_id(self) -> str:
        """The release that showed the state."""
        return str(self.released["release_id"])


def find_state(entries: Sequence[Entry], asked: str) -> State:
    """The state in which a load was published, or the one that a release showed. Raises NoSuchState."""
    position = _position(entries, asked)
    released, end = entries[position], position + 1
    for entry in entries[end:]:
        if entry["event"] != "load_finished" or entry["load_id"] not in released["loads"]:
            break
        end += 1
    return State(asked, released, end)


def _position(entries: Sequence[Entry], asked: str) -> int:
    releases = {entry["release_id"]: number for number, entry in enumerate(entries) if entry["event"] == "released"}
    loads = {load.load_id: load for load in loads_of(entries)}
    if asked in releases:
        if not entries[releases[asked]].get("is_for_publication", True):
            raise NoSuchState(f"{asked} showed fieldwork in progress and was never published.")
        return releases[asked]
    if asked not in loads:
        known = [*loads, *releases]
        raise NoSuchState(f"There is no load or release {asked!r}. The ledger knows: {', '.join(known) or 'none'}.")
    load = loads[asked]
    if load.outcome == "loaded" and load.is_for_publication:
        return next(number for number in releases.values() if asked in entries[number]["loads"])
    if load.outcome == "unchanged":
        started = next(
            number
            for number, entry in enumerate(entries)
            if entry["event"] == "load_started" and entry["load_id"] == asked
        )
        return releases[str(published_of(entries[:started]))]
    raise NoSuchState(f"{asked} was never published: {_why_not(load)}.")


def _why_not(load: Load) -> str:
    if load.outcome is None:
        return "it has not ended"
    if load.outcome == "loaded":
        return "it was fieldwork in progress, to be inspected"
    return f"it {'was refused' if load.outcome == 'refused' else 'failed'} ({load.reason})"


def rebuild_as_of(home: Home, asked: str, rebuild: Callable[[Home], Report], wait: float = 0.0) -> Report:
    """Rebuild the state in which the load `asked` was published into `as-of/<asked>/`, replacing what is there.

    `rebuild` runs the job on the home it gets and reports. Raises NoSuchState; StateLost when a file is missing, or an
    erasure came between; WarehouseLocked when another earlier state is being rebuilt.
    """
    ledger = Ledger(home.ledger)
    entries = list(ledger.entries())
    state = find_state(entries, asked)
    erasures = erasures_of(entries)
    earlier = Home(home.as_of / asked)
    with warehouse_lock(home.as_of / ".lock", f"for {asked}", wait):
        shutil.rmtree(earlier.root, ignore_errors=True)
        _prepare(home, earlier, state, entries, erasures)
        logger.info("state of %s, published as %s: rebuilding in %s", asked, state.release_id, earlier.root)
        try:
            report = rebuild(earlier)
        finally:
            if len(ledger.erasures().entries) != len(erasures.entries):
                shutil.rmtree(earlier.root, ignore_errors=True)
                raise StateLost(
                    "A respondent was erased meanwhile, so the rebuilt state was removed: give the command again."
                )
    now = Installation(earlier).code.version
    return report | {
        "as_of": {
            "asked": asked,
            "home": str(earlier.root),
            "published_as": state.release_id,
            "published_as_is_kept": (home.releases / state.release_id / "release.json").is_file(),
            "published_at": state.released["at"],
            "is_same_code": _said(home, state, "code_version") == now,
            "code_version_then": _said(home, state, "code_version"),
            "code_version_now": now,
            "git_revision_then": _said(home, state, "git_revision"),
            "erased_since": len(erasures.entries) - len(erasures_of(entries[: state.n_entries]).entries),
        }
    }


def _said(home: Home, state: State, name: str) -> Any:  # noqa: ANN401  whatever release.json says there
    """What the ledger tells of the release, or, if it is older than that, its release.json; None when neither does."""
    if state.released.get(name) is not None:
        return state.released[name]
    description = home.releases / state.release_id / "release.json"
    return json.loads(description.read_text(encoding="utf-8")).get(name) if description.is_file() else None


def _prepare(home: Home, earlier: Home, state: State, entries: Sequence[Entry], erasures: Erasures) -> None:
    """Fill the folder: ledger, raw files, reviewed files, and the parsed dbt project, which saves seconds."""
    earlier.raw.mkdir(parents=True)
    with home.ledger.open("rb") as whole, earlier.ledger.open("wb") as part:
        part.writelines(whole.readline() for _ in range(state.n_entries))
    ledger = Ledger(earlier.ledger)
    for load in ledger.loads():
        if load.outcome is None and load.load_id in state.released["loads"]:
            ledger.finish_load(load.load_id, "loaded")
    for entry in entries[state.n_entries :]:
        if entry["event"] == "respondent_erased":
            own = ("sequence", "event", "previous", "hash")
            ledger.append(entry["event"], **{name: value for name, value in entry.items() if name not in own})
    for load in ledger.loads():
        for file in load.files:
            path = stored_path(home.raw, file, erasures)
            if path.is_file():
                _link(path, earlier.raw / path.name)
            elif load.load_id in state.released["loads"]:
                raise StateLost(_lost(state, load, file.file_name, path, erasures.copies.get(file.sha256, "") is None))
    for name, sha256 in _reviewed(home, state).items():
        kept = home.reviewed / f"{sha256}{Path(name).suffix}"
        if not kept.is_file():
            raise StateLost(f"{kept}, the copy of {name} that {state.release_id} was made with, is missing.")
        (earlier.root / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(kept, earlier.root / name)
    if home.dbt.is_dir():
        shutil.copytree(home.dbt, earlier.dbt)


def _reviewed(home: Home, state: State) -> Mapping[str, str]:
    reviewed = _said(home, state, "reviewed")
    if reviewed is None:
        raise StateLost(
            f"{state.release_id} was made before the reviewed files of a release were kept: nobody can tell with which "
            "alias and correction files."
        )
    return reviewed


def _lost(state: State, load: Load, file_name: str, path: Path, is_erased: bool) -> str:
    why = (
        "it was removed whole by an erasure, since it could not be searched"
        if is_erased
        else f"{path} is missing: restore it from a backup (`clusterbench audit verify` names all that is missing)"
    )
    return f"The state of {state.asked} cannot be rebuilt. Of {load.load_id} it needs {file_name}: {why}."


def _link(source: Path, target: Path) -> None:
    """The same file under another name, which takes no space; a copy where the file system has no such links."""
    if target.exists():
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def remove_stale_states(home: Home, erasures: Erasures) -> list[str]:
    """Remove every rebuilt state that does not know of all erasures. Returns what was removed; rebuild it if needed."""
    removed = []
    for folder in sorted(path for path in home.as_of.glob("*") if path.is_dir()):
        if len(Ledger(Home(folder).ledger).erasures().entries) < len(erasures.entries):
            shutil.rmtree(folder)
            removed.append(folder.name)
    return removed
