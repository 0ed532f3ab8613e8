"""Settings that change while the program runs: the files are looked at every few seconds, and at once on SIGHUP.

What was read and is in order is taken; what is not keeps everything as it was, and is said: in the log, in
`/health/ready`, as a figure, and by the doctor. A file that changes is taken when it has stood still from one look to
the next, so that one which is just being written is not read half.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from bot.settings import Settings, SettingsError, describe_faults, load_settings, settings_files

LOOK_SECONDS = 2.0

log = structlog.get_logger()

Take = Callable[[Settings], Awaitable[None]]
"""Makes the program one of these settings, as far as that can be done while it runs. Raises `SettingsError`."""

Mark = tuple[tuple[int, ...] | None, ...]


class Reload:
    """Watches over the settings. `faults`: why the newest ones were not taken; empty: they were."""

    def __init__(self, settings: Settings, *, take: Take, read: Callable[[], Settings] = load_settings) -> None:
        self._take = take
        self._read = read
        self._files = settings_files(settings)
        self._taken = self._seen = self._look()
        self._called = asyncio.Event()
        self.faults: Sequence[str] = ()

    def call(self) -> None:
        """Read them at once, whether a file has changed or not."""
        self._called.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        with suppress(NotImplementedError, AttributeError):  # Windows has no such signal
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.call)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._called.wait()
            await self.look()

    async def look(self) -> None:
        """Look once; take what has changed and stood still since the last look."""
        now = self._look()
        called, stands = self._called.is_set(), now == self._seen
        self._called.clear()
        self._seen = now
        if called or (stands and now != self._taken):
            self._taken = now
            await self._read_and_take()

    async def _read_and_take(self) -> None:
        try:
            settings = self._read()
            if faults := describe_faults(settings):
                raise SettingsError(*faults)
            await self._take(settings)
        except SettingsError as error:
            self.faults = tuple(error.faults)
            log.error("settings_not_taken", why="; ".join(error.faults), hint="everything stays as it was")
            return
        self.faults = ()
        # Other files than before are looked at anew; reading twice harms nothing.
        self._files = settings_files(settings)
        log.info("settings_taken")

    def _look(self) -> Mark:
        return tuple(_mark(path) for path in self._files)


def _mark(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
