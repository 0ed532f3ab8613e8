"""What the page is told, as JSON. Times are already in words, so that the page formats nothing but its own clock."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from bot.channels.web.ports import ClockView, Command, FirstStep, Mail, Player
from bot.chat import Link, OutboxState
from bot.clock import local
from bot.texts import page
from bot.texts.when import moment

Json = Mapping[str, Any]


class JsonResponse(Response):
    """An answer in JSON, kept by nobody."""

    media_type = "application/json"

    def __init__(self, content: Any, status_code: int = 200) -> None:
        super().__init__(encode(content), status_code, {"Cache-Control": "no-store"})

    def render(self, content: bytes) -> bytes:
        return content


def encode(value: Any) -> bytes:
    """The value as JSON."""
    return msgspec.json.encode(value)


def mail_json(mail: Mail) -> Json:
    """A bubble."""
    at = local(mail.at)
    return {
        "id": mail.id,
        "change": mail.change,
        "chat": mail.chat,
        "key": mail.key.removeprefix(f"{mail.chat}:") if mail.incoming else mail.key,
        "incoming": mail.incoming,
        "at": at.isoformat(),
        "time": page.time_of_day(at),
        "day": page.day_in_full(at),
        "title": mail.message.title,
        "text": mail.message.text,
        "choices": [{"label": choice.label, "data": choice.data, "nav": choice.nav} for choice in mail.message.choices],
        "link": _link_json(mail.message.link),
        "file": mail.file and {"name": mail.file.name, "size": page.file_size(mail.file.size)},
    }


def menu_json(commands: Sequence[Command]) -> Sequence[Json]:
    """A person's commands."""
    return [{"name": command.name, "does": command.does} for command in commands]


def players_json(players: Sequence[Player]) -> Sequence[Json]:
    """The sample's people."""
    return [
        {
            "chat": player.chat,
            "name": player.name,
            "unit": player.unit,
            "role": player.role,
            "joined": player.joined,
            "invitation": player.invitation,
        }
        for player in players
    ]


def steps_json(steps: Sequence[FirstStep], players: Sequence[Player]) -> Sequence[Json]:
    """The things to try first, in words that name who does them."""
    people = {player.chat: player for player in players}
    return [
        {
            "kind": step.kind.value,
            "chat": step.chat,
            "types": step.types,
            "title": page.step_title(step.kind.value),
            "how": page.step_how(step.kind.value, name=people[step.chat].name, role=people[step.chat].role),
            "button": page.step_button(step.kind.value, types=step.types),
        }
        for step in steps
        if step.chat in people
    ]


def clock_json(view: ClockView) -> Json:
    """The clock bar and the panel under it. `now` is in milliseconds, for the page to let it run on."""
    return {
        "now": int(view.now.timestamp() * 1000),
        "upcoming": [
            {"when": moment(event.at), "at": event.at.isoformat(), "what": event.what} for event in view.upcoming
        ],
        "outbox": [
            {"state": state.value, "label": page.outbox_state(state), "count": count}
            for state in OutboxState
            if (count := view.outbox.get(state, 0))
        ],
    }


def _link_json(link: Link | None) -> Json | None:
    """Only addresses of the web: a link never runs a script."""
    if link is None or not link.url.startswith(("https://", "http://", "/")):
        return None
    return {"label": link.label, "url": link.url}
