"""Fault points: every `await`, every transaction and every commit of the spine, found in its source.

The product knows nothing of them. `install` makes the modules of the spine be compiled from a changed tree, in which
every point says that it is passed: before and after each `await` and each `yield` of an asynchronous function, at the
beginning and the end of each `async with` and behind it, and around each statement that begins or commits. What was
passed is kept in a file that outlives the process; at a point that is wanted the process is killed.
"""

import ast
import builtins
import importlib
import mmap
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

HOUSE: Final = Path(__file__).parents[1]
SPINE: Final = (
    *("bot.attempt", "bot.channels.telegram", "bot.channels.telegram_api", "bot.channels.telegram_intake"),
    *("bot.channels.telegram_polling", "bot.channels.telegram_request", "bot.channels.telegram_webhook"),
    *("bot.turns", "bot.workers", "bot.hook_server", "bot.delivery", "bot.lane", "bot.outgoing", "bot.schedule"),
    *("handlers.dialogue", "handlers.meeting_reply", "handlers.pledge", "handlers.pledge_record", "handlers.receipts"),
    *("handlers.router", "handlers.tick", "handlers.turn"),
    *("storage.database", "storage.dialogues", "storage.due", "storage.events", "storage.lanes", "storage.outbox"),
    *("storage.claiming", "storage.handing_over", "storage.sending", "storage.settling", "storage.sqlite"),
    *("storage.sqlite_run", "storage.standing"),
)
"""From the messenger to the commit and from the outbox to the messenger, by way of the journeys that people walk in
chaos/kills.py."""
COMMITTING: Final = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
"""What is executed at the edges of a transaction, on the thread that asks."""
NAME: Final = "__chaos_passed__"

SEEN, KILLED = 1, 2
"""What a point's byte says: it was passed; the process was killed there."""


class _Marking(ast.NodeTransformer):
    """Puts points into a module's tree."""

    def __init__(self, module: str, points: list[str]) -> None:
        self._module = module
        self._points = points
        self._asynchronous = [False]

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self._asynchronous.append(True)
        self.generic_visit(node)
        self._asynchronous.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._asynchronous.append(False)
        self.generic_visit(node)
        self._asynchronous.pop()
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        return self._between(node, "await")

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        return self._between(node, "yield") if self._asynchronous[-1] else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(func=ast.Attribute(attr="execute"), args=[ast.Constant(value=str(sql))]) if sql.startswith(
                COMMITTING
            ):
                return self._between(node, sql)
        return self.generic_visit(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST | list[ast.stmt]:
        entered = self._statement(node, "entered")
        self.generic_visit(node)
        node.body.insert(0, entered)
        if isinstance(node.body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break):
            return node
        node.body.append(self._statement(node, "leaving"))
        return [node, self._statement(node, "left")]

    def _between(self, node: ast.expr, kind: str) -> ast.AST:
        before = self._call(node, f"before {kind}")
        self.generic_visit(node)
        after = self._call(node, f"after {kind}")
        three = ast.Tuple(elts=[before, node, after], ctx=ast.Load())
        return ast.copy_location(ast.Subscript(value=three, slice=ast.Constant(1), ctx=ast.Load()), node)

    def _statement(self, node: ast.stmt, kind: str) -> ast.stmt:
        return ast.copy_location(ast.Expr(self._call(node, kind)), node)

    def _call(self, node: ast.expr | ast.stmt, kind: str) -> ast.expr:
        self._points.append(f"{self._module}:{node.lineno} {kind}")
        number = ast.Constant(len(self._points) - 1)
        return ast.copy_location(ast.Call(func=ast.Name(NAME, ctx=ast.Load()), args=[number], keywords=[]), node)


class Spine:
    """The compiled modules and the names of their points."""

    def __init__(self) -> None:
        self.points: list[str] = []
        self.code: dict[str, CodeType] = {}
        for module in SPINE:
            file = _file_of(module)
            tree = _Marking(module, self.points).visit(ast.parse(file.read_text("utf-8"), str(file)))
            self.code[module] = compile(ast.fix_missing_locations(tree), str(file), "exec", dont_inherit=True)


def _file_of(module: str) -> Path:
    return HOUSE.joinpath(*module.split(".")).with_suffix(".py")


class _Loader(SourceFileLoader):
    """Gives the code with points in the place of a module's own."""

    def __init__(self, module: str, code: CodeType) -> None:
        super().__init__(module, str(_file_of(module)))
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class _Finder(MetaPathFinder):
    def __init__(self, spine: Spine) -> None:
        self._spine = spine

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        code = self._spine.code.get(fullname)
        if code is None:
            return None
        return spec_from_file_location(fullname, _file_of(fullname), loader=_Loader(fullname, code))


class Marks:
    """One byte a point, in a file that processes share and that outlives them."""

    def __init__(self, file: Path, size: int) -> None:
        if not file.exists():
            file.write_bytes(bytes(size))
        with file.open("r+b") as stream:
            self._bytes = mmap.mmap(stream.fileno(), size)

    def __getitem__(self, number: int) -> int:
        return self._bytes[number]

    def __setitem__(self, number: int, mark: int) -> None:
        self._bytes[number] = mark

    def numbers(self, least: int) -> list[int]:
        """The points with this mark or a higher one."""
        return [number for number, mark in enumerate(self._bytes[:]) if mark >= least]


def install(spine: Spine, passed: Callable[[int], None]) -> None:
    """From now on the spine is imported with its points, and whoever passes one calls `passed`. Where a module was
    imported before, this is an error: it would have none."""
    loaded = [module for module in spine.code if module in sys.modules]
    if loaded:
        raise RuntimeError(f"imported before its points were set: {loaded}")
    setattr(builtins, NAME, passed)
    sys.meta_path.insert(0, _Finder(spine))
    for module in spine.code:
        importlib.import_module(module)


def killing(marks: Marks, *, after: int) -> Callable[[int], None]:
    """Marks what is passed; when so many points were passed, the next one at which no process was killed yet is this
    one's end. A negative `after`: never."""
    left = after

    def passed(number: int) -> None:
        nonlocal left
        mark = marks[number]
        if mark < SEEN:
            marks[number] = SEEN
        if after < 0:
            return
        left -= 1
        if left < 0 and mark < KILLED:
            marks[number] = KILLED
            os.kill(os.getpid(), signal.SIGKILL)

    return passed
