"""All content files together: the shipped sample, or a committee's own folder laid over it file by file.

A file in the committee's folder takes the place of the shipped one of the same name. Criteria sets are one matter: as
soon as the folder has any `criteria-*.toml`, none of the shipped sets is used. A `.toml` file with a name that nobody
reads is refused, so that a slip in a name does not leave the sample in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from bot.content.calendar import read_calendar
from bot.content.consent import read_consent
from bot.content.criteria import check_together, read_criteria
from bot.content.files import ContentFault, Source
from bot.content.movement import read_movement
from bot.content.pledge import read_pledge
from bot.domain.calendar import Calendar
from bot.domain.consent import ConsentText
from bot.domain.criteria import CriteriaSet, ForWhom, choose_criteria
from bot.domain.movement import Movement
from bot.domain.organisation import CellKind
from bot.domain.pledge import PledgeText

COMMUNE_FILE = "commune.toml"
"""The sample commune of the rehearsal; `bot.content.commune` reads it, and nobody overrides it."""
_SINGLE = frozenset({"movement.toml", "pledge.toml", "consent.toml", "calendar.toml"})
_CRITERIA = "criteria-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that a committee may edit, checked."""

    movement: Movement
    pledge: PledgeText
    consent: ConsentText
    calendar: Calendar
    criteria: tuple[CriteriaSet, ...]


def load_content(folder: Path | None) -> Content:
    """The content with a committee's own folder over the shipped sample, or the sample alone (None).

    Raises `ContentFault` with lines for the operator; nothing is used when anything is wrong."""
    sources = _sources(folder)
    movement = read_movement(sources["movement.toml"])
    criteria = [read_criteria(one, movement) for name, one in sources.items() if name.startswith(_CRITERIA)]
    check_together(criteria)
    return Content(
        movement=movement,
        pledge=read_pledge(sources["pledge.toml"]),
        consent=read_consent(sources["consent.toml"]),
        calendar=read_calendar(sources["calendar.toml"]),
        criteria=tuple(criteria),
    )


def criteria_for(
    content: Content, *, kind: CellKind, on: date, for_whom: ForWhom = ForWhom.MEMBER
) -> CriteriaSet | None:
    """The criteria set for a cell of this kind on this day; None when the committee has none."""
    return choose_criteria(content.criteria, kind=kind, on=on, for_whom=for_whom)


def sample_source(name: str) -> Source:
    """A file of the shipped sample."""
    return Source(name, (files("bot.content") / "sample" / name).read_bytes())


def _sources(folder: Path | None) -> Mapping[str, Source]:
    names = [entry.name for entry in (files("bot.content") / "sample").iterdir()]
    shipped = [name for name in names if name.endswith(".toml") and name != COMMUNE_FILE]
    own = _own_files(folder) if folder is not None else {}
    if any(name.startswith(_CRITERIA) for name in own):
        shipped = [name for name in shipped if not name.startswith(_CRITERIA)]
    merged = {name: sample_source(name) for name in shipped if name not in own} | own
    return dict(sorted(merged.items()))


def _own_files(folder: Path) -> dict[str, Source]:
    if not folder.is_dir():
        raise ContentFault([f"content folder {folder} is no folder"])
    paths = [path for path in sorted(folder.glob("*.toml")) if path.name != COMMUNE_FILE]
    strange = [path.name for path in paths if path.name not in _SINGLE and not path.name.startswith(_CRITERIA)]
    if strange:
        known = ", ".join([*sorted(_SINGLE), f"{_CRITERIA}….toml"])
        raise ContentFault([f"{name}: no content file has this name (known: {known})" for name in strange])
    return {path.name: _read_own(path) for path in paths}


def _read_own(path: Path) -> Source:
    try:
        return Source(path.name, path.read_bytes())
    except OSError as error:
        raise ContentFault([f"{path.name}: cannot be read: {error.strerror}"]) from None
