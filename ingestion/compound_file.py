"""Compound files: what Excel wrote before 2007 (.xls), and what it encrypts workbooks into; bounded, whatever they say.

[MS-CFB] describes the container, [MS-XLS] the records of a workbook in it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from ingestion.formats import MOST_IN_WORKBOOK
from ingestion.table import FileUnreadable

_END = 0xFFFFFFFA  # from here on a sector's number says something else
_ROOT, _STREAM = 5, 2
_FILE_PASS, _SUP_BOOK, _BOUND_SHEET = 0x2F, 0x1AE, 0x85
_INTERNAL, _ADD_INS = 0x0401, 0x3A01


class Record(NamedTuple):
    """A record of a workbook's stream: its type, its content and where it begins."""

    type: int
    content: bytes
    offset: int


class _Entry(NamedTuple):
    name: str
    kind: int
    start: int
    size: int


@dataclass(frozen=True)
class CompoundFile:
    """The streams of a compound file, by name."""

    name: str
    content: bytes

    @classmethod
    def read(cls, path: Path, name: str) -> CompoundFile:
        """Read a file that begins as one. Raises FileUnreadable when it is too large."""
        if path.stat().st_size > MOST_IN_WORKBOOK:
            raise FileUnreadable(
                "workbook_too_large", name, size=path.stat().st_size >> 20, most=MOST_IN_WORKBOOK >> 20
            )
        return cls(name, path.read_bytes())

    @property
    def format(self) -> Literal["xls"]:
        """That it is a workbook. Raises FileUnreadable when it is encrypted or something else."""
        names = {entry.name for entry in self._entries}
        if "EncryptedPackage" in names:
            raise FileUnreadable("workbook_encrypted", self.name)
        if not names & {"Workbook", "Book"}:
            found = "DOC" if "WordDocument" in names else "OLE"
            raise FileUnreadable("format_unknown", self.name, found=found)
        return "xls"

    @property
    def has_macros(self) -> bool:
        """Whether Visual Basic or a sheet of macros is in it."""
        sheets = (record.content[5:6] == b"\x01" for record in self.globals if record.type == _BOUND_SHEET)
        return any(entry.name.upper().startswith("_VBA_PROJECT") for entry in self._entries) or any(sheets)

    def check_safe(self) -> None:
        """Raise FileUnreadable when the workbook is encrypted, or has macros or links to other files or programs."""
        if self.is_encrypted:
            raise FileUnreadable("workbook_encrypted", self.name)
        if self.has_macros:
            raise FileUnreadable("workbook_with_macros", self.name, found="VBA")
        if self.has_links:
            raise FileUnreadable("workbook_with_external_links", self.name, found="SUPBOOK")

    @cached_property
    def workbook(self) -> bytes:
        """The stream of a workbook's records. Raises FileUnreadable when it breaks off."""
        by_name = {entry.name: entry for entry in self._entries if entry.kind == _STREAM}
        return self._stream(by_name.get("Workbook") or by_name["Book"])

    @property
    def is_encrypted(self) -> bool:
        """Whether the workbook's records are encrypted."""
        return any(record.type == _FILE_PASS for record in self.globals)

    @property
    def has_links(self) -> bool:
        """Whether the workbook refers to other files, or to other programs (DDE)."""
        own = (_INTERNAL, _ADD_INS)
        return any(
            record.type == _SUP_BOOK
            and len(record.content) >= 4
            and struct.unpack_from("<H", record.content, 2)[0] not in own
            for record in self.globals
        )

    @cached_property
    def globals(self) -> tuple[Record, ...]:
        """The records about the workbook as a whole."""
        return tuple(self.records(0))

    @property
    def sheet_offsets(self) -> list[int]:
        """Where the records of each sheet begin, in the workbook's order."""
        return [struct.unpack_from("<I", r.content)[0] for r in self.globals if r.type == _BOUND_SHEET]

    def records(self, offset: int) -> Iterator[Record]:
        """The records from an offset to the end of its substream. Raises FileUnreadable when they break off."""
        stream, depth = self.workbook, 0
        while offset + 4 <= len(stream):
            type_, size = struct.unpack_from("<HH", stream, offset)
            yield Record(type_, stream[offset + 4 : offset + 4 + size], offset)
            offset += 4 + size
            depth += (type_ in (0x809, 0x409, 0x209)) - (type_ == 0x0A)  # charts begin and end within a sheet
            if depth <= 0:
                return
        raise FileUnreadable("workbook_unreadable", self.name, error="the records of the workbook break off")

    # -- the container -----------------------------------------------------------------------------------------

    def broken(self, error: str) -> FileUnreadable:
        """What to raise when the file is not whole."""
        return FileUnreadable("workbook_unreadable", self.name, error=error)

    def _number(self, offset: int, form: str = "<I") -> int:
        try:
            return int(struct.unpack_from(form, self.content, offset)[0])
        except struct.error as error:
            raise self.broken("the file breaks off") from error

    @cached_property
    def _sector_size(self) -> int:
        shift = self._number(30, "<H")
        if shift not in (9, 12):
            raise self.broken("no size of sectors that is known")
        return 1 << shift

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_size
        sector = self.content[start : start + self._sector_size]
        if not sector:
            raise self.broken("the file breaks off")
        return sector

    @cached_property
    def _next(self) -> list[int]:
        """The sector that follows each sector."""
        fat_sectors = list(struct.unpack_from("<109I", self.content, 76)) if len(self.content) >= 512 else []
        more = self._number(68)
        for _ in range(len(self.content) // self._sector_size):
            if more >= _END:
                break
            *numbers, more = struct.unpack(f"<{self._sector_size // 4}I", self._padded(self._sector(more)))
            fat_sectors += numbers
        table: list[int] = []
        for number in fat_sectors:
            if number < _END:
                table += struct.unpack(f"<{self._sector_size // 4}I", self._padded(self._sector(number)))
            if len(table) > len(self.content):
                raise self.broken("its table of sectors is larger than the file")
        return table

    def _padded(self, sector: bytes) -> bytes:
        return sector.ljust(self._sector_size, b"\xff")

    def _chain(self, start: int, following: list[int]) -> Iterator[int]:
        number, n_seen = start, 0
        while number < _END:
            if number >= len(following) or n_seen > len(following):
                raise self.broken("its chain of sectors leads nowhere")
            yield number
            number, n_seen = following[number], n_seen + 1

    def _read_chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(start, self._next))

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        directory, entries = self._read_chain(self._number(48)), []
        for at in range(0, len(directory) - 127, 128):
            length = min(struct.unpack_from("<H", directory, at + 64)[0], 64)
            name = directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", directory, at + 116)
            entries.append(_Entry(name, directory[at + 66], start, size))
        return tuple(entries)

    def _stream(self, entry: _Entry) -> bytes:
        if entry.size >= self._number(56):
            stream = self._read_chain(entry.start)
        else:
            root = next((self._read_chain(each.start) for each in self._entries if each.kind == _ROOT), b"")
            table = self._read_chain(self._number(60))
            following = list(struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4]))
            stream = b"".join(root[n * 64 : n * 64 + 64] for n in self._chain(entry.start, following))
        if len(stream) < entry.size:
            raise self.broken("the file breaks off")
        return stream[: entry.size]
