"""Make the fixtures in this folder with LibreOffice and PSPP, from the clean delivery (synthetic, fictitious clusters).

    python -m tests.deliveries.real_programs.make

Needs the Debian packages libreoffice-calc and pspp. The files are committed, so that tests need neither.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.deliveries.clean import COORDINATOR, DESK, MEMBERS, REGISTER, Sheet

HERE = Path(__file__).parent
# LibreOffice's options of a CSV export: delimiter ; (59), text mark " (34), Windows-1250 (33), from the first line.
WINDOWS_1250 = "csv:Text - txt - csv (StarCalc):59,34,33,1"

PSPP = """\
data list list file='{folder}/desk.txt' / ID_KLASTRA (a4) EDYCJA (a4) RODZAJ (a12) WIZYTY (f8.1) ZNAK (f1.0).
variable labels WIZYTY 'Liczba odwiedzin strony internetowej' ZNAK 'Czy klaster ma znak jakości'.
value labels ZNAK 1 'tak' 2 'nie' / WIZYTY 999999 'nie ma w pliku'.
missing values WIZYTY (999999).
save outfile='{folder}/pspp.sav'.
save outfile='{folder}/pspp.zsav' /zcompressed.
"""


def convert(source: Path, target: str, folder: Path) -> None:
    """Convert a file by LibreOffice into a format."""
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(source)], check=True, capture_output=True)


def main() -> None:
    """Write every fixture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stem, rows, title, above in (
            ("rejestr_1998", REGISTER, "Rejestr", [["Rejestr klastrów – dane syntetyczne"]]),
            ("ankieta_1998", COORDINATOR, "Ankieta", []),
            ("czlonkowie_1998", MEMBERS, "Ankieta", []),
        ):
            source = folder / f"{stem}.xlsx"
            source.write_bytes(Sheet(source.name, [list(row) for row in rows], "xlsx", title, above).content())
            for target in ("xlsx", "xls", "ods", WINDOWS_1250):
                convert(source, target, folder)
                suffix = target.split(":")[0]
                (folder / "out" / f"{stem}.{suffix}").replace(HERE / f"{stem}.libreoffice.{suffix}")
        lines = [" ".join("999999" if cell is None else str(cell) for cell in row) for row in DESK[1:]]
        (folder / "desk.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "make.sps").write_text(PSPP.format(folder=folder), encoding="utf-8")
        subprocess.run(["pspp", str(folder / "make.sps")], check=True, capture_output=True, env={"LC_ALL": "C.UTF-8"})
        for suffix in ("sav", "zsav"):
            (folder / f"pspp.{suffix}").replace(HERE / f"desk_1998.pspp.{suffix}")


if __name__ == "__main__":
    main()
