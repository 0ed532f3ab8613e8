"""The pages for people: they name the commands that there are, and show pictures that are there."""

import re
from pathlib import Path

import pytest

from handlers.journeys import make_registry

HOUSE = Path(__file__).parents[2]
GUIDE = (HOUSE / "docs" / "huong-dan.md").read_text(encoding="utf-8")
PAGES = sorted([*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md")])


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
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_pictures_are_small() -> None:
    """No picture makes the readme slow to open."""
    large = [path.name for path in (HOUSE / "docs" / "images").glob("*.png") if path.stat().st_size > 300_000]
    assert large == []
