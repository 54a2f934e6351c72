"""Text files: encodings, delimiters, line breaks, headers that stand elsewhere, files that break off."""

from __future__ import annotations

from tests.deliveries.clean import Delivery, Sheet
from tests.deliveries.damage import add, refused, same

TOPIC = "text file"


def coordinator(change, outcome, name):
    """Enter a damage of the coordinators' file."""
    add(TOPIC, name, outcome, lambda delivery: change(delivery.coordinator))


def _encoded(encoding: str):
    def change(sheet: Sheet) -> None:
        sheet.encoding = encoding
        if encoding in ("cp1250", "iso8859-2"):  # the dash of the clean delivery is in Windows-1250 only
            for row in sheet.rows:
                row[:] = [value.replace("–", "-") if isinstance(value, str) else value for value in row]

    return change


coordinator(_encoded("utf-8"), same(), "UTF-8 without byte order mark")
coordinator(_encoded("utf-16"), same("encoding_differs"), "UTF-16 with byte order mark")
coordinator(_encoded("utf-16-le"), same("encoding_differs"), "UTF-16 little endian without byte order mark")
coordinator(_encoded("utf-16-be"), same("encoding_differs"), "UTF-16 big endian without byte order mark")
coordinator(_encoded("cp1250"), same("encoding_differs"), "Windows-1250")
coordinator(_encoded("iso8859-2"), same("encoding_differs"), "ISO-8859-2")


def _delimited(delimiter: str):
    return lambda sheet: setattr(sheet, "delimiter", delimiter)


coordinator(_delimited(","), same("delimiter_differs"), "comma")
coordinator(_delimited("\t"), same("delimiter_differs"), "tab")
coordinator(_delimited("|"), same("delimiter_differs"), "pipe")


def _line_breaks(line_break: str):
    return lambda sheet: setattr(sheet, "line_break", line_break)


def _old_macintosh(sheet: Sheet) -> None:
    sheet.line_break = "\r"
    sheet.quote_all = True


coordinator(_line_breaks("\n"), same(), "line breaks of Unix")
coordinator(_old_macintosh, same(), "line breaks of an old Macintosh")
coordinator(lambda sheet: setattr(sheet, "quote_all", True), same(), "every cell quoted")
coordinator(
    lambda sheet: sheet.put("P11", 1, 'Uwaga; z "cudzysłowem",\r\ni dwiema liniami'),
    same(),
    "quotes, delimiters and breaks in an answer",
)
coordinator(lambda sheet: setattr(sheet, "above", [["sep=;"]]), same("header_row_differs"), "sep= in the first line")
coordinator(
    lambda sheet: setattr(sheet, "above", [["Wyniki ankiety (syntetyczne)"], []]),
    same("header_row_differs"),
    "title lines above the headers",
)
coordinator(lambda sheet: sheet.rows.extend([[], [""] * 19, []]), same(), "blank lines at the end")
coordinator(lambda sheet: sheet.rows.insert(2, [""] * 19), same(), "a blank line in between")
coordinator(lambda sheet: [row.extend(["", ""]) for row in sheet.rows], same(), "blank columns at the right")
coordinator(
    lambda sheet: setattr(sheet, "last", lambda content: content.rstrip(b"\r\n")), same(), "no line break at the end"
)


def _shuffled(sheet: Sheet) -> None:
    order = [*range(18, -1, -1)]
    sheet.rows[:] = [[row[place] for place in order] for row in sheet.rows]


coordinator(_shuffled, same(), "columns in another order")


def _decimal_points(sheet: Sheet) -> None:
    for header in ("P02", "P03", "P10"):
        for row in (1, 2, 3):
            sheet.put(header, row, str(sheet.at(header, row)).replace(",", "."))
    sheet.put("P02", 3, "b.d.")


coordinator(_decimal_points, same("decimal_differs"), "decimal points throughout")

coordinator(
    lambda sheet: setattr(sheet, "last", lambda content: content.replace(b"gazetka", b'"gazetka')),
    refused(("csv_broken", "coordinator", 2, None)),
    "a quote that is never closed",
)
coordinator(
    lambda sheet: setattr(
        sheet, "last", lambda content: content.replace(b"Dobrze", b"").replace(b"gazetka", b"gaz\x00etka")
    ),
    refused(("not_text", "coordinator", 2, None)),
    "a zero byte",
)
coordinator(
    lambda sheet: setattr(
        sheet, "last", lambda content: content.replace("Żadnych".encode(), "Żadnych".encode("cp1250"))
    ),
    refused(("encoding_unreadable", "coordinator", 2, None)),
    "two encodings in one file",
)
coordinator(
    lambda sheet: setattr(sheet, "last", lambda content: b""),
    refused(("file_empty", "coordinator", None, None)),
    "an empty file",
)
coordinator(
    lambda sheet: sheet.rows.__delitem__(slice(1, None)),
    refused(("no_rows", "coordinator", None, None)),
    "headers only",
)
coordinator(
    lambda sheet: sheet.rows[2].insert(7, "nadmiar"),
    refused(("row_width", "coordinator", 3, None)),
    "a row with a cell too many",
)
coordinator(
    lambda sheet: sheet.rows[3].__delitem__(slice(15, None)),
    refused(("row_width", "coordinator", 4, None)),
    "a row with cells missing",
)


def _members_cp1250(delivery: Delivery) -> None:
    delivery.members.encoding = "cp1250"


def _members_headers_elsewhere(delivery: Delivery) -> None:
    delivery.members.above = [["Członkowie – badanie syntetyczne"]]


add(TOPIC, "the members' file in Windows-1250", same("encoding_differs"), _members_cp1250)
add(TOPIC, "the members' file with a title above", same("header_row_differs"), _members_headers_elsewhere)
add(
    TOPIC,
    "the members' file without headers",
    refused(("headers_missing", "member_opinion", None, None)),
    lambda delivery: delivery.members.rows.__delitem__(0),
)
