"""Who of a roster is who of those known: the surest likeness first, and a question where it is not sure."""

from datetime import date

import pytest

from bot.domain.member import Status
from bot.domain.rights import Role
from bot.domain.roster import Column, Fault, RosterRow
from bot.domain.roster_known import KnownPerson
from tests.domain.roster_scenes import COMMUNE, ELSEWHERE, SCHOOL, THON_1, THON_2, faults, person, plan, row

AN = "Nguyễn Văn An"
DAY = date(1965, 12, 3)


def who(found_row: RosterRow, *people: KnownPerson) -> int | None:
    """The id of the person whom a single row means; None for somebody new."""
    found = plan(found_row, people=people)
    assert found.faults == ()
    matched = {one.person for one in found.people if one.lines == (2,)}
    if not matched:
        assert found.unchanged == 1
        return int(people[0].id)
    (only,) = matched
    return None if only is None else int(only)


@pytest.mark.parametrize(
    ("sent", "known", "same"),
    [
        (row(2, AN, code="00.1"), person(7, AN, THON_2, member_code="00.1"), True),
        (row(2, "nguyễn văn an"), person(7, AN), True),
        (row(2, "Nguyen Van An"), person(7, AN), True),
        (row(2, AN, born=1965), person(7, AN, born=1965), True),
        (row(2, AN, born=DAY), person(7, AN, born=1965), True),
        (row(2, AN, born=1965), person(7, AN), True),
        (row(2, AN), person(7, AN, born=DAY), True),
        (row(2, AN, born=DAY), person(7, AN, THON_2, born=DAY), True),
        (row(2, AN, born=1965), person(7, AN, THON_2, born=1965), True),
        (row(2, "Nguyen Van An", born=DAY), person(7, AN, THON_2, born=DAY), True),
        (row(2, AN, code="00.2", born=DAY), person(7, AN, member_code="00.1", born=DAY), True),
        (row(2, AN, code="00.1", born=1970), person(7, AN, member_code="00.1", born=1965), True),
        (row(2, "Nguyễn Văn Ân", code="00.1", born=DAY), person(7, AN, THON_2, member_code="00.1", born=DAY), True),
        (row(2, AN), person(7, AN, None, roles=((Role.ADMINISTRATOR, COMMUNE),)), True),
        (row(2, AN, born=1966), person(7, AN, born=1965), False),
        (row(2, AN, born=date(1965, 12, 4)), person(7, AN, born=DAY), False),
        (row(2, AN, code="00.2"), person(7, AN, member_code="00.1"), False),
        (row(2, AN, code="00.2", born=DAY), person(7, AN, THON_2, member_code="00.1", born=DAY), False),
        (row(2, "Nguyen Van An", born=1965), person(7, AN, THON_2, born=1965), False),
        (row(2, AN, code="00.2"), person(7, AN, THON_2), False),
        (row(2, AN, born=DAY), person(7, AN, THON_2), False),
        (row(2, AN), person(7, AN, status=Status.DECEASED), False),
        (row(2, AN), person(7, AN, None, roles=((Role.ADMINISTRATOR, ELSEWHERE),)), False),
        (row(2, "Nguyễn Văn Bình"), person(7, AN), False),
    ],
    ids=[
        "code in another cell",
        "name in other letters",
        "name without diacritics in the same cell",
        "name and year",
        "the day fits the year",
        "the birth was not known",
        "the birth is not said",
        "name and day in another cell",
        "name and year in another cell",
        "day and likeness in another cell",
        "a code that was mistyped once",
        "a birth that was mistyped once",
        "a name that changed, the code and the day say so",
        "an administrator who had no cell yet",
        "another year",
        "another day",
        "another code",
        "another code and another cell",
        "a likeness and a year in another cell",
        "a code nobody has, another cell",
        "a day, in another cell without one",
        "somebody dead",
        "an administrator of elsewhere",
        "another name",
    ],
)
def test_who_is_meant(sent: RosterRow, known: KnownPerson, same: bool) -> None:
    """A code, or the name with the cell or the birth, is the same person; what contradicts is another."""
    assert who(sent, known) == (7 if same else None)


def test_the_surest_likeness_goes_first() -> None:
    """Two of nearly the same name are told apart by the exact one, whatever the order of the rows."""
    people = (person(7, "Nguyễn Thị Hà"), person(8, "Nguyễn Thị Hạ"))
    for names in (("Nguyễn Thị Hà", "Nguyễn Thị Hạ"), ("Nguyễn Thị Hạ", "Nguyễn Thị Hà")):
        found = plan(*(row(at, name) for at, name in enumerate(names, start=2)), people=people)
        assert (found.faults, found.people, found.unchanged) == ((), (), 2)


def test_namesakes_are_told_apart_by_their_births() -> None:
    """Father and son of one name in one cell are two people, each found again."""
    people = (person(7, AN, born=1940), person(8, AN, born=1970))
    found = plan(row(2, AN, born=1970), row(3, AN, born=1940), people=people)
    assert (found.faults, found.people, found.unchanged) == ((), (), 2)


@pytest.mark.parametrize(
    ("rows", "people", "lines"),
    [
        ((row(2, AN),), (person(7, AN, born=1940), person(8, AN, born=1970)), [2]),
        ((row(2, AN, born=1965, code="1"), row(3, AN, born=1965, code="2")), (person(7, AN, born=1965),), [2, 3]),
        ((row(2, AN, "Thôn 2"),), (person(7, AN, THON_1),), [2]),
        ((row(2, AN, "Thôn 2", born=1965),), (person(7, AN, THON_1),), [2]),
        ((row(2, AN, born=1965),), (person(7, AN, THON_2, born=1965), person(8, AN, SCHOOL, born=1965)), [2]),
    ],
    ids=["two of the name", "two rows for one", "moved or another", "too little is known", "two elsewhere"],
)
def test_who_could_be_several_is_asked_for_a_code(
    rows: tuple[RosterRow, ...], people: tuple[KnownPerson, ...], lines: list[int]
) -> None:
    """Where name, birth and cell do not tell, nobody is chosen by chance."""
    found = plan(*rows, people=people)
    assert [(line, fault) for line, _, fault, _ in faults(found)] == [(line, Fault.SEVERAL_PEOPLE) for line in lines]


def test_a_code_of_somebody_with_another_name_is_a_fault() -> None:
    """A code that slipped into the wrong line does not rename anybody, here or elsewhere."""
    here = person(7, "Trần Thị Bình", member_code="00.1", born=1970)
    there = person(7, "Trần Thị Bình", ELSEWHERE, member_code="00.1", born=DAY)
    for known in (here, there):
        found = plan(row(2, AN, code="00.1", born=DAY), people=(known,))
        assert faults(found) == [(2, Column.MEMBER_CODE, Fault.OTHER_NAME, "00.1")]


def test_one_person_does_not_stand_in_two_cells() -> None:
    """The same name and day in two cells is one person listed twice, unless both lines have codes of their own."""
    twice = plan(row(2, AN, born=DAY), row(3, AN, "Thôn 2", born=DAY))
    assert faults(twice) == [(3, Column.FULL_NAME, Fault.IN_TWO_CELLS, "2")]
    two = plan(row(2, AN, born=DAY, code="00.1"), row(3, AN, "Thôn 2", born=DAY, code="00.2"))
    assert (two.faults, len(two.people)) == ((), 2)


def test_a_guest_is_the_same_person_as_at_home() -> None:
    """A line "tạm thời đến" beside the home cell's adds a place to the same person, known or new."""
    home = row(2, AN, "Thôn 2", born=DAY, status=Status.TEMPORARY_OUT)
    guest = row(3, AN, "Trường học", born=DAY, status=Status.TEMPORARY_IN)
    new = plan(home, guest)
    (one,) = new.people
    assert (one.lines, [begin.cell for begin in one.begins]) == ((2, 3), [THON_2, SCHOOL])
    known = person(7, AN, THON_2, born=DAY, status=Status.TEMPORARY_OUT, guest_in=SCHOOL)
    again = plan(home, guest, people=(known,))
    assert (again.people, again.unchanged) == ((), 1)


def test_a_guest_whose_home_is_elsewhere_is_found_by_the_code() -> None:
    """Somebody of another commune may be a guest here; nothing of theirs is changed but the place."""
    known = person(7, AN, ELSEWHERE, born=DAY, member_code="00.1", status=Status.TEMPORARY_OUT)
    found = plan(row(2, AN, code="00.1", born=1970, status=Status.TEMPORARY_IN), people=(known,))
    (one,) = found.people
    assert (found.faults, one.person, one.changes, one.ends) == ((), 7, (), ())
    assert [(begin.cell, begin.status) for begin in one.begins] == [(THON_1, Status.TEMPORARY_IN)]


def test_nobody_is_taken_from_elsewhere() -> None:
    """A code of a member of another commune, or of its officer, is a fault; of who has left it, is not."""
    member = person(7, AN, ELSEWHERE, member_code="00.1")
    officer = person(7, AN, None, member_code="00.1", roles=((Role.COMMITTEE_OFFICER, ELSEWHERE),))
    for known in (member, officer):
        found = plan(row(2, AN, code="00.1"), people=(known,))
        assert faults(found) == [(2, Column.MEMBER_CODE, Fault.OUTSIDE, "00.1")]
    left = person(7, AN, ELSEWHERE, member_code="00.1", status=Status.TRANSFERRED)
    (one,) = plan(row(2, AN, code="00.1"), people=(left,)).people
    assert (one.person, one.moved_from) == (7, ELSEWHERE)
