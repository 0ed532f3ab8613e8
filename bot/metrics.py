"""Figures for Prometheus: what the spine tells is counted here, and what waits is asked for when somebody looks.

A label is an account's key, a state, a kind: never a chat, a person or a word of theirs. The only module that knows
the library; why it: docs/decisions/0017-figures-and-health.md.
"""

from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Collection, Iterator
from datetime import datetime
from itertools import accumulate
from typing import Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from bot.chat import Claimed, OutboxState, Outcome, Priority
from bot.clock import Clock, SystemTimer
from bot.outgoing import News
from bot.watch import Ending, Handling
from storage.vitals import Vitals

FORM = CONTENT_TYPE_LATEST
"""What kind of text `Metrics.exposed` gives."""
_seconds = SystemTimer().now
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class _Tally(Collector):
    """What is counted at every event and every delivery: plain numbers, since the library takes a lock and makes texts
    of the labels at every call. All on the loop's own thread."""

    def __init__(self) -> None:
        self.events: Tally[tuple[str, str]] = Tally()
        self.deliveries: Tally[tuple[str, Priority, str]] = Tally()
        self.took = [0] * (len(SECONDS) + 1)
        self.seconds = 0.0

    def collect(self) -> Iterator[Metric]:
        """The figures of now."""
        events = CounterMetricFamily("bon_tot_events", "Events, by how they ended.", labels=["account", "ending"])
        for labels, count in self.events.items():
            events.add_metric(labels, count)
        yield events
        bounds = [*(str(float(bound)) for bound in SECONDS), "+Inf"]
        took = HistogramMetricFamily("bon_tot_event_seconds", "From an event to its commit.")
        took.add_metric([], list(zip(bounds, accumulate(self.took), strict=True)), self.seconds)
        yield took
        deliveries = CounterMetricFamily(
            "bon_tot_deliveries", "Messages, by what became of a try.", labels=["account", "kind", "outcome"]
        )
        for (account, priority, what), count in self.deliveries.items():
            deliveries.add_metric((account, priority.name.lower(), what), count)
        yield deliveries


class _Handling(Handling):
    """One event on its way, counted when it ends."""

    __slots__ = ("_account", "_began", "_tally")

    def __init__(self, tally: _Tally, account: str) -> None:
        self._tally = tally
        self._account = account
        self._began = _seconds()
        self.ending = Ending.HANDLED

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        tally, seconds = self._tally, _seconds() - self._began
        tally.took[bisect_left(SECONDS, seconds)] += 1
        tally.seconds += seconds
        tally.events[self._account, "not_stored" if error is not None else self.ending.value] += 1


class Metrics:
    """The figures of one process, in a registry of their own. `accounts`: those that run, now. Implements
    `bot.watch.Watch`."""

    def __init__(self, *, clock: Clock, accounts: Collection[str]) -> None:
        self._clock = clock
        self.accounts = accounts
        self.last_tick: datetime | None = None
        """When the last tick ended that did not fail."""
        self._registry = here = CollectorRegistry()
        ProcessCollector(registry=here)
        self._tally = _Tally()
        here.register(self._tally)
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

    def handling(self, account: str) -> "_Handling":
        """Count the event by its ending, and how long it took."""
        return _Handling(self._tally, account)

    def delivered(self, row: Claimed, outcome: Outcome) -> None:
        """Count the try by what became of it. A row that is queued again was tried (`retry`) or given back (`held`)."""
        what = outcome.state.value
        if outcome.state is OutboxState.QUEUED:
            what = "retry" if outcome.counts else "held"
        self._tally.deliveries[row.address.account, row.priority, what] += 1

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
