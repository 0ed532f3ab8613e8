"""What the command line says of a roster, in English. The file that goes back to the office says it in Vietnamese."""

from collections.abc import Sequence

from bot.domain.roster import BYTES_LIMIT, ROW_LIMIT, FileFault, RosterRefused
from bot.domain.roster_import import Some, Summary

_REFUSED = {
    FileFault.EMPTY: "it is empty",
    FileFault.TOO_LARGE: f"it is larger than {BYTES_LIMIT // (1024 * 1024)} MB, or unpacks to more than any roster",
    FileFault.NOT_A_SHEET: "it is neither an .xlsx nor a .csv",
    FileFault.OLD_EXCEL: "it is an old .xls; save it as .xlsx",
    FileFault.ENCRYPTED: "it is locked with a password",
    FileFault.BROKEN: "it is damaged",
    FileFault.TOO_MANY_ROWS: f"it has more than {ROW_LIMIT} lines",
    FileFault.NO_HEADINGS: "it has no line of headings with “Họ và tên” and “Chi bộ”",
    FileFault.MISSING_COLUMN: "a column is missing",
    FileFault.DOUBLE_COLUMN: "a column stands there twice",
    FileFault.NO_ROWS: "nobody stands below its headings",
}


def refused(why: RosterRefused) -> str:
    """Why a whole file was refused."""
    column = f" ({why.column})" if why.column else ""
    return f"The file cannot be read as a roster: {_REFUSED[why.fault]}{column}. Nothing was imported."


def faulty(*, lines: int, faulty_lines: int, beside: str) -> str:
    """Some lines have faults."""
    return f"{faulty_lines} of {lines} lines have faults. They are marked in {beside}; nothing was imported."


def shown(summary: Summary, *, committee: str) -> Sequence[str]:
    """What would be, or was, written."""
    kinds = (
        ("new people", summary.new),
        ("new committees", summary.committees),
        ("new cells", summary.cells),
        ("cells of another kind", summary.kinds),
        ("people with changed details", summary.changed),
        ("roles given", summary.given),
        ("roles ended", summary.ended),
        ("people in another cell", summary.moved),
        ("known here, not in the file (left alone)", summary.missing),
    )
    lines = [f"{committee}: {summary.lines} lines read, {summary.unchanged} people unchanged"]
    lines += [f"  {label}: {some.count} ({_first(some)})" for label, some in kinds if some.count]
    if summary.ignored:
        lines.append(f"  columns that are not read: {', '.join(summary.ignored)}")
    return lines


def imported(summary: Summary, *, number: int) -> str:
    """What was written."""
    new, changed, moved = summary.new.count, summary.changed.count, summary.moved.count
    return f"Imported as no. {number}: {new} new people, {changed} changed, {moved} in another cell."


def _first(some: Some) -> str:
    names = ", ".join(one[0] for one in some.first)
    return names if some.count == len(some.first) else f"{names}, …"
