"""A secretary acts for members: recording on behalf, objection, mistakes taken back, the paper ticked."""

from inline_snapshot import snapshot

from storage.schema import audit, pledges, receipts
from tests.conversations.pledge_rounds import cell_of_five, open_round, rows, signs
from tests.world import World


async def test_recorded_on_behalf_of_a_member_without_a_phone(world: World) -> None:
    """Chosen by name, confirmed, recorded and marked; the receipt can be checked; officers see the mark."""
    secretary, _an = await cell_of_five(world)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    assert secretary.heard()[-1] == snapshot("""\
Ghi thay cam kết năm 2027 cho đồng chí nào? Chỉ ghi thay khi đồng chí ấy đã trực tiếp đồng ý hoặc đã ký bản giấy.

1. Nguyễn Thị An
2. Lê Văn Cả
3. Hồ Thị Đào

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Dừng lại]\
""")
    await secretary.says("ca")
    assert secretary.heard() == snapshot(
        [
            """\
Đồng chí Lê Văn Cả đã đồng ý với nội dung cam kết năm 2027 chưa?

[1. Đã trực tiếp đồng ý] [2. Đã ký bản giấy] [3. Chưa đồng ý] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await secretary.presses("Đã ký bản giấy")
    assert secretary.heard() == snapshot(
        [
            """\
Đã ghi thay cam kết năm 2027 cho đồng chí Lê Văn Cả và đánh dấu đã ký bản giấy.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

[1. Ghi thay đồng chí khác] [2. Xem danh sách cam kết] [3. Ghi nhầm, bỏ đi]\
"""
        ]
    )
    (pledge,) = await rows(world, pledges)
    assert (pledge.person_id, pledge.recorded_by, pledge.on_behalf, pledge.commitments) == (
        world.voices["Lê Văn Cả"].person_id,
        secretary.person_id,
        True,
        {},
    )
    assert pledge.paper_signed_at == pledge.recorded_at
    await secretary.presses("Xem danh sách cam kết")
    await secretary.presses("Xem ai đã xác nhận")
    assert "• Lê Văn Cả – 08 giờ 00, ngày 04/01/2027; ghi thay; đã ký bản giấy" in secretary.last
    acts = [act.action for act in await rows(world, audit)]
    assert acts == ["pledge_recorded", "pledge_paper_ticked"]


async def test_nothing_is_recorded_for_who_has_not_agreed(world: World) -> None:
    """The question is asked before anything is recorded; no is taken for no."""
    secretary, _an = await cell_of_five(world)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await secretary.says("2")
    await secretary.says("hôm qua")
    assert "chưa nhận ra câu trả lời" in secretary.last
    await secretary.presses("Chưa đồng ý")
    assert secretary.last.startswith("Hệ thống không ghi gì cho đồng chí")
    assert await rows(world, pledges) == []


async def test_a_linked_member_is_told_and_can_object(world: World) -> None:
    """The objection takes the record back at once, tells who leads the cell, and the code answers no."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await secretary.says("Nguyễn Thị An")
    await secretary.presses("Đã trực tiếp đồng ý")
    secretary.heard()
    assert an.heard() == snapshot(
        [
            """\
*Đã ghi thay đồng chí*

Đồng chí Phạm Văn Thư đã ghi nhận trên hệ thống rằng đồng chí đồng ý với cam kết năm 2027.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Nếu không đúng, đồng chí bấm “Tôi chưa đồng ý”.

[1. Tôi chưa đồng ý]\
"""
        ]
    )
    await an.says("/camket")
    assert "do đồng chí Phạm Văn Thư ghi thay" in an.last
    an.heard()
    await an.presses("Tôi chưa đồng ý")
    await an.presses("Tôi chưa đồng ý")
    assert an.heard() == snapshot(
        [
            "Hệ thống đã bỏ phần ghi thay cam kết năm 2027 và báo cho bí thư chi bộ. Khi nào đồng ý, đồng chí gõ /camket để tự đọc và ký.",
            "Phần ghi thay này đã được bỏ từ trước.",
        ]
    )
    assert secretary.heard() == snapshot(
        [
            """\
*Đảng viên chưa đồng ý*

Đồng chí Nguyễn Thị An báo chưa đồng ý với phần cam kết năm 2027 được ghi thay lúc 08 giờ 00, ngày 04/01/2027. Hệ thống đã bỏ phần ghi thay. Mong đồng chí trao đổi trực tiếp với đồng chí ấy.\
"""
        ]
    )
    assert await rows(world, receipts) == []
    await signs(an)
    assert "Cảm ơn đồng chí" in an.last


async def test_only_the_member_themselves_can_object(world: World) -> None:
    """Somebody else's objection button does nothing, and one's own signature is not objected to."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await secretary.says("Lê Văn Cả")
    await secretary.presses("Đã trực tiếp đồng ý")
    await an.forges("pledge-object:1")
    await an.forges("pledge-undo:1")
    await signs(an)
    await an.forges("pledge-object:2")
    assert [pledge.voided_at for pledge in await rows(world, pledges)] == [None, None]


async def test_a_mistake_is_taken_back(world: World) -> None:
    """Recorded for the wrong person: undone once, the member is told, and the old button says so later."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await secretary.says("Nguyễn Thị An")
    await secretary.presses("Đã trực tiếp đồng ý")
    undo = next(choice for choice in secretary.buttons if choice.label == "Ghi nhầm, bỏ đi")
    secretary.heard()
    an.heard()
    await secretary.presses("Ghi nhầm, bỏ đi")
    await secretary.forges(undo.data)
    assert secretary.heard() == snapshot(
        ["Đã bỏ phần ghi thay cam kết năm 2027 của đồng chí Nguyễn Thị An.", "Phần ghi thay này đã được bỏ từ trước."]
    )
    assert an.heard() == snapshot(
        ["Phần ghi thay cam kết năm 2027 của đồng chí đã được bỏ vì ghi nhầm. Đồng chí gõ /camket để tự đọc và ký."]
    )
    assert await rows(world, receipts) == []


async def test_who_signed_while_being_chosen_is_not_recorded_again(world: World) -> None:
    """Between choosing and confirming the member signed: nothing is recorded on behalf."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await secretary.says("Nguyễn Thị An")
    await signs(an)
    await secretary.presses("Đã trực tiếp đồng ý")
    assert secretary.last.startswith("Đồng chí Nguyễn Thị An không còn trong danh sách chưa ký.")
    (pledge,) = await rows(world, pledges)
    assert not pledge.on_behalf


async def test_the_secretary_does_not_record_for_themselves(world: World) -> None:
    """For oneself one reads and signs: the list of whom to record for is without who asks."""
    secretary, _an = await cell_of_five(world)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    assert "Phạm Văn Thư" not in secretary.last


async def test_papers_are_ticked_one_by_one_and_can_be_unticked(world: World) -> None:
    """A number ticks, the same number again asks whether to take it back; actor and time are kept."""
    secretary, an = await cell_of_five(world)
    dao = world.voices["Hồ Thị Đào"]
    await open_round(world)
    await signs(an)
    await signs(dao)
    await secretary.says("/dscamket")
    secretary.heard()
    await secretary.presses("Đã ký bản giấy")
    assert secretary.heard() == snapshot(
        [
            """\
Cam kết năm 2027: đã ký bản giấy 0/02 đồng chí đã xác nhận trên hệ thống. Đồng chí nào vừa ký bản giấy?

1. Nguyễn Thị An
2. Hồ Thị Đào

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Tất cả đã ký bản giấy] [Xong] [Dừng lại]\
"""
        ]
    )
    await secretary.says("1")
    assert secretary.heard() == snapshot(
        [
            """\
Đã đánh dấu: đồng chí Nguyễn Thị An đã ký bản giấy.

Cam kết năm 2027: đã ký bản giấy 01/02 đồng chí đã xác nhận trên hệ thống. Đồng chí nào vừa ký bản giấy?

1. Nguyễn Thị An – đã ký bản giấy
2. Hồ Thị Đào

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Tất cả đã ký bản giấy] [Xong] [Quay lại] [Dừng lại]\
"""
        ]
    )
    (first, second) = await rows(world, pledges)
    assert (first.paper_ticked_by, second.paper_signed_at) == (secretary.person_id, None)
    await an.says("/camket")
    assert "Bản giấy: đã ký" in an.last
    await secretary.says("an")
    assert secretary.heard() == snapshot(
        [
            """\
Đồng chí Nguyễn Thị An đã được đánh dấu là đã ký bản giấy. Bỏ đánh dấu này?

[1. Bỏ đánh dấu] [2. Giữ nguyên] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await secretary.presses("Bỏ đánh dấu")
    assert secretary.last.startswith("Đã bỏ đánh dấu bản giấy của đồng chí Nguyễn Thị An.")
    assert [pledge.paper_signed_at for pledge in await rows(world, pledges)] == [None, None]
    assert [act.action for act in await rows(world, audit)][2:] == ["pledge_paper_ticked", "pledge_paper_unticked"]
    await secretary.presses("Xong")
    assert "đã ký bản giấy 0" in secretary.last


async def test_all_papers_are_ticked_at_once(world: World) -> None:
    """All who have confirmed and are not ticked yet, after one question; the second time there is nothing left."""
    secretary, an = await cell_of_five(world)
    await open_round(world)
    await signs(an)
    await signs(world.voices["Hồ Thị Đào"])
    await secretary.says("/dscamket")
    await secretary.presses("Đã ký bản giấy")
    await secretary.presses("Tất cả đã ký bản giấy")
    assert secretary.last == snapshot("""\
Đánh dấu cả 02 đồng chí còn lại trong danh sách là đã ký bản giấy?

[1. Đúng, tất cả đã ký] [2. Không] [Quay lại] [Dừng lại]\
""")
    await secretary.presses("Đúng, tất cả đã ký")
    assert secretary.last.startswith("Đã đánh dấu thêm 02 đồng chí đã ký bản giấy.")
    await secretary.presses("Tất cả đã ký bản giấy")
    assert secretary.last.startswith("Tất cả các đồng chí trong danh sách đã được đánh dấu.")


async def test_without_a_confirmation_there_is_no_paper_to_tick(world: World) -> None:
    """A forged or old button with nobody in the list gets a clear answer."""
    secretary, _an = await cell_of_five(world)
    number = await open_round(world)
    await secretary.forges(f"pledge-paper:{number}:{world.units['Chi bộ thôn 1']}")
    assert secretary.last == snapshot(
        "Chưa có đồng chí nào xác nhận trên hệ thống. Với đồng chí đã ký bản giấy mà chưa xác nhận, đồng chí bấm “Ghi thay”."
    )
