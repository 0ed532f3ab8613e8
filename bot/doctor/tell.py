"""The report: in words for an operator, or as one JSON object for a program."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.clock import local
from bot.doctor.facts import Facts
from bot.doctor.finding import Finding
from bot.doctor.words import ago, lasting, many


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether nobody has to act."""
    return all(finding.level != "problem" for finding in findings)


def as_text(facts: Facts, findings: Sequence[Finding]) -> str:
    """What was found, each with why and what to do; then what was looked at."""
    lines = [f"Bốn Tốt, {local(facts.at):%d/%m/%Y %H:%M} in Viet Nam", ""]
    for finding in findings:
        lines.append(f"{'✗' if finding.level == 'problem' else '·'} {finding.what}")
        lines += [f"    {name}: {words}" for name, words in (("why", finding.why), ("do", finding.do)) if words]
    if is_well(findings):
        lines.append("✓ Nothing needs you.")
    return "\n".join([*lines, "", *_looked_at(facts)])


def as_json(facts: Facts, findings: Sequence[Finding]) -> str:
    """The same as data: `well`, `findings`, and the facts that they come from."""
    told = {"well": is_well(findings), "findings": [asdict(finding) for finding in findings], **asdict(facts)}
    return json.dumps(told, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _looked_at(facts: Facts) -> Iterator[str]:
    yield f"program    {facts.program.state}{f' at {facts.program.address}' if facts.program.address else ''}"
    about = [facts.database, f"schema {facts.revision or 'none'}"]
    if facts.diagnosis is not None:
        about.append(f"{facts.diagnosis.size / 1e6:,.1f} MB")
    if facts.free is not None:
        about.append(f"{facts.free / 1e9:,.1f} GB free")
    yield f"database   {', '.join(about)}"
    if facts.diagnosis is None:
        return
    for account in facts.accounts:
        heard = facts.diagnosis.heard.get(account)
        yield f"account    {account}: {f'last heard {ago(facts.at, heard)}' if heard else 'never heard'}"
    for count in facts.diagnosis.outbox:
        unfinished = count.state in ("waiting", "in_flight")
        age = f", the oldest due for {lasting(facts.at - count.oldest)}" if unfinished else ""
        yield f"outbox     {count.account}: {count.state.replace('_', ' ')} {count.rows:,}{age}"
    yield f"incidents  {facts.diagnosis.incidents} in {many(facts.days, 'day')}"
