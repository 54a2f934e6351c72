"""The sensor `inbox`: loads a delivery when it is complete, once for each content of its manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from ingestion.codebook import editions
from ingestion.watch import look_at
from orchestration.paths import Home

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition


def inbox_sensor(home: Home, codebooks: Path, load: UnresolvedAssetJobDefinition) -> dg.SensorDefinition:
    """A sensor that watches the inbox of `home` and requests `load` for each edition whose delivery is complete.

    Its cursor keeps which manifest was requested last, and what was seen of the files (name, size, time of change and
    hash), so that a tick hashes only what is new. It is on wherever Dagster's daemon runs,
    until somebody switches it off: a manifest is a deliverer's word that the delivery is complete.
    """
    known = set(editions(codebooks))

    def without_codebook(edition: str) -> str | None:
        """Why an edition cannot be loaded, whatever was delivered; None when it can."""
        if edition.isdigit() and int(edition) in known:
            return None
        if edition.isdigit() and int(edition) in editions(codebooks):
            return "its codebook appeared after the definitions were loaded: reload them"
        return f"there is no codebook for it in {codebooks}"

    @dg.sensor(
        name="inbox",
        job=load,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Loads an edition's delivery as soon as its manifest and all files that it names are in the inbox.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        before = json.loads(context.cursor or "{}")
        requests: list[dg.RunRequest] = []
        waiting: list[str] = []
        remembered: dict[str, object] = {}
        for folder in sorted(path for path in home.inbox.glob("*") if path.is_dir()):
            edition = folder.name
            if reason := without_codebook(edition):
                waiting.append(f"{edition}: {reason}")
                continue
            earlier = before.get(edition, {"files": {}, "requested": None})
            arrival = look_at(folder, earlier["files"])
            remembered[edition] = {"files": arrival.seen, "requested": earlier["requested"]}
            if not arrival.is_complete:
                waiting.append(f"{edition}: {'; '.join(arrival.missing)}")
            elif arrival.key == earlier["requested"]:
                waiting.append(f"{edition}: this delivery was loaded, or refused, before")
            else:
                requests.append(dg.RunRequest(run_key=f"{edition}-{arrival.key}", partition_key=edition))
                remembered[edition] = {"files": arrival.seen, "requested": arrival.key}
        told = " | ".join(waiting) or f"nothing was delivered to {home.inbox}"
        if requests and waiting:
            context.log.info(told)
        skip = None if requests else told
        return dg.SensorResult(run_requests=requests, skip_reason=skip, cursor=json.dumps(remembered))

    return inbox
