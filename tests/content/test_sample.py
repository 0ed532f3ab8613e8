"""The shipped content: complete, in good Vietnamese letters, and marked as a reference."""

import json
import unicodedata
from collections import Counter
from datetime import date, time, timedelta
from decimal import Decimal
from importlib.resources import files

import pytest

from bot.clock import instant_of, local
from bot.content.calendar import HOLIDAYS_FILE
from bot.content.files import Source, Versioned, read_file
from bot.content.loader import Content, criteria_for, load_content
from bot.domain.calendar import ReminderKind
from bot.domain.criteria import AnswerKind
from bot.domain.organisation import CellKind
from bot.domain.reminder import steps_of
from bot.domain.rounds import RoundKind, rounds_opening
from bot.domain.secrecy import classification_of
from tests.content import make_holidays


@pytest.fixture(scope="module")
def content() -> Content:
    """The shipped sample alone."""
    return load_content(None)


def test_the_four_goods_are_in_their_order(content: Content) -> None:
    """The goods have the names and the order of the movement."""
    assert [(good.number, good.name) for good in content.movement.goods] == [
        (1, "Hoàn thành tốt nhiệm vụ"),
        (2, "Chất lượng sinh hoạt tốt"),
        (3, "Đoàn kết tốt, kỷ luật tốt"),
        (4, "Cán bộ, đảng viên tốt"),
    ]


def test_the_pledge_has_its_five_parts(content: Content) -> None:
    """The pledge has the usual five parts, each short enough for one screen, and says that it is a reference."""
    assert [part.title for part in content.pledge.parts] == [
        "Tư tưởng chính trị",
        "Phẩm chất đạo đức, lối sống",
        "Thực hiện nhiệm vụ",
        "Tổ chức kỷ luật và nêu gương",
        "Khắc phục hạn chế",
    ]
    assert all(len(part.text) <= 400 for part in content.pledge.parts)
    assert content.pledge.sample
    assert "mẫu tham khảo" in content.pledge.note.lower()


def test_the_consent_says_what_the_law_asks(content: Content) -> None:
    """What it is, what is kept, why, who sees it, that it is free and how it is withdrawn; and it asks."""
    text = " ".join(f"{part.title}. {part.text}" for part in content.consent.parts)
    for word in ("giữ những gì", "Để làm gì", "Ai xem được", "tự nguyện", "từ chối", "rút lại", "dữ liệu cá nhân"):
        assert word in text
    assert content.consent.question.endswith("?")


def test_every_kind_of_cell_has_its_criteria(content: Content) -> None:
    """For every kind of cell there is one set, with questions on all four goods in order."""
    goods = [good.key for good in content.movement.goods]
    for kind in CellKind:
        chosen = criteria_for(content, kind=kind, on=date(2027, 3, 25))
        assert chosen is not None
        assert list(dict.fromkeys(item.good for item in chosen.items)) == goods
        assert chosen.sample
        assert "mẫu tham khảo" in chosen.note.lower()


def test_villages_judge_and_offices_count(content: Content) -> None:
    """The village sheet has twelve questions of three choices, three a good; the office sheet gives 100 points."""
    village = criteria_for(content, kind=CellKind.VILLAGE, on=date(2027, 3, 25))
    agency = criteria_for(content, kind=CellKind.AGENCY, on=date(2027, 3, 25))
    assert village is not None
    assert agency is not None
    assert {item.kind for item in village.items} == {AnswerKind.THREE_WAY}
    assert list(Counter(item.good for item in village.items).values()) == [3, 3, 3, 3]
    assert {item.kind for item in agency.items} == {AnswerKind.POINTS}
    assert agency.points == Decimal(100)
    assert not agency.thresholds


def test_the_year_opens_pledges_reports_and_the_review(content: Content) -> None:
    """Between two new years each round opens when the calendar says."""
    start = instant_of(date(2027, 1, 1), time(0))
    openings = rounds_opening(content.calendar.rounds, after=start, until=start + timedelta(days=365))
    assert [
        (one.kind, one.period.key, f"{local(one.opens_at):%d/%m}", f"{local(one.due_at):%d/%m}") for one in openings
    ] == [
        (RoundKind.PLEDGE, "2027", "05/01", "31/03"),
        (RoundKind.SELF_REPORT, "2027-Q1", "21/03", "05/04"),
        (RoundKind.SELF_REPORT, "2027-Q2", "20/06", "05/07"),
        (RoundKind.SELF_REPORT, "2027-Q3", "20/09", "05/10"),
        (RoundKind.REVIEW, "2027", "01/11", "10/12"),
        (RoundKind.SELF_REPORT, "2027-Q4", "21/12", "05/01"),
    ]


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        (ReminderKind.PLEDGE, "open T-7 T-3 T-1 T-0"),
        (ReminderKind.SELF_REPORT, "open T-7 T-3 T-1 T-0"),
        (ReminderKind.REVIEW, "T-30 T-14 T-7 T-3 T-1"),
        (ReminderKind.MEETING, "T-3 T-1"),
    ],
)
def test_each_kind_has_its_ladder(content: Content, kind: ReminderKind, steps: str) -> None:
    """The steps before each kind of deadline, all outside the quiet hours."""
    ladder = content.calendar.ladder(kind)
    assert " ".join(rung.step for rung in ladder.rungs) == steps
    assert not any(content.calendar.rest.is_quiet(rung.at) for rung in ladder.rungs)


@pytest.mark.parametrize(("year", "new_year"), [(2026, "17/02"), (2027, "06/02"), (2028, "26/01"), (2030, "02/02")])
def test_tet_is_known_for_years_ahead(content: Content, year: int, new_year: str) -> None:
    """The first three days of Tết and the fixed holidays are days of rest in each year."""
    day, month = map(int, new_year.split("/"))
    first = date(year, month, day)
    for rest_day in (first, first + timedelta(days=1), first + timedelta(days=2), date(year, 9, 2), date(year, 4, 30)):
        assert rest_day in content.calendar.rest.rest_days
    assert date(year, 3, 26) not in content.calendar.rest.rest_days


def test_reminders_around_tet_wait(content: Content) -> None:
    """For a deadline three days after the holidays of 2027, steps within them wait for the first working day."""
    steps = steps_of(
        due_at=instant_of(date(2027, 2, 13), time(23, 59)),
        ladder=content.calendar.pledge,
        rest=content.calendar.rest,
    )
    assert [f"{one.step} {local(one.at):%d/%m %H:%M}" for one in steps] == [
        "T-3 11/02 19:00",
        "T-1 12/02 19:00",
        "T-0 13/02 08:00",
    ]


def test_every_text_is_composed_and_carries_no_mark() -> None:
    """All shipped files are NFC, and none would be refused by the bot's own check of secrecy, line by line."""
    for entry in (files("bot.content") / "sample").iterdir():
        text = entry.read_text("utf-8")
        assert unicodedata.is_normalized("NFC", text), entry.name
        assert classification_of(text) is None, entry.name


def test_an_edition_is_what_the_file_says(content: Content) -> None:
    """The canonical text holds the very words; every part of the content has another hash."""
    editions = [content.movement.edition, content.pledge.edition, content.consent.edition, content.calendar.edition]
    editions += [criteria.edition for criteria in content.criteria]
    assert len({edition.hash for edition in editions}) == len(editions)
    pledge = json.loads(content.pledge.edition.canonical)
    assert pledge["parts"][0]["text"] == content.pledge.parts[0].text
    assert pledge["version"] == content.pledge.edition.version


class Note(Versioned, frozen=True):
    """A small file for the tests of editions."""

    text: str
    number: Decimal = Decimal(1)


def test_layout_changes_no_edition_and_words_do() -> None:
    """Comments, blank lines, quotes and the order of keys leave the hash as it is; a word or the version changes it."""

    def edition(text: str) -> str:
        return read_file(Source("note.toml", text.encode()), Note)[1].hash

    first = edition('version = "1"\ntext = "Đoàn kết"\n')
    assert edition("# lời\n\ntext = 'Đoàn kết' # lời\r\nversion = '1'\r\n") == first
    assert edition('\ufeffversion = "1"\ntext = "Đoàn kết"\n') == first
    assert edition('version = "1"\ntext = "Đoàn kết tốt"\n') != first
    assert edition('version = "2"\ntext = "Đoàn kết"\n') != first


def test_the_public_holidays_are_those_of_the_library() -> None:
    """When a newer version of it knows better (days in lieu are announced each autumn), the file is made anew with
    `.venv/bin/python -m tests.content.make_holidays`."""
    assert HOLIDAYS_FILE.read_text("utf-8") == make_holidays.lines()
