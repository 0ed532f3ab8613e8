"""Codes: typed by hand on any keyboard, they come out as they were printed, or are refused."""

import hashlib
import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codes import (
    ALPHABET,
    LENGTH,
    RANDOM_BYTES,
    Code,
    CodeFault,
    CodeKind,
    hash_code,
    make_code,
    read_code,
)

random_bytes = st.binary(min_size=RANDOM_BYTES, max_size=32)
codes = st.builds(make_code, st.sampled_from(CodeKind), random_bytes)
TWINS = dict(zip("2Z5S6G8B", "Z2S5G6B8", strict=True))
PEPPER = b"a secret of the installation"


def test_an_invitation_holds_more_than_fifty_bits_in_twelve_letters() -> None:
    """Eleven free letters of twelve give at least fifty bits."""
    assert LENGTH == 12
    assert math.log2(len(ALPHABET) ** (LENGTH - 1)) >= 50


def test_no_letter_is_unclear_or_changed_by_a_vietnamese_keyboard() -> None:
    """The alphabet has no look-alike of 0 or 1, no vowel, and neither D nor W, which Telex changes."""
    assert len(set(ALPHABET)) == len(ALPHABET) == 25
    assert not set(ALPHABET) & set("01OILAEIOUYDW")


def test_a_code_is_shown_in_groups() -> None:
    """People see groups of four; a receipt says with its first letters what it is."""
    invitation = make_code(CodeKind.INVITATION, bytes(range(16)))
    receipt = make_code(CodeKind.RECEIPT, bytes(range(16)))
    assert [len(group) for group in invitation.grouped.split("-")] == [4, 4, 4]
    assert receipt.grouped.split("-")[0] == "BN"
    assert receipt.compact.startswith("BN") and len(receipt.compact) == 14
    assert invitation.letters[:-1] == receipt.letters[:-1]
    assert invitation.letters != receipt.letters


@given(codes)
def test_what_is_shown_is_read_back(code: Code) -> None:
    """Every code is read back from each of its two written forms, whatever was expected."""
    assert read_code(code.grouped, expected=code.kind) == code
    assert read_code(code.compact, expected=code.kind) == code
    if code.kind is CodeKind.RECEIPT:
        assert read_code(code.grouped) == code


@given(codes, st.data())
def test_case_spaces_and_dashes_do_not_matter(code: Code, data: st.DataObject) -> None:
    """Any case, and any separator that phones put in, give the same code."""
    separator = data.draw(st.sampled_from(["", " ", "-", "–", ".", " - ", "\u00a0"]))
    typed = code.grouped.replace("-", separator)
    assert read_code(f"  {typed.lower()}\n", expected=code.kind) == code


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_letter_never_gives_another_code(code: Code, at: int, letter: str) -> None:
    """A wrong letter is noticed, or it was a look-alike and the code is healed: never silently another code
    that differs from the typed one by more than look-alikes."""
    typed = code.letters[:at] + letter + code.letters[at + 1 :]
    read = read_code(typed, expected=code.kind)
    if typed == code.letters:
        assert read == code
    elif isinstance(read, Code):
        differences = [(a, b) for a, b in zip(typed, read.letters, strict=True) if a != b]
        assert len(differences) == 1
        assert set(differences[0]) in ({"2", "Z"}, {"5", "S"}, {"6", "G"}, {"8", "B"})


@given(codes, st.integers(0, LENGTH - 3), st.sampled_from([1, 2]))
def test_exchanged_letters_are_noticed(code: Code, at: int, apart: int) -> None:
    """Two neighbours exchanged, or two with one between, do not pass as they are typed."""
    letters = list(code.letters)
    letters[at], letters[at + apart] = letters[at + apart], letters[at]
    typed = "".join(letters)
    read = read_code(typed, expected=code.kind)
    assert typed == code.letters or read is CodeFault.MISTYPED or (isinstance(read, Code) and read.letters != typed)


@given(codes)
def test_look_alikes_outside_the_alphabet_are_read(code: Code) -> None:
    """O and 0 are read as Q, U as V, 1 and I as 7."""
    for seen, meant in (("O", "Q"), ("0", "Q"), ("d", "Q"), ("u", "V"), ("1", "7"), ("I", "7"), ("l", "7")):
        assert read_code(code.letters.replace(meant, seen), expected=code.kind) == code


def test_one_look_alike_inside_the_alphabet_is_healed() -> None:
    """Z typed for 2, S for 5 and so on are put right unless two readings are possible, which is rare."""
    answers = []
    for number in range(300):
        code = make_code(CodeKind.INVITATION, hashlib.sha256(bytes([number % 256, number // 256])).digest())
        for at, letter in enumerate(code.letters):
            if letter in TWINS:
                typed = code.letters[:at] + TWINS[letter] + code.letters[at + 1 :]
                answers.append((read_code(typed), code))
    assert all(read in (code, CodeFault.MISTYPED) for read, code in answers)
    assert sum(read == code for read, code in answers) > 0.8 * len(answers) > 0


@given(random_bytes)
def test_a_receipt_is_never_an_invitation(random: bytes) -> None:
    """The letters of one kind do not pass, as they stand, as the other kind."""
    receipt, invitation = (make_code(kind, random) for kind in (CodeKind.RECEIPT, CodeKind.INVITATION))
    without_prefix, with_prefix = read_code(receipt.letters), read_code("BN" + invitation.letters)
    assert not (isinstance(without_prefix, Code) and without_prefix.letters == receipt.letters)
    assert not (isinstance(with_prefix, Code) and with_prefix.letters == invitation.letters)


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    """Whatever is typed gives a code or one of two faults, never an error."""
    assert isinstance(read_code(text), Code | CodeFault)


@pytest.mark.parametrize(
    "text",
    ["", "xin chào", "có mặt", "1", "7K9Q", "ß" * 12, "7K9Q-BT3X-MF4H-2", "７" * 200, "x" * 100_000],
)
def test_what_does_not_look_like_a_code_is_none(text: str) -> None:
    """Words, numbers, too short and too long texts are no codes."""
    assert read_code(text) is CodeFault.NOT_A_CODE


def test_a_telex_keyboard_leaves_a_code_alone() -> None:
    """None of the alphabet's letters has a marked form that Vietnamese writes."""
    vietnamese = "ĂÂÊÔƠƯĐÁÀẢÃẠÉÈẺẼẸÍÌỈĨỊÓÒỎÕỌÚÙỦŨỤÝỲỶỸỴ"
    bases = {unicodedata.normalize("NFD", letter)[0] for letter in vietnamese} | {"D"}
    assert not bases & set(ALPHABET)


@given(codes, codes)
def test_hashes_tell_codes_apart(one: Code, other: Code) -> None:
    """The stored hash is the same for the same code only, and depends on the pepper."""
    assert (hash_code(one, pepper=PEPPER) == hash_code(other, pepper=PEPPER)) is (one == other)
    assert hash_code(one, pepper=PEPPER) != hash_code(one, pepper=b"another")
    assert len(hash_code(one, pepper=PEPPER)) == 64


def test_a_code_is_not_made_or_hashed_carelessly() -> None:
    """Too few random bytes and a missing pepper are refused."""
    with pytest.raises(ValueError, match="too few"):
        make_code(CodeKind.INVITATION, b"short")
    with pytest.raises(ValueError, match="pepper"):
        hash_code(make_code(CodeKind.INVITATION, bytes(16)), pepper=b"")
