"""The page, as the chat speaks of it: the way there, a code that is read out, and what happens to both."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from inline_snapshot import snapshot
from sqlalchemy import text

from bot.domain.page import Closed, Device, Entered, NoEntry, Visit
from bot.domain.rights import Role
from handlers.page_pass import issue_page_link
from storage import people
from tests.world import Voice, World

PAGE = "https://chi-bo.example"


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """An installation with a page."""
    world = await World.copy(template, tmp_path / "world.db", page=PAGE)
    yield world
    await world.close()


def visit(cookie: str = "", *, place: str = "a telephone") -> Visit:
    """A browser at the gate."""
    return Visit(cookie=cookie, place=place, device=Device.ANDROID)


def code_in(voice: Voice) -> str:
    """The code that was said last."""
    found = re.search(r"\w{4}-\w{4}-\w{4}", voice.last)
    assert found is not None, voice.last
    return found[0]


async def reads_out(secretary: Voice, name: str) -> str:
    """A code for the page, from the member's own card."""
    await secretary.says("/phieumoi")
    await secretary.presses("Chọn một đồng chí")
    await secretary.says(name)
    await secretary.presses("Đọc mã vào trang web")
    return code_in(secretary)


async def test_the_way_there(world: World) -> None:
    """A link of one's own, and what to press; after a visit also where one is signed in."""
    an = await world.member("Nguyễn Thị An")
    await an.says("trang web")
    assert an.heard() == snapshot(
        [
            """\
Bấm “Mở trang web” bên dưới để vào trang web của hệ thống, rồi bấm nút “Vào trang” ở đó. Đường dẫn chỉ dùng được một lần, trong 01 giờ, và chỉ dành cho đồng chí; mong đồng chí không chuyển cho ai.

<Mở trang web>\
"""
        ]
    )
    there = await an.follows()
    await an.says("/trangweb")
    assert "1. điện thoại Android: vào từ 08 giờ 00, Thứ Hai, ngày 04/01/2027" in an.last
    assert "[2. Thoát tất cả các máy]" in an.last
    await there.says("/trangweb")
    assert "Mở trang web" not in there.last


async def test_a_link_is_nowhere_kept(world: World) -> None:
    """Once it is sent, the message with the link is no row of the outbox any more; the table has only a hash."""
    an = await world.member("Nguyễn Thị An")
    await an.says("/trangweb")
    link = an.bubbles[-1].message.link
    assert link is not None
    token = link.url.removeprefix(f"{PAGE}/l/")
    async with world.app.database.read() as tx:
        bodies = [row[0] for row in await tx.all(text("SELECT body FROM outbox"))]
        hashes = [row[0] for row in await tx.all(text("SELECT token_hash FROM page_passes"))]
    assert bodies == [] and len(hashes) == 1 and token not in hashes


async def test_without_a_page_there_is_no_such_command(template: Path, tmp_path: Path) -> None:
    """Nothing mentions it: neither the help nor an answer; and no link is made."""
    world = await World.copy(template, tmp_path / "no-page.db")
    an = await world.member("Nguyễn Thị An")
    ba = await world.secretary("Trần Văn Ba")
    await an.says("/trogiup")
    assert "trang" not in an.last
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("An")
    assert "trang web" not in ba.last
    assert an.person_id is not None
    async with world.app.database.write() as tx:
        assert await issue_page_link(tx, world.app.house, an.person_id) is None
    await world.close()


async def test_a_target_is_no_longer_than_a_button(world: World) -> None:
    """What a link is to press fits into a choice, or it is a mistake of ours that is seen at once."""
    an = await world.member("Nguyễn Thị An")
    assert an.person_id is not None
    async with world.app.database.write() as tx:
        with pytest.raises(ValueError, match="a target of 70 bytes"):
            await issue_page_link(tx, world.app.house, an.person_id, target="x" * 70)


async def test_a_code_that_is_read_out(world: World) -> None:
    """What the secretary reads; a newer code takes the place of the older one, and one lets in once."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An")
    first = await reads_out(ba, "An")
    assert ba.last.replace(first, "CODE") == snapshot("""\
*Mã vào trang web của đồng chí Nguyễn Thị An (Chi bộ thôn 1)*

CODE

Mong đồng chí đọc hoặc viết ra cho đồng chí Nguyễn Thị An (Chi bộ thôn 1): mở trang https://chi-bo.example, gõ mã này, bấm “Vào trang”. Mã dùng được một lần, đến 08 giờ 00, Thứ Năm, ngày 07/01/2027. Mã cấp trước đó không dùng được nữa.

Ai có mã thì vào được trang dưới tên đồng chí ấy; mong đồng chí chỉ đưa tận tay.\
""")
    second = await reads_out(ba, "An")
    assert await world.gate.enter_by_code(first, visit()) == NoEntry(Closed.REVOKED)
    assert isinstance(await world.gate.enter_by_code(second, visit()), Entered)
    assert await world.gate.enter_by_code(second, visit("another browser")) == NoEntry(Closed.USED)


async def test_a_code_expires_after_three_days(world: World) -> None:
    """What lies about on paper for long opens nothing."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An")
    code = await reads_out(ba, "An")
    await world.passes(days=3)
    assert await world.gate.enter_by_code(code, visit()) == NoEntry(Closed.EXPIRED)


async def test_who_was_given_more_since_is_not_let_in_by_an_old_code(world: World) -> None:
    """A member who has become an officer is above the secretary who read the code out: it is void."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An")
    code = await reads_out(ba, "An")
    assert an.person_id is not None
    async with world.app.database.write() as tx:
        await people.add_role(tx, person=an.person_id, unit=world.units["Đảng ủy xã Mẫu"], role=Role.COMMITTEE_OFFICER)
    assert await world.gate.enter_by_code(code, visit()) == NoEntry(Closed.REVOKED)


async def test_an_officer_is_given_no_code_by_a_secretary(world: World) -> None:
    """As with invitations: whose role is not theirs to give, to them a secretary reads out nothing."""
    ba = await world.secretary("Trần Văn Ba")
    await world.committee()
    await world.member("Nguyễn Thị An", cell="Chi bộ thôn 1", roles=[Role.COMMITTEE_OFFICER], over="Đảng ủy xã Mẫu")
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("An")
    assert "Đọc mã vào trang web" not in [choice.label for choice in ba.buttons]


async def test_only_who_has_joined_signs_in(world: World) -> None:
    """Whose last address was unlinked is let in by no link that was out; they join anew."""
    an = await world.member("Nguyễn Thị An")
    await an.says("/trangweb")
    link = an.bubbles[-1].message.link
    assert link is not None
    await an.says("/rutlui")
    await an.presses("Rút lại đồng ý")
    assert await world.gate.enter_by_link(link.url.rpartition("/")[2], visit()) == NoEntry(Closed.REVOKED)


async def test_wrong_links_are_counted_by_place(world: World) -> None:
    """Twenty from one place close it for an hour; another place goes on."""
    an = await world.member("Nguyễn Thị An")
    for number in range(20):
        assert await world.gate.enter_by_link(f"forged-{number}", visit()) == NoEntry(Closed.UNKNOWN)
    await an.says("/trangweb")
    link = an.bubbles[-1].message.link
    assert link is not None
    token = link.url.rpartition("/")[2]
    closed = await world.gate.enter_by_link(token, visit())
    assert isinstance(closed, NoEntry) and closed.why is Closed.TOO_OFTEN
    assert isinstance(await world.gate.enter_by_link(token, visit(place="elsewhere")), Entered)


async def test_one_person_has_one_chat_there(world: World) -> None:
    """However often they come in, and from wherever, it is the same conversation; it is linked once."""
    an = await world.member("Nguyễn Thị An")
    chats = set()
    for cookie in ("one", "two", "three"):
        await an.says("/trangweb")
        link = an.bubbles[-1].message.link
        assert link is not None
        entered = await world.gate.enter_by_link(link.url.rpartition("/")[2], visit(cookie))
        assert isinstance(entered, Entered)
        chats.add(entered.chat)
    assert len(chats) == 1
