"""/thongbao: whom, what, preview, confirmed once, a message that moves, stop, report; only in one's part of the tree."""

from datetime import UTC, datetime, timedelta

from inline_snapshot import snapshot

from bot.chat import AddressBlocked, Delivery, DeliveryFailure, OutboxState
from bot.domain.rights import Role
from bot.domain.rounds import RoundKind
from storage import outbox, rounds
from tests.world import Voice, World

QUIET_SEASON = datetime(2027, 4, 12, 2, tzinfo=UTC)
"""A morning on which no round is open, so that nothing but the broadcast is heard."""


async def a_commune(world: World) -> Voice:
    """Two cells with three members each, one of them not joined, and an officer above both."""
    world.clock.move_to(QUIET_SEASON)
    officer = await world.officer("Phạm Thị Văn Phòng")
    for cell in ("Chi bộ Thôn 1", "Chi bộ Trường học"):
        await world.member(f"Bí thư {cell}", cell=cell, roles=[Role.SECRETARY])
        await world.member(f"Đảng viên {cell}", cell=cell)
    await world.member("Cụ Tư", cell="Chi bộ Thôn 1", linked=False)
    return officer


async def compose(officer: Voice, *, whom: str = "Tất cả đảng viên", text: str = "Ngày mai tổng vệ sinh.") -> None:
    """Up to the preview, without a file."""
    await officer.says("/thongbao")
    await officer.presses(whom)
    await officer.says(text)
    await officer.presses("Không kèm tệp")


async def test_an_officer_tells_everybody_and_gets_a_report(world: World) -> None:
    """From the audience to the report, every sentence."""
    officer = await a_commune(world)
    await compose(officer)
    await officer.presses("Gửi cho 05 đồng chí")
    await world.passes(hours=1)
    assert officer.heard() == snapshot(
        [
            """\
Đồng chí muốn gửi thông báo cho ai?

[1. Tất cả đảng viên] [2. Một hoặc vài chi bộ] [3. Các bí thư chi bộ] [4. Các đồng chí còn thiếu] [Dừng lại]\
""",
            """\
Người nhận: tất cả đảng viên thuộc Đảng ủy xã Mẫu (05 đồng chí).

Mong đồng chí gõ nội dung thông báo.

[Quay lại] [Dừng lại]\
""",
            """\
Đồng chí có muốn kèm tệp không? Nếu có, mong đồng chí gửi một tệp (không quá 10 MB). Không gửi tài liệu mật.

[1. Không kèm tệp] [Quay lại] [Dừng lại]\
""",
            """\
*Thông báo của Đảng ủy xã Mẫu*

Ngày mai tổng vệ sinh.

———

Trên đây là thông báo như người nhận sẽ thấy. Người nhận: tất cả đảng viên thuộc Đảng ủy xã Mẫu.

[1. Gửi cho 05 đồng chí] [2. Sửa nội dung] [3. Đổi người nhận] [Quay lại] [Dừng lại]\
""",
            """\
*Thông báo số 1 đang gửi*

Đã nhận: 0 đồng chí trên 05 đồng chí (0%)
Đang chờ: 04 đồng chí
Chưa tham gia hệ thống: 01 đồng chí

[1. Dừng gửi]\
""",
            """\
*Thông báo số 1 đã gửi xong*

Đã nhận: 04 đồng chí trên 05 đồng chí (80%)
Đang chờ: 0 đồng chí
Chưa tham gia hệ thống: 01 đồng chí

Cần báo trực tiếp cho: Cụ Tư.\
""",
        ]
    )
    member = world.voices["Đảng viên Chi bộ Thôn 1"]
    assert member.heard() == snapshot(
        [
            """\
*Thông báo của Đảng ủy xã Mẫu*

Ngày mai tổng vệ sinh.\
"""
        ]
    )


async def test_the_same_broadcast_cannot_be_confirmed_twice(world: World) -> None:
    """Pressing the old confirmation again sends nothing again."""
    officer = await a_commune(world)
    await compose(officer)
    data = officer.buttons[0].data
    await officer.forges(data)
    await officer.forges(data)
    await world.passes(hours=1)
    assert len(world.voices["Đảng viên Chi bộ Thôn 1"].heard()) == 1


async def test_some_cells_by_number_or_name(world: World) -> None:
    """Cells are chosen by number or part of a name; only their members hear."""
    officer = await a_commune(world)
    await officer.says("/thongbao")
    await officer.presses("Một hoặc vài chi bộ")
    await officer.says("9")
    assert "Không có chi bộ nào" in officer.last
    await officer.says("chi bo")
    assert "Có nhiều chi bộ" in officer.last
    await officer.says("truong")
    await officer.says("Mời dự tập huấn.")
    await officer.presses("Không kèm tệp")
    await officer.presses("Gửi cho 02 đồng chí")
    await world.passes(hours=1)
    assert len(world.voices["Đảng viên Chi bộ Trường học"].heard()) == 1
    assert world.voices["Đảng viên Chi bộ Thôn 1"].heard() == []


async def test_only_secretaries(world: World) -> None:
    """The secretaries hear, the members do not."""
    officer = await a_commune(world)
    await compose(officer, whom="Các bí thư chi bộ")
    await officer.presses("Gửi cho 02 đồng chí")
    await world.passes(hours=1)
    assert len(world.voices["Bí thư Chi bộ Thôn 1"].heard()) == 1
    assert world.voices["Đảng viên Chi bộ Thôn 1"].heard() == []


async def test_those_who_have_not_signed(world: World) -> None:
    """An audience of those who are missing means who is missing when it goes out."""
    officer = await a_commune(world)
    async with world.app.database.write() as tx:
        await rounds.open_round(
            tx,
            kind=RoundKind.PLEDGE,
            unit=world.units["Đảng ủy xã Mẫu"],
            period="2027",
            opened_at=tx.now,
            due_at=tx.now + timedelta(days=30),
            next_due_at=None,
            next_step=None,
        )
    await officer.says("/thongbao")
    await officer.presses("Các đồng chí còn thiếu")
    await officer.presses("Chưa gửi tự báo cáo")
    assert "không có đợt nào" in officer.last
    await officer.presses("Chưa ký cam kết")
    await officer.says("Mong các đồng chí ký cam kết.")
    await officer.presses("Không kèm tệp")
    await officer.presses("Gửi cho 05 đồng chí")
    await world.settle()
    assert "Mong các đồng chí ký" in world.voices["Đảng viên Chi bộ Thôn 1"].last


async def test_a_file_goes_along(world: World) -> None:
    """The attached file reaches everybody as it was sent; too large or empty ones are refused clearly."""
    officer = await a_commune(world)
    await officer.says("/thongbao")
    await officer.presses("Tất cả đảng viên")
    await officer.says("Kế hoạch kèm theo.")
    await officer.sends_file("to.pdf", b"x" * (30 * 1024 * 1024))
    assert "quá lớn" in officer.last
    await officer.sends_file("rong.pdf", b"")
    assert "rỗng" in officer.last
    await officer.sends_file("kế hoạch.pdf", b"%PDF-1.7 plan")
    await officer.presses("Gửi cho 05 đồng chí")
    await world.passes(hours=1)
    (file,) = world.voices["Đảng viên Chi bộ Thôn 1"].files()
    assert (file.name, file.content) == ("kế hoạch.pdf", b"%PDF-1.7 plan")


async def test_stop_is_immediate(world: World) -> None:
    """What waits is cancelled and never said; the report says how many."""
    officer = await a_commune(world)
    world.clock.move_to(world.clock.now() + timedelta(hours=14))  # 22:00: the messages wait for the morning
    await compose(officer)
    assert "giờ nghỉ" in officer.last
    await officer.presses("Gửi cho 05 đồng chí")
    await officer.presses("Dừng gửi")
    assert officer.heard()[-1] == snapshot("""\
*Thông báo số 1 đã dừng*

Đã nhận: 0 đồng chí trên 05 đồng chí (0%)
Đang chờ: 0 đồng chí
Không gửi nữa: 04 đồng chí
Chưa tham gia hệ thống: 01 đồng chí\
""")
    await world.passes(days=0.6)
    assert all("vệ sinh" not in text for text in world.voices["Đảng viên Chi bộ Thôn 1"].heard())
    await officer.forges("broadcast-stop:1")
    assert "đã kết thúc" in officer.last


async def test_a_blocked_member_is_counted_as_blocked(world: World) -> None:
    """Who blocked the bot is counted so, and is not tried again."""
    officer = await a_commune(world)
    member = world.voices["Đảng viên Chi bộ Thôn 1"]

    def fails(delivery: Delivery) -> DeliveryFailure | None:
        return AddressBlocked("blocked") if delivery.chat == member.chat else None

    world.recorder.fails = fails
    await compose(officer)
    await officer.presses("Gửi cho 05 đồng chí")
    await world.passes(hours=1)
    assert "Đã chặn hệ thống: 01 đồng chí" in officer.last
    async with world.app.database.read() as tx:
        assert (await outbox.batch_counts(tx, "broadcast:1"))[OutboxState.BLOCKED] == 1


async def test_an_officer_of_another_part_can_do_nothing(world: World) -> None:
    """Another committee's officer cannot begin, confirm or stop it; a member has no such command."""
    officer = await a_commune(world)
    await world.committee("Đảng ủy xã Khác")
    other = await world.officer("Cán bộ Xã Khác", over="Đảng ủy xã Khác")
    await compose(officer)
    await officer.presses("Gửi cho 05 đồng chí")
    await other.forges("broadcast-stop:1")
    assert "không thuộc phần" in other.last
    await other.forges(f"broadcast-as:{world.units['Đảng ủy xã Mẫu']}")
    assert "không thuộc phần" in other.last
    member = world.voices["Đảng viên Chi bộ Thôn 1"]
    await member.says("/thongbao")
    assert "không thuộc phần" in member.last
    await officer.forges("broadcast-stop:999")
    assert "không còn dùng được" in officer.last


async def test_classified_words_are_refused_and_not_kept(world: World) -> None:
    """A text with a stamp of secrecy is refused; nothing of it is stored."""
    officer = await a_commune(world)
    await officer.says("/thongbao")
    await officer.presses("Tất cả đảng viên")
    await officer.says("TUYỆT MẬT: kế hoạch số 5")
    assert "từ chối" in officer.last
    await officer.says("x" * 1501)
    assert "dài quá" in officer.last
