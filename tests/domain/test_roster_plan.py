"""What a roster would change: people, cells, roles; what it leaves alone; what it may not touch."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.member import Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rights import Role
from bot.domain.roster import Column, Fault, Roster, RosterRow, RowFault
from bot.domain.roster_import import Some, summarise
from bot.domain.roster_known import Known, KnownPlace, KnownRole, KnownUnit, UnitKey
from bot.domain.roster_person import Begin, Grant
from bot.domain.roster_plan import fingerprint, make_plan, without_moves
from bot.domain.roster_units import NewCell, NewCommittee, NewKind
from tests.domain.roster_scenes import COMMUNE, SCHOOL, THON_1, THON_2, UNITS, faults, person, plan, row

AN = "Nguyễn Văn An"
DAY = date(1965, 12, 3)
NO_ROLES = tuple(column for column in Column if column not in (Column.ROLES, Column.IN_CHARGE_OF))

# ---------------------------------------------------------------------------------------- people


def test_somebody_new_gets_a_place_and_roles() -> None:
    """A new person's line becomes details, a membership and roles; capitals become a name."""
    found = plan(row(2, "NGUYỄN VĂN AN", born=DAY, code="00.1", status=Status.PROBATIONARY, roles=(Role.NOTE_TAKER,)))
    (one,) = found.people
    assert one.person is None and one.details is not None
    assert (one.name, one.details.birth_date, one.details.member_code) == (AN, DAY, "00.1")
    assert one.begins == (Begin(THON_1, Status.PROBATIONARY),)
    assert one.gives == (Grant(Role.NOTE_TAKER, THON_1),)


def test_the_same_roster_again_changes_nothing() -> None:
    """Everybody as they are known is unchanged."""
    known = person(7, AN, born=DAY, member_code="00.1", roles=((Role.SECRETARY, THON_1),))
    found = plan(row(2, AN, born=DAY, code="00.1", roles=(Role.SECRETARY,)), people=(known,))
    assert found.changes_nothing() and (found.unchanged, found.missing) == (1, ())


def test_what_is_not_said_is_not_erased() -> None:
    """An empty birthday, code or day of joining leaves the known one; a year leaves the day that fits it."""
    known = person(7, AN, born=DAY, member_code="00.1", joined_on=date(1990, 5, 19), official_on=date(1991, 5, 19))
    for sent in (row(2, AN), row(2, AN, born=1965)):
        assert plan(sent, people=(known,)).changes_nothing()


def test_details_that_differ_are_changed() -> None:
    """A corrected name, birthday, code or day is named as a change, with all details as they will be."""
    known = person(7, "Nguyen Van An", born=1965)
    sent = row(2, AN, born=DAY, code="00.1", joined_on=date(1990, 5, 19), official_on=date(1991, 5, 19))
    (one,) = plan(sent, people=(known,)).people
    assert set(one.changes) == {
        Column.FULL_NAME,
        Column.BIRTH,
        Column.MEMBER_CODE,
        Column.JOINED_ON,
        Column.OFFICIAL_ON,
    }
    assert one.details is not None and (one.details.full_name, one.details.birth_date) == (AN, DAY)
    assert (one.ends, one.begins) == ((), ())


def test_another_year_drops_the_old_day() -> None:
    """When the code says who it is and the year differs, the day of the old year is not kept."""
    known = person(7, AN, born=DAY, member_code="00.1")
    (one,) = plan(row(2, AN, born=1970, code="00.1"), people=(known,)).people
    assert one.details is not None and (one.details.birth_year, one.details.birth_date) == (1970, None)


def test_a_change_of_status_ends_one_membership_and_begins_another() -> None:
    """From probationary to official: history stays, nothing is overwritten."""
    known = person(7, AN, status=Status.PROBATIONARY)
    (one,) = plan(row(2, AN), people=(known,)).people
    assert one.ends == (KnownPlace(THON_1, Status.PROBATIONARY),)
    assert (one.begins, one.moved_from) == ((Begin(THON_1, Status.OFFICIAL),), None)


def test_an_empty_column_of_statuses_changes_no_status() -> None:
    """Where no line says a status, everybody keeps theirs; who is new is official."""
    known = person(7, AN, status=Status.EXEMPT)
    columns = tuple(column for column in Column if column is not Column.STATUS)
    found = plan(row(2, AN), row(3, "Trần Thị Bình"), people=(known,), columns=columns)
    (new,) = found.people
    assert (found.unchanged, new.begins) == (1, (Begin(THON_1, Status.OFFICIAL),))


def test_who_was_away_for_good_and_is_listed_again_comes_back() -> None:
    """Somebody known as transferred, on the roster with code, belongs again."""
    known = person(7, AN, status=Status.TRANSFERRED, member_code="00.1")
    columns = tuple(column for column in Column if column is not Column.STATUS)
    (one,) = plan(row(2, AN, code="00.1"), people=(known,), columns=columns).people
    assert one.begins == (Begin(THON_1, Status.OFFICIAL),)


def test_a_move_is_marked_and_can_be_left_out() -> None:
    """Another cell ends the old membership and the roles of the old cell; without moves they stay as they are."""
    mover = person(7, AN, THON_1, born=DAY, roles=((Role.SECRETARY, THON_1), (Role.UPPER_MEMBER_IN_CHARGE, SCHOOL)))
    holder = person(8, "Trần Thị Bình", THON_2, roles=((Role.SECRETARY, THON_2),))
    rows = (row(2, AN, "Thôn 2", born=DAY, roles=(Role.SECRETARY,)),)
    roster = Roster(rows=rows, faults=(), lines=1, columns=(Column.FULL_NAME, Column.ROLES, Column.STATUS))
    known = Known(unit=COMMUNE, units=UNITS, people=(mover, holder))
    found = make_plan(roster, known, may_give_officers=False)
    moved, replaced = found.people
    assert (moved.moved_from, moved.ends) == (THON_1, (KnownPlace(THON_1, Status.OFFICIAL),))
    assert moved.takes == (KnownRole(Role.SECRETARY, THON_1),)
    assert moved.gives == (Grant(Role.SECRETARY, THON_2),)
    assert (replaced.person, replaced.takes) == (8, (KnownRole(Role.SECRETARY, THON_2),))
    stay = make_plan(without_moves(roster, found), known, may_give_officers=False)
    assert stay.changes_nothing()


def test_a_guest_who_is_taken_on_moves() -> None:
    """A guest here whose home is another cell below the committee, listed as official here, has moved."""
    known = person(7, AN, THON_2, born=DAY, status=Status.TEMPORARY_OUT, guest_in=THON_1)
    (one,) = plan(row(2, AN, born=DAY), people=(known,)).people
    assert one.moved_from == THON_2
    assert set(one.ends) == {KnownPlace(THON_2, Status.TEMPORARY_OUT), KnownPlace(THON_1, Status.TEMPORARY_IN)}


def test_the_missing_are_shown_for_the_cells_that_are_named() -> None:
    """Who belongs to a named cell and is not listed is missing; cells that are not named are only counted."""
    people = (
        person(7, AN),
        person(8, "Trần Thị Bình"),
        person(9, "Lê Văn Cường", THON_2),
        person(10, "Cụ Đã Mất", status=Status.DECEASED),
    )
    found = plan(row(2, AN), people=people)
    assert [(one.person, one.cell) for one in found.missing] == [(8, THON_1)]
    assert (found.silent, found.silent_members, found.changes_nothing()) == ((THON_2, SCHOOL), 1, True)


# ----------------------------------------------------------------------------------------- roles


def test_roles_are_given_and_ended_by_the_column() -> None:
    """Who is named holds the role from now on; who holds it and is not named, no more."""
    people = (
        person(7, AN, roles=((Role.SECRETARY, THON_1), (Role.NOTE_TAKER, THON_1))),
        person(8, "Trần Thị Bình", roles=((Role.UPPER_MEMBER_IN_CHARGE, SCHOOL),)),
    )
    found = plan(
        row(2, AN, roles=(Role.DEPUTY_SECRETARY, Role.NOTE_TAKER)),
        row(3, "Trần Thị Bình", roles=(Role.SECRETARY,), in_charge_of=("thôn 2",)),
        people=people,
    )
    an, binh = found.people
    assert (an.gives, an.takes) == ((Grant(Role.DEPUTY_SECRETARY, THON_1),), (KnownRole(Role.SECRETARY, THON_1),))
    assert set(binh.gives) == {Grant(Role.SECRETARY, THON_1), Grant(Role.UPPER_MEMBER_IN_CHARGE, THON_2)}
    assert binh.takes == (KnownRole(Role.UPPER_MEMBER_IN_CHARGE, SCHOOL),)


def test_an_empty_column_of_roles_ends_none() -> None:
    """A roster that says nothing of roles leaves all of them."""
    known = person(7, AN, roles=((Role.SECRETARY, THON_1), (Role.UPPER_MEMBER_IN_CHARGE, THON_2)))
    assert plan(row(2, AN), people=(known,), columns=NO_ROLES).changes_nothing()


def test_a_new_secretary_ends_the_role_of_the_old_one_who_is_not_listed() -> None:
    """A cell has one secretary, also when the roster does not name the old one."""
    people = (person(7, AN), person(8, "Trần Thị Bình", roles=((Role.SECRETARY, THON_1),)))
    found = plan(row(2, AN, roles=(Role.SECRETARY,)), people=people)
    given, ended = found.people
    assert given.gives == (Grant(Role.SECRETARY, THON_1),)
    assert (ended.person, ended.lines, ended.takes) == (8, (), (KnownRole(Role.SECRETARY, THON_1),))


def test_only_who_may_give_it_gives_or_ends_the_role_over_the_committee() -> None:
    """An officer's file names no other officer and dismisses none; who holds the role already is no fault."""
    officer = person(7, AN, roles=((Role.COMMITTEE_OFFICER, COMMUNE),))
    named = row(2, AN, roles=(Role.COMMITTEE_OFFICER,))
    assert faults(plan(named)) == [(2, Column.ROLES, Fault.NOT_TO_GIVE, "")]
    assert plan(named, people=(officer,)).changes_nothing()
    assert plan(row(2, AN), people=(officer,)).changes_nothing()
    (given,) = plan(named, may_give_officers=True).people
    assert given.gives == (Grant(Role.COMMITTEE_OFFICER, COMMUNE),)
    (ended,) = plan(row(2, AN), people=(officer,), may_give_officers=True).people
    assert ended.takes == (KnownRole(Role.COMMITTEE_OFFICER, COMMUNE),)


def test_a_file_never_ends_an_administrator() -> None:
    """Whoever sends it, and whatever its columns say."""
    known = person(7, AN, roles=((Role.ADMINISTRATOR, COMMUNE),))
    assert plan(row(2, AN), people=(known,), may_give_officers=True).changes_nothing()


# ----------------------------------------------------------------------------------------- cells


def test_new_cells_and_committees_are_made_once() -> None:
    """A cell that is not known is made where its lines say, with their kind; a village where none is said."""
    found = plan(
        row(2, AN, "Chi bộ Trạm y tế", cell_kind=CellKind.HEALTH),
        row(3, "Trần Thị Bình", "trạm y tế", roles=(Role.SECRETARY,)),
        row(4, "Lê Văn Cường", "Thôn 9", parent_name="Đảng bộ Bắc"),
        row(5, "Phạm Thị Dung", "Thôn 8", parent_name="đảng bộ bắc", in_charge_of=("Trạm y tế",)),
    )
    bac = UnitKey("^dang bo bac")
    assert found.faults == ()
    assert found.committees == (NewCommittee(bac, "Đảng bộ Bắc"),)
    assert found.cells == (
        NewCell(UnitKey("tram y te"), "Chi bộ Trạm y tế", CellKind.HEALTH, COMMUNE),
        NewCell(UnitKey("thon 9"), "Thôn 9", CellKind.VILLAGE, bac),
        NewCell(UnitKey("thon 8"), "Thôn 8", CellKind.VILLAGE, bac),
    )
    assert found.people[1].gives == (Grant(Role.SECRETARY, UnitKey("tram y te")),)
    assert found.people[3].gives == (Grant(Role.UPPER_MEMBER_IN_CHARGE, UnitKey("tram y te")),)


def test_a_known_cell_can_be_of_another_kind() -> None:
    """Its kind is changed, its name is not."""
    found = plan(row(2, AN, "TRƯỜNG HỌC", cell_kind=CellKind.AGENCY))
    assert found.kinds == (NewKind(SCHOOL, "Chi bộ Trường học", CellKind.SCHOOL, CellKind.AGENCY),)
    assert found.cells == ()


BELOW = KnownUnit(id=SCHOOL, name="Đảng bộ Bắc", kind=UnitKind.COMMITTEE, cell_kind=None, parent=COMMUNE)


@pytest.mark.parametrize(
    ("sent", "known", "fault"),
    [
        (row(2, AN, "Đảng ủy xã Mẫu"), {}, (Column.CELL, Fault.NOT_A_CELL, "Đảng ủy xã Mẫu")),
        (row(2, AN, "Thôn 1", parent_name="Đảng bộ Bắc"), {}, (Column.PARENT, Fault.CELL_ELSEWHERE, "Đảng ủy xã Mẫu")),
        (
            row(2, AN, "Thôn 7", parent_name="Đảng ủy xã Khác"),
            {"committees_elsewhere": frozenset({"dang uy xa khac"})},
            (Column.PARENT, Fault.OUTSIDE, "Đảng ủy xã Khác"),
        ),
        (
            row(2, AN, "Chi bộ Thôn 7"),
            {"cells_beside": frozenset({"thon 7"})},
            (Column.CELL, Fault.OUTSIDE, "Chi bộ Thôn 7"),
        ),
        (
            row(2, AN, "Thôn 2"),
            {"units": (*UNITS[:3], BELOW, replace(UNITS[2], id=THON_1, name="Thôn 2", parent=SCHOOL))},
            (Column.CELL, Fault.SEVERAL_CELLS, "Thôn 2"),
        ),
        (row(2, AN, in_charge_of=("Thôn 99",)), {}, (Column.IN_CHARGE_OF, Fault.UNKNOWN_CELL, "Thôn 99")),
    ],
    ids=["a committee", "below another", "committee outside", "cell outside", "two of that name", "nowhere"],
)
def test_cells_that_cannot_be_meant_are_faults(
    sent: RosterRow, known: dict[str, object], fault: tuple[Column, Fault, str]
) -> None:
    """A roster neither moves cells nor reaches beyond the committee that it is for."""
    assert faults(plan(sent, **known)) == [(2, *fault)]  # type: ignore[arg-type]


def test_the_committee_above_tells_cells_of_one_name_apart() -> None:
    """With the column of the committee above, the cell below that one is meant."""
    below = replace(UNITS[2], id=THON_1, name="Thôn 2", parent=SCHOOL)
    units = (UNITS[0], UNITS[2], BELOW, below)
    found = plan(row(2, AN, "Thôn 2", parent_name="Đảng bộ Bắc"), units=units)
    assert (found.faults, found.people[0].begins) == ((), (Begin(THON_1, Status.OFFICIAL),))


# --------------------------------------------------------------------------------- faults, summaries


def test_lines_that_were_left_out_cause_no_further_faults() -> None:
    """While a line has a fault of its own, what may come only from its absence is not said."""
    roster = Roster(
        rows=(row(3, AN, "Thôn 2"), row(4, "Lê Văn Cường", in_charge_of=("Thôn 5",))),
        faults=(RowFault(2, Column.FULL_NAME, Fault.MISSING),),
        lines=3,
        columns=tuple(Column),
    )
    known = Known(unit=COMMUNE, units=UNITS, people=(person(7, AN),))
    assert make_plan(roster, known, may_give_officers=False).faults == ()
    assert len(make_plan(replace(roster, faults=()), known, may_give_officers=False).faults) == 2


def test_a_summary_counts_everything_and_names_the_first() -> None:
    """Each kind has its count and three names; the button counts who is written when nobody moves."""
    people = (person(50, "Lê Văn Cường", THON_2, born=1970), person(51, "Trần Thị Bình", status=Status.PROBATIONARY))
    rows = (
        *(row(at, f"{AN} {'bcdef'[at - 2]}", "Thôn 5") for at in range(2, 7)),
        row(7, "Lê Văn Cường", born=1970),
        row(8, "Trần Thị Bình", born=1980),
    )
    roster = Roster(rows=rows, faults=(), lines=7, columns=tuple(Column), ignored=("STT",))
    known = Known(unit=COMMUNE, units=UNITS, people=people)
    found = make_plan(roster, known, may_give_officers=False)
    summary = summarise(roster, known, found)
    assert summary.new == Some(5, tuple((f"{AN} {letter}", "Thôn 5") for letter in "bcd"))
    assert summary.cells == Some(1, (("Thôn 5", "village"),))
    assert summary.changed == Some(1, (("Trần Thị Bình", "birth", "status"),))
    assert summary.moved == Some(1, (("Lê Văn Cường", "Chi bộ Thôn 2", "Chi bộ Thôn 1"),))
    assert (summary.staying, summary.lines, summary.ignored) == (6, 7, ("STT",))
    assert summary.writes_without_moves()
    assert summary.plan == fingerprint(found)


def test_an_administrator_who_gets_a_cell_is_shown_as_new() -> None:
    """Whoever was known only by a role is a new member, and keeps the role."""
    admin = person(7, AN, None, roles=((Role.ADMINISTRATOR, COMMUNE),))
    roster = Roster(rows=(row(2, AN, born=DAY),), faults=(), lines=1, columns=tuple(Column))
    known = Known(unit=COMMUNE, units=UNITS, people=(admin,))
    found = make_plan(roster, known, may_give_officers=True)
    summary = summarise(roster, known, found)
    assert (found.people[0].person, summary.new, summary.changed) == (7, Some(1, ((AN, "Chi bộ Thôn 1"),)), Some())


NAMES = st.sampled_from([AN, "Nguyen Van An", "Trần Thị Bình", "Lê Văn Cường"])
CELLS = st.sampled_from(["Thôn 1", "Chi bộ Thôn 2", "Trường học", "Thôn 9"])
ROWS = st.builds(
    row,
    st.integers(2, 60),
    NAMES,
    CELLS,
    born=st.sampled_from([None, 1965, 1970, DAY]),
    code=st.sampled_from([None, "00.1", "00.2"]),
    status=st.sampled_from([Status.OFFICIAL, Status.EXEMPT, Status.TEMPORARY_IN]),
    roles=st.sampled_from([(), (Role.SECRETARY,), (Role.COMMITTEE_OFFICER,)]),
)
PEOPLE = st.lists(
    st.builds(
        person,
        st.integers(1, 100),
        NAMES,
        st.sampled_from([THON_1, THON_2, SCHOOL]),
        born=st.sampled_from([None, 1965, 1970, DAY]),
        status=st.sampled_from([Status.OFFICIAL, Status.EXEMPT, Status.TRANSFERRED]),
        roles=st.sampled_from([(), ((Role.SECRETARY, THON_1),), ((Role.ADMINISTRATOR, COMMUNE),)]),
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)


@given(st.lists(ROWS, max_size=8, unique_by=lambda one: one.line), PEOPLE)
def test_nobody_is_lost_or_doubled(rows: list[RosterRow], people: list[object]) -> None:
    """Whatever is sent: each line is of one person or has a fault, and each person known is written once at most."""
    found = plan(*rows, people=tuple(people))  # type: ignore[arg-type]
    lines = [line for one in found.people for line in one.lines]
    assert len(lines) == len(set(lines))
    persons = [one.person for one in found.people if one.person is not None]
    assert len(persons) == len(set(persons))
    assert not any(held.role is Role.ADMINISTRATOR for one in found.people for held in one.takes)
    homes = [begin for one in found.people for begin in one.begins if begin.status is not Status.TEMPORARY_IN]
    if not found.faults:
        assert len(lines) + found.unchanged <= len(rows)
        assert len(homes) <= len([one for one in found.people if one.lines])
