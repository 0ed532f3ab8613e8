"""Rights follow the tree: what a role over a committee gives, and what is left of it when the unit is no more."""

from datetime import timedelta

from inline_snapshot import snapshot
from sqlalchemy import update

from bot.domain.rights import Role
from storage import organisation
from storage.schema import unit_versions
from tests.world import World


async def test_an_officer_of_a_committee_that_is_no_more_is_told_so(world: World) -> None:
    """With the unit the right has ended: every command is refused in words, none is offered."""
    binh = await world.officer("Phan Văn Bình")
    async with world.app.database.write() as tx:
        await tx.run(
            update(unit_versions)
            .where(unit_versions.c.unit_id == world.units["Đảng ủy xã Mẫu"])
            .values(valid_to=organisation.today(tx) + timedelta(days=1))
        )
    await world.passes(days=1)
    for command in ("/tiendo", "/thongbao", "/phieumoi", "/dscamket"):
        await binh.says(command)
        assert [text[:48] for text in binh.heard()] == snapshot(["Việc này không thuộc phần đồng chí phụ trách nên"])
    await binh.says("/trogiup")
    assert binh.heard() == snapshot(
        [
            """\
*Những việc hệ thống giúp được*

/toi – Xem việc của tôi
/trogiup – Xem hệ thống giúp được gì
/thoat – Dừng việc đang làm dở
/lichhop – Xem lịch họp, trả lời giấy mời
/tracuu – Kiểm tra một mã biên nhận
/rutlui – Rút lại đồng ý, thôi tham gia

Đồng chí gõ lệnh, bấm nút, hoặc gõ số thứ tự của nút. Gõ “dừng lại” để dừng, “quay lại” để về câu trước; phần đã trả lời luôn được giữ.\
"""
        ]
    )


async def test_the_secretary_of_a_committee_leads_none_of_its_cells(world: World) -> None:
    """What those who lead a cell can do is neither offered to a committee's own secretary nor done for them."""
    await world.cell("Chi bộ thôn 1")
    hoa = await world.member("Đặng Thị Hoa", cell=None, roles=[Role.SECRETARY], over="Đảng ủy xã Mẫu")
    await hoa.says("/kiemdiem")
    assert [text[:48] for text in hoa.heard()] == snapshot(["Việc này không thuộc phần đồng chí phụ trách nên"])
    await hoa.says("/trogiup")
    assert [line for text in hoa.heard() for line in text.splitlines() if line.startswith("/")] == snapshot(
        [
            "/toi – Xem việc của tôi",
            "/trogiup – Xem hệ thống giúp được gì",
            "/thoat – Dừng việc đang làm dở",
            "/lichhop – Xem lịch họp, trả lời giấy mời",
            "/tracuu – Kiểm tra một mã biên nhận",
            "/rutlui – Rút lại đồng ý, thôi tham gia",
        ]
    )
