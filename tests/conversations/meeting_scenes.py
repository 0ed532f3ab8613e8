"""A cell that is called to a meeting: who is in it, a secretary who calls it, and what everybody hears."""

from bot.domain.member import Status
from bot.domain.rights import Role
from tests.world import Voice, World, shown

CELL = "Chi bộ thôn 1"


async def a_cell(world: World) -> Voice:
    """A secretary, a deputy, two members with a phone, one without, one exempt; and who is in charge above."""
    secretary = await world.secretary("Lê Văn Bí", cell=CELL)
    await world.member("Phạm Thị Phó", cell=CELL, roles=[Role.DEPUTY_SECRETARY])
    await world.member("Nguyễn Thị An", cell=CELL)
    await world.member("Trần Văn Ba", cell=CELL, status=Status.PROBATIONARY)
    await world.member("Hoàng Thị Cúc", cell=CELL, linked=False)
    await world.member("Đoàn Văn Miễn", cell=CELL, status=Status.EXEMPT)
    await world.cell("Chi bộ cơ quan xã")
    await world.member("Võ Văn Trên", cell="Chi bộ cơ quan xã", roles=[Role.UPPER_MEMBER_IN_CHARGE], over=CELL)
    return secretary


async def compose(
    secretary: Voice,
    *,
    when: str = "thứ 3 tuần sau 19h30",
    place: str = "Nhà văn hóa thôn 1",
    agenda: str = "1. Thời sự\n2. Nhiệm vụ tháng 4",
) -> None:
    """Everything up to the summary."""
    await secretary.says("/hop")
    if "đã có giấy mời họp" in secretary.last:
        await secretary.presses("Mời cuộc họp khác")
    await secretary.presses("Sinh hoạt thường kỳ")
    await secretary.says(when)
    await secretary.presses("Đúng")
    await secretary.says(place)
    await secretary.says(agenda)


async def call(secretary: Voice, *, when: str = "thứ 3 tuần sau 19h30", place: str = "Nhà văn hóa thôn 1") -> None:
    """A meeting called and its notice sent: on Tuesday 13 April 2027, 19:30, unless said otherwise."""
    await compose(secretary, when=when, place=place)
    await secretary.says("gửi thông báo")


async def called(world: World) -> Voice:
    """The cell has been called, and nobody has heard anything since. The secretary."""
    secretary = await a_cell(world)
    await call(secretary)
    hush(world)
    return secretary


def counts(secretary: Voice) -> str:
    """The message that moves, as the secretary sees it now."""
    return next(shown(one.message) for one in reversed(secretary.bubbles) if one.message.slot)


def hush(world: World) -> None:
    """What was said so far is forgotten by the transcript."""
    for voice in world.voices.values():
        voice.heard()


def heard_by(world: World) -> dict[str, list[str]]:
    """What everybody has heard since, by name; who has heard nothing is left out."""
    heard = {name: voice.heard() for name, voice in world.voices.items()}
    return {name: said for name, said in heard.items() if said}


def titles(world: World) -> dict[str, list[str]]:
    """The first line of all that everybody has heard since, by name."""
    return {name: [said.splitlines()[0].strip("*") for said in heard] for name, heard in heard_by(world).items()}
