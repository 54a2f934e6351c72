"""A delivery read as a whole, with all its answers at hand, which the product takes row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.answers import Answer, Reading, SourceFile
from ingestion.codebook import Codebook
from ingestion.delivery import Delivery, read_delivery
from ingestion.identity import Identities
from ingestion.reading import read_answers
from ingestion.table import Table


@dataclass
class ReadAll(Reading):
    """A reading with its answers."""

    answers: list[Answer] = field(default_factory=list)


def read_all(codebook: Codebook, delivery: Delivery, raw: Path, identities: Identities) -> ReadAll:
    """Read a received delivery. Raises DeliveryRefused."""
    answers: list[Answer] = []
    return ReadAll(**vars(read_delivery(codebook, delivery, raw, identities, answers.extend)), answers=answers)


def read_all_tables(
    codebook: Codebook, tables: Mapping[str, tuple[SourceFile, Table]], identities: Identities
) -> ReadAll:
    """Read the tables of a delivery, whatever is wrong with them."""
    answers: list[Answer] = []
    return ReadAll(**vars(read_answers(codebook, tables, "d", identities, answers.extend)), answers=answers)
