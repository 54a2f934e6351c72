"""Jobs that are not made of assets: writing sample exports, going back to an earlier release, erasing a respondent."""

import logging
from pathlib import Path

import dagster as dg

from ingestion.codebook import Codebook
from ingestion.manifest import MANIFEST, delivered_paths
from orchestration.erasing import Request, erase, write_report
from orchestration.publication import point_to
from orchestration.resources import WarehouseResource

logger = logging.getLogger("clusterbench")


class InboxOccupied(Exception):
    """There are other files where the sample exports would go."""


class SampleConfig(dg.Config):
    """What to make up: an edition (none: all), how many clusters (none: as many as it had), the seed (none: SEED).

    `out` empty: into the inboxes of the editions; otherwise into folders of theirs below it.
    """

    edition_id: int | None = None
    clusters: int | None = None
    seed: int | None = None
    out: str = ""


def _refuse_to_mix(out: Path, codebook: Codebook) -> None:
    """Raise InboxOccupied if the folder holds anything but earlier sample exports, which say so in their names."""
    edition_id = codebook.edition_id
    others = [path.name for path in delivered_paths(out) if codebook.synthetic_data_kind not in path.name]
    if others:
        raise InboxOccupied(
            f"{out} holds {', '.join(others)}, which the sample would mix with made-up data. Load that delivery with "
            f"`clusterbench load {edition_id}`, or write the sample elsewhere with --out DIR."
        )


@dg.op(description="Write synthetic survey exports of fictitious clusters.")
def write_exports(config: SampleConfig, warehouse: WarehouseResource) -> None:
    """Write the sample's files as survey platforms deliver them, and who the clusters are."""
    from sample import SEED, sample_editions, write_samples

    installation = warehouse.installation
    out = Path(config.out) if config.out else installation.home.inbox
    editions = sample_editions() if config.edition_id is None else [config.edition_id]
    folders = {edition: out / str(edition) for edition in editions}
    for edition, folder in folders.items():
        _refuse_to_mix(folder, installation.codebook(edition))
    for folder in folders.values():
        (folder / MANIFEST).unlink(missing_ok=True)  # of the files that are written anew
    who_is_who = out / "clusters" if config.out else installation.home.clusters
    files = write_samples(folders, who_is_who, config.clusters, SEED if config.seed is None else config.seed)
    logger.info("sample exports (synthetic data): %d files of %d editions in %s", len(files), len(folders), out)


@dg.job(description="Write synthetic survey exports into the inbox.", executor_def=dg.in_process_executor)
def write_sample_exports() -> None:
    """Sample exports into the inbox."""
    write_exports()


class ReleaseConfig(dg.Config):
    """The release to go back to."""

    release_id: str


@dg.op(description="Point `published` at a release kept in the releases folder.")
def point_to_release(config: ReleaseConfig, warehouse: WarehouseResource) -> None:
    """Move the link; readers of the other release keep working."""
    point_to(warehouse.installation.home, config.release_id)
    warehouse.installation.ledger.append("restored", release_id=config.release_id)
    logger.info("release %s is published again", config.release_id)


@dg.job(description="Go back to an earlier release.", executor_def=dg.in_process_executor)
def restore_release() -> None:
    """An earlier release becomes the published one."""
    point_to_release()


class ErasureConfig(dg.Config):
    """Whom to erase; the reason goes on record and names nobody."""

    edition_id: int
    survey: str
    respondent_id: str
    reason: str


@dg.op(description="Blank one respondent's row in every stored copy, and remove what still shows the answers.")
def erase_from_stores(config: ErasureConfig, warehouse: WarehouseResource) -> None:
    """Everything of an erasure but the rebuild and publication, which follow as a job of their own."""
    request = Request(config.edition_id, config.survey, config.respondent_id, config.reason)
    write_report(warehouse.installation.home, erase(warehouse.installation, request))


@dg.job(
    description="Erase one respondent on request; the job `rebuild` then publishes without the answers.",
    executor_def=dg.in_process_executor,
)
def erase_respondent() -> None:
    """A respondent is erased."""
    erase_from_stores()
