"""Makes the workbooks beside it: `python -m tests.unit.workbooks.make` (needs LibreOffice, as `soffice`).

Everything in them is made up. LibreOffice writes the formats that no library at hand writes, and computes formulas.
"""

from __future__ import annotations

import datetime
import subprocess
import tempfile
from pathlib import Path

from openpyxl import Workbook

FOLDER = Path(__file__).parent


def main() -> None:
    """Write marks.ods, marks.xls and marks.xlsx."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Answers"
    sheet.append(["SYNTHETIC: a title over merged cells"])
    sheet.merge_cells("A1:D1")
    sheet.append(["id", "share", "date", "error", "formula", "text", "tick", "small", "time"])
    day = datetime.datetime.fromisoformat("2024-03-01")
    sheet.append(["r1", 0.125, day.date(), "=NA()", "=1+1", "123", True, 45, datetime.time(10, 5)])
    late = datetime.timedelta(hours=30)
    sheet.append(["r2", 0.5, day.replace(hour=10), "=1/0", "=NOSUCH(1)", "#ARG!", False, 0.07, late])
    for row in (3, 4):
        sheet.cell(row, 2).number_format = "0.0%"
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["F"].hidden = True
    hidden = workbook.create_sheet("Ukryty")
    hidden.sheet_state = "hidden"
    hidden.append(["id"])
    hidden.append(["x"])
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "marks.xlsx"
        workbook.save(source)
        for extension in ("ods", "xls", "xlsx"):
            profile = f"-env:UserInstallation=file://{folder}/profile"
            command = [
                "soffice",
                "--headless",
                profile,
                "--convert-to",
                extension,
                "--outdir",
                str(FOLDER),
                str(source),
            ]
            subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
