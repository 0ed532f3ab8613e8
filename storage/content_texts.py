"""The exact texts that somebody was shown and agreed to, by hash: kept once, never changed."""

import json

from sqlalchemy import bindparam, select

from bot.domain.edition import Edition
from storage.database import Tx, insert_new
from storage.schema import content_texts

_keep = insert_new(content_texts, "hash")
_find = select(content_texts).where(content_texts.c.hash == bindparam("hash"))


async def keep_text(tx: Tx, *, kind: str, edition: Edition) -> None:
    """Remember the edition; nothing the second time. `kind`: "pledge", "criteria", "consent"."""
    values = {
        "hash": edition.hash,
        "kind": kind,
        "version": edition.version,
        "body": json.loads(edition.canonical),
        "first_used_at": tx.now,
    }
    await tx.run(_keep, values)


async def text_by_hash(tx: Tx, text_hash: str) -> Edition | None:
    """The edition with this hash, its canonical text word for word as it was shown."""
    row = await tx.first(_find, {"hash": text_hash})
    if row is None:
        return None
    canonical = json.dumps(row.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Edition(row.version, row.hash, canonical)
