"""What holds for every zip that is read, an archive or a workbook: how it fails, and when it grows too much."""

from __future__ import annotations

import zipfile
import zlib

# What zipfile raises for one that is broken, encrypted (RuntimeError) or packed in a way it does not know (the same).
ZIP_ERRORS = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)

# How many times larger a member may be than packed, once it is too large to be harmless. Answers reach 40 times,
# sheets 30.
MOST_RATIO = 300
_HARMLESS = 20 * 1024 * 1024


def grows_too_much(size: int, packed: int) -> bool:
    """Whether a member of `packed` bytes that has come to `size` bytes so far is made to fill the memory."""
    return size > _HARMLESS and size > MOST_RATIO * max(packed, 1)
