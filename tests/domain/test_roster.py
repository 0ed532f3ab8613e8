"""The rules of a roster: what a line must hold, what lines must not say against each other."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.member import Status
from bot.domain.organisation import CellKind
from bot.domain.rights import Role
from bot.domain.roster import Column, Fault, Formula, RawCell, RawRow, Roster, RosterCell, RosterRow, Vocabulary
from bot.domain.roster_check import cells_of, check_rows
from bot.domain.roster_values import cell_key, starts_like_formula, word_key

TODAY = date(2026, 3, 2)
WORDS = Vocabulary(
    cell_kinds={"thon": CellKind.VILLAGE, "truong hoc": CellKind.SCHOOL},
    statuses={"chinh thuc": Status.OFFICIAL, "du bi": Status.PROBATIONARY, "tam thoi den": Status.TEMPORARY_IN},
    roles={"bi thu": Role.SECRETARY, "thu ky": Role.NOTE_TAKER},
    nothing=frozenset({"khong"}),
)
AN: Mapping[Column, RawCell] = {Column.FULL_NAME: "Nguyễn Văn An", Column.CELL: "Chi bộ Thôn 1"}


def check(*lines: Mapping[Column, RawCell]) -> Roster:
    """The roster of these lines, the first standing on line 2."""
    raws = [RawRow(at, line) for at, line in enumerate(lines, start=2)]
    return check_rows(raws, vocabulary=WORDS, today=TODAY)


def only_row(line: Mapping[Column, RawCell]) -> RosterRow:
    """The single member of a roster that has no fault."""
    roster = check(line)
    assert roster.faults == ()
    return roster.rows[0]


def found(roster: Roster) -> list[tuple[int, Column, Fault, str]]:
    """The faults as plain tuples."""
    return [(fault.line, fault.column, fault.fault, fault.value) for fault in roster.faults]


def test_name_and_cell_are_enough() -> None:
    """A line with a name and a cell is an official member without role, birth or code."""
    assert only_row(AN) == RosterRow(
        line=2,
        full_name="Nguyễn Văn An",
        birth_year=None,
        birth_date=None,
        member_code=None,
        cell_name="Chi bộ Thôn 1",
        cell_kind=None,
        status=Status.OFFICIAL,
        roles=(),
        in_charge_of=(),
        joined_on=None,
        official_on=None,
        parent_name=None,
    )


def test_every_column_is_read() -> None:
    """A full line gives every value, clean and typed."""
    row = only_row(
        {
            Column.FULL_NAME: "  Trần Thị   Bi\u0300nh ",
            Column.BIRTH: "5/9/72",
            Column.MEMBER_CODE: "38. 012345 ",
            Column.CELL: "Thôn 2",
            Column.CELL_KIND: "THÔN",
            Column.STATUS: "Dự bị",
            Column.ROLES: "Thư ký, bi thu; thư ký",
            Column.IN_CHARGE_OF: "Thôn 3; Chi bộ Thôn 4\nchi bộ thôn 3",
            Column.JOINED_ON: date(2025, 5, 19),
            Column.OFFICIAL_ON: "khong",
            Column.PARENT: "Đảng bộ Trường",
        }
    )
    assert row.full_name == "Trần Thị Bình"
    assert (row.birth_year, row.birth_date) == (1972, date(1972, 9, 5))
    assert row.member_code == "38.012345"
    assert (row.cell_kind, row.status) == (CellKind.VILLAGE, Status.PROBATIONARY)
    assert row.roles == (Role.NOTE_TAKER, Role.SECRETARY)
    assert row.in_charge_of == ("Thôn 3", "Chi bộ Thôn 4")
    assert (row.joined_on, row.official_on) == (date(2025, 5, 19), None)
    assert row.parent_name == "Đảng bộ Trường"


@pytest.mark.parametrize(
    ("typed", "year", "day"),
    [
        ("03/12/1965", 1965, date(1965, 12, 3)),
        ("3-12-1965", 1965, date(1965, 12, 3)),
        ("3.12.1965", 1965, date(1965, 12, 3)),
        ("3/12/65", 1965, date(1965, 12, 3)),
        ("1/1/05", 2005, date(2005, 1, 1)),
        ("1965-12-03", 1965, date(1965, 12, 3)),
        ("1965-12-03 00:00:00", 1965, date(1965, 12, 3)),
        ("1965-12-03T00:00:00", 1965, date(1965, 12, 3)),
        ("ngày 3 tháng 12 năm 1965", 1965, date(1965, 12, 3)),
        ("1965", 1965, None),
        ("12/1965", 1965, None),
        ("00/00/1965", 1965, None),
        (" 29/02/1964 ", 1964, date(1964, 2, 29)),
        (date(1965, 12, 3), 1965, date(1965, 12, 3)),
    ],
)
def test_births_as_people_write_them(typed: str | date, year: int, day: date | None) -> None:
    """A birthday comes as a day or only as a year; a two-digit year is the latest one of a grown-up."""
    row = only_row({**AN, Column.BIRTH: typed})
    assert (row.birth_year, row.birth_date) == (year, day)


@pytest.mark.parametrize(
    ("column", "typed", "fault"),
    [
        (Column.BIRTH, "30/02/1965", Fault.NOT_A_DATE),
        (Column.BIRTH, "29/02/1965", Fault.NOT_A_DATE),
        (Column.BIRTH, "12/25/1965", Fault.NOT_A_DATE),
        (Column.BIRTH, "5/00/1965", Fault.NOT_A_DATE),
        (Column.BIRTH, "196", Fault.NOT_A_DATE),
        (Column.BIRTH, "23714", Fault.NOT_A_DATE),
        (Column.BIRTH, "khoảng 1965?", Fault.NOT_A_DATE),
        (Column.BIRTH, "1/2/3/1965", Fault.NOT_A_DATE),
        (Column.BIRTH, "05/12/2015", Fault.IMPLAUSIBLE_DATE),
        (Column.BIRTH, date(1905, 5, 18), Fault.IMPLAUSIBLE_DATE),
        (Column.BIRTH, "1/1/09", Fault.IMPLAUSIBLE_DATE),
        (Column.BIRTH, "0000", Fault.IMPLAUSIBLE_DATE),
        (Column.JOINED_ON, "1990", Fault.NOT_A_DATE),
        (Column.JOINED_ON, "05/1990", Fault.NOT_A_DATE),
        (Column.JOINED_ON, "00/05/1990", Fault.NOT_A_DATE),
        (Column.JOINED_ON, "01/01/1929", Fault.IMPLAUSIBLE_DATE),
        (Column.JOINED_ON, "03/03/2026", Fault.IMPLAUSIBLE_DATE),
        (Column.OFFICIAL_ON, "31/04/1990", Fault.NOT_A_DATE),
        (Column.FULL_NAME, "An 2", Fault.NOT_A_NAME),
        (Column.FULL_NAME, "Nguyễn Văn An <b>", Fault.NOT_A_NAME),
        (Column.FULL_NAME, "#N/A", Fault.NOT_A_NAME),
        (Column.FULL_NAME, "A" * 101, Fault.TOO_LONG),
        (Column.FULL_NAME, "A" * 100_000, Fault.TOO_LONG),
        (Column.FULL_NAME, "=HYPERLINK(1)", Fault.FORMULA),
        (Column.FULL_NAME, "@SUM", Fault.FORMULA),
        (Column.FULL_NAME, " +84", Fault.FORMULA),
        (Column.CELL, "-cmd", Fault.FORMULA),
        (Column.CELL, Formula("=A1"), Fault.FORMULA),
        (Column.CELL, " \u200b ", Fault.MISSING),
        (Column.FULL_NAME, "-", Fault.MISSING),
        (Column.MEMBER_CODE, "không rõ", Fault.NOT_A_CODE),
        (Column.MEMBER_CODE, "12;34", Fault.NOT_A_CODE),
        (Column.MEMBER_CODE, "1" * 31, Fault.TOO_LONG),
        (Column.STATUS, "khai trừ", Fault.UNKNOWN_WORD),
        (Column.CELL_KIND, "thôn và trường", Fault.UNKNOWN_WORD),
        (Column.ROLES, "Bí thư; Trưởng thôn", Fault.UNKNOWN_WORD),
        (Column.ROLES, date(2020, 1, 1), Fault.UNKNOWN_WORD),
    ],
)
def test_what_a_cell_cannot_hold(column: Column, typed: RawCell, fault: Fault) -> None:
    """A wrong value is a fault of its line and column, and the line gives no member."""
    roster = check({**AN, column: typed})
    assert [(each.line, each.column, each.fault) for each in roster.faults] == [(2, column, fault)]
    assert roster.rows == ()
    assert len(roster.faults[0].value) <= 61


def test_a_line_tells_all_its_faults() -> None:
    """Faults of one line come together, in the order of the columns."""
    roster = check({Column.CELL: "", Column.BIRTH: "x", Column.STATUS: "y"})
    assert found(roster) == [
        (2, Column.FULL_NAME, Fault.MISSING, ""),
        (2, Column.BIRTH, Fault.NOT_A_DATE, "x"),
        (2, Column.CELL, Fault.MISSING, ""),
        (2, Column.STATUS, Fault.UNKNOWN_WORD, "y"),
    ]
    assert (roster.lines, roster.faulty_lines) == (1, 1)


def test_dates_stand_in_order() -> None:
    """Nobody is official before joining, or joins as a child."""
    early = {**AN, Column.JOINED_ON: "19/05/1990", Column.OFFICIAL_ON: "19/05/1989"}
    child = {**AN, Column.BIRTH: "1980", Column.JOINED_ON: "19/05/1990"}
    assert found(check(early)) == [(2, Column.OFFICIAL_ON, Fault.OUT_OF_ORDER, "19/05/1989")]
    assert found(check(child)) == [(2, Column.JOINED_ON, Fault.OUT_OF_ORDER, "19/05/1990")]


def test_a_code_stands_once() -> None:
    """The later of two lines with one code has the fault and names the earlier."""
    roster = check({**AN, Column.MEMBER_CODE: "38.1"}, {**AN, Column.FULL_NAME: "Lê Bình", Column.MEMBER_CODE: "38.1"})
    assert found(roster) == [(3, Column.MEMBER_CODE, Fault.SAME_CODE, "2")]
    assert [row.line for row in roster.rows] == [2]


def test_somebody_temporarily_elsewhere_stands_twice() -> None:
    """The same code may stand once at home and once, as temporarily in, in another cell."""
    home = {**AN, Column.MEMBER_CODE: "38.1"}
    guest = {**home, Column.CELL: "Thôn 2", Column.STATUS: "tạm thời đến"}
    assert check(home, guest).faults == ()
    assert len(check(home, guest, guest).faults) == 1
    assert len(check(home, {**guest, Column.CELL: "Thôn 1"}).faults) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {}, True),
        ({Column.FULL_NAME: "NGUYỄN VĂN AN"}, {Column.CELL: "thôn 1"}, True),
        ({Column.BIRTH: "1965"}, {Column.BIRTH: "1965"}, True),
        ({Column.BIRTH: "1965"}, {Column.BIRTH: "03/12/1965"}, True),
        ({Column.BIRTH: "03/12/1965"}, {}, True),
        ({}, {Column.BIRTH: "03/12/1965"}, True),
        ({Column.BIRTH: "03/12/1965"}, {Column.BIRTH: "1965"}, True),
        ({Column.BIRTH: "03/12/1965"}, {Column.BIRTH: "3/12/65"}, True),
        ({Column.BIRTH: "03/12/1965"}, {Column.BIRTH: "04/12/1965"}, False),
        ({Column.BIRTH: "1965"}, {Column.BIRTH: "1966"}, False),
        ({Column.MEMBER_CODE: "1"}, {Column.MEMBER_CODE: "2"}, False),
        ({Column.MEMBER_CODE: "1"}, {}, True),
        ({}, {Column.MEMBER_CODE: "1"}, True),
        ({}, {Column.CELL: "Thôn 2"}, False),
    ],
)
def test_one_person_stands_on_one_line(one: dict[Column, RawCell], other: dict[Column, RawCell], same: bool) -> None:
    """Same name, cell and birth are one person; codes tell people apart; an unknown birth could be any."""
    roster = check({**AN, **one}, {**AN, **other})
    assert found(roster) == ([(3, Column.FULL_NAME, Fault.SAME_PERSON, "2")] if same else [])


def test_a_cell_has_one_secretary_kind_and_parent() -> None:
    """Lines that contradict an earlier line of the same cell have the fault."""
    first = {**AN, Column.ROLES: "Bí thư", Column.CELL_KIND: "Thôn", Column.PARENT: "Đảng bộ A"}
    second = {
        Column.FULL_NAME: "Lê Bình",
        Column.CELL: "Thôn 1",
        Column.ROLES: "Bí thư",
        Column.CELL_KIND: "Trường học",
        Column.PARENT: "Đảng bộ B",
    }
    third = {Column.FULL_NAME: "Lê Cường", Column.CELL: "Thôn 1", Column.PARENT: "ĐẢNG BỘ A"}
    roster = check(first, second, third)
    assert found(roster) == [
        (3, Column.CELL_KIND, Fault.OTHER_KIND, "2"),
        (3, Column.ROLES, Fault.SECOND_SECRETARY, "2"),
        (3, Column.PARENT, Fault.OTHER_PARENT, "2"),
    ]
    assert [row.line for row in roster.rows] == [2, 4]


def test_the_cells_of_a_roster() -> None:
    """Each cell once, under its first name, with what any of its lines says of it."""
    roster = check(
        AN,
        {Column.FULL_NAME: "Lê Bình", Column.CELL: "thôn 1", Column.CELL_KIND: "Thôn"},
        {Column.FULL_NAME: "Lê Cường", Column.CELL: "Trường Mẫu", Column.PARENT: "Đảng bộ A"},
    )
    assert cells_of(roster.rows) == (
        RosterCell("Chi bộ Thôn 1", CellKind.VILLAGE, None, 2),
        RosterCell("Trường Mẫu", None, "Đảng bộ A", 1),
    )


def test_keys_for_comparing() -> None:
    """Words are compared without case, diacritics and signs; a cell also without "chi bộ"."""
    assert word_key(" Thôn/Tổ dân-phố (*) ") == "thon to dan pho"
    assert cell_key("CHI BỘ  Thôn 1.") == cell_key("thôn 1") == "thon 1"
    assert not starts_like_formula("-") and not starts_like_formula("a=b") and starts_like_formula("\t=1")


def test_twenty_thousand_namesakes_are_checked_at_once() -> None:
    """Comparing lines takes time in proportion to their number, even when all have one name and one cell."""
    coded = [{**AN, Column.MEMBER_CODE: str(number)} for number in range(20_000)]
    roster = check(*coded, AN)
    assert found(roster) == [(20_002, Column.FULL_NAME, Fault.SAME_PERSON, "2")]


cells = st.one_of(st.text(max_size=30), st.dates(), st.builds(Formula, st.text(max_size=5)))


@given(st.lists(st.dictionaries(st.sampled_from(Column), cells, max_size=11), max_size=6))
def test_every_line_gives_a_member_or_a_fault(lines: list[dict[Column, RawCell]]) -> None:
    """Whatever stands in the cells, each line is either a member or has a fault, never both or neither."""
    roster = check(*lines)
    good, faulty = {row.line for row in roster.rows}, {fault.line for fault in roster.faults}
    assert good.isdisjoint(faulty)
    assert good | faulty == set(range(2, len(lines) + 2))


@given(st.dates(min_value=date(1930, 2, 3), max_value=TODAY), st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"]))
def test_days_are_read_as_they_are_written(day: date, form: str) -> None:
    """Every possible day is read back from each usual way of writing it."""
    assert only_row({**AN, Column.JOINED_ON: day.strftime(form)}).joined_on == day
