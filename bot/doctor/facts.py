"""What is known of an installation at an instant, gathered without changing anything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

import aiohttp

from bot.channels import telegram, zalo
from bot.clock import Clock
from bot.domain.page import ACCOUNT as PAGE
from bot.health import OVERDUE
from bot.logs import without_personal_words
from bot.settings import Settings, describe_faults
from bot.settings.accounts import SINGLE_ACCOUNT, has_single_bot
from bot.telegram_bots import limits_of
from handlers.doors import units_called
from storage import organisation
from storage.accounts import Account
from storage.database import Database, sqlite_file
from storage.diagnosis import Diagnosis, FailureCount, Unreadable, diagnose, revision_of
from storage.migrate import revisions
from storage.vitals import free_bytes

ANSWER_SECONDS = 10
REASON_LENGTH = 160


class Running(StrEnum):
    """How the program stands, as its own web server tells."""

    READY = "ready"
    NOT_READY = "not ready"
    SILENT = "no answer"
    SOMEBODY_ELSE = "somebody else answers"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The running program, or that there is none. `accounts`: those that it runs (None: it does not say); `refused`:
    why it did not take the newest settings."""

    state: Running
    address: str
    faults: Sequence[str] = ()
    accounts: Sequence[str] | None = None
    refused: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What an account may; None: any number."""

    monthly_quota: int | None
    people_limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that is judged. `diagnosis` is None where `unreadable` says why, or the tables are of another form.
    `days`: how far back it looks."""

    at: datetime
    days: int
    silent_hours: int
    settings_faults: Sequence[str]
    accounts: Sequence[str]
    limits: Mapping[str, Allowed]
    program: Program
    database: str
    revision: str | None
    revisions: Sequence[str]
    unreadable: str | None
    free: int | None
    diagnosis: Diagnosis | None
    misnamed: Mapping[str, int] = field(default_factory=dict)
    """Accounts whose part of the tree is not the name of one unit, and of how many it is."""


async def gather(settings: Settings, *, clock: Clock, days: int, silent_hours: int) -> Facts:
    """Look at everything."""
    now = clock.now()
    known = revisions()
    revision, unreadable, free, diagnosis = None, None, None, None
    misnamed: Mapping[str, int] = {}
    file = sqlite_file(settings.database)
    if file is not None and not file.is_file():
        unreadable = f"there is no database {file} yet"
    else:
        database = Database(settings.database, clock=clock)
        try:
            revision = await revision_of(database)
            free = await free_bytes(database)
            if revision == known[0]:
                found = await diagnose(database, since=now - timedelta(days=days), overdue_before=now - OVERDUE)
                diagnosis = replace(
                    found,
                    failures=_without_personal_words(found.failures),
                    accounts=[_without_personal_word(account) for account in found.accounts],
                )
                misnamed = await misnamed_units(database, settings)
        except Unreadable as fault:
            unreadable = str(fault)
        finally:
            await database.close()
    return Facts(
        at=now,
        days=days,
        silent_hours=silent_hours,
        settings_faults=describe_faults(settings),
        accounts=account_keys(settings),
        limits=account_limits(settings),
        program=await ask_program(settings.web.host, settings.web.port),
        database="SQLite" if file else "PostgreSQL",
        revision=revision,
        revisions=known,
        unreadable=unreadable,
        free=free,
        diagnosis=diagnosis,
        misnamed=misnamed,
    )


async def misnamed_units(database: Database, settings: Settings) -> Mapping[str, int]:
    """The accounts that run and whose `unit` means no unit, or several; none as long as there is no roster."""
    running = account_keys(settings)
    named = {bot.key: bot.unit for bot in settings.accounts if bot.unit and bot.key in running}
    async with database.read() as tx:
        roots = await organisation.roots(tx)
        if not any([await organisation.cells_below(tx, root.id) for root in roots]):
            return {}
        found = {key: len(await units_called(tx, unit)) for key, unit in named.items()}
    return {key: count for key, count in found.items() if count != 1}


def _without_personal_words(failures: Sequence[FailureCount]) -> Sequence[FailureCount]:
    """A reason is in a messenger's words, which are not ours: what may be a person's is taken out."""
    rows: Counter[tuple[str, str, str]] = Counter()
    for one in failures:
        reason = without_personal_words(one.reason)[:REASON_LENGTH] or "no reason is known"
        rows[one.account, one.state, reason] += one.rows
    return [
        FailureCount(account=account, state=state, reason=reason, rows=count)
        for (account, state, reason), count in rows.most_common()
    ]


def _without_personal_word(account: Account) -> Account:
    """The same for the last failure of an account."""
    why = account.lane.why and without_personal_words(account.lane.why)[:REASON_LENGTH]
    return replace(account, lane=replace(account.lane, why=why, failed_chat=None))


def account_keys(settings: Settings) -> Sequence[str]:
    """The accounts that the program runs with these settings."""
    on = settings.telegram.enabled
    keys = [account.key for account in settings.accounts if on or account.channel != "telegram"]
    keys += [PAGE] if settings.web.page else []
    return [SINGLE_ACCOUNT, *keys] if on and has_single_bot(settings) else keys


def account_limits(settings: Settings) -> Mapping[str, Allowed]:
    """What each of them may."""
    usual = {"telegram": telegram.CAPABILITIES, "zalo": zalo.CAPABILITIES}
    found = {bot.key: limits_of(bot).of(usual[bot.channel]) for bot in settings.accounts}
    able = {key: found.get(key, telegram.CAPABILITIES) for key in account_keys(settings)}
    return {key: Allowed(monthly_quota=can.monthly_quota, people_limit=can.people_limit) for key, can in able.items()}


async def ask_program(host: str, port: int) -> Program:
    """Ask the program whether it is ready."""
    if port == 0:
        return Program(state=Running.UNKNOWN, address="")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - all of this machine's, also this one
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    patience = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.get(f"{address}/health/ready") as answer,
        ):
            told = await answer.json()
    except aiohttp.ContentTypeError:
        return Program(state=Running.SOMEBODY_ELSE, address=address)
    except (aiohttp.ClientError, OSError, ValueError):
        return Program(state=Running.SILENT, address=address)
    if not isinstance(told, dict) or not isinstance(told.get("ready"), bool):
        return Program(state=Running.SOMEBODY_ELSE, address=address)
    faults = [str(fault) for fault in told.get("faults", ())]
    return Program(
        state=Running.READY if told["ready"] else Running.NOT_READY,
        address=address,
        faults=faults,
        accounts=told.get("accounts"),
        refused=[str(fault) for fault in told.get("settings_refused", ())],
    )
