"""The list of all journeys. A new one is a file beside this, and a line here."""

from collections.abc import Sequence

from bot.domain.rounds import RoundKind
from bot.texts import rounds as round_texts
from handlers import broadcast, papers
from handlers.always import Always
from handlers.registry import Offer, Registry, assemble
from handlers.reminders import Asked, Reminders
from handlers.rounds import calendar_due, rounds_due
from handlers.turn import Act, Turn
from storage import pledges, self_reports
from storage.people import Member
from storage.rounds import Round


def make_registry() -> Registry:
    """Everything the bot offers; the order is the order of menus and of /toi."""
    always = Always()
    reminders = Reminders(
        {
            RoundKind.PLEDGE: Asked(missing=_missing_pledges, command="camket", label=round_texts.SIGN_NOW),
            RoundKind.SELF_REPORT: Asked(missing=_missing_reports, command="baocao", label=round_texts.REPORT_NOW),
        }
    )
    prompts = {**reminders.prompts()}
    registry = assemble(
        (
            always.offer(),
            reminders.offer(),
            broadcast.offer(),
            Offer(papers=(papers.STORED_FILES,), dues=(calendar_due(), rounds_due(prompts))),
        ),
        start=always.start,
        other_text=_no_other_text,
    )
    always.registry = registry
    return registry


async def _missing_pledges(act: Act, found: Round) -> Sequence[Member]:
    return await pledges.missing_pledges(act.tx, found, text_hash=act.house.content.pledge.edition.hash)


async def _missing_reports(act: Act, found: Round) -> Sequence[Member]:
    return await self_reports.missing_reports(act.tx, found)


async def _no_other_text(_turn: Turn, _text: str) -> bool:
    return False
