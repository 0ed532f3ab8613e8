"""The tables of rights, written by hand, to be read; nothing in them is computed from the program's own declarations.

`tests/conversations/two_communes.py` draws the tree and says who speaks.

Who: S secretary, D deputy, C cell committee member, N note taker, U upper member in charge, O committee officer,
A administrator; `leaders`: S or D of a cell (a committee's own lead none); `members` who are asked and counted;
`linked` everybody who has joined; `anybody` guests too; or one person by name. Over: the unit that the thing belongs
to; a role of a cell counts over that cell alone, O and A over their unit and everything below it; None: it is enough
to hold the role over anything.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bot.chat import Message
from bot.domain.member import Status
from bot.domain.rights import Role
from bot.texts import common
from bot.texts import invitations as invitation_texts
from bot.texts import meeting_notice as meeting_texts
from bot.texts import self_report_list as report_texts
from tests.conversations.two_communes import (
    BESIDE,
    CELL,
    CELLS,
    COMMUNE,
    OFFICERS,
    OTHER_CELL,
    OTHER_COMMUNE,
    PATH,
    PROVINCE,
    Actor,
)


class Row(NamedTuple):
    """What a button asks for, and which tables change when somebody presses it who may."""

    who: str
    over: str | None
    press: str
    writes: str = ""


COMMANDS = {
    "toi": "linked",
    "trogiup": "anybody",
    "help": "anybody",
    "thoat": "anybody",
    "thamgia": "anybody",
    "tracuu": "anybody",
    "rutlui": "linked",
    "trangweb": "linked",
    "kenh": "linked",
    "camket": "members",
    "baocao": "members",
    "dscamket": "leaders U O A",
    "dsbaocao": "leaders U O A",
    "kiemdiem": "leaders U O A",
    "hop": "leaders",
    "lichhop": "linked",
    "comat": "linked",
    "vang": "linked",
    "phieumoi": "leaders O A",
    "tiendo": "O A",
    "nhapdanhsach": "O A",
    "mauexcel": "O A",
    "thongbao": "O A",
    "luongtin": "A",
}
BUTTONS = {
    "account-add": Row("an", None, "{request}:{invitation}", "addresses audit consents invitations"),
    "account-no": Row("an", None, "{request}:{invitation}", "audit invitations"),
    "snooze": Row("members", COMMUNE, "{self_report}:1", "snoozes"),
    "pledge-list": Row("S D U O A", CELL, "{pledge}:{cell}:0"),
    "pledge-signed": Row("S D U O A", CELL, "{pledge}:{cell}:0"),
    "pledge-remind": Row("S D", CELL, "{pledge}:{cell}", "audit"),
    "pledge-behalf": Row("S D", CELL, "{pledge}:{cell}"),
    "pledge-paper": Row("S D", CELL, "{pledge}:{cell}"),
    "pledge-undo": Row("S D", CELL, "{pledged_for}", "pledges receipts audit"),
    "pledge-object": Row("binh", None, "{pledged_for}", "pledges receipts audit"),
    "report-show": Row("linked", None, "{self_report}"),
    "report-change": Row("members", COMMUNE, "{self_report}"),
    "report-list": Row("S D U O A", CELL, "{self_report}:{cell}:0"),
    "report-sent": Row("S D U O A", CELL, "{self_report}:{cell}:0"),
    "report-sums": Row("S D U O A", CELL, "{self_report}:{cell}"),
    "report-remind": Row("S D", CELL, "{self_report}:{cell}", "audit"),
    "report-behalf": Row("S D", CELL, "{self_report}:{cell}"),
    "report-read": Row("S", CELL, "{self_report}:{cell}"),
    "meeting-cell": Row("S D", CELL, "{cell}"),
    "meeting-new": Row("S D", CELL, "{cell}"),
    "meeting-view": Row("S D U O A", CELL, "{meeting}"),
    "meeting-reasons": Row("S D U O A", CELL, "{meeting}"),
    "meeting-waiting": Row("S D U O A", CELL, "{meeting}"),
    "meeting-remind": Row("S D", CELL, "{meeting}", "audit"),
    "meeting-behalf": Row("S D", CELL, "{meeting}"),
    "meeting-change": Row("S D", CELL, "{meeting}"),
    "meeting-yes": Row("members U", CELL, "{meeting}:1", "meeting_replies audit"),
    "meeting-no": Row("members U", CELL, "{meeting}:1"),
    "meeting-show": Row("members S D U O A", CELL, "{meeting}"),
    "review": Row("S D U O A", CELL, "{review}"),
    "review-missing": Row("S D U O A", CELL, "{review}"),
    "review-tick": Row("S D", CELL, "{review}"),
    "review-tick-all": Row("S D", CELL, "{review}", "self_reviews audit"),
    "review-untick": Row("S D", CELL, "{review}"),
    "progress": Row("O A", COMMUNE, "{commune}:0"),
    "review-deadline": Row("O A", COMMUNE, "{commune}"),
    "roster-at": Row("O A", COMMUNE, "{commune}"),
    "broadcast-as": Row("O A", COMMUNE, "{commune}"),
    "broadcast-file": Row("linked", None, "0"),
    "broadcast-stop": Row("O A", COMMUNE, "{broadcast}", "broadcasts audit"),
    "prefer": Row("linked", None, "0"),
    "page-end": Row("linked", None, "0"),
    "page-end-all": Row("linked", None, "0"),
    "invite-person": Row("S D O A", CELL, "{cuc}"),
    "link-undo": Row("S D O A", CELL, "{link}"),
    "link-undo-yes": Row("S D O A", CELL, "{link}", "addresses audit"),
    "link-undo-no": Row("S D O A", CELL, "{link}"),
}


class Code(NamedTuple):
    """A member of CELL who holds this role over this unit as well; who, of those who may invite in CELL at all, hands out
    their code, takes it back, and unlinks their account."""

    role: str | None
    held_over: str
    who: str


CODES = (
    Code(None, CELL, "S D O A"),
    Code("S", CELL, "S D O A"),
    Code("D", CELL, "S D O A"),
    Code("C", CELL, "S D O A"),
    Code("N", CELL, "S D O A"),
    Code("U", CELL, "S D O A"),
    Code("S", BESIDE, "S D O A"),
    Code("U", BESIDE, "S D O A"),
    Code("U", OTHER_CELL, "S D O A"),
    Code("S", COMMUNE, "O A"),
    Code("N", COMMUNE, "O A"),
    Code("O", COMMUNE, "A"),
    Code("A", COMMUNE, "A"),
    Code("O", OTHER_COMMUNE, "A"),
    Code("O", PROVINCE, "A"),
    Code("A", PROVINCE, "A"),
)


class Way(NamedTuple):
    """Who opens a dialogue, by typing (or pressing, when it begins with `>`) what; and what they lose the right with:
    their `role`, their `membership`, only their `link`, or `nothing`, when it is anybody's."""

    opener: str
    steps: tuple[str, ...]
    loses: str


JOURNEYS = {
    "join": Way("guest", ("{code}",), "nothing"),
    "join-wait": Way("second", (), "nothing"),
    "receipt": Way("guest", ("/tracuu",), "nothing"),
    "leave": Way("linked", ("/rutlui",), "link"),
    "pledge": Way("official in", ("/camket",), "membership"),
    "report": Way("official in", ("/baocao",), "membership"),
    "pledge-cells": Way("committee_officer in", ("/dscamket",), "role"),
    "pledge-behalf": Way("secretary in", (">pledge-behalf:{pledge}:{cell}",), "role"),
    "pledge-paper": Way("secretary in", (">pledge-paper:{pledge}:{cell}",), "role"),
    "report-cells": Way("committee_officer in", ("/dsbaocao",), "role"),
    "report-who": Way("secretary in", (">report-behalf:{self_report}:{cell}",), "role"),
    "report-for": Way("secretary in", (">report-behalf:{self_report}:{cell}", "Cúc A"), "role"),
    "report-read": Way("secretary in", (">report-read:{self_report}:{cell}",), "role"),
    "meeting": Way("secretary in", (">meeting-new:{cell}",), "role"),
    "meeting-behalf": Way("secretary in", (">meeting-behalf:{meeting}",), "role"),
    "meeting-change": Way("secretary in", (">meeting-change:{meeting}",), "role"),
    "meeting-absence": Way("official in", (">meeting-no:{meeting}:1",), "membership"),
    "review-tick": Way("secretary in", (">review-tick:{review}",), "role"),
    "review-untick": Way("secretary in", (">review-untick:{review}",), "role"),
    "review-deadline": Way("committee_officer in", (">review-deadline:{commune}",), "role"),
    "roster": Way("committee_officer in", ("/nhapdanhsach",), "role"),
    "broadcast": Way("committee_officer in", ("/thongbao",), "role"),
    "invite-where": Way("committee_officer in", ("/phieumoi",), "role"),
    "invite": Way("secretary in", ("/phieumoi",), "role"),
    "invite-one": Way("secretary in", (">invite-person:{binh}",), "role"),
}

LETTERS = {
    "S": Role.SECRETARY,
    "D": Role.DEPUTY_SECRETARY,
    "C": Role.CELL_COMMITTEE_MEMBER,
    "N": Role.NOTE_TAKER,
    "U": Role.UPPER_MEMBER_IN_CHARGE,
    "O": Role.COMMITTEE_OFFICER,
    "A": Role.ADMINISTRATOR,
}
ASKED = (Status.OFFICIAL, Status.PROBATIONARY, Status.TEMPORARY_IN)
REFUSALS = {
    message.text
    for message in (
        common.not_allowed(),
        common.not_joined(),
        common.not_valid_any_more(),
        common.dialogue_over(),
        common.over_for_guest(),
        report_texts.only_secretary(),
        meeting_texts.not_invited(),
        invitation_texts.not_theirs_to_give(),
    )
}
OWN_WORDS = ("outbox", "dialogues")
"""Every answer is a row of the outbox, every question a dialogue; all other tables are consequences."""


def may(actor: Actor, who: str, over: str | None) -> bool:
    """What the row says of the actor."""
    return any(_is(actor, one, over) for one in who.split())


def _is(actor: Actor, who: str, over: str | None) -> bool:
    match who:
        case "anybody":
            return True
        case "linked":
            return actor.linked
        case "members":
            return actor.status in ASKED and actor.cell is not None and (over is None or over in PATH[actor.cell])
        case "leaders":
            return actor.role in (Role.SECRETARY, Role.DEPUTY_SECRETARY) and actor.over in CELLS
        case letter if letter in LETTERS:
            if actor.role is not LETTERS[letter] or actor.over is None:
                return False
            return over is None or actor.over == over or (actor.role in OFFICERS and actor.over in PATH[over])
        case name:
            return actor.key == name


def refused(said: Sequence[Message]) -> bool:
    """Whether exactly one thing was answered, and it is a refusal."""
    return len(said) == 1 and said[0].text in REFUSALS
