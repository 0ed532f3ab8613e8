"""The command line: what an operator can ask for, in English; what people read is in Vietnamese elsewhere."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot.content.files import ContentFault
from bot.faults import OperatorFault
from bot.settings import Settings, SettingsError, describe_faults, load_settings

cli = typer.Typer(
    name="bon-tot",
    help="Bốn Tốt: a chatbot for Party cells in the emulation movement.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command that was asked for."""
    if sys.argv[1:] != ["run"]:
        cli()
        return
    try:
        run()  # without typer, which reads options with pydantic: a service would hold that for ever
    except typer.Exit as end:
        sys.exit(end.exit_code)


admin = typer.Typer(help="Administrators.", no_args_is_help=True)
cli.add_typer(admin, name="admin")

T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run on the fastest loop that this machine has."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@contextmanager
def _in_words() -> Iterator[None]:
    """Say in words what an operator can mend."""
    try:
        yield
    except SettingsError as error:
        _refuse(list(error.faults))
    except ContentFault as fault:
        _refuse([f"content: {problem}" for problem in fault.problems])
    except OperatorFault as fault:
        _refuse([str(fault)])


def _do(work: Coroutine[Any, Any, T]) -> T:
    from storage.database import StorageUnavailable

    with _in_words():
        try:
            return run_async(work)
        except StorageUnavailable as fault:
            # It may be over in a moment: a supervisor starts again what ends with 1, and not what ends with 2.
            typer.echo(f"✗ the database cannot be used now: {fault}", err=True)
            raise typer.Exit(1) from None


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        _refuse(list(error.faults))


def _refuse(faults: list[str]) -> NoReturn:
    for fault in faults:
        typer.echo(f"✗ {fault}", err=True)
    raise typer.Exit(2)


@cli.command()
def check() -> None:
    """Check every setting and the content files, and say in words what is wrong."""
    from bot.content.loader import load_content

    if faults := describe_faults():
        _refuse(faults)
    with _in_words():
        load_content(_settings().content)
    typer.echo("All settings and content files are in order.")


@cli.command()
def run() -> None:
    """Run the bot until it is stopped."""
    if faults := describe_faults():
        _refuse(faults)

    from bot.serve import serve

    _do(serve(_settings()))


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="The port of the page on this machine.")] = 8044,
    reset: Annotated[bool, typer.Option(help="Start over with a fresh sample commune.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the rehearsal keeps its data.")] = Path("var/demo"),
) -> None:
    """Show everything on a page, with a sample commune and a clock that can be moved."""
    from bot.demo import demo as run_demo

    _do(run_demo(port=port, reset=reset, folder=folder, ready=_say_address))


def _say_address(address: str) -> None:
    typer.echo(f"\n  Bốn Tốt: {address}   (Ctrl-C để dừng / to stop)\n")


@cli.command()
def backup(
    to: Annotated[
        Path | None, typer.Option(file_okay=False, help="The folder; without it, `backups` beside the database.")
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="How many backups stay.")] = 14,
) -> None:
    """Copy the database and its secret key while the bot runs, check the copy, and keep the newest ones."""
    from bot.backup import back_up
    from bot.clock import SystemClock

    with _in_words():
        for line in back_up(_settings(), folder=to, keep=keep, now=SystemClock().now()):
            typer.echo(line)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="A backup, with its key beside it.")],
) -> None:
    """Put a backup in the place of the database, which is kept beside; no bot may run on it."""
    from bot.clock import SystemClock
    from bot.restore import restore as put_back

    for line in _do(put_back(_settings(), file, clock=SystemClock())):
        typer.echo(line)


@cli.command()
def doctor(
    as_data: Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")] = False,
    days: Annotated[int, typer.Option(min=1, help="How far back to look for failures and incidents.")] = 3,
    silent_hours: Annotated[int, typer.Option(min=1, help="An account that is silent for longer is named.")] = 72,
) -> None:
    """Say what waits, what failed, why, and what to do. Ends with 1 when somebody has to act, else with 0."""
    from bot.clock import SystemClock
    from bot.doctor import as_json, as_text, gather, is_well, judge

    facts = _do(gather(_settings(), clock=SystemClock(), days=days, silent_hours=silent_hours))
    findings = judge(facts)
    typer.echo((as_json if as_data else as_text)(facts, findings))
    raise typer.Exit(0 if is_well(findings) else 1)


@cli.command()
def replay(
    incident: Annotated[str | None, typer.Argument(help="The number of an incident, as `doctor` names it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are kept, in their order.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Delete what was said instead of handling it.")] = False,
) -> None:
    """Handle an event once more that ended in an incident. Twice does it once; what fails again is kept.

    Ends with 1 when something was not handled and stays, else with 0.
    """
    from bot.commands.replay import replay as replay_letters

    work = replay_letters(_settings(), incident, everything=everything, drop=drop, say=typer.echo)
    raise typer.Exit(_do(work))


@admin.command("invite")
def admin_invite(
    name: Annotated[str, typer.Argument(help="Full name, as members know it.")],
    committee: Annotated[
        str, typer.Option(help="The name of the committee at the top, if the database is still empty.")
    ] = "",
) -> None:
    """Print a code (and a start link) with which an administrator joins."""
    from bot.commands.invite import invite_administrator

    for line in _do(invite_administrator(_settings(), name=name, committee=committee)):
        typer.echo(line)


@cli.command("import")
def import_roster(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="An .xlsx or .csv file.")],
    committee: Annotated[
        str, typer.Option(help="The committee that it is the roster of, if that is not the only one at the top.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Import without asking, if no line is wrong.")] = False,
    moves: Annotated[
        bool, typer.Option("--moves", help="Record without asking who is in another cell than before.")
    ] = False,
) -> None:
    """Check a roster, show what would change, and import it when confirmed.

    Ends with 0 when it is imported or all is known, 1 when nothing was imported, 2 when lines have faults: then a
    file beside it says which.
    """
    from bot.commands.roster import Answers, import_file

    answers = Answers(confirm=typer.confirm, yes=yes, moves=moves)
    raise typer.Exit(_do(import_file(_settings(), file, committee=committee, answers=answers, say=typer.echo)))
