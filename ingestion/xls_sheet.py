"""What an XLS sheet says of its cells beside their values; that a formula was never computed cannot be told of one."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ingestion.compound_file import CompoundFile, Record
from ingestion.sheet_marks import SheetMarks, error_cell, percent_cell

_ROW, _COLUMN_INFO, _NUMBER, _RK, _MULTIPLE_RK, _FORMULA, _BOOL_ERROR = 0x208, 0x7D, 0x203, 0x27E, 0xBD, 0x06, 0x205
_FORMAT, _XF = 0x41E, 0xE0
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def marks_of_xls(book: CompoundFile, index: int, decimal: str) -> SheetMarks:
    """The marks of the sheet with an index. Raises FileUnreadable when the file breaks off."""
    marks = SheetMarks()
    percent = _percent_styles(book)
    try:
        for record in book.records(book.sheet_offsets[index]):
            _take(record, marks, percent, decimal)
    except (struct.error, IndexError) as error:
        raise book.broken("a record of the sheet breaks off") from error
    return marks


def _take(record: Record, marks: SheetMarks, percent: frozenset[int], decimal: str) -> None:
    content = record.content
    if record.type == _ROW:
        row, flags = struct.unpack_from("<H10xH", content)
        if flags & 0x20:
            marks.hidden_rows.add(row + 1)
    elif record.type == _COLUMN_INFO:
        first, last, _, _, flags = struct.unpack_from("<5H", content)
        if flags & 1:
            marks.hidden_columns.update(range(first, min(last, 255) + 1))
    elif record.type == _BOOL_ERROR:
        row, column, _, value, is_error = struct.unpack_from("<3H2B", content)
        if is_error:
            marks.cells[row, column] = error_cell(_ERRORS.get(value, ""))
    elif record.type == _FORMULA and content[12:14] == b"\xff\xff":
        row, column = struct.unpack_from("<2H", content)
        if content[6] == 2:
            marks.cells[row, column] = error_cell(_ERRORS.get(content[8], ""))
    elif percent:
        for row, column, style, number in _numbers(record):
            if style in percent:
                marks.cells[row, column] = percent_cell(number, decimal)


def _numbers(record: Record) -> Iterator[tuple[int, int, int, float]]:
    """Row, column, style and value of the numbers that a record holds."""
    content = record.content
    if record.type in (_NUMBER, _FORMULA):
        yield struct.unpack_from("<3Hd", content)  # type: ignore[misc]
    elif record.type == _RK:
        row, column, style, packed = struct.unpack_from("<3HI", content)
        yield row, column, style, _unpacked(packed)
    elif record.type == _MULTIPLE_RK:
        row, first = struct.unpack_from("<2H", content)
        for n in range((len(content) - 6) // 6):
            style, packed = struct.unpack_from("<HI", content, 4 + 6 * n)
            yield row, first + n, style, _unpacked(packed)


def _unpacked(packed: int) -> float:
    """The number that the four bytes of an RK record stand for."""
    if packed & 2:
        number = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number


def _percent_styles(book: CompoundFile) -> frozenset[int]:
    """The numbers of the styles that show a number in per cent."""
    shown, styles = {9, 10}, []
    for record in book.globals:
        if record.type == _FORMAT and len(record.content) > 2 and b"%" in record.content[2:]:
            shown.add(struct.unpack_from("<H", record.content)[0])
        elif record.type == _XF and len(record.content) >= 4:
            styles.append(struct.unpack_from("<H", record.content, 2)[0])
    return frozenset(style for style, format_ in enumerate(styles) if format_ in shown)
