"""`bot.py import FILE`: the same check, plan and writing as in the chat, for the operator at the machine.

The bot may be running meanwhile: what is confirmed is planned anew in the transaction that writes it.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from itertools import count
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.commands import words
from bot.documents.roster_marking import roster_with_faults
from bot.documents.roster_reading import read_roster
from bot.domain.organisation import UnitKind
from bot.domain.roster import BYTES_LIMIT, FileFault, Roster, RosterRefused
from bot.domain.roster_import import Summary
from bot.faults import OperatorFault
from bot.serve import ground
from bot.settings import Settings
from handlers.issuing import NO_COMMITTEE
from handlers.roster_applying import Proposal, codes_of, propose, propose_now, write
from storage import imports, organisation
from storage.database import Database, Tx
from storage.organisation import Unit
from storage.roster_known import read_known


class Exit(IntEnum):
    """What the process ends with."""

    DONE = 0
    """Imported, or there was nothing to import."""
    REFUSED = 1
    """The file is no roster, or the operator said no."""
    FAULTS = 2
    """Some lines have faults; a file beside the input says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How the operator answers: by hand, or beforehand. `yes` alone moves nobody to another cell; `moves` does."""

    confirm: Callable[[str], bool]
    yes: bool = False
    moves: bool = False

    def writes(self, summary: Summary) -> bool:
        """Whether to import what changes while everybody stays where they are."""
        return summary.writes_without_moves() and (self.yes or self.confirm("Import this?"))

    def moves_people(self, summary: Summary) -> bool:
        """Whether to write down who is in another cell now."""
        moved = summary.moved.count
        if not moved or self.moves:
            return bool(moved)
        return not self.yes and self.confirm(f"Record that {moved} people are in another cell?")


async def import_file(
    settings: Settings, path: Path, *, committee: str = "", answers: Answers, say: Callable[[str], None]
) -> Exit:
    """Check a roster, show what it would change, and write it when confirmed."""
    async with ground(settings) as base:
        async with base.database.read() as tx:
            unit = await _committee(tx, committee)
        try:
            content = await asyncio.to_thread(_read, path)
            proposal = await _check(base.database, unit, content)
        except RosterRefused as refused:
            say(words.refused(refused))
            return Exit.REFUSED
        if proposal.summary is None:
            beside = await asyncio.to_thread(_mark, path, content, proposal.roster)
            say(words.faulty(lines=proposal.roster.lines, faulty_lines=proposal.roster.faulty_lines, beside=beside))
            return Exit.FAULTS
        for line in words.shown(proposal.summary, committee=unit.name):
            say(line)
        if proposal.plan.changes_nothing():
            say("Nothing to import: all of this is known.")
            return Exit.DONE
        writes, moves = answers.writes(proposal.summary), False
        if writes or not proposal.summary.writes_without_moves():
            moves = answers.moves_people(proposal.summary)
        if not (writes or moves):
            say("Nothing was imported.")
            return Exit.REFUSED
        return await _write(base.database, unit, proposal.roster, proposal.summary, with_moves=moves, say=say)


async def _committee(tx: Tx, name: str) -> Unit:
    """The committee of that name; without one, the only one at the top."""
    roots = await organisation.roots(tx)
    if not roots:
        raise OperatorFault(NO_COMMITTEE)
    if not name:
        if len(roots) > 1:
            raise OperatorFault("there are several committees at the top; say which with --committee")
        return roots[0]
    named = [unit for root in roots for unit in await organisation.units_named(tx, name, below=root.id)]
    committees = [unit for unit in named if unit.kind is UnitKind.COMMITTEE]
    if len(committees) != 1:
        raise OperatorFault(f"{len(committees)} committees are called {name}; say another name with --committee")
    return committees[0]


def _read(path: Path) -> bytes:
    if path.stat().st_size > BYTES_LIMIT:
        raise RosterRefused(FileFault.TOO_LARGE)
    return path.read_bytes()


async def _check(database: Database, unit: Unit, content: bytes) -> Proposal:
    with _progress() as step:
        step("reading the file")
        async with database.read() as tx:
            day = organisation.today(tx)
        roster = await asyncio.to_thread(read_roster, content, today=day)
        step("comparing with what is known")
        async with database.read() as tx:
            known = await read_known(tx, unit.id, codes=set(codes_of(roster)))
        return await asyncio.to_thread(propose, roster, known, may_give_officers=True)


async def _write(
    database: Database, unit: Unit, roster: Roster, seen: Summary, *, with_moves: bool, say: Callable[[str], None]
) -> Exit:
    """Write it, in one transaction, unless what is known has changed since it was shown."""
    with _progress() as step:
        step("writing")
        async with database.write() as tx:
            proposal = await propose_now(tx, unit.id, roster, may_give_officers=True)
            if proposal.summary is None or proposal.summary.plan != seen.plan:
                say("Something changed meanwhile, so nothing was imported; run the command again.")
                return Exit.REFUSED
            number = await imports.add(tx, unit=unit.id, created_by=None)
            begun = await imports.lock(tx, number)
            assert begun is not None
            written = await write(tx, proposal, number=number, actor=None, with_moves=with_moves)
            await imports.applied(tx, begun, written)
    say(words.imported(written, number=number))
    return Exit.DONE


def _mark(path: Path, content: bytes, roster: Roster) -> str:
    """Write the file with its faults beside the input, over nothing that is there; its name."""
    marked = roster_with_faults(path.name, content, roster.faults)
    ending = Path(marked.name).suffix
    for number in count(1):
        beside = path.with_name(f"{path.stem}-can-sua{'' if number == 1 else f'-{number}'}{ending}")
        try:
            with beside.open("xb") as target:
                target.write(marked.content)
        except FileExistsError:
            continue
        except OSError as error:
            raise OperatorFault(f"{beside} cannot be written ({error.strerror}); it would say what is wrong") from error
        return beside.name
    raise AssertionError("numbers do not end")


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A bar on the error output while something takes its time; gone when it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda doing: progress.update(task, description=doing)
