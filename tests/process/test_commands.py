"""`bot.py admin invite` and `bot.py import` as an operator has them: what they say, end with, and leave behind."""

import asyncio
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conversations.roster_scenes import AN, BI, BINH, PEOPLE, QUAN, but, roster
from tests.fakes.telegram import FakeTelegram
from tests.process.commands import command, rows
from tests.process.programs import environment, running

pytestmark = pytest.mark.process

NAME, COMMITTEE = "Phan Thị Thu Hà", "Đảng ủy xã Mẫu"
NO_HEADINGS = "it has no line of headings with “Họ và tên” and “Chi bộ”"
CODE = re.compile(r"^Code: +((?:[0-9A-Z]{4}-?){3})$", re.MULTILINE)


@pytest.fixture(scope="module")
def invited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a committee and its administrator, who has not joined; made once."""
    folder = tmp_path_factory.mktemp("invited")
    assert asyncio.run(command(folder, "admin", "invite", NAME, "--committee", COMMITTEE)).code == 0
    return folder


@pytest.fixture
def installed(invited: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(invited, tmp_path / "installed"))


async def test_a_database_that_another_keeps_locked_is_said_in_words(installed: Path) -> None:
    """Ten seconds it is waited for; then one line and exit code 1, after which a supervisor tries again."""
    with closing(sqlite3.connect(installed / "bon-tot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = await command(installed, "admin", "invite", NAME)
    assert (said.code, said.out) == (1, "")
    assert said.err == "✗ the database cannot be used now: another process has kept the database locked\n"
    assert rows(installed, "SELECT count(*) FROM invitations") == [(1,)]


# ----------------------------------------------------------------------------------------- inviting


async def test_the_first_administrator_needs_a_committee(tmp_path: Path) -> None:
    """Without one it is refused in words, nothing is made, and the words say what to type."""
    said = await command(tmp_path, "admin", "invite", NAME)
    assert said.code == 2 and said.out == ""
    assert said.err == (
        '✗ there is no committee yet; begin with: bot.py admin invite "Họ và tên" --committee "Đảng ủy xã …"\n'
    )
    assert rows(tmp_path, "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM invitations)") == [(0, 0)]


async def test_the_same_name_again_gets_another_code(installed: Path) -> None:
    """The second one voids the first; there is one administrator of one committee, and no code in the database."""
    said = await command(installed, "admin", "invite", NAME)
    assert said.code == 0
    assert said.out.splitlines()[1].startswith("Valid:       once, until the end of 2")
    assert said.out.splitlines()[2:] == ["The code is typed in a chat with the bot."]
    found = CODE.search(said.out)
    assert found is not None
    assert rows(installed, "SELECT revoked_at IS NOT NULL FROM invitations ORDER BY id") == [(1,), (0,)]
    assert rows(installed, "SELECT role FROM roles") == [("administrator",)]
    assert rows(installed, "SELECT name, kind FROM unit_versions") == [(COMMITTEE, "committee")]
    kept = (installed / "bon-tot.db").read_bytes()
    assert found[1].encode() not in kept and found[1].replace("-", "").encode() not in kept


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("",), "say the full name of the administrator"),
        ((NAME, "--committee", "Đảng ủy xã Khác"), "no committee here is called Đảng ủy xã Khác"),
    ],
)
async def test_what_the_operator_says_wrongly_is_said(installed: Path, args: tuple[str, ...], reason: str) -> None:
    """Exit code 2, one line on the error output, nothing changed."""
    said = await command(installed, "admin", "invite", *args)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"✗ {reason}") and said.err.count("\n") == 1
    assert rows(installed, "SELECT count(*) FROM invitations") == [(1,)]


async def test_a_code_is_good_at_once_in_the_bot_that_is_running(tmp_path: Path) -> None:
    """The command shares the database with the program in service, names its start link, and the code lets in."""
    async with FakeTelegram() as telegram, running(tmp_path, environment(tmp_path, telegram)) as program:
        await program.line("web_ready")
        said = await command(tmp_path, "admin", "invite", NAME, "--committee", COMMITTEE, telegram=telegram)
        found = CODE.search(said.out)
        assert said.code == 0 and found is not None
        assert f"Start link:  https://t.me/{telegram.username}?start=" in said.out
        telegram.updates.says(7, found[1])
        await telegram.until(lambda: telegram.heard(7))
        assert "Trước khi tham gia" in telegram.heard(7)[0].text
        assert await program.stop() == 0


# ---------------------------------------------------------------------------------------- importing


async def test_a_good_roster_is_shown_confirmed_and_imported_once(installed: Path) -> None:
    """What would change is shown before it is asked; the same file again changes nothing."""
    (installed / "ds.xlsx").write_bytes(roster(*PEOPLE))
    said = await command(installed, "import", "ds.xlsx", types="y\n")
    assert said.code == 0, said
    assert said.out.splitlines()[0] == f"{COMMITTEE}: 5 lines read, 0 people unchanged"
    assert "  new people: 5 (" in said.out and "Import this?" in said.out
    assert said.out.endswith("Imported as no. 1: 5 new people, 0 changed, 0 in another cell.\n")
    assert rows(installed, "SELECT count(*) FROM people") == [(6,)]
    again = await command(installed, "import", "ds.xlsx")
    assert again.code == 0
    assert again.out.endswith("Nothing to import: all of this is known.\n")


async def test_who_says_no_imports_nothing(installed: Path) -> None:
    """Exit code 1, and the database is as it was."""
    (installed / "ds.xlsx").write_bytes(roster(*PEOPLE))
    said = await command(installed, "import", "ds.xlsx", types="n\n")
    assert said.code == 1 and said.out.endswith("Nothing was imported.\n")
    assert rows(installed, "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM imports)") == [(1, 0)]


async def test_nobody_is_moved_beforehand_unless_it_is_said(installed: Path) -> None:
    """`--yes` imports what is new and leaves people where they are; `--moves` records where they are now."""
    (installed / "ds.xlsx").write_bytes(roster(*PEOPLE))
    assert (await command(installed, "import", "ds.xlsx", "--yes")).code == 0
    (installed / "moi.xlsx").write_bytes(roster(QUAN, BI, but(AN, cell="Chi bộ Cơ quan"), BINH))
    said = await command(installed, "import", "moi.xlsx", "--yes")
    assert (said.code, said.out.splitlines()[-1]) == (1, "Nothing was imported.")
    said = await command(installed, "import", "moi.xlsx", "--yes", "--moves")
    assert (said.code, said.out.splitlines()[-1]) == (
        0,
        "Imported as no. 2: 0 new people, 0 changed, 1 in another cell.",
    )


async def test_lines_with_faults_are_marked_in_a_file_beside(installed: Path) -> None:
    """Exit code 2, nothing is imported, and no earlier file is written over."""
    (installed / "ds.xlsx").write_bytes(roster(QUAN, BI, but(AN, birth="31/02/1990"), but(BINH, cell="")))
    for name in ("ds-can-sua.xlsx", "ds-can-sua-2.xlsx"):
        said = await command(installed, "import", "ds.xlsx", "--yes")
        assert said.code == 2
        assert said.out == f"2 of 4 lines have faults. They are marked in {name}; nothing was imported.\n"
        assert (installed / name).read_bytes()[:2] == b"PK"
    assert rows(installed, "SELECT count(*) FROM people") == [(1,)]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.xlsx", b"", "it is empty"),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, NO_HEADINGS),
        ("broken.xlsx", roster(*PEOPLE)[:400], "it is damaged"),
        ("headings.csv", "Tên;Tuổi\r\nAn;61\r\n".encode(), NO_HEADINGS),
    ],
    ids=["empty", "a picture", "cut off", "other headings"],
)
async def test_what_is_no_roster_is_refused_in_words(installed: Path, name: str, content: bytes, reason: str) -> None:
    """Exit code 1; the words say what is wrong with the file, and that nothing was imported."""
    (installed / name).write_bytes(content)
    said = await command(installed, "import", name, "--yes")
    assert (said.code, said.out) == (1, f"The file cannot be read as a roster: {reason}. Nothing was imported.\n")


async def test_a_file_that_is_not_there_and_a_committee_that_is_not_there(installed: Path) -> None:
    """Both are said before anything is read; exit code 2."""
    said = await command(installed, "import", "nowhere.xlsx")
    assert said.code == 2 and "does not exist" in said.err
    (installed / "ds.xlsx").write_bytes(roster(*PEOPLE))
    said = await command(installed, "import", "ds.xlsx", "--committee", "Đảng ủy xã Khác")
    assert (said.code, said.out) == (2, "")
    assert said.err == "✗ 0 committees are called Đảng ủy xã Khác; say another name with --committee\n"


async def test_a_roster_before_there_is_a_committee_is_refused(tmp_path: Path) -> None:
    """It says what to begin with."""
    (tmp_path / "ds.xlsx").write_bytes(roster(*PEOPLE))
    said = await command(tmp_path, "import", "ds.xlsx", "--yes")
    assert said.code == 2 and said.err.startswith("✗ there is no committee yet; begin with: bot.py admin invite")
