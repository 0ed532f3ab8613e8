"""Writes Viet Nam's public holidays anew, from the library that knows the lunar calendar and the days off in lieu:

.venv/bin/python -m tests.content.make_holidays
"""

from pathlib import Path

import holidays

from bot.content.calendar import HOLIDAY_YEARS, HOLIDAYS_FILE


def lines() -> str:
    """What the file holds: a day a line, and its name for whoever reads it."""
    found = holidays.country_holidays("VN", years=HOLIDAY_YEARS)
    return "".join(f"{day.isoformat()} {name}\n" for day, name in sorted(found.items()))


if __name__ == "__main__":
    Path(HOLIDAYS_FILE).write_text(lines(), encoding="utf-8")
