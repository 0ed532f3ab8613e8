"""Receipts looked up: anybody may ask, and learns only yes or no and when."""

from collections.abc import Sequence

import pytest
from inline_snapshot import snapshot
from sqlalchemy import text

from bot.domain.codes import CodeKind, make_code
from storage import receipts
from tests.world import World


async def rows(world: World, sql: str) -> Sequence[tuple[object, ...]]:
    """The rows of a question to the database."""
    async with world.app.database.read() as tx:
        return [tuple(row) for row in await tx.all(text(sql))]


async def a_receipt(world: World, number: int = 7) -> str:
    """A receipt that was given at 08:00 on 4 January 2027, as people see its code."""
    code = make_code(CodeKind.RECEIPT, number.to_bytes(16))
    async with world.app.database.write() as tx:
        await receipts.add_receipt(tx, code=code.compact, kind="pledge")
    return code.grouped


def never_given(number: int) -> str:
    """A receipt's code that is well formed and was never given."""
    return make_code(CodeKind.RECEIPT, (1000 + number).to_bytes(16)).grouped


async def test_anybody_may_check_a_receipt(world: World) -> None:
    """A guest and a member get the same answer: when, and neither whose nor what."""
    code = await a_receipt(world)
    await world.passes(days=2)
    guest, an = world.stranger(), await world.member("Nguyễn Thị An")
    for voice in (guest, an):
        voice.heard()
        await voice.says(f"/tracuu {code}")
    assert (
        guest.heard()
        == an.heard()
        == snapshot(["Đúng. Hệ thống đã cấp biên nhận BN-9222-2222-222C lúc 08 giờ 00, ngày 04/01/2027."])
    )
    assert await rows(world, "SELECT count(*) FROM outbox WHERE chat = 'stranger'") == [(0,)]


async def test_without_a_code_it_is_asked_for(world: World) -> None:
    """One question, asked again until a code is typed; of a guest nothing stays."""
    code = await a_receipt(world)
    guest = world.stranger()
    await guest.says("tra cứu")
    await guest.says("biên nhận của tôi đâu")
    await guest.says("BN-7K9Q-BT3X-MF4F")
    await guest.says(code.replace("-", " ").lower())
    assert guest.heard() == snapshot(
        [
            """\
Mong đồng chí gõ mã biên nhận, ví dụ: BN-7K9Q-BT3X-MF4H.

Hệ thống chỉ trả lời có hay không và thời điểm, không cho biết của ai và nội dung gì.

[Dừng lại]\
""",
            """\
Đây chưa phải là mã biên nhận. Mã biên nhận bắt đầu bằng BN, ví dụ: BN-7K9Q-BT3X-MF4H. Mong đồng chí gõ lại cả mã.

Mong đồng chí gõ mã biên nhận, ví dụ: BN-7K9Q-BT3X-MF4H.

Hệ thống chỉ trả lời có hay không và thời điểm, không cho biết của ai và nội dung gì.

[Dừng lại]\
""",
            """\
Mã này có chữ bị gõ nhầm. Mong đồng chí xem lại biên nhận và gõ lại cả mã.

Mong đồng chí gõ mã biên nhận, ví dụ: BN-7K9Q-BT3X-MF4H.

Hệ thống chỉ trả lời có hay không và thời điểm, không cho biết của ai và nội dung gì.

[Dừng lại]\
""",
            "Đúng. Hệ thống đã cấp biên nhận BN-9222-2222-222C lúc 08 giờ 00, ngày 04/01/2027.",
        ]
    )
    assert await rows(world, "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM dialogues)") == [(0, 0)]


async def test_a_file_is_no_code(world: World) -> None:
    """While a code is waited for, a file gets a clear answer and is not kept."""
    an = await world.member("Nguyễn Thị An")
    await an.says("/tracuu")
    await an.sends_file("biên nhận.pdf", b"x")
    assert "chưa cần tệp" in an.last


@pytest.mark.parametrize("typed", ["BN-{}", "{}", "{} ."])
async def test_a_code_typed_bare_is_checked(world: World, typed: str) -> None:
    """Outside any dialogue a receipt's code is recognised, by a member even without its BN."""
    code = await a_receipt(world)
    an = await world.member("Nguyễn Thị An")
    await an.says(typed.format(code.removeprefix("BN-")))
    assert "Hệ thống đã cấp biên nhận" in an.last
    guest = world.stranger()
    await guest.starts(code.replace("-", ""))
    assert "Hệ thống đã cấp biên nhận" in guest.last


async def test_codes_that_are_none_are_answered_each_in_its_way(world: World) -> None:
    """Never given, mistyped, no code at all, far too long."""
    an = await world.member("Nguyễn Thị An")
    for typed in (never_given(1), "BN-7K9Q-BT3X-MF4F", "hôm qua", "BN" * 100, "mã 𝟟"):
        await an.says(f"/tracuu {typed}")
    assert an.heard() == snapshot(
        [
            "Không có biên nhận nào mang mã BN-3M32-2222-222T.",
            "Mã này có chữ bị gõ nhầm. Mong đồng chí xem lại biên nhận và gõ lại cả mã.",
            "Đây chưa phải là mã biên nhận. Mã biên nhận bắt đầu bằng BN, ví dụ: BN-7K9Q-BT3X-MF4H. Mong đồng chí gõ lại cả mã.",
            "Đây chưa phải là mã biên nhận. Mã biên nhận bắt đầu bằng BN, ví dụ: BN-7K9Q-BT3X-MF4H. Mong đồng chí gõ lại cả mã.",
            "Đây chưa phải là mã biên nhận. Mã biên nhận bắt đầu bằng BN, ví dụ: BN-7K9Q-BT3X-MF4H. Mong đồng chí gõ lại cả mã.",
        ]
    )


async def test_guessing_receipts_is_slowed_down_with_the_same_throttle(world: World) -> None:
    """After five that were never given not even a right one is looked up; nor is an invitation's code."""
    code = await a_receipt(world)
    guest = world.stranger()
    for number in range(5):
        await guest.says(f"/tracuu {never_given(number)}")
    await guest.says(f"/tracuu {code}")
    await guest.says(make_code(CodeKind.INVITATION, bytes(16)).grouped)
    assert all("tạm ngừng nhận mã đến 09 giờ 00" in line for line in guest.heard()[-2:])
    await world.passes(hours=1)
    await guest.says(code)
    assert "Hệ thống đã cấp biên nhận" in guest.last
