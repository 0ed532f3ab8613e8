"""Invitations and guessing: how long a code is good, what becomes of it, when the door is closed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import local
from bot.domain.codes import ALPHABET, Code, CodeKind, make_code, read_code, resembles_code
from bot.domain.guessing import IN_ALL, PER_ADDRESS, WINDOW, Limit, guesser
from bot.domain.invitation import VALID_DAYS, InvitationState, expiry, invitation_code, last_day, state_of

PEPPER = b"a pepper of these tests"
NOW = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
days = st.dates(min_value=date(2023, 1, 1), max_value=date(2090, 1, 1))


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_seed_gives_always_the_same_code_and_only_with_the_secret(one: bytes, other: bytes) -> None:
    """The same seed and secret: the same code; another seed or secret: another code."""
    code = invitation_code(one.hex(), pepper=PEPPER)
    assert code.kind is CodeKind.INVITATION and code == invitation_code(one.hex(), pepper=PEPPER)
    assert (code == invitation_code(other.hex(), pepper=PEPPER)) is (one == other)
    assert code != invitation_code(one.hex(), pepper=b"another")
    assert code != make_code(CodeKind.INVITATION, one)


def test_without_a_secret_there_is_no_code_and_no_hash() -> None:
    """An empty pepper is refused, for codes and for addresses."""
    with pytest.raises(ValueError, match="pepper"):
        invitation_code("00" * 16, pepper=b"")
    with pytest.raises(ValueError, match="pepper"):
        guesser("telegram", "1", pepper=b"")


@given(days)
def test_a_code_is_good_through_the_whole_of_its_last_day(today: date) -> None:
    """It ends at midnight in Viet Nam after thirty days, and that day is the one on the sheet."""
    until = expiry(today)
    assert last_day(until) == today + timedelta(days=VALID_DAYS)
    assert local(until).hour == 0 and local(until - timedelta(seconds=1)).date() == last_day(until)


@pytest.mark.parametrize(
    ("used", "revoked", "left", "state"),
    [
        (False, False, 1, InvitationState.LIVE),
        (False, False, 0, InvitationState.EXPIRED),
        (False, True, 1, InvitationState.REVOKED),
        (False, True, 0, InvitationState.REVOKED),
        (True, False, 0, InvitationState.USED),
        (True, True, 1, InvitationState.USED),
    ],
)
def test_what_became_of_an_invitation(*, used: bool, revoked: bool, left: int, state: InvitationState) -> None:
    """Use comes before revocation, revocation before the calendar."""
    found = state_of(
        used_at=NOW if used else None,
        revoked_at=NOW if revoked else None,
        expires_at=NOW + timedelta(seconds=left),
        now=NOW,
    )
    assert found is state


def test_the_door_opens_when_the_oldest_guess_that_counts_is_an_hour_old() -> None:
    """Fewer guesses than the limit never close it; at the instant it was told, it is open."""
    limit = Limit(5)
    assert limit.closed_until(None, now=NOW) is None
    assert limit.closed_until(NOW, now=NOW) == NOW + WINDOW
    assert limit.closed_until(NOW - WINDOW + timedelta(seconds=1), now=NOW) == NOW + timedelta(seconds=1)
    assert limit.closed_until(NOW - WINDOW, now=NOW) is None
    assert PER_ADDRESS.guesses < IN_ALL.guesses


def test_a_guesser_is_known_by_address_and_to_nobody_else() -> None:
    """Account and chat together make the hash; it is none of them, and it depends on the secret."""
    found = {
        guesser("telegram", "12", pepper=PEPPER),
        guesser("telegram1", "2", pepper=PEPPER),
        guesser("telegram", "12", pepper=b"another"),
    }
    assert len(found) == 3 and all(len(one) == 64 for one in found)


@pytest.mark.parametrize("typed", ["7K9Q-BT3X-MF4", "7k9q bt3x mf4h2", "BN-7K9Q-BT3X-MF4", "7K9QBT3XM"])
def test_a_letter_too_few_or_too_many_is_seen_as_a_code_meant(typed: str) -> None:
    """Somebody who copies a slip and loses a letter is told to look again."""
    assert resembles_code(typed) and not isinstance(read_code(typed), Code)


@pytest.mark.parametrize(
    "typed", ["", "0912345678", "xin chào đồng chí", "thôn 3 xã Mẫu", "KHTBVSXKLMNP", "7K9", "7" * 65, "3/12 19h30"]
)
def test_other_words_and_numbers_are_not_taken_for_a_code(typed: str) -> None:
    """Telephone numbers, dates, words and what is far too short or long."""
    assert not resembles_code(typed)


@given(st.text(alphabet=ALPHABET.lower() + " -", max_size=80))
def test_any_text_may_be_asked_about(typed: str) -> None:
    """It never fails, and never takes more than a code's length for one."""
    assert resembles_code(typed) in (True, False)
    assert not resembles_code(typed + "7" * 20)
