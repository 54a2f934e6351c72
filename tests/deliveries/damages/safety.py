"""The set of files, and files that are dangerous, locked or not complete yet."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.deliveries.clean import Delivery
from tests.deliveries.damage import add, refused, same

TOPIC = "file"


def afterwards(name: str, outcome, change: Callable[[Path], object]) -> None:
    """Something done to the inbox once the delivery lies in it."""
    add(TOPIC, name, outcome, lambda delivery: setattr(delivery, "afterwards", change))


def _linked(inbox: Path) -> None:
    (inbox / "desk_1998.sav").rename(inbox.parent / "desk_elsewhere.sav")
    (inbox / "desk_1998.sav").symlink_to(inbox.parent / "desk_elsewhere.sav")


def _huge(inbox: Path) -> None:
    with (inbox / "ankieta_1998.csv").open("r+b") as file:
        file.truncate(2 << 30)  # a hole: it takes no room on the disk


def _large_workbook(inbox: Path) -> None:
    with (inbox / "rejestr_1998.xlsx").open("r+b") as file:
        file.truncate(60_000_000)


def _part_added(name: str, held: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        file = io.BytesIO(content)
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, held)
        return file.getvalue()

    return change


def register(name: str, outcome, last: Callable[[bytes], bytes]) -> None:
    """A change of the bytes of the register's workbook."""
    add(TOPIC, name, outcome, lambda delivery: setattr(delivery.register, "last", last))


# The head of a compound file whose directory names the stream of an encrypted package, as Excel writes it.
def _encrypted(content: bytes) -> bytes:
    sector = 512
    header = bytearray(sector)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    header[24:34] = bytes.fromhex("3e000300feff09000600")
    header[44:48] = (1).to_bytes(4, "little")  # sectors of the allocation table
    header[48:52] = (1).to_bytes(4, "little")  # where the directory begins
    header[56:60] = (4096).to_bytes(4, "little")
    header[60:64] = header[68:72] = b"\xfe\xff\xff\xff"
    header[76:] = b"\xff" * (sector - 76)
    header[76:80] = bytes(4)
    table = bytearray(b"\xff" * sector)
    table[:8] = b"\xfd\xff\xff\xff\xfe\xff\xff\xff"

    def entry(name: str, kind: int) -> bytes:
        made = bytearray(128)
        text = name.encode("utf-16-le") + b"\0\0"
        made[: len(text)] = text
        made[64:66] = len(text).to_bytes(2, "little")
        made[66], made[67] = kind, 1
        made[68:80] = b"\xff" * 12
        made[116:120] = b"\xfe\xff\xff\xff"
        return bytes(made)

    root = bytearray(entry("Root Entry", 5))
    root[76:80] = (1).to_bytes(4, "little")
    first = bytearray(entry("EncryptedPackage", 2))
    first[72:76] = (2).to_bytes(4, "little")
    return bytes(header + table + root + first + entry("EncryptionInfo", 2) + bytes(128))


afterwards("missing", refused(("file_missing", "*", None, None)), lambda inbox: (inbox / "desk_1998.sav").unlink())
afterwards(
    "two of one survey",
    refused(("file_ambiguous", "*", None, None)),
    lambda inbox: (inbox / "ankieta_nowa.csv").write_bytes((inbox / "ankieta_1998.csv").read_bytes()),
)
afterwards(
    "of no survey",
    refused(("file_of_no_survey", "*", None, None)),
    lambda inbox: (inbox / "notatki.docx").write_bytes(b"x"),
)
afterwards("a folder", refused(("not_a_file", "*", None, None)), lambda inbox: (inbox / "stare").mkdir())
afterwards("a symbolic link", refused(("file_is_a_link", "*", None, None)), _linked)
afterwards("a pipe", refused(("not_a_file", "*", None, None)), lambda inbox: os.mkfifo(inbox / "ankieta_rura.csv"))
afterwards("of two GiB", refused(("file_too_large", "*", None, None)), _huge)
afterwards("a workbook over 50 MB", refused(("workbook_too_large", "*", None, None)), _large_workbook)
afterwards(
    "a download that goes on",
    refused(("file_incomplete", "*", None, None)),
    lambda inbox: (inbox / "ankieta_1998.csv.part").write_bytes(b"x"),
)
afterwards(
    "open in Excel",
    refused(("file_incomplete", "*", None, None)),
    lambda inbox: (inbox / "~$rejestr_1998.xlsx").write_bytes(b"x"),
)
afterwards("hidden files beside", same(), lambda inbox: (inbox / ".ukryty").write_bytes(b"x"))

register("an encrypted workbook", refused(("workbook_encrypted", "register", None, None)), _encrypted)
register(
    "a workbook with macros",
    refused(("workbook_with_macros", "register", None, None)),
    _part_added("xl/vbaProject.bin", b"x"),
)
register(
    "a workbook with links to other files",
    refused(("workbook_with_external_links", "register", None, None)),
    _part_added("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
)
register(
    "a workbook that is a bomb",
    refused(("archive_bomb", "register", None, None)),
    _part_added("xl/media/bomba.xml", bytes(600_000_000)),
)
register(
    "a picture called XLSX",
    refused(("workbook_unreadable", "register", None, None)),
    lambda content: b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
)


def _escaping_name(delivery: Delivery) -> None:
    delivery.files["ankieta_'; drop table answer; --.csv"] = delivery.coordinator.content()
    delivery.sheets.remove(delivery.coordinator)


add(TOPIC, "a name that would be SQL", same(), _escaping_name)


def _harmful_cells(delivery: Delivery) -> None:
    delivery.coordinator.put("P11", 1, '=HYPERLINK("http://example.org")')
    delivery.members.put("O02", 1, "<script>alert(1)</script>")


add(TOPIC, "formulas and scripts in free text", same(), _harmful_cells)
