"""What comes from Zalo, as events: every kind that is for us, in both shapes, and anything at all without a crash."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from bot.channels.zalo_decode import decode, updates_of
from bot.chat import Address, Incoming, Payload, Text, Unsupported
from tests.fakes.zalo_updates import Shape, Updates, shaped

AN = "6ede9afa66b88fe6d6a9"
SHAPES = pytest.mark.parametrize("shape", ["flat", "wrapped"])


def typed(text: str) -> dict[str, Any]:
    """An sends this text."""
    updates = Updates()
    updates.says(AN, text)
    return updates.waiting[0]


def payload(update: object) -> Payload | None:
    """What the update says, if anything."""
    incoming = decode("zalo", update)
    return incoming.payload if incoming else None


def samples() -> list[Any]:
    """One update of every kind, in both shapes."""
    updates = Updates()
    updates.says(AN, "có mặt 👍")
    updates.sends_image(AN)
    updates.sends_image(AN, key="photo_url")
    updates.sends_sticker(AN)
    updates.sends_voice(AN)
    updates.sends_something_else(AN)
    updates.push("message.text.received", updates.message(AN) | {"chat": {"id": "g1", "chat_type": "GROUP"}})
    return [shaped(update, shape) for update in updates.waiting for shape in ("flat", "wrapped")]


@SHAPES
def test_event_carries_who_and_which(shape: Shape) -> None:
    """An event names the account, the chat and the message, under which a repeat is known."""
    update = typed("Có mặt")
    number = update["message"]["message_id"]
    assert decode("zalo", shaped(update, shape)) == Incoming(
        address=Address("zalo", AN), event_id=number, payload=Text("Có mặt")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Text("/start")),
        ("  giữ  nguyên \n", Text("  giữ  nguyên \n")),
        ("", Text("")),
        ("1a 2c 3b", Text("1a 2c 3b")),
        ("ư" * 10_000, Text("ư" * 10_000)),
        ("e\u0302\u0323", Text("e\u0302\u0323")),
        ("a\0b\ud800c\ud83d\ude00", Text("a\ufffdb\ufffdc😀")),
    ],
    ids=["start", "spaces", "nothing", "packed", "long", "decomposed", "not to be stored"],
)
def test_text_is_passed_on(text: str, expected: Payload) -> None:
    """Text arrives as it was typed, at any length; only what cannot be stored is replaced."""
    assert payload(typed(text)) == expected


def test_a_polled_update_without_its_events_name() -> None:
    """Then a text is a text, and of the rest nothing is sure."""
    update = typed("Có mặt")
    del update["event_name"]
    assert payload(update) == Text("Có mặt")
    del update["message"]["text"]
    assert payload(update) is None


def test_a_link_is_text() -> None:
    """A text with a link in it may come under a name of its own."""
    assert payload(typed("https://x.example") | {"event_name": "message.link.received"}) == Text("https://x.example")


@pytest.mark.parametrize("kind", ["GROUP", "group", "CHANNEL", ""])
def test_groups_are_told_apart(kind: str) -> None:
    """Whatever is not said to the bot alone is only known to be from elsewhere."""
    update = typed("điểm tự chấm")
    update["message"]["chat"]["chat_type"] = kind
    assert payload(update) == Unsupported("group")


@pytest.mark.parametrize("number", [17, 0, 2**62])
def test_ids_may_be_numbers(number: int) -> None:
    """Zalo writes texts; a number would do."""
    update = typed("x")
    update["message"]["message_id"] = update["message"]["chat"]["id"] = number
    incoming = decode("zalo", update)
    assert incoming is not None and (incoming.event_id, incoming.address.chat) == (str(number), str(number))


@pytest.mark.parametrize("value", [None, "", "x" * 129, "ă", "a\nb", "a\0b", -1, 2**63, True, 1.5, [], {}])
@pytest.mark.parametrize("where", ["message_id", "chat"])
def test_ids_that_are_none(where: str, value: object) -> None:
    """What cannot be an id is none, and then there is nothing to store it under."""
    update = typed("x")
    if where == "chat":
        update["message"]["chat"]["id"] = value
    else:
        update["message"]["message_id"] = value
    assert decode("zalo", update) is None


@pytest.mark.parametrize(
    "update", [None, [], "chào", {}, {"ok": True}, {"ok": True, "result": {}}, {"event_name": "message.text.received"}]
)
def test_probes_are_nothing(update: object) -> None:
    """An empty body, an empty answer, an event about nothing."""
    assert decode("zalo", update) is None


@pytest.mark.parametrize(
    ("result", "count"), [({"message": {}}, 1), ([{"message": {}}, {}], 2), ({}, 0), ([], 0), (None, 0), (7, 0)]
)
def test_one_update_or_several(result: object, count: int) -> None:
    """`getUpdates` brings one object; a list would be taken too."""
    assert len(updates_of(result)) == count


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: object) -> list[tuple[Any, Any]]:
    """Every container of a value with every key in it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in ((value, key), *_places(inner))]


@settings(max_examples=300)
@given(data=st.data())
def test_mutated_updates_never_raise(data: st.DataObject) -> None:
    """An update with anything changed or missing anywhere is an event or nothing, and fit to be stored."""
    update = copy.deepcopy(data.draw(st.sampled_from(samples())))
    for _ in range(data.draw(st.integers(1, 3))):
        if places := _places(update):
            container, key = data.draw(st.sampled_from(range(len(places))).map(places.__getitem__))
            if data.draw(st.booleans()):
                container[key] = data.draw(_JSON)
            else:
                del container[key]
    incoming = decode("zalo", update)
    if incoming is not None:
        words = [word for word in astuple(incoming.payload) if isinstance(word, str)]
        assert "\0" not in "".join([*words, incoming.event_id, incoming.address.chat]).encode().decode()


@given(update=_JSON)
def test_anything_never_raises(update: object) -> None:
    """Any JSON at all is an event or nothing."""
    decode("zalo", update)
    updates_of(update)
