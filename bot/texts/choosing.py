"""What is said while somebody chooses one person out of a list."""

from collections.abc import Sequence

from bot.texts.numbers import count_text

EARLIER = "Trang trước"
LATER = "Trang sau"


def listed(number: int, label: str) -> str:
    """One line of the list, with the number to type."""
    return f"{number}. {label}"


def born(name: str, year: int) -> str:
    """Somebody who shares the name with another in the list."""
    return f"{name} (sinh năm {year})"


def people_list(lead: str, lines: Sequence[str], *, page: int, pages: int) -> str:
    """One page of the list, and how to choose out of it."""
    how = "Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu)."
    place = [f"(Trang {page}/{pages})"] if pages > 1 else []
    return "\n\n".join([lead, "\n".join([*lines, *place]), how])


def found_several(typed: str, count: int, lines: Sequence[str], *, page: int, pages: int) -> str:
    """Several people have what was typed in their names."""
    lead = f"Có {count_text(count)} đồng chí tên “{typed}”. Mong đồng chí gõ số đứng trước đúng người:"
    place = [f"(Trang {page}/{pages})"] if pages > 1 else []
    return "\n\n".join([lead, "\n".join([*lines, *place])])


def nobody_left(lead: str) -> str:
    """The list is empty."""
    return f"{lead}\n\nHiện không có đồng chí nào trong danh sách."


def no_such_number(count: int) -> str:
    """A number that the list does not have."""
    return f"Trong danh sách không có số đó. Mong đồng chí gõ số từ 1 đến {count}, hoặc gõ tên."


def no_such_name(typed: str) -> str:
    """A name that nobody in the list has."""
    return f"Trong danh sách không có đồng chí nào tên “{typed}”. Mong đồng chí gõ lại tên, hoặc gõ số."
