"""Workbooks and SPSS files: formats, and the damage that spreadsheets do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

from tests.deliveries import clean
from tests.deliveries.clean import Delivery
from tests.deliveries.damage import Outcome, add, changed, refused, same

TOPIC = "workbook"


def _as(sheet: str, format: str, title: str | None = None) -> Callable[[Delivery], None]:
    """The file in another format, with numbers as numbers where the format has them."""

    def change(delivery: Delivery) -> None:
        file = getattr(delivery, sheet)
        file.name = file.name.rsplit(".", 1)[0] + f".{format}"
        file.format = format
        file.title = title or file.title

    return change


add(TOPIC, "the register as ODS", same("format_differs"), _as("register", "ods"))
add(TOPIC, "the coordinators as XLSX", same("format_differs"), _as("coordinator", "xlsx"))
add(TOPIC, "the coordinators as ODS", same("format_differs"), _as("coordinator", "ods"))
add(TOPIC, "the members as XLSX", same("format_differs"), _as("members", "xlsx"))
add(TOPIC, "the members as ODS", same("format_differs"), _as("members", "ods"))
add(TOPIC, "the register as CSV", same("format_differs"), _as("register", "csv"))
add(TOPIC, "the desk research as compressed SPSS", same("format_differs"), _as("desk", "zsav"))
add(TOPIC, "an XLSX that is called XLS", same(), lambda d: setattr(d.register, "name", "rejestr_1998.xls"))
add(TOPIC, "a CSV that is called TXT", same(), lambda d: setattr(d.coordinator, "name", "ankieta_1998.txt"))


def register(name: str, outcome: Outcome, on_workbook: Callable) -> None:
    """A damage of the register's workbook before it is saved."""
    add(TOPIC, name, outcome, lambda delivery: setattr(delivery.register, "on_workbook", on_workbook))


def _set(place: str, value: object, number_format: str | None = None) -> Callable:
    def change(workbook, page) -> None:
        page[place] = value
        if number_format:
            page[place].number_format = number_format

    return change


def _merged_titles(workbook, page) -> None:
    page.insert_rows(1, 2)
    page["A1"] = "Badanie syntetyczne"
    page.merge_cells("A1:F1")


def _hidden_row(workbook, page) -> None:
    page.row_dimensions[4].hidden = True


def _hidden_column(workbook, page) -> None:
    page.column_dimensions["E"].hidden = True


def _hidden_sheet_beside(workbook, page) -> None:
    other = workbook.create_sheet("Stare", 0)
    for row in page.iter_rows(values_only=True):
        other.append(["stare" if value == "Klaster Łąka" else value for value in row])
    other.sheet_state = "hidden"


def _renamed(workbook, page) -> None:
    page.title = "Arkusz1"


def _renamed_beside_another(workbook, page) -> None:
    _renamed(workbook, page)
    for row in page.iter_rows(values_only=True):
        (workbook["Kopia"] if "Kopia" in workbook.sheetnames else workbook.create_sheet("Kopia")).append(row)


register("a text instead of a number", same(), _set("E3", "45"))
register("a number with a format", same(), _set("E4", 1200, "#,##0.00"))
register("merged title rows above", same("header_row_differs"), _merged_titles)
register("a hidden row", same("hidden_rows"), _hidden_row)
register("a hidden column", same("hidden_columns"), _hidden_column)
register("a hidden sheet before it", same(), _hidden_sheet_beside)
register("the sheet in other letters", same("sheet_differs"), lambda workbook, page: setattr(page, "title", "REJESTR "))
register("the sheet under another name", same("sheet_differs"), _renamed)
register(
    "two sheets that both could be it", refused(("sheet_missing", "register", None, None)), _renamed_beside_another
)
register("blank formatted rows below", same(), _set("A60", " "))
register("blank formatted columns at the right", same(), _set("Z3", " "))
register(
    "a date instead of a number",
    refused(("became_a_date", "register", 3, "Liczba członków")),
    _set("E3", date(1998, 5, 1)),
)
register("a day instead of the founding year", same(), _set("F3", date(1991, 3, 12)))
register("an error value", refused(("spreadsheet_error", "register", 3, "Liczba członków")), _set("E3", "#N/A"))
register(
    "a formula that was never computed",
    refused(("formula_without_value", "register", 3, "Liczba członków")),
    _set("E3", "=40+5"),
)
register(
    "an id of too many digits",
    refused(("digits_lost", "register", 3, "Identyfikator klastra"), told=()),
    _set("A3", 12345678901234567890),
)


def _cached_formula(content: bytes) -> bytes:
    """A formula with the value that the program computed last."""
    return _edited(content, "xl/worksheets/sheet1.xml", b"<v>45</v>", b"<f>40+5</f><v>45</v>")


def _edited(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one of its parts edited."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            held = source.read(part)
            if part == name:
                assert old in held, (name, old)
                held = held.replace(old, new, 1)
            target.writestr(part, held)
    return made.getvalue()


add(TOPIC, "a formula with its value", same(), lambda d: setattr(d.register, "last", _cached_formula))


def _percent(delivery: Delivery) -> None:
    _as("coordinator", "xlsx")(delivery)

    def change(workbook, page) -> None:
        page["I2"], page["I2"].number_format = 0.125, "0.0%"
        page["I2"].number_format = "0.0%"

    delivery.coordinator.on_workbook = change


add(TOPIC, "a number shown in per cent", same("format_differs"), _percent)


def _numbers_as_numbers(delivery: Delivery) -> None:
    _as("coordinator", "xlsx")(delivery)
    delivery.coordinator.put("P01", 1, 30)
    delivery.coordinator.put("P02", 1, 1250.5)
    delivery.coordinator.put("P10", 1, -15.25)
    delivery.coordinator.put("P04[SQ001]", 1, True)
    delivery.coordinator.put("edycja", 1, 1998)


add(TOPIC, "numbers and booleans as the workbook stores them", same("format_differs"), _numbers_as_numbers)
add(
    TOPIC,
    "a workbook cut in half",
    refused(("workbook_unreadable", "register", None, None)),
    lambda d: setattr(d.register, "last", lambda c: c[: len(c) // 2]),
)
add(
    TOPIC,
    "a workbook that is empty",
    refused(("file_empty", "register", None, None)),
    lambda d: (d.register.rows.clear(), d.register.above.clear()),
)

TOPIC = "SPSS"


def _user_missing(delivery: Delivery) -> None:
    """Whoever did not answer has the code 99, declared as missing."""
    delivery.desk.put("WIZYTY", 3, 99.0)
    options = {"missing_ranges": {"WIZYTY": [99.0]}}
    delivery.desk.last = lambda _: clean._sav(
        delivery.desk, {**clean.LABELS, "WIZYTY": {99.0: "nie ma w pliku"}}, **options
    )


def _user_refused(delivery: Delivery) -> None:
    delivery.desk.put("WIZYTY", 3, 98.0)
    options = {"missing_ranges": {"WIZYTY": [98.0]}}
    delivery.desk.last = lambda _: clean._sav(
        delivery.desk, {**clean.LABELS, "WIZYTY": {98.0: "odmowa odpowiedzi"}}, **options
    )


add(TOPIC, "a code that means missing", same(), _user_missing)
add(TOPIC, "a code that means refused", changed("C3", "website_visits", (None, None, "refused")), _user_refused)
add(
    TOPIC,
    "cut in half",
    refused(("sav_unreadable", "desk_research", None, None)),
    lambda d: setattr(d.desk, "last", lambda c: c[: len(c) // 2]),
)
add(TOPIC, "the desk research as CSV", same("format_differs"), lambda d: _desk_as_text(d, "csv"))
add(TOPIC, "the desk research as XLSX", same("format_differs"), lambda d: _desk_as_text(d, "xlsx"))


def _desk_as_text(delivery: Delivery, format: str) -> None:
    _as("desk", format)(delivery)
    for row in (1, 2):
        delivery.desk.put("WIZYTY", row, str(delivery.desk.at("WIZYTY", row)).replace(".", ","))
