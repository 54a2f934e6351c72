"""The answers of one delivery as read, kept as Parquet: written row by row, complete or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.answers import Answer, Take
from ingestion.durable import put

# So many answers are held before they are written; a row more or less does not matter.
_BATCH = 100_000

_NUMBERS = {"edition_id": pa.int32(), "row_number": pa.int32(), "answer_number": pa.float64()}
SCHEMA = pa.schema([(name, _NUMBERS.get(name, pa.string())) for name in Answer._fields])


@contextmanager
def writing_answers(path: Path) -> Iterator[Take]:
    """Take answers and write them to `path`, which is there only once all of them are and nothing was raised."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    held: list[Answer] = []
    try:
        with pq.ParquetWriter(partial, SCHEMA) as writer:

            def write() -> None:
                columns = zip(*held, strict=True)
                arrays = [_array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
                writer.write_batch(pa.record_batch(arrays, schema=SCHEMA))
                held.clear()

            def take(answers: Iterable[Answer]) -> None:
                held.extend(answers)
                if len(held) >= _BATCH:
                    write()

            yield take
            if held:
                write()
        put(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _array(column: Sequence[object], type_: pa.DataType) -> pa.Array:
    """A column of answers; what is the same in all of them, such as the name of the file, is converted once."""
    if column[0] is not None and column.count(column[0]) == len(column):
        return pa.repeat(pa.scalar(column[0], type_), len(column))
    return pa.array(column, type_)
