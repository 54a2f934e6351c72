"""A codebook small enough to see through, and a delivery that fits it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from ingestion.codebook import Codebook, load_codebook
from tests.unit.clean_editions import clean_editions

EDITION = """\
edition_id: 1999
surveys:
  register:
    title: Register
    file_pattern: "register_*.xlsx"
    format: xlsx
    sheet: Clusters
    header_row: 2
    respondent_column: id
    cluster_column: id
    edition_column: edition
    data_kind_column: kind
    lists_clusters: true
  coordinator:
    title: Coordinators
    file_pattern: "coordinators_*.csv"
    format: csv
    encoding: utf-8-sig
    delimiter: ";"
    header_row: 1
    respondent_column: response
    cluster_column: cluster
    edition_column: edition
    data_kind_column: kind
    metadata_columns: [sent]
synthetic_data_kind: synthetic
ticked: ["1"]
unticked: ["0"]
item_separator: ";"
refusals: ["b.d."]
"""

QUESTIONS = """\
survey,question_id,position,header,type,wording_pl,wording_en,unit,multiplier,reference_year,asked_if_question,asked_if_option,hard_minimum,hard_maximum,plausible_minimum,plausible_maximum,required
register,cluster_name,1,name,text,Nazwa,Name,,,,,,,,,,yes
register,members,2,members,integer,Członkowie,Members,podmioty,1,,,,1,,,1000,yes
coordinator,budget,1,Q1,number,Budżet,Budget,tys. zł,1000,1998,,,0,,,,no
coordinator,tools,2,Q2,multiple_choice,Narzędzia,Tools,,,,,,,,,,no
coordinator,networks,3,Q3,multiple_choice,Portale,Networks,,,,tools,social,,,,,no
coordinator,strategy,4,Q4,single_choice,Strategia,Strategy,,,,,,,,,,yes
"""

OPTIONS = """\
survey,question_id,option_id,position,header,code,label_pl,label_en,value,is_other
coordinator,tools,site,1,Q2_1,,strona,website,,no
coordinator,tools,social,2,Q2_2,,portale,networks,,no
coordinator,tools,other,3,Q2_other,,inne,other,,yes
coordinator,networks,one,1,Q3_1,,jeden,one,,no
coordinator,strategy,written,1,,A1,pisemna,written,1,no
coordinator,strategy,none,2,,A2,brak,none,0,no
"""

TOTALS = "part_question_ids,whole_question_id\n"

HEADERS = ["response", "sent", "edition", "cluster", "kind", "Q1", "Q2_1", "Q2_2", "Q2_other", "Q3_1", "Q4"]
ROWS = [
    ["r1", "1999-05-01", "1999", "K1", "synthetic", "1 711,9", "1", "1", "forum; wiki", "1", "pisemna"],
    ["r2", "1999-05-02", "1999", "K2", "synthetic", "", "1", "0", "", "", "A2"],
    ["r3", "1999-05-03", "1999", "K3", "synthetic", "b.d.", "", "", "", "", ""],
]
REGISTER = [["K1", 1999, "synthetic", "Klaster Łąka", 20], ["K2", 1999, "synthetic", "Klaster Źródło", 30]]
REGISTER += [["K3", 1999, "synthetic", "Klaster Żuraw", 40.0]]


class DeliveryMaker:
    """Writes a delivery of the small edition; tests change its rows before writing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.headers, self.rows = list(HEADERS), [list(row) for row in ROWS]
        self.register_headers = ["id", "edition", "kind", "name", "members"]
        self.register = [list(row) for row in REGISTER]

    def write(self) -> Path:
        """Write both files; returns the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [";".join(f'"{cell}"' for cell in row) for row in [self.headers, *self.rows]]
        (self.folder / "coordinators_1.csv").write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode())
        workbook = Workbook()
        sheet = workbook.active
        sheet.title = "Clusters"
        for row in (["Register (synthetic)"], self.register_headers, *self.register):
            sheet.append(row)
        workbook.save(self.folder / "register_1.xlsx")
        return self.folder


@pytest.fixture
def codebooks(tmp_path: Path) -> Path:
    """A codebook root holding the small edition 1999."""
    root = tmp_path / "codebooks"
    folder = root / "1999"
    folder.mkdir(parents=True)
    texts = {"edition.yml": EDITION, "questions.csv": QUESTIONS, "options.csv": OPTIONS, "totals.csv": TOTALS}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def codebook(codebooks: Path) -> Codebook:
    """The small codebook."""
    return load_codebook(1999, codebooks)


@pytest.fixture
def delivery(tmp_path: Path) -> DeliveryMaker:
    """A clean delivery, not written yet."""
    return DeliveryMaker(tmp_path / "inbox" / "1999")


@pytest.fixture
def editions() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two clean editions, as the doors see them."""
    with clean_editions() as connection:
        yield connection
