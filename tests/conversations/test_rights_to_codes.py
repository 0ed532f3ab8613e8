"""Who holds a person's code can be that person: it is for those alone who could give what the person holds."""

import pytest
from inline_snapshot import snapshot

from bot.chat import Address
from bot.domain.ids import PersonId, UnitId
from bot.domain.rights import Role
from storage import addresses, people
from tests.conversations.rights_table import CODES, LETTERS, Code, may, refused
from tests.conversations.two_communes import CELL, OTHER_COMMUNE, PROVINCE, Actor, Copy, changed
from tests.slips import codes_on, joins, reads_to_the_end, sheet_of
from tests.world import ACCOUNT, World

# -------------------------------------------------------------------------------- everybody, every role


@pytest.mark.parametrize("code", CODES, ids=lambda code: f"{code.role}-{code.held_over}")
async def test_a_code_is_for_those_in_its_row(copy: Copy, code: Code) -> None:
    """Of all who speak, exactly those of the row open the person's screen and unlink the account; for the others
    nothing at all changes."""
    await _holds(copy, code)
    kept, before = copy.keep(), copy.dump()
    person, link = copy.province.here["binh"], copy.province.here["link"]
    let_in = set()
    for actor in copy.province.actors.values():
        if actor.key == "binh":
            continue  # Everybody answers for themself; nobody undoes themself.
        screen = await copy.presses(actor, f"invite-person:{person}")
        undone = await copy.presses(actor, f"link-undo-yes:{link}")
        assert refused(screen) is refused(undone) is not _of_the_row(actor, code), (actor.key, screen, undone)
        if refused(undone):
            assert changed(before, copy.dump()) <= {"outbox"}, actor.key
        else:
            assert "addresses" in changed(before, copy.dump()), actor.key
            let_in.add(actor.key)
            copy.put_back(kept)
            before = copy.dump()
    assert let_in, "somebody answers for everybody"


def _of_the_row(actor: Actor, code: Code) -> bool:
    return may(actor, "S D O A", CELL) and may(actor, code.who, code.held_over)


async def _holds(copy: Copy, code: Code) -> None:
    if code.role is None:
        return
    here, there = copy.province.here, copy.province.elsewhere
    async with copy.world.app.database.write() as tx:
        person = PersonId(int(here["binh"]))
        named = {"Chi bộ thôn 2": int(here["cell"]) + 1, PROVINCE: int(here["commune"]) - 1}
        named |= {CELL: int(here["cell"]), "Đảng ủy xã Mẫu": int(here["commune"])}
        named |= {"Chi bộ thôn 3": int(there["cell"]), OTHER_COMMUNE: int(there["commune"])}
        unit = UnitId(named[code.held_over])
        await people.add_role(tx, person=person, unit=unit, role=LETTERS[code.role])


# ------------------------------------------------------------------------------------------ the sheet


async def test_the_secretarys_sheet_leaves_out_who_is_an_officer(world: World) -> None:
    """The officer among the members is named and left to those above; taking back all codes leaves theirs alone."""
    ba = await world.secretary("Trần Văn Ba")
    admin = await world.officer("Phan Văn Bình", admin=True)
    await world.member("Nguyễn Thị An", linked=False)
    await world.member("Lê Văn Cán", roles=[Role.COMMITTEE_OFFICER], over="Đảng ủy xã Mẫu", linked=False)
    await admin.says("/phieumoi")
    await admin.presses("Làm phiếu cho 02 đồng chí")
    await admin.presses("Làm phiếu")
    given = codes_on(admin.files()[-1])["Lê Văn Cán"]
    await ba.says("/phieumoi")
    assert ba.heard()[-1] == snapshot("""\
*Phiếu mời – Chi bộ thôn 1*

Đã tham gia: 01/03 đồng chí.
Chưa tham gia: 02 đồng chí.
Mã đã phát, còn hiệu lực mà chưa dùng: 01 mã.
Do giữ nhiệm vụ cấp trên giao, phiếu của Lê Văn Cán để văn phòng đảng ủy làm.

[1. Làm phiếu cho 01 đồng chí] [2. Chọn một đồng chí] [3. Thu hồi mã chưa dùng] [Dừng lại]\
""")
    await ba.presses("Làm phiếu cho 01 đồng chí")
    await ba.presses("Làm phiếu")
    assert list(codes_on(ba.files()[-1])) == ["Nguyễn Thị An"]
    await ba.says("/phieumoi")
    await ba.presses("Thu hồi mã chưa dùng")
    await ba.presses("Thu hồi mã")
    assert ba.heard()[-1] == snapshot("Đã thu hồi 01 mã. Phiếu mang mã ấy không dùng được nữa.")
    can = world.stranger("can")
    await joins(can, given)
    assert "*Đồng chí đã tham gia*" in can.last


async def test_one_person_chosen_by_name_is_refused_in_words(world: World) -> None:
    """Also when the role was given while their screen was open."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An", linked=False)
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("An")
    assert "Chưa tham gia" in ba.last
    await _is_made_an_officer(world, an.person_id)
    ba.heard()
    await ba.presses("Làm phiếu")
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("An")
    heard = ba.heard()
    assert (
        heard[0]
        == heard[-1]
        == snapshot(
            "Đồng chí ấy đang giữ nhiệm vụ do cấp trên giao, nên phiếu mời, mã mời và tài khoản của đồng chí ấy do người phụ trách ở cấp đó làm. Mong đồng chí báo với văn phòng đảng ủy."
        )
    )
    assert ba.files() == []


async def test_a_printed_code_does_not_open_a_role_given_since(world: World) -> None:
    """The secretary printed the slip of a member who is an officer now: it is void, before and after consent."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An", linked=False)
    code = (await sheet_of(ba))["Nguyễn Thị An"]
    early, late = world.stranger("early"), world.stranger("late")
    await early.says(code)
    await reads_to_the_end(early)
    await early.presses("Đồng ý")
    await _is_made_an_officer(world, an.person_id)
    early.heard()
    await early.presses("Đúng")
    await late.says(code)
    assert (
        early.heard()
        == late.heard()
        == snapshot(
            [
                "Mã mời này đã được thu hồi, thường vì bí thư chi bộ đã in phiếu mới. Mong đồng chí xin bí thư chi bộ phiếu mới."
            ]
        )
    )
    async with world.app.database.read() as tx:
        assert await addresses.reach(tx, an.person_id or PersonId(0)) is None


async def test_those_who_can_undo_it_are_told_that_an_officer_has_joined(world: World) -> None:
    """The cell's secretary could do nothing about it; the administrator of the committee can, and does."""
    ba = await world.secretary("Trần Văn Ba")
    admin = await world.officer("Phan Văn Bình", admin=True)
    other = await world.officer("Lý Thị Dung")
    await world.member("Lê Văn Cán", roles=[Role.COMMITTEE_OFFICER], over="Đảng ủy xã Mẫu", linked=False)
    await admin.says("/phieumoi")
    await admin.presses("Làm phiếu cho 01 đồng chí")
    await admin.presses("Làm phiếu")
    await joins(world.stranger("can"), codes_on(admin.files()[-1])["Lê Văn Cán"])
    assert ba.heard() == other.heard() == []
    await admin.presses("Không đúng người")
    await admin.presses("Gỡ tài khoản")
    assert "Đã gỡ tài khoản khỏi tên đồng chí Lê Văn Cán" in admin.last
    async with world.app.database.read() as tx:
        assert await people.who_at(tx, Address(ACCOUNT, "can")) is None


async def _is_made_an_officer(world: World, person: PersonId | None) -> None:
    assert person is not None
    async with world.app.database.write() as tx:
        unit = world.units["Đảng ủy xã Mẫu"]
        await people.add_role(tx, person=person, unit=unit, role=Role.COMMITTEE_OFFICER)
