"""Write every damaged delivery into a folder, for a person to look at or to try.

    python -m tests.deliveries.build FOLDER

Each lies in a folder of its own, `<number>/1998`; `index.csv` says what was done and what must come of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import tests.deliveries.damages  # noqa: F401
from ingestion.csv_file import write_csv
from tests.deliveries.clean import Delivery
from tests.deliveries.damage import DAMAGES


def main(folder: Path) -> None:
    """Write all of them, and the index."""
    rows = []
    for number, damage in enumerate(DAMAGES.values(), start=1):
        delivery = Delivery()
        damage.apply(delivery)
        delivery.write(folder / f"{number:03d}" / "1998")
        errors = "; ".join(f"{kind} ({file}, {row}, {column})" for kind, file, row, column in damage.outcome.errors)
        rows.append([f"{number:03d}", damage.topic, damage.name, "refused" if errors else "read", errors])
    write_csv(folder / "index.csv", ["folder", "topic", "damage", "outcome", "errors"], rows)
    print(f"{len(rows)} deliveries (synthetic) in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
