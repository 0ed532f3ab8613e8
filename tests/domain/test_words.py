"""Words typed in any way fold to the same; names are stored clean."""

import unicodedata
from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.words import agrees, clean_name, clean_text, fold, list_number, list_numbers, nfc

VOWELS = {
    "a": "a à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ",
    "e": "e è é ẻ ẽ ẹ ê ề ế ể ễ ệ",
    "i": "i ì í ỉ ĩ ị",
    "o": "o ò ó ỏ õ ọ ô ồ ố ổ ỗ ộ ơ ờ ớ ở ỡ ợ",
    "u": "u ù ú ủ ũ ụ ư ừ ứ ử ữ ự",
    "y": "y ỳ ý ỷ ỹ ỵ",
}
LETTERS = [(base, letter) for base, row in {**VOWELS, "d": "d đ"}.items() for letter in row.split()]
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS = get_args(Form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("base", "letter"), LETTERS)
def test_every_vietnamese_letter_folds_to_its_base(base: str, letter: str, form: Form) -> None:
    """Each letter of the alphabet, composed or decomposed, small or capital, folds to its plain letter."""
    assert fold(unicodedata.normalize(form, letter)) == base
    assert fold(unicodedata.normalize(form, letter.upper())) == base


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("letter", [letter for _, letter in LETTERS])
def test_every_vietnamese_letter_is_stored_composed(letter: str, form: Form) -> None:
    """Each letter, however it arrives, is stored as one character."""
    for typed in (letter, letter.upper()):
        assert nfc(unicodedata.normalize(form, typed)) == typed
        assert clean_name(unicodedata.normalize(form, typed)) == typed
        assert len(clean_name(unicodedata.normalize(form, typed))) == 1


def test_a_tone_typed_before_the_hat_is_the_same_letter() -> None:
    """The marks of one letter in another order, as some keyboards send them, fold to the same letter."""
    assert fold("a\u0323\u0302") == fold("a\u0302\u0323") == fold("ậ") == "a"
    assert nfc("a\u0302\u0323") == nfc("a\u0323\u0302") == "ậ"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Có mặt", "co mat"),
        ("CÓ MẶT", "co mat"),
        ("  co \t mat \n", "co mat"),
        ("“Có mặt!”", "co mat"),
        ("Có mặt 👍", "co mat"),
        ("Đồng ý.", "dong y"),
        ("ÐỒNG Ý", "dong y"),
        ("Vắng – có lý do", "vang – co ly do"),
        ("3/12 19h30", "3/12 19h30"),
        ("(1)", "1"),
        ("１２", "12"),
        ("co\u00a0mat", "co mat"),
        ("co\u200b mat\ufeff", "co mat"),
        ("?!…", ""),
        ("", ""),
    ],
)
def test_typed_words_fold(typed: str, folded: str) -> None:
    """Diacritics, case, spaces and the punctuation around a word make no difference."""
    assert fold(typed) == folded
    assert fold(unicodedata.normalize("NFD", typed)) == folded


@pytest.mark.parametrize(
    ("typed", "meant", "agreed"),
    [
        ("dong y", "Đồng ý", True),
        ("ĐỒNG Ý.", "Đồng ý", True),
        ("Đồng y", "Đồng ý", True),
        ("hoà giải", "hòa giải", True),
        ("huỷ", "Hủy", True),
        ("dung", "Đúng", True),
        ("Dừng", "Đúng", False),
        ("Đừng", "Đúng", False),
        ("Dũng", "Dừng", False),
        ("thới", "Thôi", False),
        ("hủy bỏ", "hủy", False),
        ("dong", "Đồng ý", False),
        ("", "Không", False),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_words_agree_unless_a_diacritic_says_otherwise(typed: str, meant: str, agreed: bool, form: Form) -> None:
    """Left out diacritics are no contradiction; a wrong one is: "Dừng" never means "Đúng"."""
    assert agrees(unicodedata.normalize(form, typed), meant) is agreed


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("3", 3),
        (" 3. ", 3),
        ("(12)", 12),
        ("３", 3),
        ("999999999999", 0),
        ("0", 0),
        ("-1", None),
        ("\u22121", None),
        ("+1", None),
        ("1 a", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_numbers_of_a_list(typed: str, number: int | None) -> None:
    """However it is written; what has a sign, or is another script's, is no number of a list."""
    assert list_number(typed) == number


@given(st.text())
def test_folding_is_settled(text: str) -> None:
    """Whatever is typed, folding never raises, folding twice changes nothing, and both forms fold alike."""
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text)) == folded
    assert not folded or (folded[0].isalnum() and folded[-1].isalnum())


@given(st.text(alphabet=st.characters()))
def test_clean_words_are_settled_and_can_be_stored(text: str) -> None:
    """Whatever is typed, even half a surrogate pair, the clean form is NFC, stays as it is, and can be encoded."""
    for clean in (clean_name, clean_text):
        once = clean(text)
        assert clean(once) == once == unicodedata.normalize("NFC", once) == once.strip()
        once.encode()


def test_a_name_loses_what_nobody_typed() -> None:
    """Control, zero-width and direction characters go; white space becomes single spaces."""
    assert clean_name("  Nguyễn\u200b \x00Văn\u202e\n\tAn\ud83d ") == "Nguyễn Văn An"


def test_a_text_keeps_its_lines() -> None:
    """Lines stay, spaces inside them collapse, and several empty lines become one."""
    assert clean_text("\r\n 1.  Tình hình \r\n\r\n\n\x07\n2. Bàn việc \n\n") == "1. Tình hình\n\n2. Bàn việc"


@pytest.mark.parametrize("junk", ["\u0301\u0323", "a\u0302\u0323", " ", "/", "đ", "\ufdfa", "\u200b"])
def test_long_junk_is_answered_at_once(junk: str) -> None:
    """A hundred thousand hostile characters are folded and cleaned in linear time: a quadratic one would stall here."""
    text = junk * (100_000 // len(junk))
    for read in (fold, nfc, clean_name, clean_text):
        assert isinstance(read(text), str)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("1, 3, 5", (1, 3, 5)), ("1 3 5", (1, 3, 5)), ("1,3 và 5.", (1, 3, 5)), ("1 va 1", (1,)), ("7", (7,))],
)
def test_several_numbers_of_a_list(typed: str, numbers: tuple[int, ...]) -> None:
    """However they are parted, each once."""
    assert list_numbers(typed) == numbers


@pytest.mark.parametrize("typed", ["", "An", "1 An", "1-3", "-1, 2", "thôn 1", "1, 2, x", "1 " * 200])
def test_what_is_more_than_numbers(typed: str) -> None:
    """A name, a range, a sign: nothing is guessed."""
    assert list_numbers(typed) == ()
