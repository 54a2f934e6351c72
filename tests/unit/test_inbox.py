"""What lies in an inbox: archives are only wrapping, and nothing that is not safe or not complete is read."""

from __future__ import annotations

import io
import os
import socket
import struct
import zipfile
from pathlib import Path

import pytest

from ingestion.answers import SourceFile
from ingestion.archive import unpack
from ingestion.delivery import receive, stored_path
from ingestion.identity import load_identities
from ingestion.manifest import MANIFEST, hash_file, write_manifest
from ingestion.preview import preview
from ingestion.problem import DeliveryRefused, Problem
from tests.readings import read_all

AT = "1999-06-01T00:00:00Z"


def refused(codebook, inbox: Path, tmp_path: Path) -> list[Problem]:
    """The problems of a delivery that is refused, and the same by a dry run, which leaves nothing behind."""
    raw = tmp_path / "raw"
    with pytest.raises(DeliveryRefused) as caught:
        receive(codebook, inbox, raw, AT)
    assert not list(raw.glob(".partial-*"))
    identities = load_identities(tmp_path / "clusters")
    seen = preview(codebook, inbox, identities, scratch=tmp_path / "scratch").problems
    assert {p.kind for p in caught.value.problems} <= {p.kind for p in seen}
    assert not (tmp_path / "scratch").exists()
    assert all(p.hint and p.told("pl").hint for p in caught.value.problems)
    return caught.value.problems


def wrap(inbox: Path, names: dict[str, str] | None = None, archive: str = "dostawa.zip") -> Path:
    """Put the files of an inbox into an archive, each under another name if `names` says so."""
    path = inbox / archive
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for each in sorted(inbox.iterdir()):
            if each != path:
                file.write(each, (names or {}).get(each.name, each.name))
                each.unlink()
    return path


def archive_of(path: Path, members: dict[str, bytes], **changes: int) -> None:
    """A zip of made-up members; `changes` are set on each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            for key, value in changes.items():
                setattr(info, key, value)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content)


@pytest.mark.parametrize("folder", ["", "dostawa 1999/"])
def test_a_zipped_delivery_is_the_same_delivery(codebook, clusters, delivery, tmp_path, folder) -> None:
    inbox = delivery.write()
    bare = receive(codebook, inbox, tmp_path / "raw", AT)
    answers = read_all(codebook, bare, tmp_path / "raw", load_identities(clusters)).answers
    path = wrap(inbox, {file.file_name: folder + file.file_name for file in bare.files})
    with zipfile.ZipFile(path, "a") as file:
        for name in ("__MACOSX/._register_1.xlsx", ".DS_Store", "Thumbs.db", f"{folder}desktop.ini"):
            file.writestr(name, b"x")
    zipped = receive(codebook, inbox, tmp_path / "raw", AT)
    assert zipped.delivery_id == bare.delivery_id
    assert {(f.file_name, f.archive_name, f.archive_sha256) for f in zipped.files} == {
        ("coordinators_1.csv", "dostawa.zip", hash_file(path)),
        ("register_1.xlsx", "dostawa.zip", hash_file(path)),
    }
    assert read_all(codebook, zipped, tmp_path / "raw", load_identities(clusters)).answers == answers
    assert sorted(each.name for each in inbox.iterdir()) == ["dostawa.zip"]
    assert len(list((tmp_path / "raw").iterdir())) == 2, "nothing stays unpacked"
    seen = preview(codebook, inbox, load_identities(clusters), scratch=tmp_path / "scratch")
    assert not any(p.is_error for p in seen.problems)
    assert not (tmp_path / "scratch").exists()


def test_an_entry_of_the_ledger_from_before_there_were_archives_is_understood() -> None:
    old = {"survey": "s", "file_name": "s.csv", "sha256": "ab", "n_bytes": 1, "format": "csv", "received_at": AT}
    assert SourceFile(**old).archive_name is None


def test_the_manifest_names_the_archive_that_lies_in_the_inbox(codebook, clusters, delivery, tmp_path) -> None:
    inbox = delivery.write()
    path = wrap(inbox)
    write_manifest(inbox)
    receive(codebook, inbox, tmp_path / "raw", AT)
    with zipfile.ZipFile(path, "a") as file:
        file.comment = b"another"
    assert [p.kind for p in refused(codebook, inbox, tmp_path)] == ["manifest_hash"]


def test_a_manifest_in_the_archive_is_held_to(codebook, clusters, delivery, tmp_path) -> None:
    inbox = delivery.write()
    write_manifest(inbox)
    manifest = (inbox / MANIFEST).read_text()
    wrap(inbox)
    receive(codebook, inbox, tmp_path / "raw", AT)
    (inbox / "dostawa.zip").unlink()
    delivery.write()
    (inbox / MANIFEST).write_text(manifest[:10] + ("0" if manifest[10] != "0" else "1") + manifest[11:])
    wrap(inbox)
    assert [p.kind for p in refused(codebook, inbox, tmp_path)] == ["manifest_hash"]


@pytest.mark.parametrize(("encoding", "flag"), [("cp852", 0), ("utf-8", 0), ("utf-8", 0x800), ("cp1250", 0)])
def test_polish_names_in_an_archive_are_understood(tmp_path, encoding, flag) -> None:
    name, stand_in = "ankieta_żółć_Łódź.csv", "ankieta_"
    raw = name.encode(encoding)
    stand_in = stand_in.ljust(len(raw), "x")
    path = tmp_path / "a.zip"
    archive_of(path, {stand_in: b"x"})
    content = bytearray(path.read_bytes().replace(stand_in.encode(), raw))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.index(signature) + at, flag)
    path.write_bytes(content)
    folder = tmp_path / "unpacked"
    folder.mkdir()
    files, problems = unpack(path, folder)
    assert problems == [] and [file.name for file in files] == [name]


ZIP_INSIDE = io.BytesIO()
with zipfile.ZipFile(ZIP_INSIDE, "w") as inner:
    inner.writestr("register_1.xlsx", b"x")


@pytest.mark.parametrize(
    ("members", "changes", "kind"),
    [
        ({"../evil.csv": b"x"}, {}, "archive_path_escapes"),
        ({"..\\evil.csv": b"x"}, {}, "archive_path_escapes"),
        ({"/etc/passwd": b"x"}, {}, "archive_path_escapes"),
        ({"C:\\evil.csv": b"x"}, {}, "archive_path_escapes"),
        ({"a/b/c.csv": b"x"}, {}, "archive_path_escapes"),
        ({"a/../b.csv": b"x"}, {}, "archive_path_escapes"),
        ({"inner.zip": ZIP_INSIDE.getvalue()}, {}, "archive_nested"),
        ({"link.csv": b"/etc/passwd"}, {"create_system": 3, "external_attr": 0o120777 << 16}, "archive_link"),
        ({"pipe.csv": b""}, {"create_system": 3, "external_attr": 0o010644 << 16}, "archive_link"),
        ({"a.csv": b"x", "sub/A.csv": b"y"}, {}, "archive_duplicate"),
        ({f"{number}.csv": b"" for number in range(1001)}, {}, "archive_bomb"),
        ({"a.csv": bytes(30 * 1024 * 1024)}, {}, "archive_bomb"),
    ],
)
def test_an_archive_that_is_not_safe_is_refused_whole(
    codebook, clusters, delivery, tmp_path, members, changes, kind
) -> None:
    inbox = tmp_path / "inbox" / "1999"
    inbox.mkdir(parents=True)
    archive_of(inbox / "dostawa.zip", members, **changes)
    before = sorted(path for path in tmp_path.rglob("*") if "raw" not in path.parts)
    (problem,) = refused(codebook, inbox, tmp_path)
    assert (problem.kind, problem.file) == (kind, str(inbox / "dostawa.zip"))
    assert sorted(path for path in tmp_path.rglob("*") if "raw" not in path.parts) == before
    (copy,) = (tmp_path / "raw").iterdir()
    assert copy.name == hash_file(inbox / "dostawa.zip") + ".zip", "what was refused stays readable"


def test_a_bomb_that_lies_about_its_size_an_encrypted_and_a_broken_archive_are_refused(
    codebook, clusters, delivery, tmp_path
) -> None:
    inbox = tmp_path / "inbox" / "1999"
    inbox.mkdir(parents=True)
    path = inbox / "dostawa.zip"
    archive_of(path, {"a.csv": bytes(30 * 1024 * 1024)})
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 30 * 1024 * 1024), struct.pack("<I", 1000)))
    assert [p.kind for p in refused(codebook, inbox, tmp_path)] == ["archive_bomb"]
    archive_of(path, {"a.csv": b"x;y"})
    whole = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", whole, whole.index(signature) + at, 1)
    path.write_bytes(whole)
    assert [p.kind for p in refused(codebook, inbox, tmp_path)] == ["archive_encrypted"]
    for broken in (content[:-40], content[:1000] + b"\xff" * 50 + content[1050:], b"PK", b""):
        path.write_bytes(broken)
        assert [p.kind for p in refused(codebook, inbox, tmp_path)] == ["archive_unreadable"]


def test_what_is_no_ordinary_file_is_told_and_left_where_it_is(codebook, clusters, delivery, tmp_path) -> None:
    inbox = delivery.write()
    (inbox / "folder").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (inbox / "linked").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(inbox / "pipe.csv")
    # The path of a socket may not be long.
    here = Path.cwd()
    os.chdir(inbox)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket.csv")
    finally:
        os.chdir(here)
    problems = refused(codebook, inbox, tmp_path)
    assert sorted((p.kind, Path(p.file).name) for p in problems) == [
        ("file_is_a_link", "linked"),
        ("not_a_file", "folder"),
        ("not_a_file", "pipe.csv"),
        ("not_a_file", "socket.csv"),
    ]
    assert len(list((tmp_path / "raw").iterdir())) == 2


def test_a_hard_link_is_a_file_like_any_other(codebook, delivery, tmp_path) -> None:
    inbox = delivery.write()
    os.link(inbox / "register_1.xlsx", tmp_path / "other.xlsx")
    assert len(receive(codebook, inbox, tmp_path / "raw", AT).files) == 2


@pytest.mark.parametrize(
    "name", ["~$register_1.xlsx", ".~lock.register_1.xlsx#", "register_2.xlsx.part", "a.crdownload", "register_1.tmp"]
)
def test_a_temporary_file_says_that_somebody_is_still_at_work(codebook, clusters, delivery, tmp_path, name) -> None:
    inbox = delivery.write()
    (inbox / name).write_bytes(b"x")
    (problem,) = refused(codebook, inbox, tmp_path)
    assert (problem.kind, Path(problem.file).name) == ("file_incomplete", name)


def test_a_file_that_is_open_for_writing_is_refused_until_it_is_closed(codebook, clusters, delivery, tmp_path) -> None:
    inbox = delivery.write()
    with (inbox / "coordinators_1.csv").open("ab"):
        (problem,) = refused(codebook, inbox, tmp_path)
    assert (problem.kind, Path(problem.file).name) == ("file_being_written", "coordinators_1.csv")
    receive(codebook, inbox, tmp_path / "raw", AT)


def test_a_file_of_two_gigabytes_is_neither_read_nor_copied(codebook, clusters, delivery, tmp_path) -> None:
    inbox = delivery.write()
    with (inbox / "coordinators_1.csv").open("wb") as file:
        file.truncate(2 << 30)
    (problem,) = refused(codebook, inbox, tmp_path)
    assert (problem.kind, problem.found, problem.expected) == ("file_too_large", "2048 MB", "less than 2048 MB")
    assert [copy.suffix for copy in (tmp_path / "raw").iterdir()] == [".xlsx"]


@pytest.mark.parametrize("line", ["../../secret.csv", "/etc/passwd"])
def test_a_manifest_cannot_name_what_lies_elsewhere(codebook, clusters, delivery, tmp_path, line) -> None:
    inbox = delivery.write()
    write_manifest(inbox)
    with (inbox / MANIFEST).open("a") as file:
        file.write(f"{'0' * 64}  {line}\n")
    assert [p.kind for p in refused(codebook, inbox, tmp_path)] == ["manifest_line"]


def test_a_manifest_that_is_a_link_is_no_manifest(codebook, clusters, delivery, tmp_path) -> None:
    inbox = delivery.write()
    write_manifest(inbox)
    (inbox / MANIFEST).rename(tmp_path / "elsewhere")
    (inbox / MANIFEST).symlink_to(tmp_path / "elsewhere")
    assert [p.kind for p in refused(codebook, inbox, tmp_path)] == ["file_is_a_link"]


@pytest.mark.parametrize("name", ["register_1.XLSX", "register_1.ods", "register_9.csv"])
def test_a_survey_s_file_is_known_by_its_stem_with_any_known_extension(codebook, delivery, tmp_path, name) -> None:
    inbox = delivery.write()
    (inbox / "register_1.xlsx").rename(inbox / name)
    files = {file.survey: file for file in receive(codebook, inbox, tmp_path / "raw", AT).files}
    assert (files["register"].file_name, files["register"].format) == (name, "xlsx")
    assert stored_path(tmp_path / "raw", files["register"]).suffix == Path(name).suffix.lower()


def test_two_formats_of_one_survey_are_one_file_too_many(codebook, clusters, delivery, tmp_path) -> None:
    inbox = delivery.write()
    (inbox / "register_1.csv").write_bytes(b"id\n")
    (problem,) = refused(codebook, inbox, tmp_path)
    assert (problem.kind, problem.found) == ("file_ambiguous", "register_1.csv, register_1.xlsx")
