"""A member's pledge: read in parts, own words, sign, receipt; late, again, anew, and what goes wrong."""

import pytest
from inline_snapshot import snapshot

from bot.chat import Address, Pressed
from bot.domain.member import Status
from bot.domain.rights import Role
from storage import addresses
from storage.schema import audit, content_texts, dialogues, pledges, receipts
from tests.conversations.pledge_rounds import open_round, reads, rows, signs
from tests.world import ACCOUNT, Voice, World


async def test_a_member_reads_adds_own_words_and_signs(world: World) -> None:
    """From the first part to the receipt, every screen that the member sees."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("cam kết")
    assert an.heard() == snapshot(
        [
            """\
*Bản cam kết tu dưỡng, rèn luyện, phấn đấu (phần 1/5)*

(Mẫu tham khảo, không phải văn bản của cấp có thẩm quyền.)

Là đảng viên của Chi bộ, tôi xin cam kết thực hiện tốt những nội dung sau đây trong năm:

1. Tư tưởng chính trị
Trung thành với mục tiêu, lý tưởng của Đảng. Học tập, làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh bằng việc làm cụ thể. Nắm vững và thực hiện chủ trương của Đảng, pháp luật của Nhà nước; không nói, viết, chia sẻ điều sai sự thật.

Đọc xong mỗi phần, đồng chí bấm “Tiếp tục”.

[1. Tiếp tục] [Dừng lại]\
"""
        ]
    )
    for _ in range(4):
        await an.presses("Tiếp tục")
    assert an.heard()[-1] == snapshot("""\
*Bản cam kết tu dưỡng, rèn luyện, phấn đấu (phần 5/5)*

5. Khắc phục hạn chế
Nghiêm túc tự phê bình và phê bình. Tiếp thu góp ý, nhận rõ khuyết điểm, hạn chế của bản thân đã được chỉ ra; có việc làm, có thời hạn để sửa chữa và báo cáo kết quả với Chi bộ.

Tôi tự giác thực hiện cam kết này, coi đây là việc phải làm thường xuyên, và chịu sự giám sát, góp ý của Chi bộ và nhân dân.

[1. Tiếp tục] [Quay lại] [Dừng lại]\
""")
    await an.presses("Tiếp tục")
    assert an.heard() == snapshot(
        [
            """\
Đồng chí có muốn ghi thêm cam kết riêng không?

Việc này không bắt buộc. Nếu không, đồng chí bấm “Không” để sang bước ký.

[1. Không] [2. Có] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await an.presses("Có")
    assert an.heard() == snapshot(
        [
            """\
Cam kết riêng của đồng chí thuộc nội dung nào?

[1. Hoàn thành tốt nhiệm vụ] [2. Chất lượng sinh hoạt tốt] [3. Đoàn kết tốt, kỷ luật tốt] [4. Cán bộ, đảng viên tốt] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await an.presses("Chất lượng sinh hoạt tốt")
    assert an.heard() == snapshot(
        [
            """\
Chất lượng sinh hoạt tốt: Sinh hoạt chi bộ đúng kỳ, có chuẩn bị, có thảo luận, có kết luận; nâng dần chất lượng từng buổi sinh hoạt.

Mong đồng chí gõ cam kết riêng của mình, không quá 500 chữ cái. Không ghi nội dung thuộc bí mật nhà nước.

[Quay lại] [Dừng lại]\
"""
        ]
    )
    await an.says("Mỗi kỳ họp góp ít nhất một ý kiến.")
    assert an.heard() == snapshot(
        [
            """\
Đã ghi. Đồng chí có muốn ghi thêm cam kết riêng nữa không?

[1. Không] [2. Có] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await an.presses("Không")
    assert an.heard() == snapshot(
        [
            """\
*Xem lại trước khi ký*

Bản cam kết tu dưỡng, rèn luyện, phấn đấu, năm 2027, gồm:
• Tư tưởng chính trị
• Phẩm chất đạo đức, lối sống
• Thực hiện nhiệm vụ
• Tổ chức kỷ luật và nêu gương
• Khắc phục hạn chế

Cam kết riêng của đồng chí:
1. Hoàn thành tốt nhiệm vụ: (không ghi thêm)
2. Chất lượng sinh hoạt tốt: “Mỗi kỳ họp góp ít nhất một ý kiến.”
3. Đoàn kết tốt, kỷ luật tốt: (không ghi thêm)
4. Cán bộ, đảng viên tốt: (không ghi thêm)

Muốn ghi hoặc sửa cam kết riêng, đồng chí gõ số 1, 2, 3 hoặc 4.

Nếu đã đồng ý với toàn bộ nội dung, đồng chí bấm “Ký cam kết”.

[Ký cam kết] [Xem lại] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await an.presses("Ký cam kết")
    assert an.heard() == snapshot(
        [
            """\
*Đã xác nhận trên hệ thống*

Cảm ơn đồng chí. Hệ thống đã ghi nhận cam kết năm 2027 của đồng chí.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Cam kết riêng của đồng chí:
• Chất lượng sinh hoạt tốt: “Mỗi kỳ họp góp ít nhất một ý kiến.”

Đây là xác nhận trên hệ thống, chưa phải chữ ký trên bản giấy. Khi đồng chí ký bản giấy, bí thư chi bộ sẽ đánh dấu riêng.\
"""
        ]
    )


async def test_the_exact_text_is_stored_with_the_signature(world: World) -> None:
    """Version, hash, own words, code and time are stored; the audit row holds no words."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reads(an)
    await an.presses("Có")
    await an.presses("Hoàn thành tốt nhiệm vụ")
    await an.says("  Trồng  thêm 2 sào chè. ")
    await an.presses("Không")
    await an.presses("Ký cam kết")
    (pledge,) = await rows(world, pledges)
    edition = world.app.house.content.pledge.edition
    assert (pledge.text_version, pledge.text_hash) == (edition.version, edition.hash)
    assert pledge.commitments == {"tasks": "Trồng thêm 2 sào chè."}
    assert (pledge.recorded_by, pledge.on_behalf) == (an.person_id, False)
    (text,) = await rows(world, content_texts)
    assert text.body["closing"] == world.app.house.content.pledge.closing
    (receipt,) = await rows(world, receipts)
    assert receipt.code == pledge.code
    acts = await rows(world, audit)
    assert [(act.action, act.details) for act in acts] == [("pledge_recorded", {"pledge": pledge.id})]


async def test_two_presses_make_one_pledge_and_the_same_receipt(world: World) -> None:
    """The button pressed twice, and long afterwards, records once and shows the same code."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reads(an)
    await an.presses("Không")
    button = next(choice for choice in an.buttons if choice.label == "Ký cam kết")
    await an.does(Pressed(button.data, an.bubbles[-1].id))
    an.heard()
    await world.passes(hours=3)
    await an.does(Pressed(button.data, an.bubbles[-1].id))
    assert an.heard()[-1] == snapshot("""\
*Đã xác nhận trên hệ thống*

Đồng chí đã ký cam kết năm 2027 từ trước; không cần ký lại.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Đây là xác nhận trên hệ thống, chưa phải chữ ký trên bản giấy. Khi đồng chí ký bản giấy, bí thư chi bộ sẽ đánh dấu riêng.\
""")
    assert len(await rows(world, pledges)) == len(await rows(world, receipts)) == 1


async def test_the_command_shows_the_receipt_again(world: World) -> None:
    """Who has signed is shown the receipt and is offered nothing to overwrite."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await signs(an)
    first = an.last
    await world.passes(days=3)
    an.heard()
    await an.says("/camket")
    assert an.heard() == snapshot(
        [
            """\
*Đã xác nhận trên hệ thống*

Đồng chí đã ký cam kết năm 2027 từ trước; không cần ký lại.

Mã biên nhận: BN-6PV2-SZSZ-BNP8
Thời điểm: 08 giờ 00, ngày 04/01/2027

Đây là xác nhận trên hệ thống, chưa phải chữ ký trên bản giấy. Khi đồng chí ký bản giấy, bí thư chi bộ sẽ đánh dấu riêng.\
"""
        ]
    )
    assert next(line for line in first.splitlines() if "BN-" in line) in an.last


async def test_a_code_can_be_checked_by_anybody(world: World) -> None:
    """A stranger learns that the pledge's receipt is there and when it was given, and nothing of whose it is."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await signs(an)
    code = next(line for line in an.last.splitlines() if "BN-" in line).removeprefix("Mã biên nhận: ")
    stranger = world.stranger()
    await stranger.says(code)
    assert stranger.heard() == snapshot(
        ["Đúng. Hệ thống đã cấp biên nhận BN-6PV2-SZSZ-BNP8 lúc 08 giờ 00, ngày 04/01/2027."]
    )


async def test_own_words_are_changed_by_number_from_the_summary(world: World) -> None:
    """A number at the summary opens that commitment: written, changed, removed; it never signs."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reads(an)
    await an.says("khong")
    await an.says("1")
    await an.says("Hoàn thành việc được giao.")
    assert "1. Hoàn thành tốt nhiệm vụ: “Hoàn thành việc được giao.”" in an.last
    await an.says("1")
    assert "Đồng chí đang ghi: “Hoàn thành việc được giao.”" in an.last
    await an.says("Hoàn thành sớm việc được giao.")
    assert "“Hoàn thành sớm việc được giao.”" in an.last
    await an.says("1")
    await an.presses("Bỏ cam kết riêng này")
    assert "1. Hoàn thành tốt nhiệm vụ: (không ghi thêm)" in an.last
    an.heard()
    await an.says("7")
    assert an.heard() == snapshot(
        [
            """\
*Xem lại trước khi ký*

Mong đồng chí gõ số từ 1 đến 4 để sửa cam kết riêng, hoặc bấm một nút dưới đây.

Bản cam kết tu dưỡng, rèn luyện, phấn đấu, năm 2027, gồm:
• Tư tưởng chính trị
• Phẩm chất đạo đức, lối sống
• Thực hiện nhiệm vụ
• Tổ chức kỷ luật và nêu gương
• Khắc phục hạn chế

Cam kết riêng của đồng chí:
1. Hoàn thành tốt nhiệm vụ: (không ghi thêm)
2. Chất lượng sinh hoạt tốt: (không ghi thêm)
3. Đoàn kết tốt, kỷ luật tốt: (không ghi thêm)
4. Cán bộ, đảng viên tốt: (không ghi thêm)

Muốn ghi hoặc sửa cam kết riêng, đồng chí gõ số 1, 2, 3 hoặc 4.

Nếu đã đồng ý với toàn bộ nội dung, đồng chí bấm “Ký cam kết”.

[Ký cam kết] [Xem lại] [Quay lại] [Dừng lại]\
"""
        ]
    )
    assert await rows(world, pledges) == []


async def test_the_text_can_be_read_again_before_signing(world: World) -> None:
    """The button goes back to the first part, and from the last part to the summary."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reads(an)
    await an.presses("Không")
    await an.presses("Xem lại")
    assert "phần 1/5" in an.last
    for _ in range(5):
        await an.presses("Tiếp tục")
    assert an.last.startswith("*Xem lại trước khi ký*")
    await an.presses("Quay lại")
    assert "phần 5/5" in an.last


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("x" * 501, "dài quá 500"),
        ("  ?!  ", "chưa thấy chữ nào"),
        ("Theo công văn TỐI MẬT số 12", "bí mật nhà nước"),
    ],
)
async def test_words_that_are_not_taken_are_not_kept(world: World, typed: str, said: str) -> None:
    """Too long, empty or classified: told why, asked again, and nothing of it is in the draft."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await reads(an)
    await an.presses("Có")
    await an.presses("Hoàn thành tốt nhiệm vụ")
    await an.says(typed)
    assert said in an.last and "Mong đồng chí gõ cam kết riêng" in an.last
    (draft,) = await rows(world, dialogues)
    assert draft.answers["own"] == {}


async def test_my_tasks_name_the_pledge_until_it_is_signed(world: World) -> None:
    """/toi says what is to sign, until when, and when the bot reminds of it; nothing once it is signed."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await an.says("/toi")
    assert an.heard() == snapshot(
        [
            """\
Kính chào đồng chí Nguyễn Thị An – Chi bộ thôn 1.

Việc đang chờ đồng chí:
• Ký cam kết năm 2027 (hạn 31/03/2027)

Hệ thống sẽ nhắc đồng chí:
• 19 giờ 00, Thứ Tư, ngày 24/03/2027: Ký cam kết năm 2027 (hạn 31/03/2027)

[1. Ký cam kết]\
"""
        ]
    )
    await signs(an)
    await an.says("/toi")
    assert "cam kết" not in an.last


async def test_without_a_round_there_is_nothing_to_sign(world: World) -> None:
    """Before the first round opens the member is told so; also when only another committee has one."""
    an = await world.member("Nguyễn Thị An")
    await world.committee("Đảng ủy xã Khác")
    await open_round(world, over="Đảng ủy xã Khác")
    await an.says("/camket")
    assert an.heard() == snapshot(
        ["Chi bộ của đồng chí chưa mở đợt cam kết nào. Khi mở đợt, hệ thống sẽ báo để đồng chí đọc và ký."]
    )


@pytest.mark.parametrize("status", [Status.EXEMPT, Status.SUSPENDED, Status.TEMPORARY_OUT])
async def test_who_is_not_asked_does_not_sign(world: World, status: Status) -> None:
    """Exempt, suspended and absent members are not asked for a pledge."""
    an = await world.member("Nguyễn Thị An", status=status)
    await open_round(world)
    await an.says("/camket")
    assert "không thuộc phần đồng chí phụ trách" in an.last


async def test_an_officer_without_a_cell_does_not_sign(world: World) -> None:
    """Officers sign where they are members, not where they work."""
    officer = await world.officer("Trần Văn Bình")
    await open_round(world)
    await officer.says("/camket")
    assert "không thuộc phần đồng chí phụ trách" in officer.last


async def test_nobody_signs_with_somebody_elses_button(world: World) -> None:
    """The data of another person's button does nothing at one's own address."""
    an = await world.member("Nguyễn Thị An")
    binh = await world.member("Trần Văn Bình", roles=[Role.SECRETARY])
    await open_round(world)
    await reads(an)
    await an.presses("Không")
    sign = next(choice for choice in an.buttons if choice.label == "Ký cam kết")
    await binh.forges(sign.data)
    assert "không còn dùng được" in binh.last
    assert await rows(world, pledges) == []


async def test_one_draft_at_two_addresses_gives_one_receipt(world: World) -> None:
    """Begun at one address, signed at the other: the draft moves there, and the first hears once what came of it."""
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    async with world.app.database.write() as tx:
        assert an.person_id is not None
        await addresses.link(tx, person=an.person_id, address=Address(ACCOUNT, "second"))
    phone = Voice(world, chat="second", name="An", person_id=an.person_id)
    await reads(an)
    await an.presses("Không")
    await phone.says("/camket")
    assert "đang làm dở bản cam kết" in phone.last
    await phone.presses("Làm tiếp")
    await an.presses("Ký cam kết")
    assert "ở nơi khác" in an.last
    an.heard()
    await phone.presses("Ký cam kết")
    [told] = an.heard()
    assert "Bản cam kết mà đồng chí làm tiếp ở ứng dụng khác:" in told and "Mã biên nhận" in told
    await an.says("/camket")
    assert "từ trước" in an.last
    assert len(await rows(world, pledges)) == 1
