"""The parts of a workbook that is a zip (XLSX, ODS), read with limits, and only once nothing in it is dangerous."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from ingestion.table import FileUnreadable
from ingestion.zip_limits import MOST_RATIO, ZIP_ERRORS, grows_too_much

# Unpacked; a sheet of millions of cells has less.
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_PARTS = 10_000

_CHUNK = 1 << 20
_DDE = re.compile(rb"\bDDE\s*\(|office:dde-source|table:dde-link\b")
# A formula or a table that takes its values from another file.
_ELSEWHERE = re.compile(
    rb"table:cell-range-source|table:table-source|formula=\"[^\"]{0,2000}?\[(?:'|&apos;)[^\"\]]{1,1000}?(?:'|&apos;)#"
)

Start = Callable[[str, dict[str, str]], None]


@dataclass(frozen=True)
class Parts:
    """The parts of an opened workbook; every one was unpacked once to see that it is whole and not too large."""

    name: str
    zip: zipfile.ZipFile

    def __contains__(self, part: str) -> bool:
        return part in self.zip.NameToInfo

    def chunks(self, part: str) -> Iterator[bytes]:
        """What a part holds, piece by piece. Raises FileUnreadable when it is not there, or broken."""
        try:
            with self.zip.open(part) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except (KeyError, *ZIP_ERRORS) as error:
            raise FileUnreadable("workbook_unreadable", self.name, error=error) from error

    def overlapping(self, part: str) -> Iterator[bytes]:
        """A part piece by piece, so that whatever has no more than 4096 bytes is whole in one of them."""
        rest = b""
        for chunk in self.chunks(part):
            text = rest + chunk
            rest = text[-4096:]
            yield text

    def matches(self, part: str, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
        """Where a pattern of no more than 4096 bytes is found in a part."""
        for text in self.overlapping(part):
            yield from pattern.finditer(text)

    def parse(self, part: str, start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> None:
        """Parse a part as XML, names without their prefix; one that declares entities is refused."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True

        def refuse(*_: object) -> None:
            raise FileUnreadable("archive_bomb", self.name, found="<!DOCTYPE", most="XML without entities")

        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler = lambda name, found: start(
            name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in found.items()}
        )
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        parser.CharacterDataHandler = text
        try:
            for chunk in self.chunks(part):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, OverflowError) as error:  # also a number that is none
            raise FileUnreadable("workbook_unreadable", self.name, error=f"{part}: {error}") from error


@contextmanager
def open_parts(path: Path, name: str, format: str) -> Iterator[Parts]:
    """Open the workbook at `path` (delivered under `name`, an `xlsx` or `ods` by its content).

    Raises FileUnreadable when it is broken, encrypted or a bomb, or has macros or links to other files.
    """
    try:
        archive = zipfile.ZipFile(path)
    except ZIP_ERRORS as error:
        raise FileUnreadable("workbook_unreadable", name, error=error) from error
    with archive:
        parts = Parts(name, archive)
        _check_size(parts)
        (_check_xlsx if format == "xlsx" else _check_ods)(parts)
        yield parts


def _check_size(parts: Parts) -> None:
    """Unpack every part, counting what comes out: what a part says of its own size may be a lie."""
    infos = parts.zip.infolist()
    if len(infos) > MOST_PARTS:
        raise FileUnreadable("archive_bomb", parts.name, found=f"{len(infos)} parts", most=MOST_PARTS)
    if len({info.filename for info in infos}) < len(infos):
        raise FileUnreadable("workbook_unreadable", parts.name, error="a part stands twice in it")
    total = 0
    for info in infos:
        if info.flag_bits & 1:
            raise FileUnreadable("workbook_encrypted", parts.name)
        size = 0
        for n_more in unpacked_sizes(parts.zip, info, parts.name):
            size += n_more
            total += n_more
            if total > MOST_UNPACKED or grows_too_much(size, info.compress_size):
                most = f"{MOST_UNPACKED >> 20} MB, {MOST_RATIO} times what is packed"
                found = f"{info.filename}: {info.compress_size} → {size} B"
                raise FileUnreadable("archive_bomb", parts.name, found=found, most=most)


def unpacked_sizes(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[int]:
    """How many bytes each piece of a part has, unpacked. Raises FileUnreadable when it is broken."""
    declared, info.file_size = info.file_size, 1 << 62
    try:
        with archive.open(info) as file:
            while chunk := file.read(_CHUNK):
                yield len(chunk)
    except ZIP_ERRORS as error:
        raise FileUnreadable("workbook_unreadable", name, error=f"{info.filename}: {error}") from error
    finally:
        info.file_size = declared


def _check_xlsx(parts: Parts) -> None:
    names = [name.lower() for name in parts.zip.namelist()]
    macros = ("xl/macrosheets/", "xl/dialogsheets/", "xl/activex/")
    if found := [name for name in names if name.endswith("vbaproject.bin") or name.startswith(macros)]:
        raise FileUnreadable("workbook_with_macros", parts.name, found=found[0])
    if "[Content_Types].xml" in parts and any(parts.matches("[Content_Types].xml", re.compile(b"macroEnabled"))):
        raise FileUnreadable("workbook_with_macros", parts.name, found="macroEnabled")
    if found := [name for name in names if name.startswith("xl/externallinks/") or name == "xl/connections.xml"]:
        raise FileUnreadable("workbook_with_external_links", parts.name, found=found[0])


def _check_ods(parts: Parts) -> None:
    if "META-INF/manifest.xml" in parts and any(parts.matches("META-INF/manifest.xml", re.compile(b"encryption-data"))):
        raise FileUnreadable("workbook_encrypted", parts.name)
    if found := [
        name for name in parts.zip.namelist() if name.startswith(("Basic/", "Scripts/")) and not name.endswith("/")
    ]:
        raise FileUnreadable("workbook_with_macros", parts.name, found=found[0])
    for pattern in (_DDE, _ELSEWHERE):
        if match := next(parts.matches("content.xml", pattern), None):
            found_text = match[0][:40].decode("utf-8", "replace")
            raise FileUnreadable("workbook_with_external_links", parts.name, found=found_text)
