"""Invitations: printed by whoever leads a cell, taken back, undone; the first administrator."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from inline_snapshot import snapshot
from sqlalchemy import text

from bot.chat import Address, Message, Paper, PermanentFailure
from bot.domain.member import Status
from bot.domain.rights import Role
from bot.faults import OperatorFault
from handlers.issuing import issue_admin_invitation
from handlers.papers import Papers
from handlers.turn import Act
from storage import addresses, people
from tests.conversations.pledge_rounds import open_round, signs
from tests.slips import codes_on, joins, reads_to_the_end, sheet_of
from tests.world import ACCOUNT, World

CODE = re.compile(r"[0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]{4}")


async def stored_words(world: World) -> str:
    """Everything that the database holds, as one text."""
    async with world.app.database.read() as tx:
        tables = [row[0] for row in await tx.all(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        found = [await tx.all(text(f'SELECT * FROM "{table}"')) for table in tables]  # noqa: S608
    return "\n".join(str(row) for rows_of_table in found for row in rows_of_table)


async def rows(world: World, sql: str) -> Sequence[tuple[object, ...]]:
    """The rows of a question to the database."""
    async with world.app.database.read() as tx:
        return [tuple(row) for row in await tx.all(text(sql))]


def papers(world: World) -> Papers:
    """What draws papers after the commit."""
    return Papers(database=world.app.database, house=world.app.house, makers=world.app.registry.papers)


# ---------------------------------------------------------------------------------------- the sheet


async def test_the_secretary_prints_a_sheet_for_all_who_have_not_joined(world: World) -> None:
    """The cell's state, the names, one press, and a file with a code for each; the way is short."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    await world.member("Lê Văn Bình", linked=False)
    await world.member("Phạm Thị Chín", status=Status.EXEMPT, linked=False)
    await ba.says("phiếu mời")
    await ba.presses("Làm phiếu cho 02 đồng chí")
    await ba.presses("Làm phiếu")
    assert ba.heard() == snapshot(
        [
            """\
*Phiếu mời – Chi bộ thôn 1*

Đã tham gia: 01/03 đồng chí.
Chưa tham gia: 02 đồng chí.

[1. Làm phiếu cho 02 đồng chí] [2. Chọn một đồng chí] [Dừng lại]\
""",
            """\
*Phiếu mời – Chi bộ thôn 1*

Hệ thống sẽ làm phiếu mời cho 02 đồng chí chưa tham gia:
• Nguyễn Thị An
• Lê Văn Bình

[1. Làm phiếu] [Quay lại] [Dừng lại]\
""",
            """\
*Phiếu mời – Chi bộ thôn 1*

Tệp kèm theo có 02 phiếu mời, dùng được đến hết ngày 03/02/2027; mỗi mã dùng một lần.

Đồng chí in ra, cắt theo đường kẻ và trao tận tay từng người. Mã là bí mật: ai cầm mã đều có thể tham gia thay người có tên. Không chụp, không gửi vào nhóm; in xong nên xóa tệp.\
""",
        ]
    )
    codes = codes_on(ba.files()[0])
    assert list(codes) == ["Nguyễn Thị An", "Lê Văn Bình"]


async def test_the_database_alone_reveals_no_code(world: World) -> None:
    """After a sheet was made and sent, none of its codes stands anywhere in the database."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    code = (await sheet_of(ba))["Nguyễn Thị An"]
    stored = (await stored_words(world)).upper()
    assert code not in stored and code.replace("-", "") not in stored


async def test_a_sheet_is_made_once_however_often_it_is_pressed(world: World) -> None:
    """The second press of an old button makes no second sheet: the codes in people's hands stay good."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    codes = await sheet_of(ba)
    ba.heard()
    await ba.presses("Làm phiếu")
    assert ba.heard() == snapshot(
        ["Việc này đã làm xong từ trước, hệ thống không làm lại. Muốn xem hay làm tiếp, đồng chí gõ /phieumoi."]
    )
    an = world.stranger()
    await an.says(codes["Nguyễn Thị An"])
    assert "Trước khi bắt đầu" in an.heard()[0]


async def test_a_new_sheet_takes_back_the_old_codes_and_says_so(world: World) -> None:
    """Before the press the secretary is told; afterwards the old code is answered with what to do."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    old = await sheet_of(ba)
    ba.heard()
    new = await sheet_of(ba)
    assert ba.heard()[:2] == snapshot(
        [
            """\
*Phiếu mời – Chi bộ thôn 1*

Đã tham gia: 01/02 đồng chí.
Chưa tham gia: 01 đồng chí.
Mã đã phát, còn hiệu lực mà chưa dùng: 01 mã.

[1. Làm phiếu cho 01 đồng chí] [2. Chọn một đồng chí] [3. Thu hồi mã chưa dùng] [Dừng lại]\
""",
            """\
*Phiếu mời – Chi bộ thôn 1*

Hệ thống sẽ làm phiếu mời cho 01 đồng chí chưa tham gia:
• Nguyễn Thị An

Lưu ý: 01 mã phát trước đây mà chưa dùng sẽ hết hiệu lực; phiếu cũ không dùng được nữa.

[1. Làm phiếu] [Quay lại] [Dừng lại]\
""",
        ]
    )
    an = world.stranger()
    await an.says(old["Nguyễn Thị An"])
    assert an.heard() == snapshot(
        [
            "Mã mời này đã được thu hồi, thường vì bí thư chi bộ đã in phiếu mới. Mong đồng chí xin bí thư chi bộ phiếu mới."
        ]
    )
    await joins(an, new["Nguyễn Thị An"])
    assert "Đồng chí đã tham gia" in an.last


async def test_a_sheet_drawn_again_has_the_same_codes_until_they_are_taken_back(world: World) -> None:
    """The sender may draw a sheet twice; when all its codes are gone it is not drawn at all."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    await world.member("Lê Văn Bình", linked=False)
    first = await sheet_of(ba)
    paper = next(bubble.message.paper for bubble in ba.bubbles if bubble.message.paper)
    assert isinstance(paper, Paper)
    assert codes_on(await papers(world).make(paper)) == first
    await joins(world.stranger(), first["Lê Văn Bình"])
    assert list(codes_on(await papers(world).make(paper))) == ["Nguyễn Thị An"]
    await ba.says("/phieumoi")
    await ba.presses("Thu hồi mã chưa dùng")
    await ba.presses("Thu hồi mã")
    with pytest.raises(PermanentFailure):
        await papers(world).make(paper)


async def test_namesakes_are_told_apart_on_the_sheet(world: World) -> None:
    """Two people of one name have their years of birth in the list and on their slips."""
    ba = await world.secretary("Trần Văn Ba")
    cell = await world.cell("Chi bộ thôn 1")
    async with world.app.database.write() as tx:
        for year in (1952, 1987):
            person = await people.add_person(tx, full_name="Nguyễn Thị An", birth_year=year)
            await people.add_membership(tx, person=person, unit=cell, status=Status.OFFICIAL)
    codes = await sheet_of(ba)
    assert list(codes) == ["Nguyễn Thị An (sinh năm 1952)", "Nguyễn Thị An (sinh năm 1987)"]
    an = world.stranger()
    await an.says(codes["Nguyễn Thị An (sinh năm 1987)"])
    await reads_to_the_end(an)
    await an.presses("Đồng ý")
    assert "1987" not in an.last and "đồng chí là Nguyễn Thị An, Chi bộ thôn 1, phải không?" in an.last


async def test_one_person_alone_is_found_by_part_of_the_name(world: World) -> None:
    """The list takes a name without diacritics; the person's own sheet has one slip."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    await world.member("Lê Văn Bình", linked=False)
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("binh")
    await ba.presses("Làm phiếu")
    assert ba.heard()[1:] == snapshot(
        [
            """\
Đồng chí chọn ai?

1. Trần Văn Ba
2. Nguyễn Thị An – chưa tham gia
3. Lê Văn Bình – chưa tham gia

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Quay lại] [Dừng lại]\
""",
            """\
*Lê Văn Bình (Chi bộ thôn 1)*

Chưa tham gia.

[1. Làm phiếu] [Dừng lại]\
""",
            """\
*Phiếu mời – Lê Văn Bình (Chi bộ thôn 1)*

Tệp kèm theo có 01 phiếu mời, dùng được đến hết ngày 03/02/2027; mỗi mã dùng một lần.

Đồng chí in ra, cắt theo đường kẻ và trao tận tay từng người. Mã là bí mật: ai cầm mã đều có thể tham gia thay người có tên. Không chụp, không gửi vào nhóm; in xong nên xóa tệp.\
""",
        ]
    )
    assert list(codes_on(ba.files()[0])) == ["Lê Văn Bình"]


async def test_when_all_have_joined_there_is_nothing_to_print(world: World) -> None:
    """A whole cell that has joined: no sheet is offered; a button from before finds nobody."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An", linked=False)
    await ba.says("/phieumoi")
    await ba.says("1")
    async with world.app.database.write() as tx:
        assert an.person_id is not None
        await addresses.link(tx, person=an.person_id, address=Address(ACCOUNT, an.chat))
    ba.heard()
    await ba.presses("Làm phiếu")
    await ba.says("/phieumoi")
    assert ba.heard() == snapshot(
        [
            "Phiếu mời – Chi bộ thôn 1: các đồng chí đều đã tham gia, không cần phiếu mời.",
            """\
*Phiếu mời – Chi bộ thôn 1*

Đã tham gia: 02/02 đồng chí.
Tất cả đã tham gia.

[1. Chọn một đồng chí] [Dừng lại]\
""",
        ]
    )
    assert not ba.files()


# -------------------------------------------------------------------------------------- taken back


async def test_unused_codes_are_taken_back_all_or_one(world: World) -> None:
    """Revoked codes let nobody in; who has joined stays."""
    ba = await world.secretary("Trần Văn Ba")
    for name in ("Nguyễn Thị An", "Lê Văn Bình", "Phạm Thị Chín"):
        await world.member(name, linked=False)
    codes = await sheet_of(ba)
    an = world.stranger("an")
    await joins(an, codes["Nguyễn Thị An"])
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("Lê Văn Bình")
    ba.heard()
    await ba.presses("Thu hồi mã")
    await ba.says("/phieumoi")
    await ba.presses("Thu hồi mã chưa dùng")
    await ba.presses("Thu hồi mã")
    assert ba.heard() == snapshot(
        [
            "Đã thu hồi 01 mã. Phiếu mang mã ấy không dùng được nữa.",
            """\
*Phiếu mời – Chi bộ thôn 1*

Đã tham gia: 02/04 đồng chí.
Chưa tham gia: 02 đồng chí.
Mã đã phát, còn hiệu lực mà chưa dùng: 01 mã.

[1. Làm phiếu cho 02 đồng chí] [2. Chọn một đồng chí] [3. Thu hồi mã chưa dùng] [Dừng lại]\
""",
            """\
*Phiếu mời – Chi bộ thôn 1*

Thu hồi 01 mã đã phát mà chưa dùng? Phiếu mang mã ấy sẽ không dùng được nữa. Ai đã tham gia thì không bị ảnh hưởng.

[1. Thu hồi mã] [Quay lại] [Dừng lại]\
""",
            "Đã thu hồi 01 mã. Phiếu mang mã ấy không dùng được nữa.",
        ]
    )
    for name in ("Lê Văn Bình", "Phạm Thị Chín"):
        guest = world.stranger(name)
        await guest.says(codes[name])
        assert "đã được thu hồi" in guest.last
    await an.says("/toi")
    assert "Kính chào đồng chí Nguyễn Thị An" in an.last


# --------------------------------------------------------------------------------------- who may


async def test_an_officer_chooses_one_of_many_cells_by_name_or_number(world: World) -> None:
    """All cells of the officer's part are listed with who is missing; a part of a name is enough."""
    for number in range(1, 13):
        await world.cell(f"Chi bộ thôn {number}")
    await world.member("Nguyễn Thị An", cell="Chi bộ thôn 12", linked=False)
    await world.cell("Chi bộ nơi khác", parent="Đảng ủy xã Bên")
    hoa = await world.officer("Lê Thị Hoa")
    await hoa.says("/phieumoi")
    assert hoa.heard() == snapshot(
        [
            """\
Đồng chí làm phiếu mời cho chi bộ nào?

1. Chi bộ thôn 1
2. Chi bộ thôn 2
3. Chi bộ thôn 3
4. Chi bộ thôn 4
5. Chi bộ thôn 5
6. Chi bộ thôn 6
7. Chi bộ thôn 7
8. Chi bộ thôn 8
9. Chi bộ thôn 9
10. Chi bộ thôn 10
(Trang 1/2)

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Trang sau] [Dừng lại]\
"""
        ]
    )
    await hoa.says("Nơi khác")
    assert "không có chi bộ nào tên" in hoa.last
    await hoa.says("thon 12")
    await hoa.presses("Làm phiếu cho 01 đồng chí")
    await hoa.says("quay lại")
    await hoa.says("1")
    await hoa.presses("Làm phiếu")
    assert list(codes_on(hoa.files()[0])) == ["Nguyễn Thị An"]


async def test_nobody_else_may_invite(world: World) -> None:
    """Members, note-takers and the upper-level member in charge are refused; guests are told how to join."""
    await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An")
    chin = await world.member("Phạm Thị Chín", roles=[Role.NOTE_TAKER, Role.UPPER_MEMBER_IN_CHARGE])
    guest = world.stranger()
    for voice in (an, chin, guest):
        await voice.says("/phieumoi")
        await voice.forges(f"invite-person:{an.person_id}")
        await voice.forges("run:phieumoi")
    assert {line for voice in (an, chin) for line in voice.heard()} == snapshot(
        {
            "Việc này không thuộc phần đồng chí phụ trách nên hệ thống không thực hiện. Nếu có nhầm lẫn, mong đồng chí báo với bí thư chi bộ hoặc văn phòng đảng ủy."
        }
    )
    assert set(guest.heard()) == snapshot(
        {
            "Đồng chí chưa tham gia nên hệ thống chưa thể làm việc này. Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát (ví dụ: BT7K-93QF-…)."
        }
    )


async def test_another_cells_secretary_has_no_power_here(world: World) -> None:
    """Forged buttons about a member of another cell change nothing, whatever number they carry."""
    ba = await world.secretary("Trần Văn Ba")
    tu = await world.secretary("Võ Văn Tư", cell="Chi bộ thôn 2")
    await world.member("Nguyễn Thị An", linked=False)
    an = world.stranger()
    await joins(an, (await sheet_of(ba))["Nguyễn Thị An"])
    undo = next(choice.data for choice in ba.buttons if choice.label == "Không đúng người")
    number = undo.split(":")[1]
    for data in (undo, f"link-undo-yes:{number}", f"link-undo-no:{number}", "invite-person:2", "invite-person:999"):
        await tu.forges(data)
    for data in ("link-undo:", "link-undo-yes:x", "link-undo-yes:999999", "account-add:1:1", "account-no::"):
        await ba.forges(data)
        await tu.forges(data)
    assert set(tu.heard()) == snapshot(
        {
            """\
*Võ Văn Tư (Chi bộ thôn 2)*

Đã tham gia từ 08 giờ 00, Thứ Hai, ngày 04/01/2027.
Phiếu mới chỉ để dùng thêm một tài khoản, và phải được đồng ý ở tài khoản đang dùng.

[1. Làm phiếu] [Dừng lại]\
""",
            "Nút này không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.",
            "Việc này không thuộc phần đồng chí phụ trách nên hệ thống không thực hiện. Nếu có nhầm lẫn, mong đồng chí báo với bí thư chi bộ hoặc văn phòng đảng ủy.",
        }
    )
    await an.says("/toi")
    assert "Kính chào đồng chí Nguyễn Thị An" in an.last


# -------------------------------------------------------------------------------------- undoing


async def test_a_code_typed_by_the_wrong_person_is_undone(world: World) -> None:
    """The secretary takes the account back: it is told, its draft is gone, a fresh sheet is one press away."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    wrong = world.stranger("wrong")
    await joins(wrong, (await sheet_of(ba))["Nguyễn Thị An"])
    await wrong.says("/rutlui")
    wrong.heard()
    ba.heard()
    await ba.presses("Không đúng người")
    await ba.presses("Gỡ tài khoản")
    assert ba.heard() == snapshot(
        [
            """\
*Gỡ tài khoản khỏi tên đồng chí Nguyễn Thị An (Chi bộ thôn 1)?*

Tài khoản này tham gia lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027. Nếu gỡ, hệ thống thôi nhắn vào đó và xóa những câu trả lời còn dở ở đó. Những gì đã ký, đã nộp thì không xóa.

[1. Gỡ tài khoản] [2. Giữ nguyên]\
""",
            """\
*Đã gỡ tài khoản khỏi tên đồng chí Nguyễn Thị An (Chi bộ thôn 1)*

Từ khi tài khoản đó tham gia, chưa có gì được ghi nhận dưới tên đồng chí ấy.

Nếu cần mời lại, xin bấm “Làm phiếu mới”.

[1. Làm phiếu mới]\
""",
        ]
    )
    assert wrong.heard() == snapshot(
        [
            "Tài khoản trò chuyện này không còn gắn với ai trong hệ thống, và hệ thống không nhắn vào đây nữa. Nếu có nhầm lẫn, mong đồng chí gặp bí thư chi bộ để nhận phiếu mời mang tên mình. Trân trọng."
        ]
    )
    assert await rows(world, "SELECT count(*) FROM dialogues WHERE chat = 'wrong'") == [(0,)]
    assert await rows(world, "SELECT count(*) FROM consents WHERE withdrawn_at IS NULL") == [(0,)]
    assert await rows(world, "SELECT actor_id FROM audit WHERE action = 'address.unlinked'") == [(ba.person_id,)]
    await wrong.says("/toi")
    assert "Đồng chí chưa tham gia" in wrong.last
    await ba.presses("Làm phiếu mới")
    await ba.presses("Làm phiếu")
    an = world.stranger("an")
    await joins(an, codes_on(ba.files()[-1])["Nguyễn Thị An"])
    assert "Đồng chí đã tham gia" in an.last


async def test_undoing_twice_and_undoing_oneself_are_answered_truly(world: World) -> None:
    """The old button says that it was done before, and when; nobody undoes themself by it."""
    ba = await world.secretary("Trần Văn Ba")
    bon = await world.member("Lê Văn Bốn", roles=[Role.DEPUTY_SECRETARY])
    await world.member("Nguyễn Thị An", linked=False)
    an = world.stranger()
    await joins(an, (await sheet_of(ba))["Nguyễn Thị An"])
    assert "đã tham gia lúc" in bon.heard()[-1]
    number = bon.buttons[0].data.split(":")[1]
    await bon.presses("Không đúng người")
    await bon.presses("Giữ nguyên")
    await ba.presses("Không đúng người")
    await ba.presses("Gỡ tài khoản")
    await world.passes(days=1)
    bon.heard()
    await bon.presses("Không đúng người")
    await bon.forges(f"link-undo-yes:{number}")
    async with world.app.database.read() as tx:
        own = (await addresses.addresses_of(tx, ba.person_id))[0] if ba.person_id else None
    assert own is not None
    await ba.forges(f"link-undo-yes:{own.id}")
    assert bon.heard() == snapshot(
        [
            "Tài khoản này đã được gỡ khỏi tên đồng chí Nguyễn Thị An (Chi bộ thôn 1) từ trước, lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027.",
            "Tài khoản này đã được gỡ khỏi tên đồng chí Nguyễn Thị An (Chi bộ thôn 1) từ trước, lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027.",
        ]
    )
    assert ba.heard()[-1] == snapshot(
        "Đây là tài khoản của chính đồng chí. Nếu muốn thôi tham gia, đồng chí gõ /rutlui."
    )


async def test_what_was_recorded_meanwhile_is_said_and_kept(world: World) -> None:
    """Undoing deletes nothing that was signed; the secretary learns how much there is."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    wrong = world.stranger("wrong")
    await joins(wrong, (await sheet_of(ba))["Nguyễn Thị An"])
    await open_round(world)
    await signs(wrong)
    await ba.presses("Không đúng người")
    ba.heard()
    await ba.presses("Gỡ tài khoản")
    assert ba.heard() == snapshot(
        [
            """\
*Đã gỡ tài khoản khỏi tên đồng chí Nguyễn Thị An (Chi bộ thôn 1)*

Từ khi tài khoản đó tham gia, dưới tên đồng chí ấy đã ghi nhận 01 bản cam kết. Những phần này vẫn giữ nguyên; mong đồng chí hỏi lại đồng chí ấy xem có đúng không.

Nếu cần mời lại, xin bấm “Làm phiếu mới”.

[1. Làm phiếu mới]\
"""
        ]
    )
    assert await rows(world, "SELECT count(*) FROM pledges") == [(1,)]


async def test_what_waits_for_the_account_is_cancelled_with_it(world: World) -> None:
    """A reminder that waits is not said to an account that was taken back."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An")
    assert an.person_id is not None
    async with world.app.database.write() as tx:
        act = Act(tx, world.app.house)
        await act.tell(an.person_id, Message(text="lời nhắc"), due_at=tx.now + timedelta(days=2))
        await act.flush()
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("An")
    await ba.presses("Gỡ tài khoản")
    await ba.presses("Gỡ tài khoản")
    an.heard()
    await world.passes(days=3)
    assert an.heard() == []


async def test_a_lost_telephone_is_unlinked_and_the_person_comes_back(world: World) -> None:
    """The person's screen shows since when they are in; after unlinking, a new sheet lets them in elsewhere."""
    ba = await world.secretary("Trần Văn Ba")
    old = await world.member("Nguyễn Thị An")
    await world.passes(days=40)
    ba.heard()
    old.heard()
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("An")
    await ba.presses("Gỡ tài khoản")
    await ba.presses("Gỡ tài khoản")
    assert ba.heard()[2:] == snapshot(
        [
            """\
*Nguyễn Thị An (Chi bộ thôn 1)*

Đã tham gia từ 08 giờ 00, Thứ Hai, ngày 04/01/2027.
Phiếu mới chỉ để dùng thêm một tài khoản, và phải được đồng ý ở tài khoản đang dùng.

[1. Làm phiếu] [2. Gỡ tài khoản] [Dừng lại]\
""",
            """\
*Nguyễn Thị An (Chi bộ thôn 1)*

Gỡ tài khoản đang dùng khỏi tên đồng chí này? Hệ thống thôi nhắn vào đó và xóa những câu trả lời còn dở ở đó. Những gì đã ký, đã nộp thì không xóa.

[1. Gỡ tài khoản] [Quay lại] [Dừng lại]\
""",
            """\
*Đã gỡ tài khoản khỏi tên đồng chí Nguyễn Thị An (Chi bộ thôn 1)*

Từ khi tài khoản đó tham gia, chưa có gì được ghi nhận dưới tên đồng chí ấy.

Nếu cần mời lại, xin bấm “Làm phiếu mới”.

[1. Làm phiếu mới]\
""",
        ]
    )
    await ba.presses("Làm phiếu mới")
    await ba.presses("Làm phiếu")
    new = world.stranger("new telephone")
    await joins(new, codes_on(ba.files()[-1])["Nguyễn Thị An"])
    assert "Đồng chí đã tham gia" in new.last


async def test_the_secretary_sees_in_their_tasks_who_is_missing(world: World) -> None:
    """/toi counts those who have not joined, with the button to invite them; members see nothing of it."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An")
    await world.member("Lê Văn Bình", linked=False)
    await ba.says("/toi")
    await an.says("/toi")
    assert "Chi bộ thôn 1 còn 01 đồng chí chưa tham gia." in ba.heard()[0]
    assert "chưa tham gia" not in an.heard()[0]
    await ba.presses("Phiếu mời Chi bộ thôn 1")
    assert "Lê Văn Bình" not in ba.last and "Chưa tham gia: 01 đồng chí." in ba.last


async def test_an_officer_without_cells_is_told_so(world: World) -> None:
    """Before any roster there is nobody to invite."""
    hoa = await world.officer("Lê Thị Hoa")
    await hoa.says("/phieumoi")
    assert hoa.heard() == snapshot(
        ["Trong phần đồng chí phụ trách chưa có chi bộ nào. Mong đồng chí nhập danh sách trước."]
    )


async def test_typing_anything_else_repeats_the_choices(world: World) -> None:
    """On every screen of the sheet, words that mean nothing get the same question again."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    await sheet_of(ba)
    for presses in ((), ("Làm phiếu cho 01 đồng chí",), ("Thu hồi mã chưa dùng",)):
        await ba.says("/phieumoi")
        for label in presses:
            await ba.presses(label)
        await ba.says("trời đẹp quá")
        assert "chưa nhận ra câu trả lời" in ba.last
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("1")
    await ba.says("trời đẹp quá")
    assert "chưa nhận ra câu trả lời" in ba.last


async def test_a_long_list_of_names_is_cut_short(world: World) -> None:
    """Fifteen names are shown before the press, and how many more; the sheet has them all."""
    ba = await world.secretary("Trần Văn Ba")
    for number in range(17):
        await world.member(f"Đảng viên {number}", linked=False)
    await ba.says("/phieumoi")
    await ba.says("1")
    assert "• Đảng viên 14\nvà 02 đồng chí nữa" in ba.last
    await ba.presses("Làm phiếu")
    assert len(codes_on(ba.files()[0])) == 17


async def test_what_changed_meanwhile_is_said_on_the_persons_screen(world: World) -> None:
    """A person with two accounts, one who left the cell, one who was unlinked by another: each press is answered truly."""
    ba = await world.secretary("Trần Văn Ba")
    bon = await world.member("Lê Văn Bốn", roles=[Role.DEPUTY_SECRETARY])
    an = await world.member("Nguyễn Thị An")
    assert an.person_id is not None
    async with world.app.database.write() as tx:
        await addresses.link(tx, person=an.person_id, address=Address(ACCOUNT, "second"))
    for leader in (ba, bon):
        await leader.says("/phieumoi")
        await leader.presses("Chọn một đồng chí")
        await leader.says("An")
    assert "đang dùng 02 tài khoản" in ba.last
    await bon.presses("Gỡ tài khoản")
    await ba.presses("Gỡ tài khoản")
    assert "cả 02 tài khoản đang dùng" in ba.last
    await ba.presses("Gỡ tài khoản")
    await bon.presses("Gỡ tài khoản")
    assert bon.last == snapshot("Đồng chí này hiện không dùng tài khoản nào.")
    await bon.forges(f"invite-person:{an.person_id}")
    async with world.app.database.write() as tx:
        await tx.run(text("UPDATE memberships SET status = 'removed' WHERE person_id = :an"), {"an": an.person_id})
    await bon.presses("Làm phiếu")
    assert bon.last == snapshot("Đồng chí này không còn trong danh sách đảng viên được mời, nên không làm phiếu được.")
    assert not bon.files()


async def test_a_code_used_meanwhile_cannot_be_taken_back(world: World) -> None:
    """The button was shown while the code was good; pressed after it was used, it says that there is nothing."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    code = (await sheet_of(ba))["Nguyễn Thị An"]
    await ba.says("/phieumoi")
    await ba.presses("Thu hồi mã chưa dùng")
    revoke = next(choice.data for choice in ba.buttons if choice.label == "Thu hồi mã")
    await joins(world.stranger(), code)
    await ba.forges(revoke)
    assert ba.last == snapshot("Không có mã nào cần thu hồi.")


async def test_an_officer_who_lost_a_cell_meanwhile_is_refused_at_the_choice(world: World) -> None:
    """The list of cells is an hour old; the right is looked at when one is chosen."""
    hoa = await world.officer("Lê Thị Hoa")
    for number in range(2):
        await world.cell(f"Chi bộ thôn {number}")
    await world.officer("Lê Thị Hồng")
    await hoa.says("/phieumoi")
    async with world.app.database.write() as tx:
        await tx.run(text("UPDATE unit_versions SET parent_id = NULL WHERE name = 'Chi bộ thôn 1'"))
    await hoa.says("2")
    assert "không thuộc phần đồng chí phụ trách" in hoa.last


# ------------------------------------------------------------------------- the first administrator


async def admin_code(world: World, name: str, committee: str | None = None) -> tuple[str, str | None]:
    """What the operator gets from the command line."""
    async with world.app.database.write() as tx:
        return await issue_admin_invitation(tx, world.app.house, full_name=name, committee=committee)


async def test_the_first_administrator_starts_from_nothing(world: World) -> None:
    """In an empty database a name makes committee, person and role; the link opens the chat with the code."""
    code, link = await admin_code(world, "  Nguyễn   Văn Quản ", "Đảng ủy xã Mẫu")
    assert CODE.fullmatch(code) and link == f"https://t.example/bot?start={code.replace('-', '')}"
    quan = world.stranger("quan")
    await quan.starts(code.replace("-", ""))
    await reads_to_the_end(quan)
    await quan.presses("Đồng ý")
    await quan.presses("Đúng")
    asked, welcome = quan.heard()[-2:]
    assert "đồng chí là Nguyễn Văn Quản, phải không?" in asked
    assert "Kính chào đồng chí Nguyễn Văn Quản." in welcome
    offered = [choice.label for choice in quan.buttons]
    assert offered[0] == "Nhập danh sách đảng viên" and offered[-1] == "Xem việc của tôi" and len(offered) <= 4
    await quan.says("/toi")
    assert "Kính chào đồng chí Nguyễn Văn Quản." in quan.last
    assert await rows(world, "SELECT role FROM roles") == [("administrator",)]


async def test_the_same_name_again_gets_a_new_code_and_the_old_one_is_taken_back(world: World) -> None:
    """Running it twice makes no second person, committee or role."""
    old, _link = await admin_code(world, "Nguyễn Văn Quản", "Đảng ủy xã Mẫu")
    new, _link = await admin_code(world, "nguyễn văn quản")
    quan = world.stranger("quan")
    await quan.says(old)
    assert "đã được thu hồi" in quan.last
    await joins(quan, new)
    assert "Đồng chí đã tham gia" in quan.last
    counts = "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM units), (SELECT count(*) FROM roles)"
    assert await rows(world, counts) == [(1, 1, 1)]


async def test_a_member_of_the_roster_becomes_administrator_by_name(world: World) -> None:
    """One person of exactly this name gets the role; of several, the operator names the cell; likeness is not enough."""
    ha = await world.member("Lê Văn Hà")
    await world.member("Nguyễn Thị An")
    await world.member("Nguyễn Thị An", cell="Chi bộ thôn 2")
    await admin_code(world, "Lê Văn Hà")
    await ha.says("/phieumoi")
    assert "chi bộ nào" in ha.last
    with pytest.raises(OperatorFault, match="the roster has 2 people of this name; say the cell as well"):
        await admin_code(world, "Nguyễn Thị An")
    await admin_code(world, "Nguyễn Thị An, chi bộ thôn 2")
    await admin_code(world, "Lê Văn Hạ")
    assert await rows(world, "SELECT person_id FROM roles WHERE role = 'administrator' ORDER BY 1") == [
        (1,),
        (3,),
        (4,),
    ]


@pytest.mark.parametrize(
    ("name", "committee", "said"),
    [("  ", "Đảng ủy xã Mẫu", "full name"), ("Lê Văn Hà", None, "no committee yet"), (" , ", "X", "full name")],
)
async def test_the_operator_is_told_what_is_missing(world: World, name: str, committee: str | None, said: str) -> None:
    """Without a name, or without a committee in an empty database, nothing is made."""
    with pytest.raises(OperatorFault, match=said):
        await admin_code(world, name, committee)
    assert await rows(world, "SELECT count(*) FROM units") == [(0,)]


async def test_a_committee_that_does_not_exist_is_not_made_beside_another(world: World) -> None:
    """A name that no committee has is refused, a cell's name too; the name of one below is taken."""
    await world.cell("Chi bộ thôn 1")
    await world.committee("Đảng ủy bộ phận", parent="Đảng ủy xã Mẫu")
    for name in ("Đảng ủy xã Khác", "Chi bộ thôn 1"):
        with pytest.raises(OperatorFault):
            await admin_code(world, "Lê Văn Hà", name)
    await admin_code(world, "Lê Văn Hà", "đảng ủy bộ phận")
    assert await rows(world, "SELECT unit_id FROM roles") == [(world.units["Đảng ủy bộ phận"],)]
