"""Marks of secrecy are recognised, everyday words are not taken for them, and refused texts are not kept."""

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.free_text import LIMIT, FreeTextFault, read_free_text
from bot.domain.secrecy import Classification, classification_of

FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("MẬT", Classification.SECRET),
        ("mật", Classification.SECRET),
        ("Đảng ủy xã\nMật\nKế hoạch năm", Classification.SECRET),
        ("Kế hoạch (Mật) năm 2027", Classification.SECRET),
        ("[mật] danh sách", Classification.SECRET),
        ("Mật: danh sách", Classification.SECRET),
        ("M Ậ T", Classification.SECRET),
        ("Văn bản MẬT số 12", Classification.SECRET),
        ("CÔNG VĂN MẬT", Classification.SECRET),
        ("MẬT BÁO CÁO TÌNH HÌNH", Classification.SECRET),
        ("độ mật: A", Classification.SECRET),
        ("Tài liệu có độ mật cao", Classification.SECRET),
        ("TỐI MẬT", Classification.TOP),
        ("Tối mật", Classification.TOP),
        ("Tài liệu TỐI MẬT, không sao chép", Classification.TOP),
        ("(toi mat)", Classification.TOP),
        ("TUYỆT MẬT", Classification.UTMOST),
        ("** Tuyệt mật **", Classification.UTMOST),
        ("Gửi đồng chí: TUYET MAT", Classification.UTMOST),
        ("Độ mật: TUYỆT MẬT", Classification.UTMOST),
        ("MẬT\nTUYỆT MẬT\nTỐI MẬT", Classification.UTMOST),
        ("T\u200bUYỆT MẬT", Classification.UTMOST),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_a_mark_is_recognised(text: str, degree: Classification, form: Literal["NFC", "NFD"]) -> None:
    """A stamp in capitals, alone, in brackets, before a colon or announced, composed or not, is a mark."""
    assert classification_of(unicodedata.normalize(form, text)) == degree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Giữ bí mật nhà nước",
        "CHẤP HÀNH QUY ĐỊNH BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "Không phát tán tài liệu mật, tối mật, tuyệt mật",
        "Quan hệ mật thiết với nhân dân",
        "GIỮ MỐI LIÊN HỆ MẬT THIẾT VỚI NHÂN DÂN",
        "mức độ mật thiết",
        "Mật độ dân cư cao",
        "BUỔI TỐI MẬT ĐỘ XE ĐÔNG",
        "Đổi mật khẩu ba tháng một lần",
        "ĐỔI MẬT KHẨU",
        "BẢO MẬT THÔNG TIN",
        "không khí thân mật",
        "NUÔI ONG LẤY MẬT ONG",
        "mật ong, mật mía",
        "Nồng độ mật ong",
        "ĐỒNG CHÍ NGUYỄN VĂN MẬT",
        "Bà Trần Thị Mật",
        "CÓ MẶT",
        "CO MAT",
        "Có mặt đầy đủ",
        "MẶT TRẬN TỔ QUỐC",
        "Gặp mặt: 19 giờ",
        "Không làm mất đoàn kết",
    ],
)
def test_an_everyday_word_is_no_mark(text: str) -> None:
    """Words that share the syllable, a name, or talk about secrecy are not taken for a mark."""
    assert classification_of(text) is None


@pytest.mark.parametrize(
    "text", ["MẬT ONG " * 20_000, "a" * 200_000, "!\n" * 100_000, "( " * 100_000, "độ mật ong " * 9999]
)
def test_a_long_text_is_checked_quickly(text: str) -> None:
    """The check passes over long texts that are made to be slow, and finds nothing in them."""
    assert classification_of(text) is None


@given(st.text(), st.sampled_from(["MẬT", "TỐI MẬT", "TUYỆT MẬT"]), st.text())
def test_a_stamp_on_its_own_line_is_always_found(before: str, mark: str, after: str) -> None:
    """Whatever stands around it, a stamp on a line of its own is found, and nothing ever raises."""
    assert classification_of(f"{before}\n{mark}\n{after}") is not None


def test_own_words_are_cleaned_and_limited() -> None:
    """Text is stored composed and without loose space, up to 500 characters; nothing at all is no text."""
    assert read_free_text("  Giúp  đỡ 02 hộ nghèo \n\n\n ở thôn ") == "Giúp đỡ 02 hộ nghèo\n\nở thôn"
    assert read_free_text("đ" * LIMIT) == "đ" * LIMIT
    assert read_free_text(unicodedata.normalize("NFD", "ế" * LIMIT)) == "ế" * LIMIT
    assert read_free_text("đ" * (LIMIT + 1)) is FreeTextFault.TOO_LONG
    assert read_free_text("đ" * 21, limit=20) is FreeTextFault.TOO_LONG
    assert read_free_text(" \u200b… ") is FreeTextFault.EMPTY


def test_a_mark_is_refused_wherever_it_stands() -> None:
    """A mark beyond the allowed length still counts, and is what the person is told."""
    assert read_free_text("đ" * 600 + "\nTỐI MẬT") is FreeTextFault.CLASSIFIED
    assert read_free_text("MẬT") is FreeTextFault.CLASSIFIED
