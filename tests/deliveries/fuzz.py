"""Files that are broken at random, read until something else than an answer or a problem comes of it.

    python -m tests.deliveries.fuzz FORMAT EXAMPLES

Runs in a process of its own, so that a crash, a hang or too much memory of a library shows: it prints the peak of
memory in MiB at its end. The same examples each time.
"""

from __future__ import annotations

import io
import resource
import shutil
import signal
import sys
import tempfile
import zipfile
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion.codebook import load_codebook
from ingestion.identity import load_identities
from ingestion.preview import preview
from tests.deliveries.clean import Delivery, Sheet, zipped

HERE = Path(__file__).parent
SECONDS = 20


def _xls() -> bytes:
    return (HERE / "real_programs" / "rejestr_1998.libreoffice.xls").read_bytes()


def _sheet(name: str, format: str) -> Sheet:
    sheet: Sheet = getattr(Delivery(), name)
    sheet.format = format
    return sheet


def _all_zipped() -> bytes:
    return zipped({sheet.name: sheet.content() for sheet in Delivery().sheets})


# The file that is broken, by format, and under which name it lies in the inbox.
TARGETS = {
    "csv": ("ankieta_1998.csv", lambda: _sheet("coordinator", "csv").content()),
    "xlsx": ("rejestr_1998.xlsx", lambda: _sheet("register", "xlsx").content()),
    "ods": ("rejestr_1998.ods", lambda: _sheet("register", "ods").content()),
    "xls": ("rejestr_1998.xls", _xls),
    "sav": ("desk_1998.sav", lambda: _sheet("desk", "sav").content()),
    "zsav": ("desk_1998.zsav", lambda: _sheet("desk", "zsav").content()),
    "zip": ("dostawa.zip", _all_zipped),
}


@st.composite
def broken(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with some bytes changed, cut out or put in, or of a zip archive one of its parts so."""
    if content[:2] == b"PK" and draw(st.booleans()):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = draw(st.sampled_from(sorted(parts)))
        return zipped(parts | {name: draw(broken(parts[name]))})
    made = bytearray(content)
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(made)))
        match draw(st.sampled_from(("change", "cut", "insert", "truncate", "repeat"))):
            case "change" if place < len(made):
                made[place] = draw(st.integers(0, 255))
            case "cut":
                del made[place : place + draw(st.integers(1, 64))]
            case "insert":
                made[place:place] = draw(st.binary(min_size=1, max_size=32))
            case "truncate" if draw(st.booleans()):
                del made[place:]
            case "repeat":
                made[place:place] = made[place : place + draw(st.integers(1, 256))]
    return bytes(made)


def _hangs(signum: int, frame: FrameType | None) -> None:
    raise AssertionError(f"no end after {SECONDS} seconds")


def main(format: str, examples: int) -> None:
    """Read so many broken files of a format."""
    name, make = TARGETS[format]
    content = make()
    codebook = load_codebook(1998, HERE / "codebooks")
    signal.signal(signal.SIGALRM, _hangs)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "aliases.csv").write_bytes((HERE / "clusters.csv").read_bytes())
        identities = load_identities(Path(folder))
        clean = Delivery().write(Path(folder) / "clean")
        inbox = Path(folder) / "1998"
        outcomes = {"read": 0, "refused": 0}

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(broken(content))
        def read(held: bytes) -> None:
            shutil.rmtree(inbox, ignore_errors=True)
            if format == "zip":
                inbox.mkdir()
            else:
                shutil.copytree(clean, inbox)
                for path in inbox.glob(f"{name.split('.')[0]}.*"):
                    path.unlink()
            (inbox / name).write_bytes(held)
            signal.alarm(SECONDS)
            seen = preview(codebook, inbox, identities)
            signal.alarm(0)
            for problem in seen.problems:
                assert all(problem.told("pl")), problem
                assert str(problem)
            outcomes["refused" if any(problem.is_error for problem in seen.problems) else "read"] += 1

        read()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{format} {outcomes['read']} {outcomes['refused']} {peak}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
