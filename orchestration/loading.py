"""Loading as plain functions: what the Dagster assets do, callable without Dagster.

A load passes through the ledger as started → accepted (its files are complete and readable) → finished. Only a
finished, published load makes its delivery the current one of its edition.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingestion.answer_file import writing_answers
from ingestion.answers import Reading
from ingestion.codebook import Codebook, codebooks_folder, editions, load_codebook
from ingestion.corrections import CorrectionsRefused, check_clusters, read_corrections
from ingestion.delivery import Delivery, check_copies, read_delivery, receive
from ingestion.identity import Identities, load_identities
from ingestion.ledger import Ledger, utc_now
from ingestion.load import Load
from ingestion.manifest import hash_file
from ingestion.preview import preview
from ingestion.problem import DeliveryRefused, failure_reason
from ingestion.raw_tables import (
    create_raw_tables,
    delivered_clusters,
    fill_from_deliveries,
    fill_from_ledger,
    insert_rows,
)
from ingestion.reviewed import keep_reviewed_files, reviewed_files
from orchestration.code_version import Code, code_at_work
from orchestration.interface import described
from orchestration.leftovers import remove_leftovers, remove_work_file
from orchestration.paths import Home
from orchestration.publication import Release

logger = logging.getLogger("clusterbench")

# What the ledger keeps of a release, beside its loads and the hash of its release.json.
RELEASED = ("deliveries", "reviewed", "is_for_publication", "code_version", "git_revision", "lock_sha256")


@dataclass(frozen=True)
class Installation:
    """One installation with its ledger and codebooks; `home` says where."""

    home: Home
    codebooks: Path = field(default_factory=codebooks_folder)

    @property
    def ledger(self) -> Ledger:
        """The load ledger."""
        return Ledger(self.home.ledger)

    def codebook(self, edition_id: int) -> Codebook:
        """The codebook of an edition."""
        return load_codebook(edition_id, self.codebooks)

    @property
    def code(self) -> Code:
        """Which code and codebooks are at work."""
        return code_at_work(self.codebooks)

    @property
    def identities(self) -> Identities:
        """Which cluster a delivered name is."""
        return load_identities(self.home.clusters)

    @property
    def reviewed(self) -> dict[str, str]:
        """The hashes of the reviewed files as they are now, by their path in the home."""
        return reviewed_files(self.home.root)

    # -- receiving ---------------------------------------------------------------------------------------------

    def load(self, edition_id: int, run_id: str, is_provisional: bool = False, publish: bool = False) -> Load:
        """Take in the edition's delivery from the inbox: copy it to the raw store, read it, keep its answers.

        A provisional one is shown in the provisional release only, unless `publish` says otherwise. The same delivery
        again, shown already by the code as it is, ends as `unchanged`. Raises DeliveryRefused, recorded in the ledger
        with every problem, when the files are not complete or cannot be read as they are; whatever else goes wrong is
        recorded, too.
        """
        codebook = self.codebook(edition_id)
        load_id = self.ledger.start_load(edition_id, run_id=run_id, **self.code.as_dict())
        with self._recording_faults(load_id):
            inbox = self.home.inbox / str(edition_id)
            delivery = self._receive(codebook, inbox, is_provisional)
        is_for_publication = publish or not is_provisional
        if self.is_shown(delivery, is_provisional, is_for_publication):
            self.ledger.finish_load(load_id, "unchanged", **_received(delivery))
            logger.info("edition %d: unchanged, a release shows this delivery already", edition_id)
        else:
            self._accept(load_id, codebook, delivery, is_provisional, is_for_publication)
        return next(load for load in self.ledger.loads() if load.load_id == load_id)

    def _receive(self, codebook: Codebook, inbox: Path, is_provisional: bool) -> Delivery:
        """Copy the delivery to the raw store. Raises DeliveryRefused with what is wrong in those files that are there.

        A set of files that is not complete hides nothing of what a dry run would tell of them.
        """
        erasures = self.ledger.erasures()
        try:
            return receive(codebook, inbox, self.home.raw, utc_now(), erasures)
        except DeliveryRefused as error:
            seen = preview(codebook, inbox, self.identities, is_provisional, erasures)
            told = [problem for problem in error.problems if problem not in seen.problems]
            problems = [*told, *seen.problems]
            raise DeliveryRefused(error.edition_id, problems, error.files, is_sample=seen.is_sample) from error

    def _accept(
        self, load_id: str, codebook: Codebook, delivery: Delivery, is_provisional: bool, is_for_publication: bool
    ) -> None:
        with self._recording_faults(load_id, delivery):
            reading = self._read(codebook, delivery, is_provisional)
        self.ledger.accept_load(
            load_id,
            delivery.delivery_id,
            codebook.synthetic_data_kind in reading.data_kinds,
            delivery.files,
            reading.choices,
            reading.n_rows,
            reading.n_answers,
            reading.rejected,
            list(reading.problems),
            is_provisional,
            is_for_publication,
        )
        logger.info(
            "edition %d: %d files, %d respondents, %d answers (delivery %s)",
            delivery.edition_id,
            len(delivery.files),
            sum(reading.n_rows.values()),
            reading.n_answers,
            delivery.delivery_id[:12],
        )

    @contextmanager
    def _recording_faults(self, load_id: str, delivery: Delivery | None = None) -> Iterator[None]:
        """Record in the ledger why the load ends here, with the files that were copied, and let the exception out."""
        received = _received(delivery) if delivery else {}
        try:
            yield
        except DeliveryRefused as error:
            received = received or {"files": [vars(file) for file in error.files]}
            problems = [problem.as_dict() for problem in error.problems]
            n_errors = sum(problem.is_error for problem in error.problems)
            reason = f"{n_errors} problem{'s' if n_errors > 1 else ''} in the delivery"
            rejected = [cell._asdict() for cell in error.rejected]
            told = {"problems": problems, "rejected": rejected, "is_sample": error.is_sample}
            self.ledger.finish_load(load_id, "refused", reason, **told, **received)
            raise
        except Exception as error:
            self.ledger.finish_load(load_id, "failed", failure_reason(type(error).__name__, str(error)), **received)
            raise

    def is_shown(self, delivery: Delivery, is_provisional: bool, is_for_publication: bool) -> bool:
        """Whether a release shows just this delivery, as provisional or not, by code and reviewed files of now.

        For publication that is the published release; else the provisional one, if the other editions are current in
        it, too.
        """
        shown = self.home.published_release() if is_for_publication else self.home.provisional_release()
        release = shown or {"deliveries": {}}
        current = {str(edition): load.delivery_id for edition, load in self.ledger.current().items()}
        own = {str(delivery.edition_id): delivery.delivery_id}
        return (
            release["deliveries"].get(str(delivery.edition_id)) == delivery.delivery_id
            and (is_for_publication or release["deliveries"] == current | own)
            and (delivery.edition_id in release.get("provisional", ())) == is_provisional
            and release["code_version"] == self.code.version
            and release.get("erasures", 0) == len(self.ledger.erasures().entries)
            and release.get("reviewed") == self.reviewed
        )

    def close_interrupted_loads(self) -> None:
        """Finish what a killed process left open: as loaded if a link points to its release, else as failed.

        A release that a link points to and the ledger does not tell of is recorded; half-written files are removed. To
        be called with the warehouse lock held, when no other load can be alive.
        """
        remove_leftovers(self.home)
        for release in (self.home.published_release(), self.home.provisional_release()):
            if release:
                self.record_release(str(release["release_id"]))
        published = self.home.published_release()
        if published and published["release_id"] != self.ledger.published():
            self.ledger.append("restored", release_id=published["release_id"])
        self.fail_open_loads("interrupted before it was published")

    # -- rebuilding --------------------------------------------------------------------------------------------

    def _read(self, codebook: Codebook, delivery: Delivery, is_provisional: bool) -> Reading:
        """Read a delivery and keep its answers."""
        erasures = self.ledger.erasures()
        with writing_answers(self._answers_path(delivery, codebook)) as take:
            return read_delivery(codebook, delivery, self.home.raw, self.identities, take, erasures, is_provisional)

    def _answers_path(self, delivery: Delivery, codebook: Codebook) -> Path:
        """Answers as read depend on the copies, the codebook and the alias file; a change of these reads them anew."""
        copies = self.ledger.erasures().copies
        kept = [copies.get(file.sha256) for file in delivery.files if file.sha256 in copies]
        parts = [delivery.delivery_id, codebook.fingerprint, self.identities.fingerprint, *map(str, kept)]
        return self.home.warehouse / "answers" / f"{'-'.join(part[:16] for part in parts)}.parquet"

    def _answers(self, load: Load, codebook: Codebook) -> Path:
        delivery = Delivery(load.edition_id, str(load.delivery_id), load.files)
        check_copies(delivery, self.home.raw, self.ledger.erasures())
        path = self._answers_path(delivery, codebook)
        if not path.exists():
            try:
                self._read(codebook, delivery, load.is_provisional)
            except DeliveryRefused:
                # What was loaded just now is not at fault, but nothing can be built beside this one.
                self.refuse_open_loads(f"the current delivery of edition {load.edition_id} can no longer be read")
                raise
        return path

    def fill_raw_tables(self) -> dict[str, int]:
        """Make the work file from scratch and fill the raw tables with each edition's candidate delivery.

        Returns the number of rows by table. Raises NothingToBuild when no delivery was ever accepted,
        CorrectionsRefused when a corrections file cannot be applied as it is, and CopyDamaged when a stored copy of a
        delivery is not what was received.
        """
        loads = list(self.ledger.candidates().values())
        if not loads:
            raise NothingToBuild(f"No delivery was loaded yet: put one into {self.home.inbox}/<edition>/ and load it.")
        codebooks = [self.codebook(load.edition_id) for load in loads]
        reviewed = self.reviewed
        with self._refusing_corrections():
            corrections = read_corrections(self.home.corrections, codebooks, editions(self.codebooks))
        answers = [self._answers(load, codebook) for load, codebook in zip(loads, codebooks, strict=True)]
        self.home.warehouse.mkdir(parents=True, exist_ok=True)
        remove_work_file(self.home)
        with duckdb.connect(self.home.work_file) as connection:
            create_raw_tables(connection)
            rows = fill_from_deliveries(connection, loads, codebooks, self.identities, answers, corrections, reviewed)
            with self._refusing_corrections():
                check_clusters(corrections, self.home.corrections, delivered_clusters(connection))
        return rows

    @contextmanager
    def _refusing_corrections(self) -> Iterator[None]:
        """Record a CorrectionsRefused in the ledger on its way out, for what was loaded just now."""
        try:
            yield
        except CorrectionsRefused:
            self.refuse_open_loads("the corrections are refused")
            raise

    def fill_answers(self, connection: duckdb.DuckDBPyConnection, load_ids: Iterable[str]) -> None:
        """Fill the raw tables of a connection with what some loads delivered, and what was asked; no corrections.

        Raises CopyDamaged when a stored copy is not what was received.
        """
        wanted = set(load_ids)
        loads = [load for load in self.ledger.loads() if load.load_id in wanted]
        codebooks = [self.codebook(load.edition_id) for load in loads]
        answers = [self._answers(load, codebook) for load, codebook in zip(loads, codebooks, strict=True)]
        create_raw_tables(connection)
        fill_from_deliveries(connection, loads, codebooks, self.identities, answers)

    def fill_audit_tables(self, release: Release, intended: Sequence[Mapping[str, Any]] = ()) -> dict[str, int]:
        """Fill the raw tables about loads, checks (those kept and those `intended`) and the release to be.

        Raises ReviewedFilesChanged when the release would name other reviewed files than the work file was made of.
        """
        with duckdb.connect(self.home.work_file) as connection:
            read = dict(connection.execute("select path, sha256 from raw.reviewed_file").fetchall())
            if read != release.reviewed:
                changed = sorted(path for path, _ in read.items() ^ release.reviewed.items())
                raise ReviewedFilesChanged(f"{', '.join(dict.fromkeys(changed))} changed during the run: run it again.")
            ledger = self.ledger
            rows = fill_from_ledger(
                connection, ledger.loads(), ledger.candidates(), release.released_at, ledger.erasures()
            )
            kept = sorted(str(path) for path in self.home.checks.glob("*.parquet"))
            if kept:
                connection.execute(
                    "insert into raw.check_result by name select * from read_parquet(?, union_by_name = true)", [kept]
                )
            insert_rows(connection, "intended_check", intended)
            own = ("release_id", "code_version", "is_sample", "interface_version")
            released_at = release.released_at.removesuffix("Z")
            insert_rows(
                connection,
                "release",
                [{name: getattr(release, name) for name in own} | {"released_at": released_at}],
            )
        return rows

    def next_release(self, run_id: str) -> Release:
        """The release that a run now would make."""
        loads = self.ledger.candidates()
        return Release(
            release_id=self.ledger.next_release_id(),
            released_at=utc_now(),
            reviewed=keep_reviewed_files(self.home.root, self.home.reviewed),
            is_sample=any(load.is_sample for load in loads.values()),
            run_id=run_id,
            loads={edition: load.load_id for edition, load in loads.items()},
            deliveries={edition: str(load.delivery_id) for edition, load in loads.items()},
            provisional=tuple(edition for edition, load in loads.items() if load.is_provisional),
            is_for_publication=all(load.is_for_publication for load in loads.values()),
            erasures=len(self.ledger.erasures().entries),
            interface_version=described().version,
            **self.code.as_dict(),
        )

    def record_release(self, release_id: str) -> None:
        """Record that a link points to a release, unless that is on record, and that the loads it shows are loaded."""
        description = self.home.releases / release_id / "release.json"
        release = json.loads(description.read_text(encoding="utf-8"))
        loads = set(release["loads"].values())
        if release_id not in self.ledger.releases():
            made_of = {name: release.get(name) for name in RELEASED}
            self.ledger.append(
                "released", release_id=release_id, loads=sorted(loads), release_sha256=hash_file(description), **made_of
            )
        for load in self.ledger.loads():
            if load.load_id in loads and load.outcome is None:
                self.ledger.finish_load(load.load_id, "loaded")

    def refuse_open_loads(self, reason: str) -> None:
        """Record that what was accepted did not pass a door, so that it never becomes current."""
        for load in self.ledger.loads():
            if load.is_accepted:
                self.ledger.finish_load(load.load_id, "refused", reason)

    def fail_open_loads(self, reason: str) -> None:
        """Record that the run ended before what it loaded was published."""
        for load in self.ledger.loads():
            if load.outcome is None:
                self.ledger.finish_load(load.load_id, "failed", reason)


def _received(delivery: Delivery) -> dict[str, Any]:
    """What the ledger keeps of a delivery that did not become a candidate."""
    return {"delivery_id": delivery.delivery_id, "files": [vars(file) for file in delivery.files]}


class ReviewedFilesChanged(Exception):
    """A reviewed file was changed while the warehouse was built from it; the next run takes it as it is then."""


class NothingToBuild(Exception):
    """There is no delivery to build a warehouse from."""
