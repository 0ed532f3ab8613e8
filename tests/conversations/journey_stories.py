"""The main story of each journey, told once for every channel: who takes part, and what they do, as a person would there.

Where there are no buttons `presses` types, and several questions are answered in one message.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.domain.invitation import invitation_code
from bot.domain.rights import Role
from handlers.issuing import issue
from storage import invitations
from tests.conversations import meeting_scenes, pledge_rounds, report_scenes
from tests.slips import joins
from tests.world import Voice, World

CELL = "Chi bộ thôn 1"
Heard = Mapping[str, Voice]
"""Who takes part, by what they are in the story."""
Story = Callable[[World], Awaitable[Heard]]


def hush(world: World) -> None:
    """Forget what was said so far: it is no part of the story."""
    for recorder in world.recorders.values():
        recorder.news.clear()


async def joining(world: World) -> Heard:
    """A slip is typed, the consent read and given."""
    secretary = await world.secretary("Lê Văn Bí")
    an = await world.member("Nguyễn Thị An", linked=False)
    assert an.person_id is not None
    async with world.app.database.write() as tx:
        issued = await issue(tx, world.app.house, [an.person_id], issued_by=None)
        [invitation] = await invitations.by_ids(tx, issued.ids)
    await joins(an, invitation_code(invitation.seed, pepper=world.app.house.pepper).grouped)
    return {"đảng viên": an, "bí thư": secretary}


async def pledging(world: World) -> Heard:
    """Read, signed, without words of one's own."""
    an = await world.member("Nguyễn Thị An")
    await pledge_rounds.open_round(world)
    await pledge_rounds.signs(an)
    return {"đảng viên": an}


async def reporting(world: World) -> Heard:
    """Twelve criteria, all met but one, with an opinion about that; sent."""
    an = await world.member("Nguyễn Thị An")
    await report_scenes.open_round(world)
    await an.says("/baocao")
    if an.recorder.capabilities.buttons:
        await an.presses("Bắt đầu")
        for number in range(1, 13):
            await an.presses("Một phần" if number == 3 else "Đạt")
            if number == 3:
                await an.says("Còn vắng một buổi.")
    else:
        await an.says("1a 2a 3b 4a 5a 6a 7a 8a 9a 10a 11a 12a")
        await an.says("3 Còn vắng một buổi.")
    await an.presses("Gửi báo cáo")
    return {"đảng viên": an}


async def meeting(world: World) -> Heard:
    """The secretary calls; one will be there, one will not and says why."""
    secretary = await world.secretary("Lê Văn Bí", cell=CELL)
    an, ba = await world.member("Nguyễn Thị An", cell=CELL), await world.member("Trần Văn Ba", cell=CELL)
    await meeting_scenes.call(secretary)
    await an.presses("Có mặt")
    await ba.says("vắng vì bận việc nhà")
    return {"bí thư": secretary, "có mặt": an, "vắng": ba}


async def on_behalf(world: World) -> Heard:
    """The secretary looks who is missing and records for somebody without a telephone."""
    secretary = await world.secretary("Lê Văn Bí")
    await world.member("Đỗ Thị Tư", linked=False)
    await pledge_rounds.open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await secretary.says("tư")
    await secretary.presses("Đã ký bản giấy")
    return {"bí thư": secretary}


async def putting_off(world: World) -> Heard:
    """A reminder comes, and is to come again tomorrow."""
    an = await world.member("Nguyễn Thị An")
    await world.passes(days=1, hours=1)
    hush(world)
    await an.presses("Nhắc lại ngày mai")
    await world.passes(days=1)
    return {"đảng viên": an}


async def broadcasting(world: World) -> Heard:
    """An officer tells all members."""
    officer = await world.officer("Phạm Thị Văn")
    an = await world.member("Nguyễn Thị An")
    await world.member("Lê Văn Bí", roles=[Role.SECRETARY])
    hush(world)
    await officer.says("/thongbao")
    await officer.presses("Tất cả đảng viên")
    await officer.says("Ngày mai tổng vệ sinh.")
    await officer.presses("Không kèm tệp")
    await officer.presses("Gửi cho 02 đồng chí")
    await world.passes(hours=0.2)
    return {"cán bộ": officer, "đảng viên": an}


async def leaving(world: World) -> Heard:
    """Consent is withdrawn."""
    an = await world.member("Nguyễn Thị An")
    await an.says("/rutlui")
    await an.presses("Rút lại đồng ý")
    return {"đảng viên": an}


STORIES: Mapping[str, Story] = {
    "Tham gia": joining,
    "Ký cam kết": pledging,
    "Tự báo cáo": reporting,
    "Mời họp và trả lời": meeting,
    "Ghi thay": on_behalf,
    "Nhắc lại sau": putting_off,
    "Gửi thông báo": broadcasting,
    "Thôi tham gia": leaving,
}
