"""`bot.py doctor` on many bots: whose part of the tree nobody has, and a program that runs others than are set."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from inline_snapshot import snapshot

from bot.doctor import Finding
from bot.domain.ids import UnitId
from bot.domain.organisation import UnitKind
from bot.settings.model import AccountSettings, Secret
from storage import organisation
from storage.database import Tx
from tests.process.patient import READY, Patient, a_patient


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Patient]:
    """A well installation."""
    async with a_patient(tmp_path) as made:
        yield made


def named(patient: Patient, **units: str) -> Patient:
    """Zalo bots beside the one bot, each for a part of the tree."""
    accounts = tuple(
        AccountSettings(key=key, channel="zalo", unit=unit, token=Secret(f"{place}123456:token-of-zalo-{key}"))
        for place, (key, unit) in enumerate(units.items())
    )
    return replace(patient, settings=msgspec.structs.replace(patient.settings, accounts=accounts))


async def commune(tx: Tx, name: str, *cells: str) -> UnitId:
    """A committee and its cells."""
    above = await organisation.add_unit(tx, name=name, kind=UnitKind.COMMITTEE, parent=None)
    for cell in cells:
        await organisation.add_unit(tx, name=cell, kind=UnitKind.CELL, parent=above)
    return above


def problems(found: list[Finding]) -> list[str]:
    """What somebody has to act on."""
    return [one.what for one in found if one.level == "problem"]


async def test_a_bot_of_a_unit_that_nobody_has_is_named(patient: Patient) -> None:
    """No unit, two units, one with the committee behind a comma; before there is a roster nothing is said."""
    many = named(patient, cu="Chi bộ thôn 9", hai="chi bo thon 1", mot="Chi bộ thôn 1, Đảng ủy xã Mẫu")
    assert problems(list(await many.findings())) == []
    async with patient.database.write() as tx:
        await commune(tx, "Đảng ủy xã Mẫu", "Chi bộ thôn 1")
        await commune(tx, "Đảng ủy xã Bên", "Chi bộ thôn 1")
    assert problems(list(await many.findings())) == snapshot(
        [
            "accounts.unit of cu is the name of no unit: it is nobody's bot.",
            "accounts.unit of hai is the name of 2 units: it is nobody's bot.",
        ]
    )


async def test_a_program_that_runs_other_bots_is_named(patient: Patient) -> None:
    """It says which; and when it has refused what the file says now, why."""
    assert problems(list(await patient.findings(replace(READY, accounts=["telegram", "web"])))) == []
    assert problems(list(await patient.findings(replace(READY, accounts=["telegram", "cu"])))) == snapshot(
        ["The program and the settings differ in: cu."]
    )
    refused = replace(READY, accounts=["telegram"], refused=["bon-tot.toml is not TOML: line 3"])
    [finding] = await patient.findings(refused)
    assert finding == snapshot(
        Finding(
            level="problem",
            what="The program goes on with the settings from before.",
            why="bon-tot.toml is not TOML: line 3.",
            do="Correct them: they are taken within seconds.",
        )
    )
