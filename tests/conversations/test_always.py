"""What is always there: help, what is mine, things the bot does not understand."""

from inline_snapshot import snapshot

from bot.domain.rights import Role
from tests.world import World


async def test_a_stranger_is_greeted_and_told_how_to_join(world: World) -> None:
    """Whoever opens the chat without a code learns what this is and what to type."""
    stranger = world.stranger()
    await stranger.starts()
    assert stranger.heard() == snapshot(
        [
            """\
*Kính chào đồng chí*

Đây là hệ thống hỗ trợ chi bộ và đảng viên thực hiện Phong trào thi đua “4 tốt”.

Để tham gia, mong đồng chí gõ mã mời trên phiếu do bí thư chi bộ phát, ví dụ: BT7K-93QF-…

Chưa có mã, đồng chí hỏi bí thư chi bộ. Gõ /trogiup để xem hệ thống làm được gì.\
"""
        ]
    )


async def test_help_lists_what_the_role_may_do(world: World) -> None:
    """/trogiup shows a member the commands of a member."""
    an = await world.member("Nguyễn Thị An")
    await an.says("trợ giúp")
    assert "/toi" in an.heard()[0]


async def test_words_that_mean_nothing_get_three_things_to_do(world: World) -> None:
    """A message that the bot does not understand gets choices, and a typed number takes one."""
    an = await world.member("Nguyễn Thị An", roles=[Role.NOTE_TAKER])
    await an.says("hôm nay trời đẹp")
    assert "chưa hiểu" in an.heard()[0]
    await an.says("1")
    assert "Kính chào đồng chí Nguyễn Thị An" in an.heard()[0]


async def test_a_message_that_is_too_long_is_refused_whole(world: World) -> None:
    """100 kB of text gets a clear answer and nothing of it is stored."""
    an = await world.member("Nguyễn Thị An")
    await an.says("a" * 100_000)
    assert "quá dài" in an.heard()[0]


async def test_the_same_event_twice_says_nothing_twice(world: World) -> None:
    """A repeat of an event does nothing."""
    from bot.chat import Text

    an = await world.member("Nguyễn Thị An")
    await an.does(Text("/toi"), event_id="once")
    await an.does(Text("/toi"), event_id="once")
    assert len(an.heard()) == 1


async def test_a_forged_button_gets_a_clear_answer(world: World) -> None:
    """Data that no button ever had changes nothing and is answered."""
    an = await world.member("Nguyễn Thị An")
    for data in ("nothing", "d:1:x:0:y", "d:", ":::", "d-resume:9999999999999999999999", "run:nothing"):
        await an.forges(data)
    assert len(an.heard()) == 6
