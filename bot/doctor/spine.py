"""What is found in the spine: what waits or failed, events that ended in an incident, dated facts that did not act."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.doctor.accounts import holds_back
from bot.doctor.facts import Facts, Running
from bot.doctor.finding import START, Finding, note, problem
from bot.doctor.words import ago, many
from bot.domain.page import ACCOUNT as PAGE
from storage.dead_letters import KEPT
from storage.diagnosis import Diagnosis, FailureCount

SLOW = timedelta(minutes=10)
"""A message that is due for longer is stuck: the sender looks every second."""
REASONS = 5
"""Of different reasons, so many are told, the most frequent first."""


def spine_findings(facts: Facts, found: Diagnosis) -> Sequence[Finding]:
    """All of them."""
    return [
        *_waiting(facts, found),
        *_ended_badly(facts, found),
        *_incidents(facts, found),
        *_letters(facts, found),
        *_dated(facts, found),
        *_silence(facts, found),
    ]


def _waiting(facts: Facts, found: Diagnosis) -> Iterator[Finding]:
    for count in found.outbox:
        if count.state not in ("waiting", "in_flight") or facts.at - count.oldest <= SLOW:
            continue
        since = ago(facts.at, count.oldest)
        what = f"{many(count.rows, 'message')} of account {count.account} overdue; the oldest was due {since}."
        if holds_back(facts, found, count.account):
            continue
        tried = [one for one in found.failures if (one.account, one.state) == (count.account, "queued")]
        if count.account not in facts.accounts:
            yield problem(what, why="No account of that key is set: nobody sends them.", do="Set the account again.")
        elif facts.program.state is Running.SILENT:
            yield problem(what, why="The program is not running.", do=START)
        elif tried:
            yield problem(what, why=_reasons(tried), do="Until the cause is gone they are tried again by themselves.")
        else:
            yield problem(what, why="They were not tried yet.", do="See the log for `delivery_incident`.")


def _ended_badly(facts: Facts, found: Diagnosis) -> Iterator[Finding]:
    within = f"in the last {many(facts.days, 'day')}"
    for account in dict.fromkeys(one.account for one in found.failures):
        of = {
            state: [one for one in found.failures if (one.account, one.state) == (account, state)]
            for state in ("failed", "uncertain", "blocked", "missed")
        }
        rows = {
            state: f"{many(sum(one.rows for one in ones), 'message')} of account {account}"
            for state, ones in of.items()
        }
        if of["failed"]:
            yield problem(
                f"{rows['failed']} could not be said {within}: given up.",
                why=_reasons(of["failed"]),
                do="The log has each under `delivery_failed`; a token that was refused is set anew.",
            )
        if of["uncertain"]:
            yield note(
                f"Whether {rows['uncertain']} arrived {within} is not known.",
                why=_reasons(of["uncertain"]),
                do="Nothing: they are not said again, so that nobody hears them twice.",
            )
        if of["blocked"]:
            yield note(
                f"{rows['blocked']} not said {within}: the people have blocked the bot.",
                do="Their secretaries reach them otherwise.",
            )
        if of["missed"]:
            yield note(
                f"{rows['missed']} not said {within}: too late.", why="Whatever they were for had passed meanwhile."
            )


def _incidents(facts: Facts, found: Diagnosis) -> Iterator[Finding]:
    if found.incidents:
        numbers = ", ".join(f"{one.number} ({ago(facts.at, one.at)})" for one in found.newest_incidents)
        yield problem(
            f"{many(found.incidents, 'event')} ended in an incident in the last {many(facts.days, 'day')}.",
            why="Whoever wrote was told the number and that it was not recorded.",
            do=f"Report what the log says under {numbers}.",
        )


def _letters(facts: Facts, found: Diagnosis) -> Iterator[Finding]:
    if not found.letters:
        return
    kinds = Counter(one.error for one in found.letters)
    count = len(found.letters)
    again = sum(one.tries > 0 for one in found.letters)
    numbers = ", ".join(f"{one.number} ({ago(facts.at, one.at)})" for one in found.letters[:REASONS])
    yield problem(
        f"{many(count, 'event')} failed and {'waits' if count == 1 else 'wait'} to be handled again: "
        f"{numbers}{', …' if count > REASONS else ''}.",
        why=", ".join(f"{error} ({rows})" for error, rows in kinds.most_common(REASONS))
        + (f"; {again} failed again when replayed." if again else "."),
        do="When the cause is gone: `bot.py replay NUMBER`, or `--all`; `--drop` deletes what was said. "
        f"They are deleted {many(KEPT.days, 'day')} after they failed.",
    )


def _dated(facts: Facts, found: Diagnosis) -> Iterator[Finding]:
    for late in found.overdue:
        since = f"; the oldest was due {ago(facts.at, late.oldest)}" if late.oldest else ""
        stopped = facts.program.state is Running.SILENT
        yield problem(
            f"{many(late.rows, 'dated fact')} of {late.kind} overdue{since}.",
            why="The program is not running." if stopped else "They fail, or the clock does not tick.",
            do=START if stopped else "Look in the log for `tick_incident` and `tick_failed`.",
        )
    if found.missed:
        steps = ", ".join(f"{one.kind} {one.step}: {one.rows}" for one in found.missed)
        yield note(
            f"Reminders came too late and were not said in the last {many(facts.days, 'day')} ({steps}).",
            why="The program did not run when they were due.",
            do="Secretaries and officers see it where they look at the round.",
        )


def _silence(facts: Facts, found: Diagnosis) -> Iterator[Finding]:
    for account in facts.accounts:
        heard = found.heard.get(account)
        if account == PAGE:
            # Nobody stands between it and us: silent is only that nobody wrote.
            continue
        if heard is None:
            yield note(f"Nothing ever came from account {account}.", do="Write to the bot to see whether it answers.")
        elif facts.at - heard > timedelta(hours=facts.silent_hours):
            yield note(
                f"The last that came from account {account} was {ago(facts.at, heard)}.",
                why="Nobody wrote; or the messenger, the proxy or the webhook cannot be reached.",
                do="Write to the bot to see whether it answers.",
            )


def _reasons(failures: Sequence[FailureCount]) -> str:
    return "; ".join(f"{one.reason} ({one.rows})" for one in failures[:REASONS]) + "."
