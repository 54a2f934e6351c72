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
settings:
  name_pl: Benchmarking klastrów – edycja 1999
  name_en: Benchmarking of clusters – 1999 edition
  period_from: 1997
  period_to: 1998
  framework_id: small
  conforms_to: small
  area_mean_of: indicators
  quartile_method: inclusive
  fence_factor: 1.5
  minimum_availability: 0
  strength_above: 0.3
  weakness_at_most: 0.2
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
coordinator,strategy,4,Q4,single_choice,Strategia,Strategy,,,,,,,,,,no
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

FRAMEWORK = """\
node_id,level,parent_node_id,position,code,name_pl,name_en,unit,value_type,direction,provenance
overall,overall,,1,overall,Ogółem,Overall,,,1,assumed
I,area,overall,2,resources,Zasoby,Resources,,,1,assumed
I.1,subarea,I,3,means,Środki,Means,,,1,assumed
I.1.1,indicator,I.1,4,budget,Budżet,Budget,tys. zł,money,1,assumed
I.1.2,indicator,I.1,5,tools,Narzędzia,Tools,liczba,count,1,assumed
"""

RULES = """\
node_id,kind,inputs,scale,blank_means
I.1.1,value,budget,1000,missing
I.1.2,options,tools;networks,1,zero
"""

CUTS = """\
cut_id,position,name_pl,name_en,attribute,provenance
all,1,wszystkie klastry,all clusters,,assumed
size,2,liczba członków,number of members,members,assumed
"""

SEGMENTS = """\
cut_id,segment_id,position,name_pl,name_en,category,lower_bound,upper_bound
all,all,1,wszystkie,all,,,
size,small,2,małe,small,,,29
size,large,3,duże,large,,30,
"""

CONFORMANCE = """\
node_id,today_node_id,comparability,variant,note
overall,overall,comparable,,
I,I,comparable,,
I.1,I.1,comparable,,
I.1.1,I.1.1,comparable,,
I.1.2,I.1.2,comparable,,
"""

ALIASES = """\
name,cluster_id,from_edition,note
Klaster Łąka,K1,1999,
Klaster Źródło,K2,1999,
Klaster Żuraw,K3,1999,
"""

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
    texts |= {"rules.csv": RULES, "cuts.csv": CUTS, "segments.csv": SEGMENTS, "conformance.csv": CONFORMANCE}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (root / "frameworks").mkdir()
    (root / "frameworks" / "small.csv").write_text(FRAMEWORK, encoding="utf-8")
    return root


@pytest.fixture
def codebook(codebooks: Path) -> Codebook:
    """The small codebook."""
    return load_codebook(1999, codebooks)


@pytest.fixture
def clusters(tmp_path: Path) -> Path:
    """The folder with the alias file of the small delivery's clusters, where an installation at `tmp_path` has it."""
    folder = tmp_path / "clusters"
    folder.mkdir()
    (folder / "aliases.csv").write_text(ALIASES, encoding="utf-8")
    return folder


@pytest.fixture
def delivery(tmp_path: Path) -> DeliveryMaker:
    """A clean delivery, not written yet."""
    return DeliveryMaker(tmp_path / "inbox" / "1999")


@pytest.fixture
def editions() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two clean editions, as the doors see them."""
    with clean_editions() as connection:
        yield connection
