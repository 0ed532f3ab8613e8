"""What is said while somebody chooses one person, or one cell, out of a list."""

from collections.abc import Sequence

from bot.texts.numbers import count_text

EARLIER = "Trang trước"
LATER = "Trang sau"
PERSON = "đồng chí"
CELL = "chi bộ"


def listed(number: int, label: str) -> str:
    """One line of the list, with the number to type."""
    return f"{number}. {label}"


def born(name: str, year: int) -> str:
    """Somebody who shares the name with another in the list."""
    return f"{name} (sinh năm {year})"


def noted(label: str, note: str) -> str:
    """A line with a short remark: what is known of this one already."""
    return f"{label} – {note}" if note else label


def page_of(page: int, pages: int) -> str:
    """(Trang 2/4); nothing where there is only one."""
    return f"(Trang {page}/{pages})" if pages > 1 else ""


def whole_list(lead: str, lines: Sequence[str], *, page: int, pages: int) -> str:
    """One page of the list, and how to choose out of it."""
    how = "Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu)."
    return "\n\n".join([lead, _with_page(lines, page, pages), how])


def found_several(typed: str, count: int, lines: Sequence[str], *, noun: str, page: int, pages: int) -> str:
    """Several have what was typed in their names."""
    lead = f"Có {count_text(count)} {noun} có tên “{typed}”. Mong đồng chí gõ số đứng trước tên cần chọn:"
    return "\n\n".join([lead, _with_page(lines, page, pages)])


def nobody_left(lead: str, *, noun: str) -> str:
    """The list is empty."""
    return f"{lead}\n\nHiện không có {noun} nào trong danh sách."


def no_such_number(count: int) -> str:
    """A number that the list does not have."""
    if count == 0:
        return "Trong danh sách không còn tên nào để chọn."
    return f"Trong danh sách không có số đó. Mong đồng chí gõ số từ 1 đến {count}, hoặc gõ tên."


def no_such_name(typed: str, *, noun: str) -> str:
    """A name that nothing in the list has."""
    return f"Trong danh sách không có {noun} nào tên “{typed}”. Mong đồng chí gõ lại tên, hoặc gõ số."


def _with_page(lines: Sequence[str], page: int, pages: int) -> str:
    return "\n".join(line for line in [*lines, page_of(page, pages)] if line)
