"""What many are told alike but for a word is encoded once, and yet each gets what they would have got alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Choice, Message, encode_message
from bot.template import BLANK, Kind, Template

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def countdown(cell: str, text: str, round_id: str) -> Message:
    """What differs from cell to cell, and what does not."""
    return Message(
        title=f"Kiểm điểm – {cell}",
        text=text,
        choices=(Choice("Ai chưa nộp 100 %s", f"missing:{round_id}"), Choice("Xem", "run:see")),
        about="review:1",
    )


@given(cell=WORDS, text=WORDS, number=st.integers(min_value=1))
def test_each_gets_the_message_that_they_would_have_got_alone(cell: str, text: str, number: int) -> None:
    """Byte for byte, whatever stands in a name: quotation marks, line ends, what looks like a blank."""
    template = Template(countdown(BLANK, text.replace(BLANK, ""), BLANK), has_blanks=True)
    alone = encode_message(countdown(cell, text.replace(BLANK, ""), str(number)))
    assert template.encoded([cell, str(number)]) == template.encoded([cell, number]) == alone
    assert template.kind == Kind(has_choices=True, slot=None, about="review:1")


def test_one_without_blanks_is_the_message_itself() -> None:
    """Most are told words of their own, whatever stands in a name that somebody typed."""
    message = Message(text=f"100 % đã ký, Chi bộ {BLANK}", slot="s")
    assert Template(message).encoded() == encode_message(message)
    assert Template(message).kind == Kind(has_choices=False, slot="s", about=None)


@pytest.mark.parametrize("words", [[], ["An"], ["An", "1", "2"]])
def test_no_blank_stays_and_no_word_is_left_over(words: list[str]) -> None:
    """A wrong number of words is a defect, and nothing is said."""
    with pytest.raises(ValueError, match="slice"):
        Template(countdown(BLANK, "chữ", BLANK), has_blanks=True).encoded(words)
