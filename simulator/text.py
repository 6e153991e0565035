"""Columns of text made without a loop per row: ids with check characters, dates, instants, look-ups."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simulator.plan import DAY, Bools, Ints

Column: TypeAlias = Any  # an Arrow array of strings, whole or in chunks; pyarrow has no types
DIGITS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", np.uint8)
CHECK_CHARACTERS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", np.uint8)
FIRST_DAY = np.datetime64("1970-01-01", "D")


def _strings(cells: NDArray[np.uint8], valid: Bools) -> pa.Array:
    rows, width = cells.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * width
    bitmap = pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(cells.tobytes()), bitmap)


def salesforce_ids(prefix: str, numbers: Ints) -> pa.Array:
    """18-character ids: object prefix, 'EX', the number in base 62, three check characters for the case (GEN-01)."""
    cells = np.empty((len(numbers), 18), np.uint8)
    cells[:, :5] = np.frombuffer(f"{prefix}EX".encode(), np.uint8)
    rest = np.maximum(numbers, 0)
    for place in range(14, 4, -1):
        cells[:, place] = DIGITS[rest % 62]
        rest = rest // 62
    upper = (cells[:, :15] >= ord("A")) & (cells[:, :15] <= ord("Z"))
    for block in range(3):
        bits = upper[:, block * 5 : block * 5 + 5] @ np.array([1, 2, 4, 8, 16])
        cells[:, 15 + block] = CHECK_CHARACTERS[bits]
    return _strings(cells, numbers >= 0)


def luhn_digit(payload: Ints, prefix_sum: int = 0) -> Ints:
    """Luhn check digit of integers; `prefix_sum` is what a constant prefix adds (24 for NPI's 80840)."""
    total = np.full(len(payload), prefix_sum, np.int64)
    rest, double = payload.copy(), True
    while rest.any():
        digit = rest % 10 * (2 if double else 1)
        total += digit // 10 + digit % 10
        rest, double = rest // 10, not double
    return (10 - total % 10) % 10


def lanrs(six_digits: Ints) -> Ints:
    """German physician numbers: six digits, a check digit by weights 4 and 9, a specialty group."""
    places = [six_digits // 10**p % 10 for p in range(5, -1, -1)]
    total = sum(digit * (4, 9)[p % 2] for p, digit in enumerate(places))
    return np.asarray((six_digits * 10 + (10 - total % 10) % 10) * 100 + 1, np.int64)


def npis(nine_digits: Ints) -> Ints:
    """Nine digits with the check digit of an NPI."""
    return nine_digits * 10 + luhn_digit(nine_digits, 24)


def texts(numbers: Ints) -> pa.Array:
    """Integers as text, negative ones as null."""
    return pa.array(numbers, mask=numbers < 0).cast(pa.string())


def pick(values: Sequence[str | None] | Column, codes: NDArray[np.integer] | Bools) -> Column:
    """The value of each code; a negative code is null."""
    source = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, pa.string())
    codes = codes.astype(np.int64)
    if len(source) == 0:
        return pa.nulls(len(codes), pa.string())
    return source.take(pa.array(codes, mask=codes < 0))


def join(*parts: Column | str, between: str = "") -> Column:
    """Parts side by side; null if one is null."""
    lengths = {len(part) for part in parts if not isinstance(part, str)}
    columns = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    joined = pc.binary_join_element_wise(*columns, between)
    return joined if lengths else pa.array([joined.as_py()])


def where(condition: Bools, then: Column | str | None, other: Column | str | None) -> Column:
    """One text where the condition holds, the other elsewhere."""

    def side(value: Column | str | None) -> Column | pa.Scalar:
        return pa.scalar(value, pa.string()) if value is None or isinstance(value, str) else value

    return pc.if_else(pa.array(condition), side(then), side(other))


def flags(values: Bools, true: str = "true", false: str = "false") -> Column:
    """Booleans as the vendor spells them."""
    return pick([false, true], values.astype(np.int64))


def nulls(rows: int) -> pa.Array:
    """A column without values."""
    return pa.nulls(rows, pa.string())


def same(value: str, rows: int) -> pa.Array:
    """A column of one value."""
    return pa.repeat(pa.scalar(value), rows)


@cache
def _days(form: str) -> pa.Array:
    days = pa.array(FIRST_DAY + np.arange(30_000))
    return pc.strftime(days, format=form)


@cache
def _times() -> pa.Array:
    return pa.array([f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY)])


def dates(at: Ints, form: str = "%Y-%m-%d") -> Column:
    """The UTC days of instants."""
    return pick(_days(form), np.where(at < 0, -1, at // DAY))


def instants(at: Ints, *, between: str = "T", end: str = ".000+0000") -> Column:
    """Instants as Salesforce writes them (GEN-07), or with another separator and ending."""
    return join(dates(at), between, pick(_times(), np.where(at < 0, -1, at % DAY)), end)
