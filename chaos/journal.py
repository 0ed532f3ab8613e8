"""What a disk would hold after its power was cut, from the journal that chaos/disk.c keeps.

What was synced is there. Of what was written since, any part may be: all of it, nothing, some writes and not others, of
one write some sectors and not others; a name that was made or removed without a sync of its folder may be back.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
HEAD_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened."""

    kind: str
    file: int
    at: int
    data: bytes
    path: str


def records(journal: bytes) -> Iterator[Record]:
    """The journal, in order. A record that the end cut off is left out."""
    place = 0
    while (end := journal.find(b"\n", place, place + HEAD_LIMIT)) >= 0:
        kind, file, at, size, path = journal[place:end].decode().split(" ", 4)
        place = end + 1 + int(size)
        if place > len(journal):
            return
        yield Record(kind, int(file), int(at), journal[end + 1 : place], path)


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Record] = field(default_factory=list)

    def sync(self) -> None:
        for record in self.pending:
            _apply(self.durable, record)
        self.pending.clear()


def _apply(content: bytearray, record: Record) -> None:
    if record.kind == "T":
        del content[record.at :]
        content.extend(bytes(record.at - len(content)))
        return
    content.extend(bytes(max(0, record.at - len(content))))
    content[record.at : record.at + len(record.data)] = record.data


class Disk:
    """The files of one folder, as they are on the disk and as the program believes them to be. With `syncs` off, no
    sync is believed: what a wrong setting would do."""

    def __init__(self, files: dict[str, bytes], *, syncs: bool = True) -> None:
        self._syncs = syncs
        self._durable = {path: _File(bytearray(content)) for path, content in files.items()}
        self._names = dict(self._durable)
        self._renamed: list[tuple[str, _File | None]] = []
        self._open: dict[int, _File] = {}

    def take(self, record: Record) -> None:
        """The next thing that happens."""
        match record.kind:
            case "O":
                self._open[record.file] = self._names.setdefault(record.path, _File())
            case "C":
                made = self._open[record.file] = self._names[record.path] = _File()
                self._renamed.append((record.path, made))
            case "U":
                self._names.pop(record.path, None)
                self._renamed.append((record.path, None))
            case "W" | "T":
                self._open[record.file].pending.append(record)
            case "S" if self._syncs:
                self._open[record.file].sync()
            case "D" if self._syncs:
                for path, file in self._renamed:
                    _rename(self._durable, path, file)
                self._renamed.clear()

    def cut(self, chance: random.Random) -> dict[str, bytes]:
        """The files that are found afterwards."""
        keeps = chance.choice((0.0, 0.5, 0.9, 1.0))
        names = dict(self._durable)
        for path, file in self._renamed:
            if chance.random() < keeps:
                _rename(names, path, file)
        return {path: _survived(file, keeps, chance) for path, file in names.items()}


def _rename(names: dict[str, _File], path: str, file: _File | None) -> None:
    if file is None:
        names.pop(path, None)
    else:
        names[path] = file


def _survived(file: _File, keeps: float, chance: random.Random) -> bytes:
    content = bytearray(file.durable)
    for record in file.pending:
        if chance.random() < keeps:
            _apply(content, record)
        elif record.kind == "W" and keeps and chance.random() < keeps:
            for start in range(0, len(record.data), SECTOR):
                if chance.random() < 0.5:
                    torn = Record("W", record.file, record.at + start, record.data[start : start + SECTOR], "")
                    _apply(content, torn)
    return bytes(content)


def write_out(files: dict[str, bytes], folder: Path) -> None:
    """Put the files into a folder, under their own names."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for path, content in files.items():
        (folder / Path(path).name).write_bytes(content)
