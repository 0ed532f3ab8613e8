"""The sample commune: invented, marked so, and with somebody for every status and every role."""

from collections import Counter
from datetime import date
from importlib.resources import files

import pytest

from bot.content.commune import Reach, SampleCommune, SamplePerson, load_commune, read_commune
from bot.content.files import ContentFault, Source
from bot.domain.member import ASKED, Status
from bot.domain.organisation import CellKind, UnitKind
from bot.domain.rights import Role

TEXT = (files("bot.content") / "sample" / "commune.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def commune() -> SampleCommune:
    """The shipped commune."""
    return load_commune()


def statuses_now(person: SamplePerson) -> list[Status]:
    """The statuses of the memberships that have no end."""
    return [one.status for one in person.memberships if one.valid_to is None]


def test_it_is_marked_as_a_sample(commune: SampleCommune) -> None:
    """The name of the committee, the note and every member code say that nothing of it is real."""
    assert [unit.name for unit in commune.units if unit.parent is None] == ["Đảng ủy xã Mẫu (dữ liệu mẫu)"]
    assert "tưởng tượng" in commune.note
    assert all(person.member_code.startswith("MAU-") for person in commune.people)


def test_there_are_enough_cells_and_members(commune: SampleCommune) -> None:
    """Four cells, two of them of villages, each with at least three official members who are asked today."""
    cells = [unit for unit in commune.units if unit.kind is UnitKind.CELL]
    assert Counter(cell.cell_kind for cell in cells) == {
        CellKind.VILLAGE: 2,
        CellKind.SCHOOL: 1,
        CellKind.AGENCY: 1,
    }
    assert sum(any(status in ASKED for status in statuses_now(person)) for person in commune.people) >= 36
    for cell in cells:
        official = [
            person
            for person in commune.people
            for one in person.memberships
            if (one.unit, one.status, one.valid_to) == (cell.key, Status.OFFICIAL, None)
        ]
        assert len(official) >= 3


def test_every_status_and_every_role_is_there(commune: SampleCommune) -> None:
    """Somebody has each status today, and somebody holds each role."""
    assert {status for person in commune.people for status in statuses_now(person)} == set(Status)
    assert {role.role for person in commune.people for role in person.roles} == set(Role)


def test_each_cell_is_led_and_watched(commune: SampleCommune) -> None:
    """Every cell has one secretary who belongs to it and has joined, a note-taker, and one upper member in charge."""
    for cell in (unit for unit in commune.units if unit.kind is UnitKind.CELL):
        held = [(role.role, person) for person in commune.people for role in person.roles if role.unit == cell.key]
        (secretary,) = [person for role, person in held if role is Role.SECRETARY]
        assert secretary.reach is Reach.LINKED
        assert [(one.unit, one.status) for one in secretary.memberships] == [(cell.key, Status.OFFICIAL)]
        counts = Counter(role for role, _ in held)
        assert (counts[Role.NOTE_TAKER], counts[Role.UPPER_MEMBER_IN_CHARGE]) == (1, 1)


def test_some_cannot_be_reached(commune: SampleCommune) -> None:
    """Several old members have no phone, and several others have not joined yet."""
    reach = Counter(person.reach for person in commune.people)
    assert reach[Reach.NO_PHONE] >= 3
    assert reach[Reach.INVITED] >= 5
    assert all(person.birth_year <= 1945 for person in commune.people if person.reach is Reach.NO_PHONE)


def test_histories_hold_together(commune: SampleCommune) -> None:
    """One home cell at a time without gaps between its stretches, nobody belongs before joining, probation comes
    before official membership."""
    for person in commune.people:
        home = [one for one in person.memberships if one.status is not Status.TEMPORARY_IN]
        assert [one.valid_to for one in home[:-1]] == [one.valid_from for one in home[1:]]
        assert all(one.valid_to is None for one in home[-1:])
        assert person.memberships[0].valid_from >= person.joined_on
        assert (person.official_on is None) == (Status.PROBATIONARY in statuses_now(person))
        assert person.official_on is None or person.joined_on < person.official_on
        assert person.joined_on >= date(person.birth_year + 18, 1, 1)


def test_the_page_opens_with_a_member_and_their_secretary(commune: SampleCommune) -> None:
    """The two first chats belong to people of one cell who have both joined, the second its secretary."""
    people = {person.member_code: person for person in commune.people}
    member, secretary = (people[code] for code in commune.first_chats)
    assert member.memberships[0].unit == secretary.memberships[0].unit
    assert member.roles == ()
    assert Role.SECRETARY in {role.role for role in secretary.roles}
    assert member.reach is secretary.reach is Reach.LINKED


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "MAU-002"', 'code = "MAU-001"', "two people have the same code"),
        ('unit = "thon_1"', 'unit = "thon_9"', "nobody and nothing is called thon_9"),
        ('["MAU-005"', '["MAU-999"', "nobody and nothing is called MAU-999"),
        ('parent = "xa"', 'parent = "thon_2"', "unit 'thon_1': parents come first"),
        ('kind = "cell", cell_kind = "school"', 'kind = "cell"', "a cell has a cell_kind"),
        ('status = "official"', 'status = "member"', "status: "),
    ],
)
def test_a_slip_in_the_commune_is_named(old: str, new: str, told: str) -> None:
    """A wrong code, unit, parent, kind or status is told with its place."""
    assert old in TEXT
    with pytest.raises(ContentFault) as fault:
        read_commune(Source("commune.toml", TEXT.replace(old, new, 1).encode()))
    assert told in str(fault.value)
    assert str(fault.value).startswith("commune.toml: ")
