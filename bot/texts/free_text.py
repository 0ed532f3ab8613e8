"""Why words of a person's own are not taken, and what to do instead."""

from typing import assert_never

from bot.domain.free_text import LIMIT, FreeTextFault


def free_text_fault(fault: FreeTextFault, *, limit: int = LIMIT) -> str:
    """The sentence before the question is asked again."""
    match fault:
        case FreeTextFault.EMPTY:
            return "Hệ thống chưa thấy chữ nào. Mong đồng chí ghi lại bằng lời."
        case FreeTextFault.TOO_LONG:
            return f"Phần đồng chí ghi dài quá {limit} chữ cái nên hệ thống chưa lưu. Mong đồng chí rút gọn lại."
        case FreeTextFault.CLASSIFIED:
            return (
                "Phần đồng chí ghi có dấu hiệu thuộc bí mật nhà nước (MẬT, TỐI MẬT, TUYỆT MẬT). "
                "Hệ thống không nhận, không lưu nội dung này. Mong đồng chí ghi lại, không kèm nội dung mật."
            )
        case _:
            assert_never(fault)
