"""The reason of a failed load names the exception, and nothing that stood in a file or where it lay."""

from __future__ import annotations

import pytest

from ingestion.problem import failure_reason


@pytest.mark.parametrize(
    ("kind", "message", "reason"),
    [
        (
            "OSError",
            "[Errno 28] No space left on device: '/home/x/data/raw/ab.csv'",
            "OSError: [Errno 28] No space left on device: …",
        ),
        (
            "ValueError",
            "could not convert string to float: 'Jan 'K' Nowak'",
            "ValueError: could not convert string to float: …",
        ),
        (
            "ConversionException",
            "can't cast \"12 zł\" to 'INT'\nLINE 1: select 'Nowak'",
            "ConversionException: can't cast …",
        ),
        ("MemoryError", "", "MemoryError"),
        ("RuntimeError", "x" * 1000, "RuntimeError: " + "x" * 286),
    ],
)
def test_the_first_line_is_told_without_what_stands_in_quotes(kind, message, reason) -> None:
    assert failure_reason(kind, message) == reason
