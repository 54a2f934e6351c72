"""Files that are not whole: broken off in the inbox, or damaged in the raw store. Nothing of them is published."""

from __future__ import annotations

import pytest

from ingestion.ledger import Ledger
from ingestion.manifest import hash_file, write_manifest
from tests.faults import commands
from tests.faults.study import EDITION, LOAD, Study, deliver


@pytest.mark.parametrize(
    ("cut", "with_manifest", "reason"),
    [
        ("within a row", False, "another number of cells than the headers"),
        ("after a row", False, "clusters of the register have not answered"),
        ("after a row", True, "the file is not the one in the manifest"),
    ],
)
def test_a_file_that_breaks_off_is_refused(study: Study, cut, with_manifest, reason) -> None:
    deliver(study.home, "B", 1)
    folder = study.home.inbox / str(EDITION)
    if with_manifest:
        write_manifest(folder)
    (path,) = folder.glob("ankieta_*.csv")
    lines = path.read_bytes().rstrip(b";\r\n").split(b"\r\n")
    path.write_bytes(b"\r\n".join([*lines[:-1], lines[-1][:60]] if cut == "within a row" else [*lines[:-1], b""]))
    code, said = commands.run(study.home, *LOAD)
    assert (code, reason in said) == (3, True), said
    assert Ledger(study.home.ledger).loads()[-1].outcome == "refused"
    study.shown(study.published)


def test_a_copy_damaged_in_the_raw_store_stops_the_build_until_the_file_is_delivered_again(study: Study) -> None:
    (copy,) = study.home.raw.glob(f"{hash_file(next((study.home.inbox / str(EDITION)).glob('ankieta_*.csv')))}.csv")
    copy.chmod(0o644)
    copy.write_bytes(copy.read_bytes()[:-20])
    code, said = commands.run(study.home, "publish")
    assert (code, f"{copy}: the stored copy of ankieta_2012_syntetyczne.csv" in said) == (1, True), said
    study.shown(study.published)
    code, said = commands.run(study.home, *LOAD)
    assert code == 0, said
    assert hash_file(copy) == copy.stem
    study.shown(study.published)
