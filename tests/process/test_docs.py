"""The pages for people: they name the commands and quote the words that there are, and show pictures that are there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.journeys import make_registry

HOUSE = Path(__file__).parents[2]
GUIDE = (HOUSE / "docs" / "huong-dan.md").read_text(encoding="utf-8")
PAGES = sorted([*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md")])
NOT_OURS = {"chi bộ 4 tốt, đảng bộ cơ sở 4 tốt", "chua dat", "mùng 3", "mùng 3 19h30"}
"""Quoted in the guide, but said by people and not by the program."""


def test_every_listed_command_is_in_the_guide_under_its_own_words() -> None:
    """Whoever finds a command in a menu finds it in the guide's table, with the same words."""
    listed = {
        f"| `/{command.name}` | {command.about} |" for command in make_registry().commands.values() if command.about
    }
    assert len(listed) > 10
    assert {row for row in listed if row not in GUIDE} == set()


def test_every_command_in_the_guide_exists() -> None:
    """Whoever types what the guide says is understood."""
    named = set(re.findall(r"(?<![\w/.<])/([a-z]+)\b(?![/.])", GUIDE))
    assert len(named) > 10
    assert named - set(make_registry().commands) == set()


def test_every_quotation_is_what_the_program_says() -> None:
    """Buttons and sentences stand in the guide as on the screen; “…” leaves words out, and numbers are examples."""
    said = list(sentences())
    quoted = set(re.findall(r"“(.+?)”", GUIDE)) - NOT_OURS
    pieces = {open_numbers(piece.strip()) for quotation in quoted for piece in quotation.split("…")}
    assert len(pieces) > 80
    assert {piece for piece in pieces if not any(piece in sentence for sentence in said)} == set()


def sentences() -> Iterator[str]:
    """All that the program says, each sentence with its numbers left open."""
    for source in sorted(file for part in ("texts", "content") for file in (HOUSE / "bot" / part).glob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (
                    "1" if isinstance(part, ast.FormattedValue) else ast.literal_eval(part) for part in node.values
                )
                yield open_numbers("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield open_numbers(node.value)
    for template in sorted((HOUSE / "bot" / "channels" / "web" / "templates").glob("*.html")):
        yield open_numbers(template.read_text(encoding="utf-8"))


def open_numbers(text: str) -> str:
    """The text with one mark for every number, date or count of people."""
    return re.sub(r"\d[\d/-]*( đồng chí| đảng viên)?", "#", text)


def test_the_guide_leads_to_every_chapter() -> None:
    """Every line of the table of contents leads to a heading, and every numbered chapter is in it, in order."""
    contents = re.findall(r"^\d+\. \[.+\]\(#(\d+)-(.+)\)$", GUIDE, flags=re.MULTILINE)
    chapters = re.findall(r"^## (\d+)\. (.+)$", GUIDE, flags=re.MULTILINE)
    assert contents == [(number, anchor(title)) for number, title in chapters]
    assert [int(number) for number, _ in chapters] == list(range(1, len(chapters) + 1))


def anchor(title: str) -> str:
    """The name that a heading gets as the target of a link."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE)))
def test_what_a_page_links_to_is_there(page: Path) -> None:
    """Every picture, and every other file of the house that a page links to, exists."""
    targets = re.findall(r"(?:\]\(|src=\")(?!https?:|#)([^)#\"]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_pictures_are_small() -> None:
    """No picture makes the readme slow to open."""
    large = [path.name for path in (HOUSE / "docs" / "images").glob("*.png") if path.stat().st_size > 300_000]
    assert large == []
