"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import JSON, Date, DateTime, Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept and returned in UTC. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """SQLite keeps text, and its type's own writing of it costs as much as many a statement."""
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """The same, read."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        assert isinstance(value, datetime)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Day(TypeDecorator[date]):
    """A day without a time."""

    impl = Date
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """As `Instant`'s: the same text as SQLAlchemy's own, made by the day itself."""
        return _day_written if dialect.name == "sqlite" else super().bind_processor(dialect)


@lru_cache(maxsize=256)
def _day_written(value: date | None) -> str | None:
    return None if value is None else value.isoformat()[:_DAY_LENGTH]


@lru_cache(maxsize=256)
def _written(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:_LENGTH]


@lru_cache(maxsize=256)
def _read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


_LENGTH = len("2027-01-04 01:00:00.000000")
_DAY_LENGTH = len("2027-01-04")


_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder().decode


def _document_written(value: Any) -> str | None:
    return None if value is None else _encode(value).decode()


def _document_read(value: str | None) -> Any:
    return None if value is None else _decode(value)


class _Document(TypeDecorator[Any]):
    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """SQLite keeps text, made without SQLAlchemy's own steps between."""
        return _document_written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """The same, read."""
        return _document_read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL keeps it as a value of its own; its dialect is loaded by those who have it."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON(none_as_null=True))
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB(none_as_null=True))


Document = _Document(none_as_null=True)
"""A small JSON value."""
