"""Files as LibreOffice and PSPP write them are read as the clean delivery."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deliveries.clean import Delivery
from tests.deliveries.outcome import outcome_of, said

HERE = Path(__file__).parent / "real_programs"
FILES = sorted(path.name for path in HERE.iterdir() if path.suffix not in (".py", ".pyc") and path.is_file())


def test_there_is_each_format_of_both_programs() -> None:
    assert {name.partition(".")[2] for name in FILES} == {
        *(f"libreoffice.{suffix}" for suffix in ("csv", "ods", "xls", "xlsx")),
        *("pspp.sav", "pspp.zsav"),
    }


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_a_real_program(name: str, edition, identities, clean, tmp_path) -> None:
    stem, _, made_by = name.partition(".")
    inbox = Delivery().write(tmp_path / "1998")
    for path in inbox.glob(f"{stem}.*"):
        path.unlink()
    (inbox / f"{stem}.{made_by.partition('.')[2]}").write_bytes((HERE / name).read_bytes())
    answers, problems = outcome_of(edition, identities, inbox, tmp_path / "raw")
    assert not [str(problem) for problem in problems if problem.severity != "note"]
    assert answers is not None
    assert dict(map(said, answers)) == clean
