"""Events that failed: kept, listed, handled once more, in the right place or not at all, and forgotten."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from bot.chat import Address, Blocked, FileSent, Payload, Pressed, Started, Text, Unblocked, Unsupported
from handlers.replaying import Again
from handlers.turn import Turn
from storage import addresses, dead_letters, outbox
from storage.database import StorageUnavailable
from storage.dead_letters import DeadLetter
from tests.slips import sheet_of
from tests.world import ACCOUNT, Voice, World


@contextmanager
def a_defect(world: World, command: str, patch: pytest.MonkeyPatch, error: Exception | None = None) -> Iterator[None]:
    """While it lasts, the command fails."""

    async def fails(_turn: Turn, _rest: str) -> None:
        raise error or KeyError("a defect of ours")

    commands = world.app.registry.commands
    with patch.context() as broken:
        broken.setitem(commands, command, replace(commands[command], run=fails))
        yield


async def kept(world: World) -> list[DeadLetter]:
    """What waits to be handled again."""
    async with world.app.database.read() as tx:
        return list(await dead_letters.waiting(tx))


async def again(world: World, letter: DeadLetter) -> Again:
    """Replay, and say what comes of it."""
    ended = await world.app.router.handle_again(letter)
    await world.app.sender.drain()
    return ended


async def test_what_failed_is_handled_once_more_and_once_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person is told first what this is about; the second replay does nothing, and nothing of it is left."""
    an = await world.member("Nguyễn Thị An")
    with a_defect(world, "toi", monkeypatch):
        await an.says("/toi")
    (apology,) = an.heard()
    (letter,) = await kept(world)
    assert re.search(r"số sự cố (\d{4}-\d{4})", apology)[1] == letter.incident  # type: ignore[index]
    assert (letter.payload, letter.person_id, letter.error, letter.tries) == (Text("/toi"), an.person_id, "KeyError", 0)
    await world.passes(hours=1)
    an.heard()
    assert await again(world, letter) is Again.DONE
    assert an.heard() == snapshot(
        [
            "Việc đồng chí gửi lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027 bị trục trặc, nay hệ thống đã làm lại. Kết quả ở tin dưới đây.",
            """\
Kính chào đồng chí Nguyễn Thị An – Chi bộ thôn 1.

Việc đang chờ đồng chí:
• Gửi bản tự báo cáo bốn tốt quý IV năm 2026 (hạn 05/01/2027)

Hệ thống sẽ nhắc đồng chí:
• 19 giờ 00, Thứ Hai, ngày 04/01/2027: Gửi bản tự báo cáo bốn tốt quý IV năm 2026 (hạn 05/01/2027)

[1. Tự báo cáo]\
""",
        ]
    )
    assert await again(world, letter) is Again.DONE_BEFORE
    assert an.heard() == [] and await kept(world) == []
    async with world.app.database.read() as tx:
        used = await dead_letters.letter_of(tx, letter.incident)
    assert used is not None and used.payload is None and used.replayed_at is not None


async def test_it_keeps_nobody_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the same person says next is handled at once; what others say too."""
    an, binh = await world.member("Nguyễn Thị An"), await world.member("Phan Văn Bình")
    with a_defect(world, "toi", monkeypatch):
        await an.says("/toi")
        await an.says("/trogiup")
        await binh.says("/trogiup")
    assert "Những việc hệ thống giúp được" in an.last and "Những việc hệ thống giúp được" in binh.last


async def test_what_fails_again_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said and nothing stored of it; how often it failed, and why last, is known."""
    an = await world.member("Nguyễn Thị An")
    with a_defect(world, "toi", monkeypatch):
        await an.says("/toi")
    an.heard()
    (letter,) = await kept(world)
    with a_defect(world, "toi", monkeypatch, ValueError("another one")):
        assert await again(world, letter) is Again.FAILED
    assert an.heard() == []
    (same,) = await kept(world)
    assert same == replace(letter, tries=1, error="ValueError")
    assert await again(world, same) is Again.DONE


async def test_while_the_database_cannot_be_written_nothing_becomes_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an event nor a replay ends in an apology: both come again, and then they are handled."""
    an = await world.member("Nguyễn Thị An")
    full = StorageUnavailable("database or disk is full")
    with a_defect(world, "toi", monkeypatch, full), pytest.raises(StorageUnavailable):
        await an.does(Text("/toi"), event_id="one")
    assert an.heard() == [] and await kept(world) == []
    with a_defect(world, "toi", monkeypatch):
        await an.does(Text("/toi"), event_id="one")
    (letter,) = await kept(world)
    with a_defect(world, "toi", monkeypatch, full), pytest.raises(StorageUnavailable):
        await again(world, letter)
    assert await kept(world) == [letter]
    assert await again(world, letter) is Again.DONE


async def test_a_rule_that_says_no_is_an_answer_to_a_replay_too(world: World) -> None:
    """A refusal is the answer, as it is to any event."""
    an = await world.member("Nguyễn Thị An")
    letter = await a_letter(world, an, Pressed("pledge-list:999:999:0"))
    assert await again(world, letter) is Again.DONE
    assert "không còn dùng được" in an.last


async def test_nobody_elses_words_at_an_address_that_changed_hands(world: World) -> None:
    """Whoever has the address now did not say it; unlinked, it is deleted at once."""
    ba = await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An")
    letter = await a_letter(world, an, Pressed("run:toi"))
    async with world.app.database.write() as tx:
        (linked,) = await addresses.addresses_of(tx, an.person_id or letter.person_id)  # type: ignore[arg-type]
        assert await addresses.unlink(tx, linked.id)
        assert ba.person_id is not None
        await addresses.link(tx, person=ba.person_id, address=linked.address)
    an.heard()
    assert await again(world, letter) is Again.SOMEBODY_ELSE
    assert an.heard() == []


async def test_who_leaves_takes_it_along(world: World) -> None:
    """Withdrawing consent deletes what was kept of the person's words."""
    await world.secretary("Trần Văn Ba")
    an = await world.member("Nguyễn Thị An")
    await a_letter(world, an, Text("có mặt"))
    await an.says("/rutlui")
    await an.presses("Rút lại đồng ý")
    assert await kept(world) == []


async def test_a_guest_who_joins_or_goes_leaves_nothing(world: World) -> None:
    """What a guest said that failed goes with the rest of what a guest leaves."""
    ba = await world.secretary("Trần Văn Ba")
    await world.member("Nguyễn Thị An", linked=False)
    code = (await sheet_of(ba))["Nguyễn Thị An"]
    guest = world.stranger()
    await a_letter(world, guest, Text("xin chào"))
    await guest.says(code)
    assert len(await kept(world)) == 1
    await guest.presses("Dừng lại")
    assert await kept(world) == []


async def test_typed_words_are_not_replayed_into_another_question(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number that answered a question then would answer another one now; a button knows what it is about."""
    an = await world.member("Nguyễn Thị An")
    typed = await a_letter(world, an, Text("1"))
    pressed = await a_letter(world, an, Pressed("run:trogiup"))
    await an.says("/rutlui")
    an.heard()
    assert await again(world, typed) is Again.GONE_ON
    assert an.heard() == [] and len(await kept(world)) == 2
    assert await again(world, pressed) is Again.DONE
    assert "Những việc hệ thống giúp được" in an.last
    await an.says("thôi")


async def test_what_is_marked_as_classified_is_not_kept_even_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event failed before anybody could refuse the words: they are not stored, and the incident is known."""
    an = await world.member("Nguyễn Thị An")
    with a_defect(world, "toi", monkeypatch):
        await an.says("/toi TỐI MẬT: kế hoạch")
    assert "số sự cố" in an.last
    assert await kept(world) == []
    async with world.app.database.read() as tx:
        ((incidents,),) = await tx.sql("SELECT count(*) FROM events WHERE incident IS NOT NULL")
        everything = await tx.sql("SELECT body FROM outbox")
    assert incidents == 1 and "kế hoạch" not in str([tuple(row) for row in everything])


async def test_after_two_weeks_it_is_deleted(world: World) -> None:
    """Replayed or not; not a day before."""
    an = await world.member("Nguyễn Thị An")
    done = await a_letter(world, an, Pressed("run:toi"))
    await a_letter(world, an, Text("có mặt"))
    assert await again(world, done) is Again.DONE
    await world.passes(days=13, hours=23)
    assert await count(world) == 2
    await world.passes(hours=1)
    assert await count(world) == 0


@pytest.mark.parametrize(
    "payload",
    [
        Text("có mặt 👍 \x01 “ngoặc”"),
        Pressed("meeting-yes:7:1", "12"),
        Pressed("menu"),
        Started("BT7K93QF"),
        FileSent("danh sách.xlsx", 3, b"\x00\xff\x80"),
        FileSent("ảnh.png", None),
        Blocked(),
        Unblocked(),
        Unsupported("group"),
    ],
    ids=repr,
)
async def test_every_kind_of_event_is_kept_as_it_was(world: World, payload: Payload) -> None:
    """To the last byte."""
    an = await world.member("Nguyễn Thị An")
    letter = await a_letter(world, an, payload)
    assert letter.payload == payload and letter.kind == type(payload).__name__


async def a_letter(world: World, voice: Voice, payload: Payload) -> DeadLetter:
    """An event of this person that failed just now, for a reason that is gone."""
    with pytest.MonkeyPatch.context() as broken:

        async def fails(_turn: Turn, _payload: Payload) -> None:
            raise KeyError("a defect of ours")

        broken.setattr(world.app.router, "_dispatch", fails)
        await voice.does(payload)
    assert "số sự cố" in voice.last
    return (await kept(world))[-1]


async def count(world: World) -> int:
    """All letters, replayed or not."""
    async with world.app.database.read() as tx:
        ((found,),) = await tx.sql("SELECT count(*) FROM dead_letters")
    return int(found)


async def test_the_apology_is_said_where_it_failed(world: World) -> None:
    """One row of the outbox, at that address, for that person."""
    an = await world.member("Nguyễn Thị An")
    await a_letter(world, an, Text("có mặt"))
    async with world.app.database.read() as tx:
        assert await outbox.newest_choices(tx, Address(ACCOUNT, an.chat)) == ()
        ((said,),) = await tx.sql("SELECT count(*) FROM outbox WHERE chat = ?", (an.chat,))
    assert said == 1
