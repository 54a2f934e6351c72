"""Zipped deliveries."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Mapping

from tests.deliveries.clean import Delivery, zipped
from tests.deliveries.damage import Outcome, add, refused, same

TOPIC = "zip"


def archive(name: str, outcome: Outcome, make: Callable[[Mapping[str, bytes]], bytes]) -> None:
    """The delivery in a zip archive, made by `make` of its files."""

    def change(delivery: Delivery) -> None:
        files = {sheet.name: sheet.content() for sheet in delivery.sheets}
        delivery.sheets.clear()
        delivery.files["dostawa.zip"] = make(files)

    add(TOPIC, name, outcome, change)


def _with(extra: Mapping[str, bytes]) -> Callable[[Mapping[str, bytes]], bytes]:
    return lambda files: zipped({**files, **extra})


def _raw(files: Mapping[str, bytes], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    content = io.BytesIO(zipped(files))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as target:
        for info, held in entries:
            target.writestr(info, held)
    return content.getvalue()


def _link(files: Mapping[str, bytes]) -> bytes:
    info = zipfile.ZipInfo("rejestr_link.xlsx")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return _raw(files, [(info, b"/etc/passwd")])


def _encrypted(files: Mapping[str, bytes]) -> bytes:
    """The flag that says a member is encrypted, set in both of its headers."""
    content = bytearray(zipped(files))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


archive("all files in it", same(), zipped)
archive("in a folder", same(), lambda files: zipped({f"Dostawa 1998/{name}": held for name, held in files.items()}))
archive("with what a Macintosh adds", same(), _with({"__MACOSX/._rejestr_1998.xlsx": b"x", ".DS_Store": b"x"}))
archive("with what Windows adds", same(), _with({"Thumbs.db": b"x", "desktop.ini": b"x"}))
archive(
    "nested", refused(("archive_nested", "dostawa.zip", None, None)), _with({"wewnatrz.zip": zipped({"a.csv": b"x"})})
)
archive(
    "a path that escapes", refused(("archive_path_escapes", "dostawa.zip", None, None)), _with({"../../zly.csv": b"x"})
)
archive("an absolute path", refused(("archive_path_escapes", "dostawa.zip", None, None)), _with({"/etc/zly.csv": b"x"}))
archive("a symbolic link", refused(("archive_link", "dostawa.zip", None, None)), _link)
archive("encrypted", refused(("archive_encrypted", "dostawa.zip", None, None)), _encrypted)
archive("a bomb", refused(("archive_bomb", "dostawa.zip", None, None)), _with({"bomba_1998.csv": bytes(300_000_000)}))
archive("cut in half", refused(("archive_unreadable", "dostawa.zip", None, None)), lambda files: zipped(files)[:-200])
archive("a file of no survey in it", refused(("file_of_no_survey", "*", None, None)), _with({"notatki.docx": b"x"}))
archive(
    "a file missing",
    refused(("file_missing", "*", None, None)),
    lambda files: zipped({n: h for n, h in files.items() if "desk" not in n}),
)


def _half(delivery: Delivery) -> None:
    delivery.files["paczka.zip"] = zipped({delivery.members.name: delivery.members.content()})
    delivery.sheets.remove(delivery.members)


def _twice(delivery: Delivery) -> None:
    delivery.files["paczka.zip"] = zipped({delivery.members.name: delivery.members.content()})


add(TOPIC, "one of the files only", same(), _half)
add(TOPIC, "a file that lies beside it as well", refused(("file_ambiguous", "*", None, None)), _twice)
