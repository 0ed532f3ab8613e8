"""What is found of the accounts at the messengers: those that cannot speak, whose month runs short, that are full."""

from collections.abc import Iterator

from bot.doctor.facts import Allowed, Facts
from bot.doctor.finding import Finding, note, problem
from bot.doctor.words import ago, many
from bot.domain import quota
from storage.accounts import Account
from storage.diagnosis import Diagnosis

AGAIN = "It is tried again by itself."


def account_findings(facts: Facts, found: Diagnosis) -> Iterator[Finding]:
    """All of them, account by account."""
    for account in found.accounts:
        if account.key in facts.limits:
            can = facts.limits[account.key]
            yield from _speaking(facts, account)
            yield from _month(facts, account, can)
            yield from _people(account, can)


def holds_back(facts: Facts, found: Diagnosis, key: str) -> bool:
    """Whether it is said here why messages of the account wait."""
    account = next((one for one in found.accounts if one.key == key), None)
    if account is None or key not in facts.limits:
        return False
    limit = facts.limits[key].monthly_quota
    closed = account.closed_until is not None or account.lane.pauses > 0 or account.lane.gone_at is not None
    return closed or (quota.is_reserved(account.lane.used, limit) and account.waiting.rows == account.waiting.patient)


def _speaking(facts: Facts, account: Account) -> Iterator[Finding]:
    lane = account.lane
    if lane.pauses and lane.failing_since is not None:
        yield problem(
            f"Account {account.key} cannot speak; it failed first {ago(facts.at, lane.failing_since)}.",
            why=f"{(lane.why or 'no reason is known').capitalize()}.",
            do=f"{AGAIN} A token that was refused is set anew.",
        )
    elif account.closed_until is not None:
        seconds = (account.closed_until - facts.at).total_seconds()
        yield note(f"The messenger asked account {account.key} to wait {seconds:.0f} seconds more.", do=AGAIN)


def _month(facts: Facts, account: Account, can: Allowed) -> Iterator[Finding]:
    used, limit = account.lane.used, can.monthly_quota
    if account.lane.gone_at is not None:
        yield problem(
            f"The messenger takes no more of account {account.key} this month; {many(account.waiting.rows, 'message')} "
            f"waiting.",
            why=f"It says that the month's messages are gone, {ago(facts.at, account.lane.gone_at)}; {used} were said.",
            do="They go out when the month ends in Viet Nam; one is tried now and then. Open another account.",
        )
    elif limit is not None and (level := quota.level(used, limit)):
        kept = quota.is_reserved(used, limit)
        held = f"{many(account.waiting.patient, 'reminder or broadcast')} waiting for the next month."
        yield note(
            f"Account {account.key} has used {used} of the {limit} messages of its month, more than {level} %.",
            why=f"What is left is kept for answers and notices: {held}" if kept else "",
            do="Raise accounts.monthly_quota if the messenger allows more, or open another account.",
        )


def _people(account: Account, can: Allowed) -> Iterator[Finding]:
    limit = can.people_limit
    if limit is not None and account.people * 100 >= limit * quota.PEOPLE_WARNINGS[0]:
        yield note(
            f"Account {account.key} has {account.people} of the {limit} people that it may have.",
            do="Open another account for those who have not joined yet.",
        )
