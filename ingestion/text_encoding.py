"""In which encoding a text file is: its bytes decide, checked against the letters that Polish has.

A file is read in chunks and never held: the letter that decides may be its last.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.problem import Problem
from ingestion.table import FileUnreadable

_CHUNK = 1 << 20
_KNOWN = "UTF-8 | UTF-16 | Windows-1250 | ISO-8859-2"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_ASCII = bytes(range(128))
_POLISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
# What people type beside letters and ASCII; other signs of a code page are a sign of another code page.
_SIGNS = set("„”“’‘‚«»‹›–—…•·§°©®™×÷±€´‰\u00a0\u00ad")

# The letters in which Windows-1250 and ISO-8859-2 differ; beside them, ISO-8859-2 has no character below 0xA0.
_ONLY_CP1250 = {*range(0x80, 0xA0), *"ąĄ".encode("cp1250")}
_ONLY_ISO = set("ĄŚŹąśź".encode("iso8859-2"))
_PLUS_MINUS = 0xB1  # ą in ISO-8859-2 and ± in Windows-1250: ą where a letter stands beside it
_A_OF_ISO = re.compile(rb"[A-Za-z\xc0-\xff]\xb1|\xb1[A-Za-z\xc0-\xff]")

_UTF8_LETTER = re.compile(b"|".join(re.escape(sign.encode()) for sign in (*_POLISH, "„", "”", "–", "’", "\u00a0")))


def _read_wrongly(letter: str) -> Iterator[bytes]:
    """A letter whose UTF-8 was taken for another encoding and saved again, as bytes of the file."""
    for encoding in ("cp1250", "cp1252", "latin-1", "iso8859-2"):
        try:
            yield letter.encode().decode(encoding).encode()
        except UnicodeDecodeError:
            continue


# A file shows them when it went through a program that took it for something else: Ĺ‚ for ł, or � for what is lost.
_DAMAGED = re.compile(b"|".join({"\ufffd".encode(), *map(re.escape, (b for p in _POLISH for b in _read_wrongly(p)))}))
_DAMAGED_STARTS = ("\ufffd".encode(), *(letter.encode() for letter in "ÄÅÃĂĹ"))


@dataclass(frozen=True)
class TextEncoding:
    """How the bytes of a file are read: `codec` after the byte order `mark`, which few files have.

    `has_inner_marks`: the mark stands within the text, too, where files were joined; it says nothing there.
    """

    codec: str
    mark: bytes = b""
    has_inner_marks: bool = False
    warnings: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """The name for the ledger: that of the Python codec."""
        return "utf-8-sig" if self.mark == codecs.BOM_UTF8 else self.codec

    def cleaned(self, line: str) -> str:
        """A line of the text without marks that stand in it."""
        return line.replace("\ufeff", "") if self.has_inner_marks else line

    def open(self, path: Path) -> io.TextIOWrapper:
        """Open the file behind its mark; line breaks stay as they are."""
        file = path.open("rb")
        file.seek(len(self.mark))
        return io.TextIOWrapper(file, encoding=self.codec, newline="")


def find_encoding(path: Path, name: str, usual: str | None) -> TextEncoding:
    """The encoding of a file delivered under `name`; `usual` is what the codebook expects.

    Raises FileUnreadable, which names the row, when it is no text, or none in an encoding that Polish is written in.
    """
    with path.open("rb") as file:
        start = file.read(1 << 16)
    for mark, codec in _MARKS:
        if start.startswith(mark) and not start.startswith(codecs.BOM_UTF32_LE):
            return _checked(path, name, codec, mark)
    if wide := _wide_without_mark(start):
        return _checked(path, name, wide, b"")
    if (at := _find(path, re.compile(b"\x00"))) is not None:
        raise FileUnreadable("not_text", name, row=_row_at(path, "latin-1", at))
    failed = _first_undecodable(path, "utf-8", 0)
    if failed is None:
        found = _checked(path, name, "utf-8", b"")
        single = usual is not None and codecs.lookup(usual).name in ("cp1250", "iso8859-2")
        # Letters of ASCII only are the same in each: the file is then as usual.
        return TextEncoding(str(usual)) if single and not _has_letters_beyond_ascii(path) else found
    return TextEncoding(_code_page(path, name, usual, failed))


def _wide_without_mark(start: bytes) -> str | None:
    """UTF-16 shows by its zero bytes, every second one in a file of delimiters, digits and mostly plain letters."""
    low, high = start[0::2], start[1::2]
    if len(high) < 8:
        return None
    for codec, filled, zeros in (("utf-16-le", low, high), ("utf-16-be", high, low)):
        if 0 not in filled and zeros.count(0) > len(zeros) / 2:
            return codec
    return None


def _chunks(path: Path, skip: int = 0) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(skip)
        while chunk := file.read(_CHUNK):
            yield chunk


def _first_undecodable(path: Path, codec: str, skip: int) -> int | None:
    """Where the first byte stands that the codec cannot read; None: it reads them all."""
    decoder = codecs.getincrementaldecoder(codec)()
    at = skip
    try:
        for chunk in _chunks(path, skip):
            held = len(decoder.getstate()[0])
            decoder.decode(chunk)
            at += len(chunk)
        held = len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return at - held + error.start
    return None


def _checked(path: Path, name: str, codec: str, mark: bytes) -> TextEncoding:
    """The Unicode file as it is, if it is one throughout."""
    if mark or codec != "utf-8":
        if (at := _first_undecodable(path, codec, len(mark))) is not None:
            raise _unreadable(path, name, codec, at)
        zero = re.compile(re.escape("\x00".encode(codec)))
        if codec == "utf-8" and (at := _find(path, zero)) is not None:
            raise FileUnreadable("not_text", name, row=_row_at(path, codec, at))
        if codec != "utf-8" and (row := _row_with_zero(path, codec, len(mark))):
            raise FileUnreadable("not_text", name, row=row)
    inner = "\ufeff".encode(codec)
    has_inner = any(inner in chunk for chunk in _overlapping(path, len(mark)))
    warnings: tuple[Problem, ...] = ()
    if codec == "utf-8" and (at := _find(path, _DAMAGED, _DAMAGED_STARTS)) is not None:
        warnings = (Problem("letters_damaged", name, _row_at(path, codec, at)),)
    return TextEncoding(codec, mark, has_inner, warnings)


def _overlapping(path: Path, skip: int = 0) -> Iterator[bytes]:
    """Chunks that begin with the last bytes of the one before, so that no letter is cut in two."""
    before = b""
    for chunk in _chunks(path, skip):
        yield before + chunk
        before = chunk[-8:]


def _find(path: Path, pattern: re.Pattern[bytes], starts: Collection[bytes] = ()) -> int | None:
    """Where the pattern stands first. Only chunks with one of `starts` are searched, which is faster."""
    at = before = 0
    for chunk in _overlapping(path):
        if (not starts or any(start in chunk for start in starts)) and (match := pattern.search(chunk)):
            return at - before + match.start()
        at += len(chunk) - before
        before = min(8, len(chunk) - before)
    return None


def _row_at(path: Path, codec: str, offset: int) -> int:
    """The row in which a byte stands, from 1; a line break within quotes begins none."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)("replace"), translate=True)
    rows, quoted, left = 1, False, offset
    for chunk in _chunks(path):
        text = decoder.decode(chunk[:left])
        for number, part in enumerate(text.split('"')):
            quoted ^= number > 0
            rows += 0 if quoted else part.count("\n")
        left -= len(chunk)
        if left <= 0:
            break
    return rows


def _row_with_zero(path: Path, codec: str, skip: int) -> int | None:
    decoder, at = codecs.getincrementaldecoder(codec)(), skip
    for chunk in _chunks(path, skip):
        if (place := decoder.decode(chunk).find("\x00")) >= 0:
            return _row_at(path, codec, at + 2 * place)
        at += len(chunk)
    return None


def _unreadable(path: Path, name: str, codec: str, offset: int) -> FileUnreadable:
    with path.open("rb") as file:
        file.seek(offset)
        byte = file.read(1)
    row = _row_at(path, codec, offset)
    return FileUnreadable("encoding_unreadable", name, row=row, byte=f"0x{byte.hex()}", at=row, encoding=_KNOWN)


def _has_letters_beyond_ascii(path: Path) -> bool:
    return not all(chunk.isascii() for chunk in _chunks(path))


def _code_page(path: Path, name: str, usual: str | None, not_utf8: int) -> str:
    """Windows-1250 or ISO-8859-2, whichever makes the file Polish; `not_utf8` is where it fails to be UTF-8."""
    counts: Counter[int] = Counter()
    for chunk in _chunks(path):
        counts.update(chunk.translate(None, _ASCII))
    if counts.keys() & {0xC2, 0xC3, 0xC4, 0xC5, 0xE2} and (at := _find(path, _UTF8_LETTER)) is not None:
        raise _mixed(path, name, {"UTF-8": at, "Windows-1250 | ISO-8859-2": not_utf8})
    windows, iso = counts.keys() & _ONLY_CP1250, counts.keys() & _ONLY_ISO
    if windows and iso == {_PLUS_MINUS} and _find(path, _A_OF_ISO) is None:
        iso = set()
    if windows and iso:
        places = {"Windows-1250": _first(path, windows), "ISO-8859-2": _first(path, iso)}
        raise _mixed(path, name, places)
    possible = ["iso8859-2"] if iso else ["cp1250"] if windows else ["cp1250", "iso8859-2"]
    if len(possible) > 1:
        possible = _in_order(path, usual, possible)
    strange = [_strange(counts, codec) for codec in possible]
    for codec, bytes_ in zip(possible, strange, strict=True):
        if not bytes_:
            return codec
    raise _unreadable(path, name, possible[0], _first(path, strange[0]))


def _strange(counts: Counter[int], codec: str) -> set[int]:
    """The bytes that are no Polish text in an encoding; none when it may be in it."""
    unknown, foreign = set(), set()
    n_polish = n_foreign = 0
    for byte, count in counts.items():
        sign = bytes([byte]).decode(codec, "replace")
        if sign in _POLISH:
            n_polish += count
        elif sign.isalpha():
            foreign.add(byte)
            n_foreign += count
        elif sign not in _SIGNS:
            unknown.add(byte)
    # Names from abroad have letters of their own, yet most are Polish.
    return unknown | (foreign if n_foreign > n_polish else set())


def _in_order(path: Path, usual: str | None, possible: list[str]) -> list[str]:
    """What is usual first; else as a library for all languages would have it."""
    if usual and (named := codecs.lookup(usual).name) in possible:
        return sorted(possible, key=lambda codec: codec != named)
    from charset_normalizer import from_bytes  # here: only a file that is not as usual pays for it

    words: list[bytes] = []
    for chunk in _chunks(path):
        words += re.findall(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*", chunk)[: 2000 - len(words)]
        if len(words) >= 2000:
            break
    best = from_bytes(b" ".join(words), cp_isolation=possible).best()
    named = codecs.lookup(best.encoding).name if best else possible[0]
    return sorted(possible, key=lambda codec: codec != named)


def _first(path: Path, bytes_: Collection[int]) -> int:
    pattern = re.compile(b"[" + b"".join(re.escape(bytes([byte])) for byte in bytes_) + b"]")
    return _find(path, pattern) or 0


def _mixed(path: Path, name: str, places: dict[str, int]) -> FileUnreadable:
    """Each place is the first that can only be in that encoding; the later one is where it begins to differ."""
    (first, at), (second, other) = sorted(places.items(), key=lambda place: place[1])
    rows = {"row": _row_at(path, "latin-1", at), "other_row": _row_at(path, "latin-1", other)}
    return FileUnreadable(
        "encoding_mixed", name, row=rows["other_row"], first=first, at=rows["row"], second=second, known=_KNOWN
    )
