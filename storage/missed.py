"""Steps of a ladder that came too late to be said: reported to the secretaries, never sent."""

from collections.abc import Sequence

from bot.domain.reminder import Planned
from storage.database import Tx, insert_new
from storage.schema import missed_steps

_add = insert_new(missed_steps, "kind", "subject_id", "step", "planned_at")


async def add_missed(tx: Tx, kind: str, missed: Sequence[tuple[int, Planned]]) -> int:
    """Write down the missed steps of these subjects, each once; how many are new."""
    values = [
        {"kind": kind, "subject_id": subject, "step": one.step, "planned_at": one.at, "noticed_at": tx.now}
        for subject, one in missed
    ]
    return await tx.run(_add, values) if values else 0
