"""A committee's own folder: what it replaces, and what is refused, in words for its operator."""

import unicodedata
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from bot.content.files import ContentFault
from bot.content.loader import criteria_for, load_content
from bot.domain.criteria import Verdict
from bot.domain.organisation import CellKind
from bot.domain.rounds import RoundKind

SAMPLE = files("bot.content") / "sample"
OWN_SET = """
version = "2027-1"
key = "xa"
title = "Tự đánh giá"
note = "Theo hướng dẫn của Đảng ủy xã"
for_whom = "member"
valid_from = 2027-01-01
[verdicts]
not_met = { word = "Không đạt" }
[[goods]]
good = "tasks"
items = [{ key = "work", kind = "pass_fail", text = "Làm tròn việc được giao." }]
"""


def shipped(name: str) -> str:
    """A shipped file's text, to be changed."""
    return (SAMPLE / name).read_text("utf-8")


def problems(folder: Path) -> list[str]:
    """What the operator is told about this folder."""
    with pytest.raises(ContentFault) as fault:
        load_content(folder)
    return list(fault.value.problems)


def test_an_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    """One file is replaced, with a new edition; the others are the shipped ones."""
    own = shipped("pledge.toml").replace('"mau-1"', '"2027-1"').replace("sample = true", "sample = false")
    (tmp_path / "pledge.toml").write_text(own, "utf-8")
    content, sample = load_content(tmp_path), load_content(None)
    assert content.pledge.edition.version == "2027-1"
    assert not content.pledge.sample
    assert content.pledge.edition.hash != sample.pledge.edition.hash
    assert (content.movement, content.consent, content.calendar, content.criteria) == (
        sample.movement,
        sample.consent,
        sample.calendar,
        sample.criteria,
    )


def test_own_criteria_leave_no_sample_in_force(tmp_path: Path) -> None:
    """With one criteria file of its own, a committee has no shipped set left, also where its own is not valid yet."""
    (tmp_path / "criteria-xa.toml").write_text(OWN_SET, "utf-8")
    content = load_content(tmp_path)
    chosen = criteria_for(content, kind=CellKind.AGENCY, on=date(2027, 1, 1))
    assert chosen is not None
    assert (chosen.key, chosen.sample, chosen.word(Verdict.NOT_MET)) == ("xa", False, "Không đạt")
    assert criteria_for(content, kind=CellKind.AGENCY, on=date(2026, 12, 31)) is None


def test_closing_a_set_does_not_change_its_edition(tmp_path: Path) -> None:
    """That a set ends one day is no new edition: open drafts go on."""
    (tmp_path / "criteria-xa.toml").write_text(OWN_SET, "utf-8")
    (before,) = load_content(tmp_path).criteria
    closed = OWN_SET.replace("valid_from", "valid_to = 2028-01-01\nvalid_from")
    (tmp_path / "criteria-xa.toml").write_text(closed, "utf-8")
    (after,) = load_content(tmp_path).criteria
    assert after.valid_to == date(2028, 1, 1)
    assert after.edition == before.edition


def test_a_copied_sample_folder_is_fine(tmp_path: Path) -> None:
    """Who copies the whole sample to begin with gets the sample."""
    for entry in SAMPLE.iterdir():
        (tmp_path / entry.name).write_bytes(entry.read_bytes())
    assert load_content(tmp_path) == load_content(None)


def test_rounds_and_holidays_can_be_switched_off(tmp_path: Path) -> None:
    """A kind of round that is left out opens no more; without holidays only the listed days are of rest."""
    own = shipped("calendar.toml")
    review = own[own.index("[rounds.review]") : own.index("# Các bước nhắc")]
    own = own.replace(review, "").replace('holidays = "VN"\n', 'holidays = "none"\n')
    own = own.replace("\nextra_days = []", "\nextra_days = [2027-02-03, 2027-07-27]")
    own = own.replace("\nexcept_days = []", "\nexcept_days = [2027-07-27]")
    (tmp_path / "calendar.toml").write_text(own, "utf-8")
    calendar = load_content(tmp_path).calendar
    assert [rule.kind for rule in calendar.rounds] == [RoundKind.PLEDGE, RoundKind.SELF_REPORT]
    assert calendar.rest.rest_days == {date(2027, 2, 3)}


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("calendar.toml", 'opens = "05/01"', 'opens = "5/1"', "rounds, pledge, opens: a day of the year is written"),
        ("calendar.toml", 'opens = "05/01"', 'opens = "30/02"', "rounds, pledge, opens: day is out of range"),
        ("calendar.toml", 'opens = "05/01"', 'open = "05/01"', "rounds, pledge, open: unknown key"),
        ("calendar.toml", 'quiet_from = "21:00"', 'quiet_from = "25:00"', "rest, quiet_from: hour must be in 0..23"),
        (
            "calendar.toml",
            'quiet_from = "21:00"',
            "quiet_from = 21",
            'rest, quiet_from: a time of day is written "08:00"',
        ),
        ("calendar.toml", 'period = "quarter"', 'period = "week"', "rounds, self_report, period: "),
        (
            "calendar.toml",
            "due_days_after_end = 5",
            "due_days_after_end = 85",
            "rounds, self_report: a round would still",
        ),
        (
            "calendar.toml",
            "due_days_after_end = 5",
            "due_days_after_end = true",
            "due_days_after_end: expected a whole number, got true or false",
        ),
        ("calendar.toml", 'step = "T-14"', 'step = "T-31"', "ladders, review: the steps of a ladder go"),
        ("calendar.toml", 'step = "T-14"', 'step = "14"', 'ladders, review, steps no. 2, step: a step is "open" or'),
        (
            "calendar.toml",
            "[ladders.meeting]\nallowed_lateness_hours = 12\nsteps = [\n",
            '[ladders.meeting]\nallowed_lateness_hours = 12\nsteps = [\n{ step = "open", at = "08:00" },\n',
            'ladders, meeting: a meeting has no "open" step',
        ),
        ("calendar.toml", "days = [1, 3]", "days = [0]", "snooze, days no. 1: "),
        ("calendar.toml", '\nholidays = "VN"', '\nholidays = "FR"', "rest, holidays: "),
        ("movement.toml", "number = 4", "number = 5", "goods are four, with the numbers 1 to 4 in order"),
        ("movement.toml", 'key = "unity"', 'key = "tasks"', "two goods have the same key"),
        ("movement.toml", 'key = "unity"', 'key = "Đoàn kết"', "goods no. 3, key: "),
        ("pledge.toml", 'title = "Khắc phục hạn chế"', 'title = " "', "parts no. 5, title: "),
        ("pledge.toml", "sample = true", 'sample = "có"', "sample: expected true or false, got a text"),
        ("consent.toml", "question = ", "ask = ", "question: missing"),
        ("criteria-member.toml", 'good = "unity"', 'good = "people"', "goods: each of tasks, meetings, unity, people"),
        ("criteria-member.toml", 'key = "ethics"', 'key = "assigned"', "two items have the same key"),
        (
            "criteria-member.toml",
            'key = "ethics", kind = "three_way"',
            'key = "ethics", kind = "points"',
            "items no. 1: points",
        ),
        ("criteria-member.toml", 'for_whom = "member"', 'for_whom = "all"', "for_whom: "),
        (
            "criteria-member.toml",
            "[[goods]]",
            '[verdicts]\nmet = { word = "chưa dạt" }\n[[goods]]',
            "verdicts: words for",
        ),
        ("criteria-member.toml", "valid_from", "valid_to = 2025-01-01\nvalid_from", "valid_to, the first day"),
        (
            "criteria-member-points.toml",
            "[[goods]]",
            '[[thresholds]]\nname = "Tốt"\nat_least = 101\n[[goods]]',
            "a threshold is higher than the 100 points",
        ),
        ("criteria-member-points.toml", "points = 15", "points = 0", "goods no. 1, items no. 1, points: "),
    ],
)
def test_a_slip_is_named_with_file_and_key(tmp_path: Path, name: str, old: str, new: str, told: str) -> None:
    """One wrong value in a file is said with the file's name, where it stands and what is wrong."""
    text = shipped(name)
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1), "utf-8")
    said = "\n".join(problems(tmp_path))
    assert said.startswith(f"{name}: ")
    assert told in said


def test_a_set_without_questions_is_refused(tmp_path: Path) -> None:
    """A sheet with nothing to answer is told; so is one that nobody would answer to the end."""
    start = OWN_SET[: OWN_SET.index("items = ")]
    item = '{{ key = "work_{}", kind = "pass_fail", text = "Làm tròn việc được giao." }}'
    for items in ("", ", ".join(item.format(number) for number in range(61))):
        (tmp_path / "criteria-xa.toml").write_text(f"{start}items = [{items}]\n", "utf-8")
        assert problems(tmp_path) == ["criteria-xa.toml: the file: a set has 1 to 60 items"]


def test_all_slips_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """Two wrong keys give two lines."""
    text = shipped("pledge.toml").replace("opening = ", "open = ").replace("sample = true", "sample = 1")
    (tmp_path / "pledge.toml").write_text(text, "utf-8")
    assert sorted(line.split(":")[1].strip() for line in problems(tmp_path)) == ["open", "opening", "sample"]


def test_letters_that_are_not_composed_are_refused_by_line(tmp_path: Path) -> None:
    """A text in NFD is refused with the number of its line."""
    lines = shipped("movement.toml").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("name = "))
    lines[at] = unicodedata.normalize("NFD", lines[at])
    (tmp_path / "movement.toml").write_text("\n".join(lines), "utf-8")
    (said,) = problems(tmp_path)
    assert said.startswith(f"movement.toml: line {at + 1}: not composed Unicode (NFC)")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe", "pledge.toml: not UTF-8 (byte 0)"),
        (b"version = ", "pledge.toml: not TOML: Invalid value"),
        (b"", "pledge.toml: version: missing"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "pledge.toml: not TOML"),
    ],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    """Other encodings, broken syntax, an empty file and endless nesting are named, without a traceback."""
    (tmp_path / "pledge.toml").write_bytes(content)
    assert problems(tmp_path)[0].startswith(told)


def test_a_name_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    """A slip in a file's name is told, with the names that are read; other kinds of files do not matter."""
    (tmp_path / "README.md").write_text("Nội dung của xã", "utf-8")
    (tmp_path / "pledges.toml").write_text("", "utf-8")
    (said,) = problems(tmp_path)
    assert said.startswith("pledges.toml: no content file has this name")
    assert "pledge.toml" in said


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A wrong path is told; the sample does not silently take its place."""
    (said,) = problems(tmp_path / "nowhere")
    assert "is no folder" in said


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder in place of a file is told like any other fault."""
    (tmp_path / "pledge.toml").mkdir()
    assert problems(tmp_path) == ["pledge.toml: cannot be read: Is a directory"]


def test_two_sets_for_one_cell_are_refused(tmp_path: Path) -> None:
    """Which sheet a cell gets is never a matter of chance: sets overlap in nothing, or follow each other."""
    (tmp_path / "criteria-xa.toml").write_text(OWN_SET, "utf-8")
    other = OWN_SET.replace('key = "xa"', 'key = "huong_dan_moi"')
    (tmp_path / "criteria-moi.toml").write_text(other, "utf-8")
    assert problems(tmp_path) == ["criteria: 'huong_dan_moi' and 'xa' are valid for the same cells at the same time"]
    (tmp_path / "criteria-moi.toml").write_text(OWN_SET, "utf-8")
    assert problems(tmp_path) == ["criteria: two files have key 'xa' and version '2027-1'"]
    later = other.replace("2027-01-01", "2028-01-01")
    (tmp_path / "criteria-moi.toml").write_text(later, "utf-8")
    (tmp_path / "criteria-xa.toml").write_text(
        OWN_SET.replace("valid_from", "valid_to = 2028-01-01\nvalid_from"), "utf-8"
    )
    assert len(load_content(tmp_path).criteria) == 2
