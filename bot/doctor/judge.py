"""What the facts mean: each finding says what it is, why as far as that is known, and what to do."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.doctor.accounts import account_findings
from bot.doctor.facts import Facts, Program, Running
from bot.doctor.finding import START, Finding, note, problem
from bot.doctor.spine import spine_findings
from bot.doctor.words import lasting, many
from bot.domain.page import ACCOUNT as PAGE
from bot.health import LEAST_FREE
from storage.diagnosis import Diagnosis

CLOCK_SLACK = timedelta(minutes=5)
SERVER_SLACK = timedelta(minutes=1)


def judge(facts: Facts) -> Sequence[Finding]:
    """All findings, problems first."""
    found = [
        *_settings(facts),
        *_program(facts.program),
        *_tables(facts),
        *_disk(facts),
    ]
    if facts.diagnosis is not None:
        found += [
            *_clock(facts, facts.diagnosis),
            *account_findings(facts, facts.diagnosis),
            *spine_findings(facts, facts.diagnosis),
        ]
    return sorted(found, key=lambda finding: finding.level != "problem")


def _settings(facts: Facts) -> Iterator[Finding]:
    for fault in facts.settings_faults:
        yield problem(f"A setting is wrong: {fault}.", do="Correct it; `bot.py check` says whether all is well.")
    for key, count in facts.misnamed.items():
        yield problem(
            f"accounts.unit of {key} is the name of {many(count, 'unit') if count else 'no unit'}: it is nobody's bot.",
            do="Write the name as the roster has it; where several have it, with the one above behind a comma.",
        )
    yield from _taken(facts)


def _taken(facts: Facts) -> Iterator[Finding]:
    """The program runs the accounts that the settings name."""
    if facts.program.refused:
        yield problem(
            "The program goes on with the settings from before.",
            why="; ".join(facts.program.refused) + ".",
            do="Correct them: they are taken within seconds.",
        )
    elif facts.program.accounts is not None and (
        differs := sorted((set(facts.program.accounts) ^ set(facts.accounts)) - {PAGE})
    ):
        yield problem(
            f"The program and the settings differ in: {', '.join(differs)}.",
            why="The settings changed just now, or it runs with other ones.",
            do="Ask again in a few seconds; then `systemctl reload bon-tot`, or start it again.",
        )


def _program(program: Program) -> Iterator[Finding]:
    match program.state:
        case Running.SILENT:
            yield problem(f"The program does not answer at {program.address}.", why="It is not running.", do=START)
        case Running.SOMEBODY_ELSE:
            yield problem(
                f"Another program answers at {program.address}.", do="Set another web.port, and start this one."
            )
        case Running.NOT_READY:
            yield problem(
                "The program runs and cannot work.",
                why="; ".join(program.faults) + ".",
                do="See its log; when that says nothing, start it again.",
            )
        case Running.READY | Running.UNKNOWN:
            return


def _tables(facts: Facts) -> Iterator[Finding]:
    newest = facts.revisions[0]
    if facts.unreadable is not None:
        yield problem(
            f"The database says nothing: {facts.unreadable}.",
            do="Check the setting database, and the rights of its folder; or restore a backup: `bot.py restore FILE`.",
        )
    elif facts.revision is None:
        yield problem("The database has no tables yet.", do=START)
    elif facts.revision not in facts.revisions:
        yield problem(
            f"The database is of a newer version of the program (schema {facts.revision}, here {newest}).",
            do="Update the program; what is installed here must not run on it.",
        )
    elif facts.revision != newest:
        yield problem(
            f"The tables are older than the program (schema {facts.revision}, newest {newest}).",
            why="The program migrates them when it starts.",
            do="Make a backup (`bot.py backup`), then start the program.",
        )


def _disk(facts: Facts) -> Iterator[Finding]:
    if facts.free is None:
        return
    size = facts.diagnosis.size if facts.diagnosis else 0
    free = f"{facts.free / 1e6:,.0f} MB are free on the disk of the database."
    if facts.free < LEAST_FREE:
        yield problem(free, do="Make room at once: what cannot be written is not accepted.")
    elif facts.free < 2 * size:
        yield note(free, why="That is less than twice its size: a backup may find no room.", do="Make room.")


def _clock(facts: Facts, found: Diagnosis) -> Iterator[Finding]:
    if found.newest is not None and found.newest > facts.at + CLOCK_SLACK:
        yield problem(
            f"The clock of this machine is behind what is stored, by {lasting(found.newest - facts.at)}.",
            why="It goes wrong now, or it went wrong when that was written.",
            do="Set it (`timedatectl`); reminders come by it.",
        )
    if found.server_now is not None and abs(found.server_now - facts.at) > SERVER_SLACK:
        yield problem(
            f"This machine and the database server differ by {lasting(abs(found.server_now - facts.at))}.",
            do="Set both clocks by the same time service.",
        )
