"""The simulation of a commune's life on a virtual clock: the same to the byte when it is lived again."""

from pathlib import Path

import pytest

from chaos.simulation import make_template, simulate


@pytest.fixture
async def template(tmp_path: Path) -> Path:
    """A commune that is there."""
    file = tmp_path / "template.db"
    await make_template(file)
    return file


@pytest.mark.parametrize("seed", [7, 1_000_003])
def test_a_seed_lived_twice_is_the_same(template: Path, tmp_path: Path, seed: int) -> None:
    """Every invariant holds, and the trace of a second run is the first one's, byte for byte."""
    first = simulate(seed, template=template, folder=tmp_path)
    assert first.faults == ()
    assert simulate(seed, template=template, folder=tmp_path) == first


def test_another_seed_is_another_life(template: Path, tmp_path: Path) -> None:
    """The trace says what happened: where something else did, it is another."""
    one, other = (simulate(seed, template=template, folder=tmp_path) for seed in (7, 8))
    assert one.digest != other.digest
