"""Joining with a code, refusing, a second account, and leaving again."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from inline_snapshot import snapshot
from sqlalchemy import text

from bot.chat import Address, DeliveryFailure, Incoming, Pressed, TransientFailure
from bot.content.loader import sample_source
from bot.domain.codes import CodeKind, make_code
from bot.domain.member import Status
from bot.domain.rights import Role
from storage import addresses, guesses, people
from tests.slips import codes_on, joins, reads_to_the_end, sheet_of
from tests.world import ACCOUNT, Voice, World

TRACES = ("dialogues", "outbox", "addresses", "consents", "code_attempts", "audit", "mails")
"""Everywhere that somebody who has not agreed could leave a trace."""


async def rows(world: World, sql: str) -> Sequence[tuple[object, ...]]:
    """The rows of a question to the database."""
    async with world.app.database.read() as tx:
        return [tuple(row) for row in await tx.all(text(sql))]


async def traces(world: World) -> dict[str, int]:
    """How many rows there are in each place of `TRACES`."""
    found = {table: await rows(world, f"SELECT count(*) FROM {table}") for table in TRACES}  # noqa: S608
    return {table: int(str(counted[0][0])) for table, counted in found.items()}


async def invited(world: World, name: str = "Nguyễn Thị An") -> tuple[Voice, str]:
    """The secretary of a cell, and the code of somebody in it who has not joined."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member(name, linked=False)
    code = (await sheet_of(ba))[name]
    ba.heard()
    return ba, code


# ------------------------------------------------------------------------------------- the way in


async def test_somebody_joins_by_a_start_link(world: World) -> None:
    """What it is, what it keeps, consent, who are you, linked; the secretary is told."""
    ba, code = await invited(world)
    an = world.stranger()
    await an.starts(code.replace("-", ""))
    await reads_to_the_end(an)
    await an.presses("Đồng ý")
    await an.presses("Đúng")
    *before, welcome = an.heard()
    assert before == snapshot(
        [
            """\
*Trước khi bắt đầu*

Kính chào đồng chí. Trước khi tham gia, mong đồng chí đọc mấy điều sau rồi tự quyết định.

Hệ thống này là gì
Một công cụ nhắn tin của Chi bộ và cấp ủy, giúp thực hiện phong trào thi đua “4 tốt”: nhắc việc, nhận cam kết, nhận tự đánh giá, gửi giấy mời sinh hoạt.

[1. Đọc tiếp] [Dừng lại]\
""",
            """\
Hệ thống giữ những gì
Họ tên, ngày sinh, ngày vào Đảng, chi bộ và nhiệm vụ của đồng chí theo danh sách của Chi bộ; địa chỉ trò chuyện này; những điều đồng chí xác nhận hoặc trả lời tại đây (cam kết, tự đánh giá, trả lời giấy mời) và thời điểm. Đây là dữ liệu cá nhân nhạy cảm.

Để làm gì
Chỉ để nhắc việc, để Chi bộ biết việc nào đã xong, còn thiếu, và để tổng hợp theo phong trào. Không dùng vào việc khác, không bán, không chuyển cho bên ngoài. Tin nhắn đi qua ứng dụng mà đồng chí đang dùng để trò chuyện.

Ai xem được
Đồng chí xem được phần của mình. Bí thư, phó bí thư chi bộ, cấp ủy viên phụ trách và cán bộ được cấp ủy giao xem được trong phạm vi mình phụ trách. Đảng viên khác không xem được câu trả lời của đồng chí.

Những gì không gửi vào đây
Không gửi tài liệu, nội dung thuộc bí mật nhà nước. Hệ thống từ chối và không lưu những nội dung ấy.

[1. Đọc tiếp] [Quay lại] [Dừng lại]\
""",
            """\
Đồng ý là tự nguyện
Nếu từ chối, hệ thống không lưu gì thêm; đồng chí vẫn làm bằng bản giấy như trước và không bị ảnh hưởng gì. Đã đồng ý vẫn có thể rút lại bất cứ lúc nào: gõ /rutlui, hoặc báo bí thư chi bộ; từ đó hệ thống thôi nhắn tin cho đồng chí.

Quyền của đồng chí
Đồng chí có quyền hỏi hệ thống đang giữ gì về mình, đề nghị sửa hoặc xóa. Đề nghị gửi bí thư chi bộ; được trả lời lần đầu trong 02 ngày làm việc.

[1. Đọc tiếp] [Quay lại] [Dừng lại]\
""",
            """\
Đồng chí có đồng ý để hệ thống lưu và sử dụng những thông tin trên vào những việc nêu trên không?

[1. Đồng ý] [2. Không đồng ý] [Quay lại] [Dừng lại]\
""",
            """\
Cảm ơn đồng chí đã đồng ý. Để khỏi nhầm người, xin hỏi: đồng chí là Nguyễn Thị An, Chi bộ thôn 1, phải không?

[1. Đúng] [2. Không phải] [Quay lại] [Dừng lại]\
""",
        ]
    )
    assert welcome.partition("\n\n[")[0] == snapshot("""\
*Đồng chí đã tham gia*

Kính chào đồng chí Nguyễn Thị An – Chi bộ thôn 1.

Hệ thống đã ghi nhận đồng chí đồng ý và tham gia lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027. Đồng chí có thể rút lại bất cứ lúc nào: gõ /rutlui.

Mời đồng chí bấm một nút để bắt đầu:\
""")
    assert ba.heard() == snapshot(
        [
            """\
Đồng chí Nguyễn Thị An (Chi bộ thôn 1) đã tham gia lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027.

Nếu người tham gia không phải đồng chí ấy, xin bấm “Không đúng người”.

[1. Không đúng người]\
"""
        ]
    )
    agreed = await rows(world, "SELECT person_id, text_version, length(text_hash), withdrawn_at FROM consents")
    assert agreed == [(2, "mau-1", 64, None)]
    assert await rows(world, "SELECT action FROM audit WHERE actor_id = 2") == [("address.linked",)]


@pytest.mark.parametrize("shape", ["lower", "bare", "spaced", "look-alikes", "command", "wide"])
async def test_a_code_is_read_however_it_is_typed(world: World, shape: str) -> None:
    """Case, dashes, spaces, letters that look like others, or the command before it make no difference."""
    _ba, code = await invited(world)
    typed = {
        "lower": code.lower(),
        "bare": code.replace("-", ""),
        "spaced": code.replace("-", " "),
        "look-alikes": code.replace("7", "1").replace("Q", "O"),
        "command": f"/thamgia {code}",
        "wide": f"  {code}.  ",
    }[shape]
    an = world.stranger()
    await an.says(typed)
    assert "Trước khi bắt đầu" in an.last


async def test_numbers_and_words_answer_as_well_as_buttons(world: World) -> None:
    """Somebody who never presses anything gets in by typing."""
    _ba, code = await invited(world)
    an = world.stranger()
    for said in (code, "1", "doc tiep", "1", "dong y", "đúng"):
        await an.says(said)
    assert "Đồng chí đã tham gia" in an.last


async def test_going_back_and_typing_nonsense_lose_nothing(world: World) -> None:
    """Back shows the part before; words that mean nothing, or the same code again, repeat the question."""
    _ba, code = await invited(world)
    an = world.stranger()
    await an.says(code)
    await an.presses("Đọc tiếp")
    await an.says("quay lại")
    assert "Trước khi bắt đầu" in an.last
    await reads_to_the_end(an)
    an.heard()
    await an.says("thế à")
    await an.says(code)
    assert an.heard() == snapshot(
        [
            """\
Mong đồng chí bấm một nút dưới đây, hoặc gõ số thứ tự của nút.

Đồng chí có đồng ý để hệ thống lưu và sử dụng những thông tin trên vào những việc nêu trên không?

[1. Đồng ý] [2. Không đồng ý] [Quay lại] [Dừng lại]\
""",
            """\
Mong đồng chí bấm một nút dưới đây, hoặc gõ số thứ tự của nút.

Đồng chí có đồng ý để hệ thống lưu và sử dụng những thông tin trên vào những việc nêu trên không?

[1. Đồng ý] [2. Không đồng ý] [Quay lại] [Dừng lại]\
""",
        ]
    )


async def test_another_code_typed_on_the_way_takes_over(world: World) -> None:
    """Whoever picked up the wrong slip first types the right one: the way begins anew under the right name."""
    ba, wrong = await invited(world)
    await world.member("Lê Văn Bình", linked=False)
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("Bình")
    await ba.presses("Làm phiếu")
    right = codes_on(ba.files()[-1])["Lê Văn Bình"]
    guest = world.stranger()
    await guest.says(wrong)
    await reads_to_the_end(guest)
    await joins(guest, right)
    assert "Kính chào đồng chí Lê Văn Bình" in guest.last
    assert await rows(world, "SELECT count(*) FROM dialogues WHERE chat = 'stranger'") == [(0,)]
    await joins(world.stranger("an"), wrong)


async def test_an_old_button_of_a_part_that_was_read_repeats_the_question(world: World) -> None:
    """What was read stays in the chat with its buttons; pressing one again changes nothing."""
    _ba, code = await invited(world)
    an = world.stranger()
    await an.says(code)
    await reads_to_the_end(an)
    await an.presses("Đọc tiếp", old=1)
    assert "Câu đó đã được trả lời" in an.last and "Đồng chí có đồng ý" in an.last


async def test_somebody_without_a_code_is_asked_for_it(world: World) -> None:
    """/thamgia alone asks; who has joined is told so."""
    an = await world.member("Nguyễn Thị An")
    guest = world.stranger()
    for voice in (guest, an):
        await voice.says("/thamgia")
        await voice.says("tham gia")
    assert guest.heard() == snapshot(
        [
            """\
Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…

Gõ chữ hoa hay chữ thường, có hay không có dấu gạch đều được.\
""",
            """\
Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…

Gõ chữ hoa hay chữ thường, có hay không có dấu gạch đều được.\
""",
        ]
    )
    assert an.heard()[0] == snapshot("""\
Đồng chí Nguyễn Thị An đã tham gia rồi, không cần gõ mã mời nữa.

[1. Xem việc của tôi]\
""")
    await guest.says("/thamgia chưa có mã")
    assert guest.heard() == snapshot(
        [
            """\
Mã đồng chí gõ có chỗ chưa đúng. Mã mời gồm 12 chữ và số, chia làm ba nhóm, ví dụ: BT7K-93QF-…

Mong đồng chí xem lại phiếu và gõ lại cả mã. Nếu là mã biên nhận, xin gõ cả hai chữ BN ở đầu.\
"""
        ]
    )


# ---------------------------------------------------------------------------- nothing is left behind


@pytest.mark.parametrize(
    ("way", "last_words"),
    [
        ("refuses", "Hệ thống không lưu gì về đồng chí và không báo cho ai biết."),
        ("stops", "Hệ thống không lưu gì."),
        ("is somebody else", "Hệ thống chưa ghi nhận và không lưu gì"),
    ],
)
async def test_whoever_does_not_join_leaves_nothing_behind(world: World, way: str, last_words: str) -> None:
    """Refusing, stopping, not being the one: no row anywhere, nobody told, and the code stays good."""
    ba, code = await invited(world)
    before = await traces(world)
    guest = world.stranger()
    await guest.says(code)
    if way == "stops":
        await guest.presses("Dừng lại")
    else:
        await reads_to_the_end(guest)
        await guest.presses("Không đồng ý" if way == "refuses" else "Đồng ý")
    if way == "is somebody else":
        await guest.presses("Không phải")
    assert await traces(world) == before
    assert ba.heard() == []
    assert last_words in guest.last
    await joins(world.stranger("later"), code)
    assert len(ba.heard()) == 1


async def test_a_refusal_is_forgotten_even_while_messages_are_still_on_their_way(world: World) -> None:
    """What could not be sent yet when the person refused is deleted as soon as it is sent."""
    _ba, code = await invited(world)
    guest = world.stranger()
    await guest.says(code)
    await reads_to_the_end(guest)
    choice = next(choice for choice in guest.buttons if choice.label == "Không đồng ý")
    world.recorder.fails = lambda delivery: down(delivery.chat)
    await guest.says("chưa hiểu lắm")
    await guest.does(Pressed(choice.data))
    world.recorder.fails = lambda _delivery: None
    await world.passes(hours=1)
    assert "Hệ thống không lưu gì" in guest.last
    assert await rows(world, "SELECT count(*) FROM outbox WHERE chat = 'stranger'") == [(0,)]
    assert await rows(world, "SELECT count(*) FROM dialogues WHERE chat = 'stranger'") == [(0,)]


def down(chat: str) -> DeliveryFailure | None:
    """The messenger cannot be reached for the stranger."""
    return TransientFailure("down") if chat == "stranger" else None


async def test_a_guest_who_falls_silent_is_forgotten_with_the_draft(world: World) -> None:
    """After thirty days the draft has expired: its buttons say so, and what was said is deleted by itself."""
    _ba, code = await invited(world)
    guest = world.stranger()
    await guest.says(code)
    await reads_to_the_end(guest)
    await world.passes(days=31)
    assert await rows(world, "SELECT count(*) FROM dialogues WHERE chat = 'stranger'") == [(0,)]
    assert await rows(world, "SELECT count(*) FROM outbox WHERE chat = 'stranger'") == [(0,)]
    guest.heard()
    await guest.presses("Đồng ý")
    await guest.says(code)
    assert guest.heard() == snapshot(
        [
            "Nút này không còn dùng được. Nếu đồng chí muốn tham gia, mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát (ví dụ: BT7K-93QF-…).",
            "Mã mời này chỉ dùng được đến hết ngày 03/02/2027, nay đã hết hạn. Mong đồng chí xin bí thư chi bộ phiếu mới.",
        ]
    )


# ------------------------------------------------------------------------------- codes that are wrong


async def test_wrong_codes_get_clear_answers(world: World) -> None:
    """One letter wrong, one letter missing, never given, a link with rubbish: each has its own words."""
    await invited(world)
    guest = world.stranger()
    await guest.says("BT7K-93QF-2222")
    await guest.says("BT7K-93QF-222")
    await guest.says(never_given(1))
    for code in ("x" * 65, "x" * 5000, "mã mời", "𝟟𝕂", "%00", "d:1:who:0:yes"):
        await guest.starts(code)
    assert guest.heard() == snapshot(
        [
            """\
Mã đồng chí gõ có chỗ chưa đúng. Mã mời gồm 12 chữ và số, chia làm ba nhóm, ví dụ: BT7K-93QF-…

Mong đồng chí xem lại phiếu và gõ lại cả mã. Nếu là mã biên nhận, xin gõ cả hai chữ BN ở đầu.\
""",
            """\
Mã đồng chí gõ có chỗ chưa đúng. Mã mời gồm 12 chữ và số, chia làm ba nhóm, ví dụ: BT7K-93QF-…

Mong đồng chí xem lại phiếu và gõ lại cả mã. Nếu là mã biên nhận, xin gõ cả hai chữ BN ở đầu.\
""",
            "Hệ thống không có mã mời này. Mong đồng chí xem lại phiếu và gõ lại; nếu vẫn không được, xin hỏi bí thư chi bộ.",
            "Đường dẫn đồng chí vừa mở không kèm mã mời đúng. Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…",
            "Đường dẫn đồng chí vừa mở không kèm mã mời đúng. Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…",
            "Đường dẫn đồng chí vừa mở không kèm mã mời đúng. Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…",
            "Đường dẫn đồng chí vừa mở không kèm mã mời đúng. Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…",
            "Đường dẫn đồng chí vừa mở không kèm mã mời đúng. Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…",
            "Đường dẫn đồng chí vừa mở không kèm mã mời đúng. Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…",
        ]
    )


def never_given(number: int) -> str:
    """A code that is well formed and was never given to anybody."""
    return make_code(CodeKind.INVITATION, number.to_bytes(16)).grouped


async def test_codes_that_were_used_or_have_expired_or_whose_person_is_gone(world: World) -> None:
    """Each is said as it is; nobody gets in."""
    ba, code = await invited(world)
    await world.member("Lê Văn Bình", linked=False)
    late = (await sheet_of(ba))["Lê Văn Bình"]
    async with world.app.database.write() as tx:
        gone = await people.add_person(tx, full_name="Phạm Thị Chín")
        await people.add_membership(
            tx, person=gone, unit=world.units["Chi bộ thôn 1"], status=Status.OFFICIAL, valid_from=START_DAY
        )
    codes = await sheet_of(ba)
    async with world.app.database.write() as tx:
        await tx.run(text("UPDATE memberships SET status = 'transferred' WHERE person_id = :gone"), {"gone": gone})
    await joins(world.stranger("an"), codes["Nguyễn Thị An"])
    guest = world.stranger()
    for typed in (codes["Nguyễn Thị An"], codes["Phạm Thị Chín"], late, code):
        await guest.says(typed)
    await world.passes(days=31)
    await guest.says(codes["Lê Văn Bình"])
    assert guest.heard() == snapshot(
        [
            "Mã mời này đã được dùng; mỗi mã chỉ dùng một lần. Nếu không phải đồng chí đã dùng, mong đồng chí báo ngay với bí thư chi bộ để được nhận phiếu mới.",
            "Mã mời này không còn dùng được. Mong đồng chí hỏi bí thư chi bộ.",
            "Mã mời này đã được thu hồi, thường vì bí thư chi bộ đã in phiếu mới. Mong đồng chí xin bí thư chi bộ phiếu mới.",
            "Mã mời này đã được thu hồi, thường vì bí thư chi bộ đã in phiếu mới. Mong đồng chí xin bí thư chi bộ phiếu mới.",
            "Mã mời này chỉ dùng được đến hết ngày 03/02/2027, nay đã hết hạn. Mong đồng chí xin bí thư chi bộ phiếu mới.",
        ]
    )


START_DAY = datetime(2026, 1, 1, tzinfo=UTC).date()


async def test_the_last_day_of_a_code_is_a_whole_day(world: World) -> None:
    """It is good in the last minute of the day on the sheet, and no longer."""
    _ba, code = await invited(world)
    await world.reaches(datetime(2027, 2, 3, 16, 59, tzinfo=UTC))
    guest = world.stranger()
    await guest.says(code)
    assert "Trước khi bắt đầu" in guest.last
    await reads_to_the_end(guest)
    await guest.presses("Đồng ý")
    await world.reaches(datetime(2027, 2, 3, 17, 0, tzinfo=UTC))
    await guest.presses("Đúng")
    assert guest.last == snapshot(
        "Mã mời này chỉ dùng được đến hết ngày 03/02/2027, nay đã hết hạn. Mong đồng chí xin bí thư chi bộ phiếu mới."
    )
    assert await rows(world, "SELECT count(*) FROM addresses WHERE chat = 'stranger'") == [(0,)]


# ------------------------------------------------------------------------------------- the throttle


async def test_five_wrong_codes_close_the_door_for_an_hour(world: World) -> None:
    """The sixth is not looked at, even when it is right; others are not hindered; an hour later it is open."""
    _ba, code = await invited(world)
    guest, other = world.stranger("guest"), world.stranger("other")
    await world.passes(hours=0.01)
    for number in range(5):
        await guest.says(never_given(number))
    guest.heard()
    await guest.says(code)
    await guest.starts(code)
    await guest.says("BT7K-93QF-2222")
    assert guest.heard() == snapshot(
        [
            "Từ tài khoản này vừa có 05 mã không đúng, nên hệ thống tạm ngừng nhận mã đến 09 giờ 01 ngày 04/01/2027. Đến lúc đó, mong đồng chí xem kỹ phiếu rồi gõ lại.",
            "Từ tài khoản này vừa có 05 mã không đúng, nên hệ thống tạm ngừng nhận mã đến 09 giờ 01 ngày 04/01/2027. Đến lúc đó, mong đồng chí xem kỹ phiếu rồi gõ lại.",
            """\
Mã đồng chí gõ có chỗ chưa đúng. Mã mời gồm 12 chữ và số, chia làm ba nhóm, ví dụ: BT7K-93QF-…

Mong đồng chí xem lại phiếu và gõ lại cả mã. Nếu là mã biên nhận, xin gõ cả hai chữ BN ở đầu.\
""",
        ]
    )
    await other.says(code)
    assert "Trước khi bắt đầu" in other.last
    await world.passes(hours=1.02)
    await guest.says(code)
    assert "Trước khi bắt đầu" in guest.last
    assert await rows(world, "SELECT count(*) FROM code_attempts") == [(0,)]


async def test_mistyping_is_not_guessing(world: World) -> None:
    """Codes whose check letter is wrong never close the door, however many."""
    _ba, code = await invited(world)
    guest = world.stranger()
    for _ in range(9):
        await guest.says("BT7K-93QF-2222")
    await guest.says(code)
    assert "Trước khi bắt đầu" in guest.last


async def test_many_wrong_codes_from_everywhere_close_the_door_for_all(world: World) -> None:
    """Two hundred within an hour, from whatever addresses: nobody's code is looked at until the first is an hour old."""
    _ba, code = await invited(world)
    async with world.app.database.write() as tx:
        for number in range(200):
            await guesses.add(tx, f"somebody {number}")
    guest = world.stranger()
    await guest.says(code)
    assert guest.heard() == snapshot(
        [
            "Hệ thống vừa nhận nhiều mã không đúng, nên tạm ngừng nhận mã để giữ an toàn. Mong đồng chí gõ lại sau 09 giờ 00 ngày 04/01/2027."
        ]
    )
    await world.passes(hours=1)
    await guest.says(code)
    assert "Trước khi bắt đầu" in guest.last


async def test_the_throttle_keeps_no_address(world: World) -> None:
    """What is remembered of a guess is a keyed hash, and the time."""
    guest = world.stranger("a very personal chat")
    await guest.says(never_given(1))
    kept = await rows(world, "SELECT address_hash FROM code_attempts")
    assert len(kept) == 1 and len(str(kept[0][0])) == 64
    assert await rows(world, "SELECT count(*) FROM outbox") == [(0,)]


# ---------------------------------------------------------------------------- changed meanwhile


async def test_of_two_who_hold_the_same_code_one_gets_in(world: World) -> None:
    """Both stand before the last press; both press at once; one is in, the other is told why not, nothing of them kept."""
    ba, code = await invited(world)
    both = [world.stranger("one"), world.stranger("two")]
    for guest in both:
        await guest.says(code)
        await reads_to_the_end(guest)
        await guest.presses("Đồng ý")
    presses = [
        world.app.router.handle(
            Incoming(
                address=Address(ACCOUNT, guest.chat),
                event_id=f"race {guest.chat}",
                payload=Pressed(guest.buttons[0].data, guest.bubbles[-1].id),
            )
        )
        for guest in both
    ]
    await asyncio.gather(*presses)
    await world.app.sender.drain()
    assert sorted("Đồng chí đã tham gia" in guest.last for guest in both) == [False, True]
    loser = next(guest for guest in both if "Đồng chí đã tham gia" not in guest.last)
    assert loser.last == snapshot(
        "Mã mời này đã được dùng; mỗi mã chỉ dùng một lần. Nếu không phải đồng chí đã dùng, mong đồng chí báo ngay với bí thư chi bộ để được nhận phiếu mới."
    )
    assert await rows(world, "SELECT count(*) FROM addresses WHERE person_id = 2") == [(1,)]
    assert await rows(world, f"SELECT count(*) FROM outbox WHERE chat = '{loser.chat}'") == [(0,)]  # noqa: S608
    assert len(ba.heard()) == 1


async def test_a_code_taken_back_during_the_reading_does_not_let_in(world: World) -> None:
    """The secretary revokes between two presses: said at the next one, before any name is shown."""
    ba, code = await invited(world)
    guest = world.stranger()
    await guest.says(code)
    await reads_to_the_end(guest)
    await ba.says("/phieumoi")
    await ba.presses("Thu hồi mã chưa dùng")
    await ba.presses("Thu hồi mã")
    await guest.presses("Đồng ý")
    assert "đã được thu hồi" in guest.last and "An" not in guest.last
    assert await rows(world, "SELECT count(*) FROM dialogues WHERE chat = 'stranger'") == [(0,)]


async def test_pressing_agree_twice_agrees_once(world: World) -> None:
    """The same button again repeats the next question; after joining it is over."""
    _ba, code = await invited(world)
    an = world.stranger()
    await an.says(code)
    await reads_to_the_end(an)
    agree = next(choice.data for choice in an.buttons if choice.label == "Đồng ý")
    await an.forges(agree)
    await an.forges(agree)
    assert "Câu đó đã được trả lời" in an.last
    right = next(choice.data for choice in an.buttons if choice.label == "Đúng")
    await an.forges(right)
    an.heard()
    await an.forges(right)
    await an.forges(agree)
    assert an.heard() == snapshot(
        [
            "Việc này đã kết thúc nên nút không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.",
            "Việc này đã kết thúc nên nút không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.",
        ]
    )
    assert await rows(world, "SELECT count(*) FROM consents") == [(1,)]


async def test_a_restart_in_between_changes_nothing(world: World, tmp_path: Path) -> None:
    """The draft is in the database: another process goes on where this one stopped."""
    _ba, code = await invited(world)
    guest = world.stranger()
    await guest.says(code)
    await reads_to_the_end(guest)
    again = await restarted(world)
    try:
        there = Voice(again, chat=guest.chat)
        await there.says("đồng ý")
        await there.says("đúng")
        assert "Đồng chí đã tham gia" in there.last
    finally:
        await again.close()


async def restarted(world: World, content: Path | None = None) -> World:
    """Another process over the same database, with the same clock's time."""
    url = world.app.database.url.render_as_string(hide_password=False)
    again = await World.open(url, start=world.clock.now(), content=content)
    again.events = 1000
    return again


async def test_a_text_of_consent_that_changed_meanwhile_is_read_anew(world: World, tmp_path: Path) -> None:
    """Nobody agrees to words that they were not shown: the old button leads back to the beginning."""
    _ba, code = await invited(world)
    guest = world.stranger()
    await guest.says(code)
    await reads_to_the_end(guest)
    agree = next(choice.data for choice in guest.buttons if choice.label == "Đồng ý")
    own = tmp_path / "content"
    own.mkdir()
    changed = sample_source("consent.toml").content.decode().replace('version = "mau-1"', 'version = "mau-2"')
    (own / "consent.toml").write_text(changed.replace("Ai xem được", "Những ai xem được"))
    again = await restarted(world, own)
    try:
        there = Voice(again, chat=guest.chat)
        await there.forges(agree)
        assert "đã thay đổi từ lần trước" in there.last and "Trước khi bắt đầu" in there.last
        await reads_to_the_end(there)
        await there.presses("Đồng ý")
        await there.presses("Đúng")
        assert await rows(again, "SELECT text_version FROM consents") == [("mau-2",)]
    finally:
        await again.close()


# ------------------------------------------------------------------------------------ who is told


async def test_in_quiet_hours_the_secretary_is_told_in_the_morning(world: World) -> None:
    """Joining late in the evening works at once; the word to others waits."""
    ba, code = await invited(world)
    await world.reaches(datetime(2027, 1, 5, 15, 0, tzinfo=UTC))
    ba.heard()
    await joins(world.stranger(), code)
    assert ba.heard() == []
    await world.reaches(datetime(2027, 1, 5, 23, 29, tzinfo=UTC))
    assert ba.heard() == []
    await world.reaches(datetime(2027, 1, 5, 23, 30, tzinfo=UTC))
    assert [line for line in ba.heard() if "đã tham gia lúc 22 giờ 00" in line]


async def test_when_no_leader_can_be_reached_the_officer_above_is_told(world: World) -> None:
    """The secretary's own joining is told to the nearest officers, who can undo it."""
    hoa = await world.officer("Lê Thị Hoa")
    await world.member("Trần Văn Ba", roles=[Role.SECRETARY], linked=False)
    await world.member("Nguyễn Thị An")
    await hoa.says("/phieumoi")
    await hoa.presses("Làm phiếu cho 01 đồng chí")
    await hoa.presses("Làm phiếu")
    ba = world.stranger("ba")
    await joins(ba, codes_on(hoa.files()[0])["Trần Văn Ba"])
    assert "Đồng chí Trần Văn Ba (Chi bộ thôn 1) đã tham gia" in hoa.last
    await hoa.presses("Không đúng người")
    await hoa.presses("Gỡ tài khoản")
    await ba.says("/phieumoi")
    assert "chưa tham gia" in ba.last


# ------------------------------------------------------------------------------- a second account


async def second_code(ba: Voice, name: str = "An") -> str:
    """A code for somebody who has joined already."""
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says(name)
    await ba.presses("Làm phiếu")
    ba.heard()
    return next(iter(codes_on(ba.files()[-1]).values()))


async def asks_for_a_second(world: World) -> tuple[Voice, Voice, Voice, str]:
    """The secretary, An where she joined, the second account waiting, and the code."""
    ba, an = await world.secretary("Trần Văn Ba"), await world.member("Nguyễn Thị An")
    code = await second_code(ba)
    second = world.stranger("second")
    await joins(second, code)
    return ba, an, second, code


async def test_a_second_account_is_asked_for_at_the_first(world: World) -> None:
    """Only after the person agrees where they joined is the second one linked; both are told; one consent is enough."""
    _ba, an, second, _code = await asks_for_a_second(world)
    assert second.heard()[-1] == snapshot("""\
Đồng chí đã tham gia từ trước bằng một tài khoản khác. Để giữ an toàn, hệ thống vừa hỏi ở tài khoản đó.

Mong đồng chí mở tài khoản đó và bấm “Đồng ý”; xong là dùng được ở cả hai nơi. Nếu không còn dùng tài khoản đó, đồng chí nhờ bí thư chi bộ gỡ giúp, rồi gõ lại mã mời ở đây.

[Dừng lại]\
""")
    assert an.heard() == snapshot(
        [
            """\
*Có phải đồng chí muốn dùng thêm một tài khoản?*

Lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027, có người gõ mã mời mang tên đồng chí ở một tài khoản trò chuyện khác.

Nếu đúng là đồng chí, xin bấm “Đồng ý”: đồng chí dùng được ở cả hai nơi. Nếu không phải, xin bấm “Không”: mã mời đó bị thu hồi ngay.

[1. Đồng ý] [2. Không]\
"""
        ]
    )
    await second.says("/toi")
    assert "chưa tham gia" in second.last
    await world.passes(days=3)
    an.heard()
    second.heard()
    await an.presses("Đồng ý")
    assert an.heard() == snapshot(
        [
            """\
Đã thêm tài khoản thứ hai cho đồng chí. Nếu bấm nhầm, mong đồng chí báo bí thư chi bộ để gỡ ra.

Từ nay thông báo đến một trong hai nơi; đồng chí chọn nơi nào tiện hơn.

[1. Chọn nơi nhận thông báo]\
"""
        ]
    )
    assert "Kính chào đồng chí Nguyễn Thị An" in second.heard()[0]
    await second.says("/toi")
    assert "Kính chào đồng chí Nguyễn Thị An" in second.last
    assert await rows(world, "SELECT count(*) FROM addresses WHERE person_id = 2") == [(2,)]


async def test_the_first_account_may_refuse_and_the_code_is_gone(world: World) -> None:
    """Somebody else held the code: nothing is linked or kept there, and the code is revoked."""
    _ba, an, second, code = await asks_for_a_second(world)
    add = an.buttons[0].data
    an.heard()
    second.heard()
    await an.presses("Không")
    await an.forges(add)
    assert an.heard() == snapshot(
        [
            "Hệ thống không thêm tài khoản đó và đã thu hồi mã mời. Nếu đồng chí không biết ai đã gõ mã, mong đồng chí báo bí thư chi bộ.",
            "Mã mời đó không còn hiệu lực nên không thêm được tài khoản. Nếu vẫn cần, mong đồng chí xin bí thư chi bộ phiếu mới.",
        ]
    )
    assert second.heard() == snapshot(
        [
            "Tài khoản đã tham gia từ trước không đồng ý, nên tài khoản này không được thêm. Hệ thống không lưu gì ở đây. Nếu có nhầm lẫn, mong đồng chí gặp bí thư chi bộ."
        ]
    )
    assert await rows(world, "SELECT count(*) FROM dialogues WHERE chat = 'second'") == [(0,)]
    assert await rows(world, "SELECT count(*) FROM outbox WHERE chat = 'second'") == [(0,)]
    await second.says(code)
    assert "đã được thu hồi" in second.last


async def test_agreeing_twice_adds_one_account(world: World) -> None:
    """The same button again says that it was answered; the other button too."""
    _ba, an, _second, _code = await asks_for_a_second(world)
    add, refuse = (choice.data for choice in an.buttons)
    await an.presses("Đồng ý")
    an.heard()
    await an.forges(add)
    await an.forges(refuse)
    assert an.heard() == snapshot(
        [
            "Việc này đã được trả lời từ trước; không có gì thay đổi.",
            "Việc này đã được trả lời từ trước; không có gì thay đổi.",
        ]
    )
    assert await rows(world, "SELECT count(*) FROM addresses WHERE person_id = 2") == [(2,)]


async def test_the_question_stands_until_the_code_expires(world: World) -> None:
    """Meanwhile the second account is told that it waits; after the code's last day, the button says why not."""
    _ba, an, second, code = await asks_for_a_second(world)
    await second.says(code)
    await second.says("sao lâu thế")
    await second.starts(code.replace("-", ""))
    assert second.heard()[-3:] == snapshot(
        [
            """\
Tài khoản kia chưa trả lời.

Đồng chí đã tham gia từ trước bằng một tài khoản khác. Để giữ an toàn, hệ thống vừa hỏi ở tài khoản đó.

Mong đồng chí mở tài khoản đó và bấm “Đồng ý”; xong là dùng được ở cả hai nơi. Nếu không còn dùng tài khoản đó, đồng chí nhờ bí thư chi bộ gỡ giúp, rồi gõ lại mã mời ở đây.

[Dừng lại]\
""",
            """\
Tài khoản kia chưa trả lời.

Đồng chí đã tham gia từ trước bằng một tài khoản khác. Để giữ an toàn, hệ thống vừa hỏi ở tài khoản đó.

Mong đồng chí mở tài khoản đó và bấm “Đồng ý”; xong là dùng được ở cả hai nơi. Nếu không còn dùng tài khoản đó, đồng chí nhờ bí thư chi bộ gỡ giúp, rồi gõ lại mã mời ở đây.

[Dừng lại]\
""",
            """\
Tài khoản kia chưa trả lời.

Đồng chí đã tham gia từ trước bằng một tài khoản khác. Để giữ an toàn, hệ thống vừa hỏi ở tài khoản đó.

Mong đồng chí mở tài khoản đó và bấm “Đồng ý”; xong là dùng được ở cả hai nơi. Nếu không còn dùng tài khoản đó, đồng chí nhờ bí thư chi bộ gỡ giúp, rồi gõ lại mã mời ở đây.\
""",
        ]
    )
    add = an.buttons[0].data
    await world.passes(days=31)
    an.heard()
    await an.forges(add)
    assert an.heard() == snapshot(
        [
            "Mã mời đó không còn hiệu lực nên không thêm được tài khoản. Nếu vẫn cần, mong đồng chí xin bí thư chi bộ phiếu mới."
        ]
    )
    assert await rows(world, "SELECT count(*) FROM addresses WHERE person_id = 2") == [(1,)]


async def test_the_second_account_may_stop_waiting(world: World) -> None:
    """Then nothing of it is kept, and the first account's button says so."""
    _ba, an, second, _code = await asks_for_a_second(world)
    await second.presses("Dừng lại")
    an.heard()
    await an.presses("Đồng ý")
    assert an.heard() == snapshot(
        [
            "Tài khoản kia đã dừng, nên không còn gì phải trả lời. Nếu đồng chí vẫn muốn dùng thêm tài khoản đó, mong đồng chí gõ lại mã mời ở đó."
        ]
    )
    assert await rows(world, "SELECT count(*) FROM dialogues WHERE chat = 'second'") == [(0,)]


async def test_nobody_answers_for_another_person(world: World) -> None:
    """A forged button of somebody else's question changes nothing."""
    ba, an, _second, _code = await asks_for_a_second(world)
    add, refuse = (choice.data for choice in an.buttons)
    ba.heard()
    await ba.forges(add)
    await ba.forges(refuse)
    assert set(ba.heard()) == snapshot({"Nút này không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có."})
    await an.presses("Đồng ý")
    assert "Đã thêm tài khoản" in an.last


async def test_a_first_account_that_cannot_be_reached_is_said(world: World) -> None:
    """Who blocked the bot at the old account is sent to the secretary; after unlinking, the same code lets them in."""
    ba, an = await world.secretary("Trần Văn Ba"), await world.member("Nguyễn Thị An")
    code = await second_code(ba)
    await an.blocks()
    second = world.stranger("second")
    await joins(second, code)
    assert second.last == snapshot(
        "Đồng chí đã tham gia từ trước bằng một tài khoản khác, nhưng hệ thống không nhắn được vào tài khoản đó để hỏi. Mong đồng chí nhờ bí thư chi bộ gỡ tài khoản cũ, rồi gõ lại mã mời ở đây. Mã vẫn còn dùng được."
    )
    assert await rows(world, "SELECT count(*) FROM outbox WHERE chat = 'second'") == [(0,)]
    await unlink(ba, "An")
    await joins(second, code)
    assert "Đồng chí đã tham gia" in second.last


async def unlink(ba: Voice, name: str) -> None:
    """The secretary takes somebody's accounts away."""
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says(name)
    await ba.presses("Gỡ tài khoản")
    await ba.presses("Gỡ tài khoản")


async def test_a_waiting_account_gets_in_when_the_first_one_is_taken_away(world: World) -> None:
    """A lost telephone: the secretary unlinks it, and the code typed once more joins as at first."""
    ba, _an, second, code = await asks_for_a_second(world)
    await unlink(ba, "An")
    await joins(second, code)
    assert "Đồng chí đã tham gia" in second.last


# --------------------------------------------------------------------- somebody who has joined already


async def test_codes_typed_by_somebody_who_has_joined(world: World) -> None:
    """One's own code changes nothing; another's neither, and its person is not named; the code stays good."""
    ba, code = await invited(world)
    await world.member("Lê Văn Bình", linked=False)
    codes = await sheet_of(ba)
    an = world.stranger("an")
    await joins(an, codes["Nguyễn Thị An"])
    an.heard()
    await an.starts(codes["Nguyễn Thị An"].replace("-", ""))
    await an.says(codes["Lê Văn Bình"])
    await an.says(code)
    assert an.heard() == snapshot(
        [
            """\
Đồng chí Nguyễn Thị An đã tham gia rồi, không cần gõ mã mời nữa.

[1. Xem việc của tôi]\
""",
            """\
Tài khoản này đang dùng cho đồng chí Nguyễn Thị An, còn mã mời vừa gõ là của đồng chí khác, nên hệ thống không thay đổi gì. Mỗi tài khoản trò chuyện chỉ dùng cho một người.

Đồng chí kia có thể tham gia bằng điện thoại của mình, hoặc nhờ bí thư chi bộ ghi giúp.\
""",
            """\
Đồng chí Nguyễn Thị An đã tham gia rồi, không cần gõ mã mời nữa.

[1. Xem việc của tôi]\
""",
        ]
    )
    binh = world.stranger("binh")
    await joins(binh, codes["Lê Văn Bình"])
    assert "Đồng chí đã tham gia" in binh.last


async def test_an_account_linked_while_it_was_still_reading_is_not_linked_again(world: World) -> None:
    """If the address came to belong to somebody meanwhile, the last press says so and changes nothing."""
    _ba, code = await invited(world)
    guest = world.stranger()
    await guest.says(code)
    await reads_to_the_end(guest)
    await guest.presses("Đồng ý")
    async with world.app.database.write() as tx:
        other = await people.add_person(tx, full_name="Lê Văn Bình")
        await addresses.link(tx, person=other, address=Address(ACCOUNT, guest.chat))
    await guest.presses("Đúng")
    assert "Đồng chí Lê Văn Bình đã tham gia rồi" in guest.last
    assert await rows(world, "SELECT count(*) FROM addresses WHERE person_id = 2") == [(0,)]


# ------------------------------------------------------------------------------------------ leaving


async def test_consent_is_withdrawn_as_easily_as_it_was_given(world: World) -> None:
    """What happens is said before; then nothing more is said, drafts are gone, the secretary is told, codes too."""
    ba, code = await invited(world)
    an = world.stranger("an")
    await joins(an, code)
    spare = await second_code(ba)
    an.heard()
    ba.heard()
    await an.says("/rutlui")
    await an.presses("Rút lại đồng ý")
    assert an.heard() == snapshot(
        [
            """\
Nếu rút lại đồng ý: hệ thống thôi nhắn tin cho đồng chí, xóa những câu trả lời còn dở, gỡ mọi tài khoản trò chuyện, và báo bí thư chi bộ biết để chuyển sang bản giấy.

Những gì đồng chí đã ký, đã nộp, đã trả lời cùng tên trong danh sách chi bộ vẫn được giữ làm hồ sơ của chi bộ; muốn sửa hay xóa, mong đồng chí đề nghị bí thư chi bộ.

Đồng chí quyết định thế nào?

[1. Rút lại đồng ý] [2. Không rút] [Dừng lại]\
""",
            "Đã ghi nhận đồng chí rút lại đồng ý. Từ nay hệ thống không nhắn tin cho đồng chí. Đồng chí vẫn làm bằng bản giấy tại chi bộ như trước và không bị ảnh hưởng gì. Khi nào muốn trở lại, đồng chí xin bí thư chi bộ phiếu mời mới. Trân trọng.",
        ]
    )
    assert ba.heard() == snapshot(
        [
            "Đồng chí Nguyễn Thị An (Chi bộ thôn 1) đã rút lại đồng ý và thôi tham gia. Hệ thống không nhắn cho đồng chí ấy nữa; từ nay cam kết, báo cáo của đồng chí ấy làm bằng bản giấy."
        ]
    )
    assert await rows(world, "SELECT withdrawn_at IS NULL FROM consents") == [(0,)]
    assert await rows(world, "SELECT count(*) FROM dialogues WHERE chat = 'an'") == [(0,)]
    await world.passes(days=20)
    assert an.heard() == []
    await an.says("/toi")
    await an.says(spare)
    assert an.heard() == snapshot(
        [
            "Đồng chí chưa tham gia nên hệ thống chưa thể làm việc này. Mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát (ví dụ: BT7K-93QF-…).",
            "Mã mời này đã được thu hồi, thường vì bí thư chi bộ đã in phiếu mới. Mong đồng chí xin bí thư chi bộ phiếu mới.",
        ]
    )


async def test_coming_back_needs_a_new_consent(world: World) -> None:
    """With a new sheet the same person joins again; the old consent stays on record as withdrawn."""
    ba, code = await invited(world)
    an = world.stranger("an")
    await joins(an, code)
    await an.says("/rutlui")
    await an.presses("Rút lại đồng ý")
    await world.passes(days=1)
    await joins(an, (await sheet_of(ba))["Nguyễn Thị An"])
    assert "Đồng chí đã tham gia" in an.last
    assert await rows(world, "SELECT withdrawn_at IS NULL FROM consents ORDER BY id") == [(0,), (1,)]


async def test_one_of_two_accounts_may_go_alone(world: World) -> None:
    """The consent and the other account stay, and the secretary is not bothered."""
    ba, an, second, _code = await asks_for_a_second(world)
    await an.presses("Đồng ý")
    for voice in (an, second, ba):
        voice.heard()
    await second.says("/rutlui")
    assert "[2. Chỉ gỡ tài khoản này]" in second.last and "02 tài khoản" in second.last
    await second.presses("Chỉ gỡ tài khoản này")
    assert second.last == snapshot(
        "Đã gỡ tài khoản này. Hệ thống không nhắn vào đây nữa; các tài khoản khác của đồng chí vẫn dùng được. Trân trọng."
    )
    assert ba.heard() == [] and an.heard() == []
    await an.says("/toi")
    assert "Kính chào đồng chí Nguyễn Thị An" in an.last
    assert await rows(world, "SELECT withdrawn_at IS NULL FROM consents") == [(1,)]


async def test_leaving_from_one_account_ends_all_and_each_is_told(world: World) -> None:
    """The other account learns that it was unlinked, and why."""
    _ba, an, second, _code = await asks_for_a_second(world)
    await an.presses("Đồng ý")
    an.heard()
    await second.says("rút lui")
    await second.presses("Rút lại đồng ý")
    assert an.heard() == snapshot(
        [
            "Đồng chí đã rút lại đồng ý từ một tài khoản khác, nên tài khoản này cũng được gỡ. Hệ thống không nhắn vào đây nữa. Trân trọng."
        ]
    )
    await an.says("/toi")
    assert "chưa tham gia" in an.last


async def test_who_changes_their_mind_stays(world: World) -> None:
    """Not withdrawing changes nothing; words that mean nothing repeat the question; the button works once."""
    an = await world.member("Nguyễn Thị An")
    await an.says("/rutlui")
    await an.says("để nghĩ đã")
    assert "chưa nhận ra câu trả lời" in an.last
    leave = next(choice.data for choice in an.buttons if choice.label == "Rút lại đồng ý")
    await an.presses("Không rút")
    await an.forges(leave)
    assert an.heard()[-2:] == snapshot(
        [
            "Cảm ơn đồng chí. Không có gì thay đổi.",
            "Việc này đã kết thúc nên nút không còn dùng được. Đồng chí gõ /toi để xem những việc hiện có.",
        ]
    )
    await an.says("/toi")
    assert "Kính chào đồng chí Nguyễn Thị An" in an.last


async def test_an_administrator_without_a_cell_may_leave_too(world: World) -> None:
    """The right of a person needs no membership; other administrators of the same committee are told."""
    hoa = await world.officer("Lê Thị Hoa", admin=True)
    quan = await world.officer("Nguyễn Văn Quản", admin=True)
    await quan.says("/rutlui")
    await quan.presses("Rút lại đồng ý")
    assert "Đã ghi nhận đồng chí rút lại đồng ý" in quan.last
    assert hoa.heard() == snapshot(
        [
            "Đồng chí Nguyễn Văn Quản đã rút lại đồng ý và thôi tham gia. Hệ thống không nhắn cho đồng chí ấy nữa; từ nay cam kết, báo cáo của đồng chí ấy làm bằng bản giấy."
        ]
    )
