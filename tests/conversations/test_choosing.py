"""Choosing one person out of a list: by number, by name, through pages; the list that is shown stays as it is."""

import pytest
from inline_snapshot import snapshot

from bot.domain.member import Status
from handlers.choosing import Listed, matching
from storage import people
from tests.conversations.pledge_rounds import open_round, signs
from tests.world import Voice, World

NAMES = ["Hà Thị Hạ", "Lê Thị Hà", "Nguyễn An", "Nguyễn Văn An", "Trần Thị Anh", "Vũ Thị Lan", "Đỗ Văn Đức"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nguyễn an", ["Nguyễn An"]),
        ("an", ["Nguyễn An", "Nguyễn Văn An"]),
        ("AN!", ["Nguyễn An", "Nguyễn Văn An"]),
        ("van an", ["Nguyễn Văn An"]),
        ("anh", ["Trần Thị Anh"]),
        ("tra", ["Trần Thị Anh"]),
        ("ran", ["Trần Thị Anh"]),
        ("ha", ["Hà Thị Hạ", "Lê Thị Hà"]),
        ("hạ", ["Hà Thị Hạ"]),
        ("lê thị hà", ["Lê Thị Hà"]),
        ("Le\u0302 Thi\u0323 Ha\u0300", ["Lê Thị Hà"]),
        ("duc", ["Đỗ Văn Đức"]),
        ("đức", ["Đỗ Văn Đức"]),
        ("Dức", ["Đỗ Văn Đức"]),
        ("thi", ["Hà Thị Hạ", "Lê Thị Hà", "Trần Thị Anh", "Vũ Thị Lan"]),
        ("bình", []),
        ("…", []),
    ],
)
def test_a_part_of_a_name_finds_the_nearest_people(typed: str, found: list[str]) -> None:
    """The whole name before whole words before beginnings before any part; diacritics that were typed count."""
    rows = [Listed(number, number, name, name, "") for number, name in enumerate(NAMES, start=1)]
    assert [row.name for row in matching(rows, typed)] == found


async def begin(world: World) -> Voice:
    """A secretary of twelve others chooses whom to record for."""
    secretary = await world.secretary("Phạm Văn Thư")
    names = ["Nguyễn Thị An", "Trần Văn An", "Lê Thị Hà", "Lê Thị Hạ"]
    for name in [*names, *(f"Đảng viên {number}" for number in range(5, 13))]:
        await world.member(name)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    return secretary


async def test_a_list_of_people_goes_through_pages_of_ten(world: World) -> None:
    """Pages are turned in place, and every number of the list can be typed on every page."""
    secretary = await begin(world)
    assert secretary.last == snapshot("""\
Ghi thay cam kết năm 2027 cho đồng chí nào? Chỉ ghi thay khi đồng chí ấy đã trực tiếp đồng ý hoặc đã ký bản giấy.

1. Nguyễn Thị An
2. Trần Văn An
3. Lê Thị Hà
4. Lê Thị Hạ
5. Đảng viên 5
6. Đảng viên 6
7. Đảng viên 7
8. Đảng viên 8
9. Đảng viên 9
10. Đảng viên 10
(Trang 1/2)

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Trang sau] [Dừng lại]\
""")
    await secretary.presses("Trang sau")
    assert secretary.last == snapshot("""\
Ghi thay cam kết năm 2027 cho đồng chí nào? Chỉ ghi thay khi đồng chí ấy đã trực tiếp đồng ý hoặc đã ký bản giấy.

11. Đảng viên 11
12. Đảng viên 12
(Trang 2/2)

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Trang trước] [Quay lại] [Dừng lại]\
""")
    await secretary.says("trang trước")
    assert "(Trang 1/2)" in secretary.last
    await secretary.says("12")
    assert "Đồng chí Đảng viên 12 đã đồng ý" in secretary.last


async def test_several_of_a_name_are_shown_with_their_numbers(world: World) -> None:
    """Only those who have the name are shown; the whole list is one step back."""
    secretary = await begin(world)
    await secretary.says("an")
    assert secretary.last == snapshot("""\
Có 02 đồng chí có tên “an”. Mong đồng chí gõ số đứng trước tên cần chọn:

1. Nguyễn Thị An
2. Trần Văn An

[Quay lại] [Dừng lại]\
""")
    await secretary.presses("Quay lại")
    assert "(Trang 1/2)" in secretary.last
    await secretary.says("an")
    await secretary.says("2")
    assert "Đồng chí Trần Văn An đã đồng ý" in secretary.last
    await secretary.presses("Quay lại")
    assert "Có 02 đồng chí có tên “an”" in secretary.last


async def test_what_is_not_in_the_list_is_said_so(world: World) -> None:
    """A number or a name that is not there asks again, with the list."""
    secretary = await begin(world)
    secretary.heard()
    for typed in ("13", "0", "99999999999999999999", "Hoàng", "???"):
        await secretary.says(typed)
    assert [words.split("\n\n")[0] for words in secretary.heard()] == snapshot(
        [
            "Trong danh sách không có số đó. Mong đồng chí gõ số từ 1 đến 12, hoặc gõ tên.",
            "Trong danh sách không có số đó. Mong đồng chí gõ số từ 1 đến 12, hoặc gõ tên.",
            "Trong danh sách không có số đó. Mong đồng chí gõ số từ 1 đến 12, hoặc gõ tên.",
            "Trong danh sách không có đồng chí nào tên “Hoàng”. Mong đồng chí gõ lại tên, hoặc gõ số.",
            "Trong danh sách không có đồng chí nào tên “???”. Mong đồng chí gõ lại tên, hoặc gõ số.",
        ]
    )
    await secretary.sends_file("danh sách.xlsx", b"x")
    assert "Hệ thống chưa cần tệp nào" in secretary.last


async def test_number_seven_stays_number_seven(world: World) -> None:
    """Somebody who signs meanwhile does not move the numbers of the list that is shown."""
    secretary = await begin(world)
    await signs(world.voices["Nguyễn Thị An"])
    await secretary.says("7")
    assert "Đồng chí Đảng viên 7 đã đồng ý" in secretary.last


async def test_namesakes_are_told_apart_by_their_year_of_birth(world: World) -> None:
    """Two of the same name are listed with their years; the confirmation names the year as well."""
    secretary = await world.secretary("Phạm Văn Thư")
    async with world.app.database.write() as tx:
        for year in (1952, 1987):
            person = await people.add_person(tx, full_name="Nguyễn Thị An", birth_year=year)
            await people.add_membership(tx, person=person, unit=world.units["Chi bộ thôn 1"], status=Status.OFFICIAL)
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await secretary.says("nguyen thi an")
    assert "2. Nguyễn Thị An (sinh năm 1987)" in secretary.last
    await secretary.says("2")
    assert "Đồng chí Nguyễn Thị An (sinh năm 1987) đã đồng ý" in secretary.last


async def test_a_list_that_became_empty_says_so(world: World) -> None:
    """A draft begun anew after everybody signed has nobody to choose, and no page to turn."""
    secretary = await world.secretary("Phạm Văn Thư")
    an = await world.member("Nguyễn Thị An")
    await open_round(world)
    await secretary.says("/dscamket")
    await secretary.presses("Ghi thay")
    await secretary.says("1")
    await signs(an)
    await secretary.presses("Chưa đồng ý")
    assert secretary.last == snapshot("""\
Đồng chí Nguyễn Thị An không còn trong danh sách chưa ký.

Ghi thay cam kết năm 2027 cho đồng chí nào? Chỉ ghi thay khi đồng chí ấy đã trực tiếp đồng ý hoặc đã ký bản giấy.

Hiện không có đồng chí nào trong danh sách.

[Quay lại] [Dừng lại]\
""")
    await secretary.says("1")
    assert secretary.last.startswith("Trong danh sách không còn tên nào để chọn.")
