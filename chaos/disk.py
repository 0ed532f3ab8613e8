"""The disk under the program, by a small library in C that is put before the system's own (chaos/disk.c)."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("disk.c")


class NoCompiler(Exception):
    """There is none on this machine."""


def built(folder: Path) -> Path:
    """The library, compiled. Raises `NoCompiler`."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or os.name != "posix":
        raise NoCompiler
    library = folder / "disk.so"
    command = [compiler, "-O2", "-fPIC", "-shared", "-o", str(library), str(SOURCE), "-ldl", "-lpthread"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise NoCompiler(done.stderr)
    return library


def under(library: Path, *, files: Path, journal: Path | None = None, fault: Path | None = None) -> dict[str, str]:
    """The environment of a program whose files with this beginning are on such a disk."""
    settings = {"LD_PRELOAD": str(library), "CHAOS_DISK": str(files)}
    if journal:
        settings["CHAOS_JOURNAL"] = str(journal)
    if fault:
        settings["CHAOS_FAULT"] = str(fault)
    return settings
