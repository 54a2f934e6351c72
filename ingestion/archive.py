"""Unpacking a zipped delivery: the archive is only wrapping, and nothing in it is trusted.

Its files are written under their own names into one folder, with limits on what comes out. An archive that is refused
leaves nothing unpacked.
"""

from __future__ import annotations

import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ingestion.problem import Problem
from ingestion.zip_limits import ZIP_ERRORS, grows_too_much

MOST_FILES = 1_000
MOST_UNPACKED = 2 * 1024 * 1024 * 1024

IGNORED_FOLDERS = ("__MACOSX",)
IGNORED_FILES = ("thumbs.db", ".ds_store", "desktop.ini")

_CHUNK = 1 << 20
_POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
_UTF8, _ENCRYPTED = 0x800, 0x1


class _Refused(Exception):
    """Why the archive is not unpacked: a kind of problem and what is said of it."""

    def __init__(self, kind: str, said: dict[str, str]) -> None:
        self.kind, self.said = kind, said
        super().__init__(kind)


def is_ignored(name: str) -> bool:
    """Whether an operating system has left the file beside the others; it is no part of a delivery."""
    return name.lower() in IGNORED_FILES or name in IGNORED_FOLDERS or name.startswith("._")


def is_archive(name: str) -> bool:
    """Whether a file is taken for the wrapping of others, by its name; a workbook is a zip, too."""
    return name.lower().endswith(".zip")


def unpack(path: Path, folder: Path) -> tuple[list[Path], list[Problem]]:
    """Write the files of the archive at `path` into `folder`, which must be empty; or nothing, and what is wrong."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = list(_members(archive))
            if len(members) > MOST_FILES:
                raise _Refused("archive_bomb", {"found": f"{len(members)}", "most": f"{MOST_FILES}"})
            _check_names(members)
            left = MOST_UNPACKED
            for info, name in members:
                left -= _extract(archive, info, folder / name.name, left)
    except _Refused as refused:
        shutil.rmtree(folder)
        return [], [Problem(refused.kind, str(path), said=refused.said)]
    except ZIP_ERRORS as error:
        shutil.rmtree(folder)
        return [], [Problem("archive_unreadable", str(path), said={"error": str(error) or type(error).__name__})]
    return [folder / name.name for _, name in members], []


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The files of the archive with their names; folders, and what operating systems leave, are passed over."""
    for info in archive.infolist():
        name = PurePosixPath(_name(info))
        if info.filename.endswith("/") or (name.parts and any(map(is_ignored, name.parts))):
            if ".." in name.parts or name.is_absolute():
                raise _Refused("archive_path_escapes", {"member": str(name)})
            continue
        yield info, name


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member as it was meant: UTF-8 when it says so, else what gives Polish letters or nothing odd.

    Windows wrote names in its code page 852, others in UTF-8 without saying so.
    """
    if info.flag_bits & _UTF8:
        return unicodedata.normalize("NFC", info.orig_filename).replace("\\", "/")
    raw = info.orig_filename.encode("cp437", "replace")
    if raw.isascii():
        name = raw.decode()
    else:
        try:
            name = unicodedata.normalize("NFC", raw.decode("utf-8"))
        except UnicodeDecodeError:
            guesses = [raw.decode(encoding, "replace") for encoding in ("cp852", "cp1250")]
            name = max(guesses, key=_n_polish)
    return name.replace("\\", "/")


def _n_polish(text: str) -> int:
    """How many letters of a text are Polish, less those that are neither Polish nor English."""
    return sum((char in _POLISH) - (char not in _POLISH) for char in text if not char.isascii())


def _check_names(members: list[tuple[zipfile.ZipInfo, PurePosixPath]]) -> None:
    seen: set[str] = set()
    for info, name in members:
        said = {"member": str(name)}
        mode = info.external_attr >> 16
        if info.flag_bits & _ENCRYPTED:
            raise _Refused("archive_encrypted", said)
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise _Refused("archive_link", said)
        is_drive = name.parts and name.parts[0].endswith(":")
        if name.is_absolute() or is_drive or ".." in name.parts or not 1 <= len(name.parts) <= 2 or "\x00" in str(name):
            raise _Refused("archive_path_escapes", said)
        if is_archive(name.name):
            raise _Refused("archive_nested", said)
        # Twice also where one is in a folder, or a system does not tell capitals apart.
        if name.name.casefold() in seen:
            raise _Refused("archive_duplicate", said)
        seen.add(name.name.casefold())


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write one member, counting what comes out whatever it says of its size; returns how many bytes it has."""
    size, declared, info.file_size = 0, info.file_size, 1 << 62
    with archive.open(info) as packed, target.open("xb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > left or grows_too_much(size, info.compress_size):
                found = f"{info.compress_size} B → more than {size >> 20} MB"
                raise _Refused("archive_bomb", {"found": found, "most": f"{min(left, MOST_UNPACKED) >> 20} MB"})
            file.write(chunk)
    if size != declared:
        raise zipfile.BadZipFile(f"{info.filename}: {size} bytes instead of {declared}")
    return size
