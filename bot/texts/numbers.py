"""Numbers as official Vietnamese papers write them: 02, 1.250, 96,5%."""

from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


def count_text(count: int) -> str:
    """A count with a leading zero below ten and a dot between thousands: 02, 15, 1.250; none is 0."""
    return f"{count:02d}" if 0 < count < 10 else f"{count:,}".replace(",", ".")


def counted(count: int, noun: str) -> str:
    """02 đảng viên. Vietnamese nouns do not change with the number."""
    return f"{count_text(count)} {noun}"


def decimal_text(value: Decimal | float) -> str:
    """At most one decimal, after a comma, rounded half up, none where it is zero: 7,5; 96."""
    rounded = Decimal(str(value)).quantize(TENTH, ROUND_HALF_UP) + 0  # and no -0
    whole = rounded == rounded.to_integral_value()
    text = f"{rounded:,.0f}" if whole else f"{rounded:,.1f}"
    return text.translate(_POINTS)


def percent_text(part: int, whole: int) -> str:
    """The share of a whole: 96,5%; 0% of nothing.

    100% and 0% are said only of all and none: 1.999 of 2.000 are 99,9%, one of 5.000 is 0,1%.
    """
    if whole <= 0 or part <= 0:
        return "0%"
    share = (Decimal(100) * part / whole).quantize(TENTH, ROUND_HALF_UP)
    if part < whole:
        share = min(max(share, TENTH), 100 - TENTH)
    return f"{decimal_text(share)}%"


_POINTS = str.maketrans({",": ".", ".": ","})
