"""Rosters of an invented commune, as an office sends them, and what is known after they are imported."""

from collections.abc import Sequence

from sqlalchemy import text

from bot.domain.rights import Role
from storage import people
from tests.documents.roster_files import xlsx
from tests.world import Voice, World

HEADINGS = (
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Mã đảng viên",
    "Chi bộ",
    "Loại hình chi bộ",
    "Diện đảng viên",
    "Chức vụ",
    "Phụ trách chi bộ",
)
QUAN = ("1", "Nguyễn Văn Quản", "12/05/1980", "38.001", "Chi bộ Cơ quan", "Cơ quan", "", "Bí thư", "Chi bộ Thôn 1")
BI = ("2", "Lê Văn Bí", "19/05/1970", "38.002", "Chi bộ Thôn 1", "Thôn", "", "Bí thư", "")
AN = ("3", "Nguyễn Thị An", "08/03/1990", "38.003", "Chi bộ Thôn 1", "", "", "", "")
BINH = ("4", "Trần Văn Bình", "30/04/1999", "", "Chi bộ Thôn 1", "", "Dự bị", "", "")
TU = ("5", "Đỗ Thị Tư", "1946", "", "Chi bộ Thôn 1", "", "Miễn công tác và sinh hoạt", "", "")
PEOPLE = (QUAN, BI, AN, BINH, TU)

Line = tuple[str, ...]


def roster(*people: Line) -> bytes:
    """The file."""
    return xlsx([HEADINGS, *people])


def but(line: Line, **changed: str) -> Line:
    """The line with some cells changed: by the first word of the heading, without diacritics."""
    places = {
        "name": 1,
        "birth": 2,
        "code": 3,
        "cell": 4,
        "kind": 5,
        "status": 6,
        "roles": 7,
        "in_charge_of": 8,
    }
    values = list(line)
    for name, value in changed.items():
        values[places[name]] = value
    return tuple(values)


async def sends(officer: Voice, *people: Line, name: str = "danh sách.xlsx") -> str:
    """Begin, send the roster; the newest words."""
    await officer.says("/nhapdanhsach")
    await officer.sends_file(name, roster(*people))
    return officer.last


async def an_imported_commune(world: World, *, admin: bool = False) -> Voice:
    """The five people above, imported by an officer; the clock stands a day later."""
    officer = await world.officer("Phan Thị Thu Hà", admin=admin)
    await sends(officer, *PEOPLE)
    await officer.presses("Nhập 05 đảng viên")
    await world.passes(days=1)
    officer.heard()
    return officer


async def also_serves(world: World, officer: Voice, over: str) -> None:
    """An officer of one committee is one of another as well."""
    assert officer.person_id is not None
    async with world.app.database.write() as tx:
        await people.add_role(tx, person=officer.person_id, unit=world.units[over], role=Role.COMMITTEE_OFFICER)


async def loses_the_role(world: World, officer: Voice) -> None:
    """The officer is none any more, from today on."""
    async with world.app.database.write() as tx:
        await tx.run(text("UPDATE roles SET valid_to = valid_from WHERE person_id = :who"), {"who": officer.person_id})


async def rows(world: World, sql: str) -> Sequence[tuple[object, ...]]:
    """What is in the database."""
    async with world.app.database.read() as tx:
        return [tuple(row) for row in await tx.all(text(sql))]


MEMBERS = (
    "SELECT p.full_name, v.name, m.status FROM memberships m JOIN people p ON p.id = m.person_id "
    "JOIN unit_versions v ON v.unit_id = m.unit_id AND v.valid_to IS NULL WHERE m.valid_to IS NULL ORDER BY p.id"
)
ROLES = (
    "SELECT p.full_name, r.role, v.name FROM roles r JOIN people p ON p.id = r.person_id "
    "JOIN unit_versions v ON v.unit_id = r.unit_id AND v.valid_to IS NULL WHERE r.valid_to IS NULL ORDER BY r.id"
)
STATES = "SELECT id, state, roster IS NOT NULL, file_id IS NOT NULL FROM imports ORDER BY id"
FILES = "SELECT count(*) FROM files"
EVERYTHING = "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM units), (SELECT count(*) FROM roles)"
