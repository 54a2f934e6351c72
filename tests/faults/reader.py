"""A reader that opens what is published as fast as it can, and notes which release each look showed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.paths import Home
from tests.faults import commands

# The release, and what must be of the same one: numbers of rows, and sums over every value of a table.
_DATABASE = """
    select
        release_id,
        (select max(load_id) from audit.load where is_current),
        (select delivery_id from audit.load where is_current),
        (select count(*) from core.fct_answer),
        (select bit_xor(hash(answer)) from core.fct_answer as answer),
        (select bit_xor(hash(score)) from core.fct_score as score),
        (select bit_xor(hash(figure)) from benchmark.score_distribution as figure)
    from core.release
"""
_PUBLIC = """
    select delivery_id, (select bit_xor(hash(figure)) from benchmark.score_distribution as figure)
    from core.dim_edition
"""
_PARQUET = "select bit_xor(hash(answer)) from read_parquet(?) as answer"


@dataclass
class Seen:
    """How often each look was had, by what it showed; and what went wrong."""

    is_reading: Callable[[], bool] = lambda: False
    through_link: dict[tuple[Any, ...], int] = field(default_factory=dict)
    in_folder: dict[tuple[Any, ...], int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def _through_link(home: Home) -> tuple[Any, ...]:
    """One file, opened anew by the path that readers are told."""
    with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
        return connection.execute(_DATABASE).fetchall()[0]


def _in_folder(home: Home) -> tuple[Any, ...]:
    """Several files of one release: the link is followed once."""
    folder = home.published.resolve(strict=True)
    described = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    with duckdb.connect(folder / "benchmarking.duckdb", read_only=True) as connection:
        (told,) = connection.execute(_DATABASE).fetchall()
        parquet = str(folder / "parquet" / "core" / "fct_answer.parquet")
        (answers,) = connection.execute(_PARQUET, [parquet]).fetchall()[0]
    with duckdb.connect(folder / "public.duckdb", read_only=True) as connection:
        ((delivery_id, _),) = connection.execute(_PUBLIC).fetchall()
    belong = (told[0], told[4], told[2]) == (described["release_id"], answers, delivery_id)
    return (belong, *told)


def _read(home: Home, out: Path, stop: Path, looks: int | None) -> None:
    seen = Seen()
    while not stop.exists() and (looks is None or sum(seen.through_link.values()) < looks):
        for look, found in ((_through_link, seen.through_link), (_in_folder, seen.in_folder)):
            try:
                shown = look(home)
                found[shown] = found.get(shown, 0) + 1
            except Exception as error:
                seen.errors.append(f"{look.__name__}: {type(error).__name__}: {error}")
        if looks is None:
            time.sleep(0.02)  # a load that goes on all the while needs the processor, too
    told = {"through_link": list(seen.through_link.items()), "in_folder": list(seen.in_folder.items())}
    out.write_text(json.dumps(told | {"errors": seen.errors}), encoding="utf-8")


@contextmanager
def reading(home: Home, looks: int | None = None) -> Iterator[Seen]:
    """Have a process read all the while, or that often; what it has seen is there after the `with` block."""
    out, stop = home.root.parent / "seen.json", home.root.parent / "stop"
    process = commands.CONTEXT.Process(target=_read, args=(home, out, stop, looks))
    process.start()
    seen = Seen(is_reading=process.is_alive)
    try:
        yield seen
    finally:
        stop.touch()
        process.join()
    told = json.loads(out.read_text(encoding="utf-8"))
    seen.through_link = {tuple(shown): times for shown, times in told["through_link"]}
    seen.in_folder = {tuple(shown): times for shown, times in told["in_folder"]}
    seen.errors = told["errors"]
    stop.unlink()
    out.unlink()
