"""The list of all journeys. A new one is a file beside this, and a line here."""

from bot.domain.ids import PersonId
from bot.domain.rounds import RoundKind
from bot.texts import rounds as round_texts
from handlers import (
    accounts,
    broadcast,
    broadcast_file,
    forgetting,
    invitations,
    late,
    leave,
    meeting,
    meeting_behalf,
    meeting_calendar,
    meeting_change,
    meeting_due,
    meeting_reply,
    meeting_view,
    page_visit,
    papers,
    pledge,
    pledge_behalf,
    pledge_cells,
    pledge_list,
    pledge_paper,
    preferred,
    receipts,
    review,
    review_cells,
    review_due,
    roster,
    self_report,
    self_report_behalf,
    self_report_cells,
    self_report_list,
    self_report_read,
    strays,
    undo,
)
from handlers.always import Always
from handlers.arrival import Arrival
from handlers.registry import Offer, Registry, assemble
from handlers.reminders import Asked, Reminders
from handlers.rounds import calendar_due, rounds_due
from handlers.turn import Act
from storage import pledges, self_reports
from storage.rounds import Round


def make_registry(*, page: bool = True) -> Registry:
    """Everything the bot offers; the order is the order of menus and of /toi. Without a page nothing of it."""
    always = Always()
    arrival = Arrival(always.start)
    reminders = Reminders(
        {
            RoundKind.PLEDGE: Asked(is_missing=_pledge_missing, command=pledge.COMMAND, label=round_texts.SIGN_NOW),
            RoundKind.SELF_REPORT: Asked(
                is_missing=_report_missing, command=self_report.COMMAND, label=round_texts.REPORT_NOW
            ),
        }
    )
    prompts = {**reminders.prompts(), RoundKind.REVIEW: review_due.PROMPT}
    registry = assemble(
        (
            always.offer(),
            arrival.offer(),
            reminders.offer(),
            pledge.offer(),
            pledge_cells.offer(),
            pledge_list.offer(),
            pledge_behalf.offer(),
            pledge_paper.offer(),
            self_report.offer(),
            self_report_cells.offer(),
            self_report_list.offer(),
            self_report_behalf.offer(),
            self_report_read.offer(),
            meeting.offer(),
            meeting_reply.offer(),
            meeting_calendar.offer(),
            meeting_view.offer(),
            meeting_behalf.offer(),
            meeting_change.offer(),
            meeting_due.offer(),
            review.offer(),
            review_cells.offer(),
            broadcast.offer(),
            broadcast_file.offer(),
            roster.offer(),
            invitations.offer(),
            undo.offer(),
            receipts.offer(),
            *([page_visit.offer()] if page else []),
            preferred.offer(),
            accounts.offer(),
            leave.offer(),
            forgetting.offer(),
            strays.offer(),
            late.offer(),
            Offer(papers=(papers.STORED_FILES,), dues=(calendar_due(), rounds_due(prompts))),
        ),
        start=arrival.start,
        other_text=arrival.typed_bare,
    )
    always.registry = registry
    arrival.registry = registry
    return registry


async def _pledge_missing(act: Act, found: Round, person: PersonId) -> bool:
    return await pledges.is_missing(act.tx, found, person, text_hash=act.house.content.pledge.edition.hash)


async def _report_missing(act: Act, found: Round, person: PersonId) -> bool:
    return await self_reports.is_missing(act.tx, found, person)
