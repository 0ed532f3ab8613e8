"""A roster from a file that somebody sent: finds the headings, reads the lines below, has them checked.

Headings stand in any order, in any case, with or without diacritics, below any title; columns that are not known are
left alone. The file's name plays no part: what is in it decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.documents.tables import TITLE_ROWS, Row, Table, read_tables
from bot.domain.roster import REQUIRED, Column, FileFault, RawCell, RawRow, Roster, RosterRefused
from bot.domain.roster_check import check_rows
from bot.domain.roster_values import says
from bot.domain.words import clean_name, fold
from bot.texts.roster_words import FIX_HEADING, heading_key, heading_ranks, roster_vocabulary


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the known columns stand (counted from 0), the last used place, and the place of "Cần sửa" if any."""

    line: int
    columns: dict[Column, int]
    last: int
    fix: int | None
    ignored: tuple[str, ...]


def read_roster(content: bytes, *, today: date) -> Roster:
    """The roster in an .xlsx or .csv file, every line checked.

    Raises `RosterRefused` when the file as a whole cannot be used. Takes up to some seconds for the largest
    files: call it off the event loop.
    """
    table, headings = find_roster(content)
    lines = [RawRow(line, _known(cells, headings)) for line, cells in people_rows(table, headings)]
    raws = [raw for raw in lines if any(map(says, raw.cells.values()))]
    if not raws:
        raise RosterRefused(FileFault.NO_ROWS)
    return check_rows(raws, vocabulary=roster_vocabulary(), today=today, ignored=headings.ignored)


def find_roster(content: bytes) -> tuple[Table, Headings]:
    """The table with the headings, and where they stand. Raises `RosterRefused`."""
    almost: Headings | None = None
    for table in read_tables(content):
        headings = _find_headings(table.rows[:TITLE_ROWS])
        if headings and all(column in headings.columns for column in REQUIRED):
            return table, headings
        almost = almost or headings
    if almost is None:
        raise RosterRefused(FileFault.NO_HEADINGS)
    missing = next(column for column in REQUIRED if column not in almost.columns)
    raise RosterRefused(FileFault.MISSING_COLUMN, missing)


def people_rows(table: Table, headings: Headings) -> list[Row]:
    """The rows below the headings; a row that only numbers the columns, as forms have it, is none."""
    below = [row for row in table.rows if row[0] > headings.line]
    return below[1:] if below and _only_numbers(below[0][1]) else below


def _find_headings(rows: Sequence[Row]) -> Headings | None:
    """The first row with both required columns; else one that looks like headings but lacks one of them."""
    ranks = heading_ranks()
    almost: Headings | None = None
    for line, cells in rows:
        headings = _read_headings(line, cells, ranks)
        if all(column in headings.columns for column in REQUIRED):
            return headings
        if almost is None and len(headings.columns) >= 2 and any(column in headings.columns for column in REQUIRED):
            almost = headings
    return almost


def _read_headings(line: int, cells: Sequence[RawCell], ranks: dict[str, tuple[Column, int]]) -> Headings:
    texts = [clean_name(cell[:200]) if isinstance(cell, str) else "" for cell in cells]
    fits: dict[Column, list[tuple[int, int]]] = {}
    for at, text in enumerate(texts):
        column, rank = ranks.get(heading_key(text), (None, 0))
        if column is not None:
            fits.setdefault(column, []).append((rank, at))
    columns = {column: min(places)[1] for column, places in fits.items()}
    if all(column in columns for column in REQUIRED):
        _refuse_doubles(fits)
    used = [at for at, text in enumerate(texts) if text]
    fix = next((at for at in used if heading_key(texts[at]) == heading_key(FIX_HEADING)), None)
    ignored = tuple(texts[at] for at in used if at not in columns.values() and at != fix)
    return Headings(line, columns, max(used, default=-1), fix, ignored)


def _refuse_doubles(fits: dict[Column, list[tuple[int, int]]]) -> None:
    for column, places in fits.items():
        ranks = [rank for rank, _ in places]
        if ranks.count(min(ranks)) > 1:
            raise RosterRefused(FileFault.DOUBLE_COLUMN, column)


def _known(cells: Sequence[RawCell], headings: Headings) -> dict[Column, RawCell]:
    return {column: cells[at] for column, at in headings.columns.items() if at < len(cells)}


def _only_numbers(cells: Sequence[RawCell]) -> bool:
    said = [fold(cell[:20]) for cell in cells if isinstance(cell, str) and says(cell)]
    return len(said) > 1 and all(re.fullmatch("[0-9]{1,2}", each) for each in said)
