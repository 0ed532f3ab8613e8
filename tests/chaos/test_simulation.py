"""The simulation of a commune's life on a virtual clock: the same to the byte when it is lived again."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from chaos.simulation import MEMORY, make_template, simulate


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory, where there is one: nothing here is about the disk."""
    with TemporaryDirectory(dir=MEMORY) as made:
        yield Path(made)


@pytest.fixture
async def template(folder: Path) -> Path:
    """A commune that is there."""
    file = folder / "template.db"
    await make_template(file)
    return file


@pytest.mark.parametrize("seed", [7, 1_000_003])
def test_a_seed_lived_twice_is_the_same(template: Path, folder: Path, seed: int) -> None:
    """Every invariant holds, and the trace of a second run is the first one's, byte for byte."""
    first = simulate(seed, template=template, folder=folder)
    assert first.faults == ()
    assert simulate(seed, template=template, folder=folder) == first


def test_another_seed_is_another_life(template: Path, folder: Path) -> None:
    """The trace says what happened: where something else did, it is another."""
    one, other = (simulate(seed, template=template, folder=folder) for seed in (7, 8))
    assert one.digest != other.digest
