"""Figures for Prometheus: what the spine tells is counted here, and what waits is asked for when somebody looks.

A label is an account's key, a state, a kind: never a chat, a person or a word of theirs. The only module that knows
the library; why it: docs/decisions/0017-figures-and-health.md.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.chat import Claimed, OutboxState, Outcome
from bot.clock import Clock
from bot.outgoing import News
from bot.watch import Handling
from storage.vitals import Vitals

FORM = CONTENT_TYPE_LATEST
"""What kind of text `Metrics.exposed` gives."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of one process, in a registry of their own. `accounts`: those that run, now. Implements
    `bot.watch.Watch`."""

    def __init__(self, *, clock: Clock, accounts: Collection[str]) -> None:
        self._clock = clock
        self.accounts = accounts
        self.last_tick: datetime | None = None
        """When the last tick ended that did not fail."""
        self._labelled: dict[tuple[Counter, tuple[str, ...]], Counter] = {}
        self._registry = here = CollectorRegistry()
        ProcessCollector(registry=here)
        self._events = Counter("bon_tot_events", "Events, by how they ended.", ["account", "ending"], registry=here)
        self._event_seconds = Histogram(
            "bon_tot_event_seconds", "From an event to its commit.", buckets=SECONDS, registry=here
        )
        self._deliveries = Counter(
            "bon_tot_deliveries", "Messages, by what became of a try.", ["account", "kind", "outcome"], registry=here
        )
        self._tick_seconds = Histogram("bon_tot_tick_seconds", "The length of a tick.", buckets=SECONDS, registry=here)
        self._ticks_failed = Counter("bon_tot_ticks_failed", "Ticks that ended in an error.", registry=here)
        self._missed = Counter(
            "bon_tot_missed", "Steps and messages that came too late to be said, by kind.", ["kind"], registry=here
        )
        self._acted = Counter("bon_tot_facts_acted", "Dated facts that acted.", registry=here)
        self._tick_age = Gauge("bon_tot_last_tick_age_seconds", "Since the last tick that went well.", registry=here)
        self._refused = Gauge(
            "bon_tot_settings_refused", "1 when the settings changed and were not taken.", registry=here
        )
        self._answers = Gauge("bon_tot_database_answers", "1 when the database answers.", registry=here)
        self._rows = Gauge("bon_tot_outbox_rows", "Messages not said yet.", ["account", "state"], registry=here)
        self._oldest = Gauge(
            "bon_tot_outbox_oldest_seconds", "How long the oldest of them is due.", ["account", "state"], registry=here
        )
        self._paused = Gauge(
            "bon_tot_account_paused", "1 while an account fails and pauses.", ["account"], registry=here
        )
        self._said = Gauge(
            "bon_tot_month_messages", "Messages of this month, where they are counted.", ["account"], registry=here
        )
        self._gone = Gauge(
            "bon_tot_month_gone", "1 when the messenger takes no more this month.", ["account"], registry=here
        )
        self._overdue = Gauge(
            "bon_tot_overdue_facts", "Dated facts that should have acted, by table.", ["kind"], registry=here
        )

    @contextmanager
    def handling(self, account: str) -> Iterator[Handling]:
        """Count the event by its ending, and how long it took."""
        handling = Handling()
        ending: str = "not_stored"
        try:
            with self._event_seconds.time():
                yield handling
            ending = handling.ending.value
        finally:
            self._one_of(self._events, account, ending).inc()

    def delivered(self, row: Claimed, outcome: Outcome) -> None:
        """Count the try by what became of it. A row that is queued again was tried (`retry`) or given back (`held`)."""
        what = outcome.state.value
        if outcome.state is OutboxState.QUEUED:
            what = "retry" if outcome.counts else "held"
        self._one_of(self._deliveries, row.address.account, row.priority.name.lower(), what).inc()

    def _one_of(self, counter: Counter, *labels: str) -> Counter:
        """The counter with these labels. The library takes a lock and makes texts of them at every call."""
        found = self._labelled.get((counter, labels))
        if found is None:
            found = self._labelled[counter, labels] = counter.labels(*labels)
        return found

    def heard(self, news: News) -> None:
        """Nothing to count: what is known of an account is asked for when somebody looks."""

    def missed(self, kind: str, count: int) -> None:
        """Count what came too late to be said."""
        self._missed.labels(kind).inc(count)

    def ticking(self, tick: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[None]]:
        """The tick, measured."""

        async def ticked() -> None:
            with self._tick_seconds.time(), self._ticks_failed.count_exceptions():
                self._acted.inc(await tick())
            self.last_tick = self._clock.now()

        return ticked

    def exposed(self, vitals: Vitals | None, *, settings_refused: bool = False) -> bytes:
        """Every figure in Prometheus' text form. `vitals`: what the database says now, None when it does not answer."""
        self._answers.set(vitals is not None)
        self._refused.set(settings_refused)
        if self.last_tick is not None:
            self._tick_age.set((self._clock.now() - self.last_tick).total_seconds())
        # What is not there any more must not stay as it was when somebody looked last.
        for gauge in (self._rows, self._oldest, self._overdue, self._paused, self._said, self._gone):
            gauge.clear()
        if vitals is not None:
            self._set(vitals)
        return generate_latest(self._registry)

    def _set(self, vitals: Vitals) -> None:
        for account in self.accounts:
            self._rows.labels(account, "waiting").set(0)
            self._oldest.labels(account, "waiting").set(0)
        for found in vitals.waiting:
            self._rows.labels(found.account, found.state).set(found.rows)
            if found.state != "planned":
                age = (vitals.at - found.oldest).total_seconds()
                self._oldest.labels(found.account, found.state).set(max(age, 0))
        for lane in vitals.lanes:
            self._paused.labels(lane.account).set(lane.pauses > 0)
            self._said.labels(lane.account).set(lane.used)
            self._gone.labels(lane.account).set(lane.gone_at is not None)
        for facts in vitals.overdue:
            self._overdue.labels(facts.kind).set(facts.rows)
