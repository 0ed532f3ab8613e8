"""A pledge's own commitments, and whom a new edition asks again."""

from bot.domain.edition import Edition, Part
from bot.domain.free_text import FreeTextFault
from bot.domain.movement import Good, GoodKey, Movement
from bot.domain.pledge import Commitments, PledgeText, asks_again, in_order, with_commitment, without_commitment

TASKS, UNITY = GoodKey("tasks"), GoodKey("unity")
GOODS = (
    Good(number=1, key=TASKS, name="Hoàn thành tốt nhiệm vụ", meaning="Làm tròn việc được giao."),
    Good(number=3, key=UNITY, name="Đoàn kết tốt, kỷ luật tốt", meaning="Giữ gìn đoàn kết."),
)
EDITION = Edition("2", "b" * 64, "{}")


def test_commitments_are_added_replaced_and_taken_back() -> None:
    """One text a good, in the order of the goods; the ones before are left as they were."""
    none: Commitments = {}
    one = with_commitment(none, UNITY, "Hòa giải việc trong xóm")
    assert not isinstance(one, FreeTextFault)
    two = with_commitment(one, TASKS, "Trồng 1 ha keo")
    assert not isinstance(two, FreeTextFault)
    assert [(good.number, text) for good, text in in_order(two, GOODS)] == [
        (1, "Trồng 1 ha keo"),
        (3, "Hòa giải việc trong xóm"),
    ]
    replaced = with_commitment(two, TASKS, "Trồng 2 ha keo")
    assert not isinstance(replaced, FreeTextFault)
    assert replaced[TASKS] == "Trồng 2 ha keo"
    assert two[TASKS] == "Trồng 1 ha keo"
    assert without_commitment(two, TASKS) == one
    assert none == {}


def test_a_commitment_with_a_mark_of_secrecy_is_refused() -> None:
    """Nothing classified enters; an honest promise to keep secrets does."""
    assert with_commitment({}, TASKS, "Thực hiện kế hoạch (MẬT)") is FreeTextFault.CLASSIFIED
    assert with_commitment({}, TASKS, "Giữ bí mật nhà nước") == {TASKS: "Giữ bí mật nhà nước"}


def test_a_commitment_for_a_good_that_is_gone_is_not_shown() -> None:
    """When the goods have changed, only what still has its place is listed."""
    assert in_order({GoodKey("gone"): "Việc cũ"}, GOODS) == ()


def test_a_new_edition_asks_again() -> None:
    """Who confirmed this very edition is not asked; who confirmed an older one, or none, is."""
    text = PledgeText(
        title="Cam kết",
        opening="Tôi xin cam kết:",
        parts=(Part("Nhiệm vụ", "Làm tròn việc được giao."),),
        closing="Tôi tự giác thực hiện.",
        note="Mẫu tham khảo",
        sample=True,
        edition=EDITION,
    )
    assert not asks_again(text, ["a" * 64, EDITION.hash])
    assert asks_again(text, ["a" * 64])
    assert asks_again(text, [])


def test_a_good_is_found_by_its_key() -> None:
    """A key names its good; one that nobody has names none."""
    movement = Movement(name="4 tốt", stage="2025–2030", document="", purpose=(), goods=GOODS, edition=EDITION)
    assert movement.good(UNITY) is GOODS[1]
    assert movement.good(GoodKey("gone")) is None
