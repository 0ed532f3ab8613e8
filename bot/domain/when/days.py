"""The grammar of days: each rule looks for one way of saying a day at one place of the text."""

from dataclasses import replace

from bot.domain.when.phrases import Ahead, Dated, Found, InMonth, InWeek, Lunar, Near, OnWeekday, Phrase
from bot.domain.when.tokens import DOT_BELOW, GRAVE, SIGNS, Tokens

_MONTH = frozenset({"thang", "thg", "th"})
_THIS_OR_NEXT = {"nay": 0, "toi": 1}
_WEEKDAYS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}


def lunar(t: Tokens, at: int) -> Found:
    """The lunar calendar: "âm lịch", "rằm", "mùng 3 tết", "29 tháng chạp"."""
    if (number := t.number(at)) and t.word(number[1]) in _MONTH:
        at = number[1]
    month = t.word(at) in _MONTH and t.word(at + 1) in {"gieng", "chap"}
    if month or t.word(at) in {"am", "al", "ram", "tet"}:
        return Lunar(), at + (2 if month or t.word(at + 1) == "lich" else 1)
    return None


def counted(t: Tokens, at: int) -> Found:
    """So many days, weeks or months from now: "3 ngày nữa", "3 ngày sau", "sau 3 ngày"."""
    first = t.is_after(at)
    if (number := t.number(at + first, most=4)) is None:
        return None
    count, at = number
    phrases: dict[str, Phrase] = {
        "ngay": Ahead(days=count),
        "hom": Ahead(days=count),
        "tuan": InWeek(ahead=count, counted=True),
        "thang": Ahead(months=count),
    }
    unit = t.word(at)
    # "3 tháng sau" is the third of the next month, not three months from now.
    last = t.word(at + 1) == "nua" or (not first and unit != "thang" and t.is_after(at + 1))
    if unit not in phrases or not (first or last) or (first and t.number(at + 1)):
        return None
    return phrases[unit], at + 1 + last


def dated(t: Tokens, at: int) -> Found:
    """A numbered day: "3/12", "ngày 3 tháng 12 năm 2026", "mùng 3 tháng sau", "ngày 3 này"."""
    start = at
    while t.word(at) in {"ngay", "hom", "mung", "mong"}:
        at += 1
    found = _numeric(t, at) or _worded(t, at, named=at > start and t.word(at - 1))
    if found is None:
        return None
    day, end = found
    this_one = t.word(end) == "nay" or t.is_next(end)
    return replace(day, said=t.said(start, end)), end + this_one


def edge(t: Tokens, at: int) -> Found:
    """The first or last day of a month, the last of a year: "đầu tháng sau", "cuối tháng", "hết năm"."""
    word, unit = t.word(at), t.word(at + 1)
    if word not in {"dau", "cuoi", "het"}:
        return None
    bare = Dated(day=1 if word == "dau" else None)
    if unit in _MONTH:
        found, end = _month(t, at + 1, bare) or (bare, at + 2)
    elif unit == "nam" and word != "dau":
        found, end = _year(t, at + 1, replace(bare, month=12))
        end = max(end, at + 2)
    else:
        return None
    return replace(found, said=t.said(at, end)), end


def near_day(t: Tokens, at: int) -> Found:
    """Today, tomorrow and their neighbours: "hôm nay", "mai", "ngày kia", "mốt", "hôm qua"."""
    before = t.word(at) if t.word(at) in {"ngay", "hom", "bua"} else ""
    at += bool(before)
    word = t.word(at)
    ahead = {"nay": 0, "mai": 1, "qua": -1}.get(word)
    if word == "mot" and DOT_BELOW not in t.marks(at):
        ahead = 2
    elif word == "kia" and before != "bua":
        ahead = 3 if GRAVE in t.marks(at) else 2
        ahead = -ahead if before == "hom" else ahead
    return None if ahead is None else (Ahead(days=ahead), at + 1)


def weekday(t: Tokens, at: int) -> Found:
    """A day of the week: "thứ 6", "thứ sáu này", "t6", "chủ nhật tới", "cn"."""
    word, number = t.word(at), t.digits(at + 1, most=1)
    if word == "cn":
        day, end = 6, at + 1
    elif word in {"chu", "chua"} and t.word(at + 1) == "nhat":
        day, end = 6, at + 2
    elif word in {"thu", "t"} and number is not None and 2 <= number <= 7 and not t.is_hour(at + 1):
        day, end = number - 2, at + 2
    elif word == "thu" and t.word(at + 1) in _WEEKDAYS:
        day, end = _WEEKDAYS[t.word(at + 1)], at + 2
    else:
        return None
    near = Near.THIS if t.word(end) == "nay" else Near.NEXT if t.is_next(end) else Near.ANY
    return OnWeekday(weekday=day, near=near, said=t.said(at, end)), end + (near is not Near.ANY)


def week(t: Tokens, at: int) -> Found:
    """A week: "tuần này", "tuần sau", "tuần tới", "tuần sau nữa", "sang tuần"."""
    if t.word(at) == "sang" and t.word(at + 1) == "tuan" and _this_or_next(t, at + 2) is None:
        return InWeek(ahead=1), at + 2
    if t.word(at) != "tuan" or (ahead := _this_or_next(t, at + 1)) is None:
        return None
    again = ahead == 1 and t.word(at + 2) == "nua"
    return InWeek(ahead=ahead + again), at + 2 + again


def month_alone(t: Tokens, at: int) -> Found:
    """A month whose day was not said: "tháng sau", "tháng 12"."""
    found = _month(t, at, Dated(day=None))
    return found and (InMonth(), found[1])


def _numeric(t: Tokens, at: int) -> tuple[Dated, int] | None:
    sign = t.word(at + 1)
    first, second, third = (t.digits(at + step, most=4) for step in (0, 2, 4))
    if first is None or second is None or sign not in SIGNS or t.is_hour(at + 2) or t.is_dotted_time(at):
        return None
    if t.word(at + 4).isdecimal() and t.word(at + 3) in SIGNS[: SIGNS.index(sign)]:
        return None  # "30-3/12": the thirty belongs to the hour before
    if t.word(at + 3) == sign and third is not None and not t.is_hour(at + 4):
        if len(t.word(at)) == 4:
            return Dated(day=third, month=second, year=first), at + 5
        if len(t.word(at + 4)) in {2, 4}:
            return Dated(day=first, month=second, year=_full(third)), at + 5
    return _year(t, at + 3, Dated(day=first, month=second))


def _worded(t: Tokens, at: int, *, named: str | bool) -> tuple[Dated, int] | None:
    """A day with its month in words, or alone if it was `named` as a day before."""
    if (number := t.number(at)) is None or t.is_hour(number[1] - 1):
        return None
    day, end = number
    if found := _month(t, end, Dated(day=day)):
        return found
    day_after_tomorrow = named == "ngay" and t.word(at) == "mot" and DOT_BELOW not in t.marks(at)
    return None if not named or day_after_tomorrow else (Dated(day=day), end)


def _month(t: Tokens, at: int, day: Dated) -> tuple[Dated, int] | None:
    """The day with its month, and with its year if one follows."""
    if t.word(at) == "sang" and t.word(at + 1) == "thang":
        return replace(day, months_ahead=1), at + 2
    if t.word(at) not in _MONTH:
        return None
    if (ahead := _this_or_next(t, at + 1)) is not None:
        return replace(day, months_ahead=ahead), at + 2
    if (number := t.number(at + 1)) is None or t.is_hour(number[1] - 1):
        return None
    return _year(t, number[1], replace(day, month=number[0]))


def _year(t: Tokens, at: int, day: Dated) -> tuple[Dated, int]:
    """The day with its year, if one follows; else as it was."""
    if t.word(at) == "sang" and t.word(at + 1) == "nam":
        return replace(day, years_ahead=1), at + 2
    named = t.word(at) == "nam"
    if named and (ahead := _this_or_next(t, at + 1)) is not None:
        return replace(day, years_ahead=ahead), at + 2
    place = at + (named or t.word(at) in SIGNS)
    year = t.digits(place, most=4)
    if year is None or t.is_hour(place) or len(t.word(place)) not in ({2, 4} if named else {4}):
        return day, at
    return replace(day, year=_full(year)), place + 1


def _this_or_next(t: Tokens, at: int) -> int | None:
    return 1 if t.is_after(at) else _THIS_OR_NEXT.get(t.word(at))


def _full(year: int) -> int:
    return year + 2000 if year < 100 else year
