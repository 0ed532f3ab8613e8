"""The rehearsal around the conversations: five things to try, the clock, the people, a narrow screen."""

import pytest
from playwright.async_api import Page, expect

from bot.channels.web.ports import Advance
from bot.chat import Started, Text
from tests.page.conftest import Site
from tests.page.page_acts import left, right
from tests.page.page_fakes import CODE, HOA, LANH

pytestmark = pytest.mark.browser


async def test_a_newcomer_is_told_what_to_press(page: Page) -> None:
    """The page says that its people are invented, and offers five things to try, the first one unfolded."""
    await expect(page.get_by_role("banner")).to_contain_text(
        "Dữ liệu mẫu — tên người và đơn vị đều do chúng tôi đặt ra"
    )
    steps = page.get_by_role("region", name="Năm việc nên thử")
    await expect(steps.get_by_role("listitem")).to_have_count(5)
    await expect(steps.get_by_role("button", name="Mở và gửi /camket")).to_be_in_viewport()


async def test_the_steps_do_what_they_say(page: Page, site: Site) -> None:
    """Each step opens the right phone, sends its command and is ticked; ticks outlive a reload."""
    await page.get_by_role("button", name="Mở và gửi /camket").click()
    await left(page).hears("Bản cam kết, phần 1/3")
    for title, button in (("Xem ai thiếu và nhắc", "Mở và gửi /danhsach"), ("Báo lịch sinh hoạt", "Mở và gửi /hop")):
        await page.get_by_text(title).click()
        await page.get_by_role("button", name=button).click()
    await right(page).hears("Thông báo sinh hoạt chi bộ")
    await left(page).becomes("Lê Quang Minh")
    await page.get_by_text("Trả lời thông báo").click()
    await page.get_by_role("button", name="Mở điện thoại").click()
    await left(page).presses("Có mặt")
    await left(page).hears("Đã ghi nhận: present")
    await page.get_by_text("Cho thời gian trôi").click()
    await page.locator(".steps").get_by_role("button", name="Đến việc kế tiếp").click()
    await left(page).hears("Nhắc ký cam kết")
    said = [(incoming.address.chat, incoming.payload) for incoming in site.world.bot.heard[:3]]
    assert said == [(LANH, Text("/camket")), (HOA, Text("/danhsach")), (HOA, Text("/hop"))]
    await page.reload()
    await expect(page.locator(".step.done")).to_have_count(5)


async def test_the_clock_is_moved(page: Page, site: Site) -> None:
    """The three buttons move the clock, it is shown as people read it, and what fell due on the way arrives."""
    clock = page.get_by_role("region", name="Đồng hồ diễn tập")
    await expect(clock).to_contain_text("Bây giờ là 08 giờ 15 Thứ Hai, 01/03/2027")
    await clock.get_by_role("button", name="+ 1 giờ").click()
    await expect(clock).to_contain_text("09 giờ 15 Thứ Hai, 01/03/2027")
    await clock.get_by_role("button", name="Đến việc kế tiếp").click()
    await expect(clock).to_contain_text("08 giờ 15 Thứ Ba, 02/03/2027")
    await left(page).hears("Còn 03 ngày để ký cam kết")
    await expect(left(page).log.locator(".day")).to_have_text("Thứ Ba, 02/03/2027")
    await clock.get_by_role("button", name="+ 1 ngày").click()
    await expect(clock).to_contain_text("08 giờ 15 Thứ Tư, 03/03/2027")
    assert site.world.stage.moved == [Advance.HOUR, Advance.NEXT, Advance.DAY]


async def test_what_comes_next_is_shown(page: Page) -> None:
    """What fires next stands in the panel and goes when it has fired; what was sent is counted."""
    ahead = page.get_by_role("region", name="Sắp tới")
    await expect(ahead.get_by_role("listitem").first).to_have_text(
        "08 giờ 15, Thứ Ba, ngày 02/03/2027Nhắc ký cam kết: 02 đồng chí"
    )
    await expect(ahead).to_contain_text("Không còn tin nào chờ gửi.")
    await page.get_by_role("button", name="Đến việc kế tiếp").first.click()
    await expect(ahead).to_contain_text("Chưa có việc nào sắp tới.")
    await expect(ahead).to_contain_text("1 tin đã gửi")


async def test_people_are_found_without_diacritics(page: Page) -> None:
    """The people are grouped by unit and found by name, unit, role, or by not having joined, typed as it comes."""
    await left(page).root.locator(".owner").click()
    search = page.get_by_role("combobox")
    names = page.get_by_role("option").locator("b")
    await expect(page.get_by_role("group", name="Chi bộ Thôn Đông (mẫu)").get_by_role("option")).to_have_count(3)
    for typed, found in (
        ("hoa tran", ["Trần Thị Hoa"]),
        ("BI THU truong", ["Lê Quang Minh"]),
        ("đặng", ["Đặng Thị Xuân"]),
        ("chưa tham gia", ["Đặng Thị Xuân"]),
    ):
        await search.fill(typed)
        await expect(names).to_have_text(found)
    await search.fill("không ai cả")
    await expect(page.get_by_role("status").get_by_text("Không có ai như vậy.")).to_be_attached()


async def test_the_two_phones_change_places(page: Page) -> None:
    """Nobody is shown twice: choosing who holds the other phone makes the two change places."""
    await left(page).becomes("Trần Thị Hoa")
    await expect(right(page).root.locator("[data-part=owner-name]")).to_have_text("Nguyễn Văn Lành")


async def test_somebody_joins_with_an_invitation(page: Page, site: Site) -> None:
    """Who has not joined is shown a working code; one press starts with it, and then they have joined."""
    await left(page).becomes("Đặng Thị Xuân")
    await expect(left(page).root).to_contain_text(f"Chưa tham gia. Mã mời mẫu: {CODE}")
    await left(page).root.get_by_role("button", name="Bắt đầu bằng mã mời").click()
    await left(page).hears("Đồng chí đã tham gia.")
    assert site.world.bot.heard[-1].payload == Started(CODE)
    await expect(left(page).bubble("Bắt đầu bằng mã mời")).to_be_visible()
    await expect(left(page).root.get_by_text("Mã mời mẫu")).to_be_hidden()


async def test_the_menu_sends_a_command(page: Page) -> None:
    """The menu lists a person's commands; choosing one sends it, Escape closes it."""
    phone = left(page)
    menu = phone.root.get_by_role("button", name="Các lệnh")
    await menu.click()
    await expect(phone.root.get_by_role("button", name="/camket đọc và ký bản cam kết")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(menu).to_be_focused()
    await menu.click()
    await phone.root.get_by_role("button", name="/toi").click()
    await phone.hears("Hệ thống đã nghe: /toi")


async def test_starting_over_is_noticed(page: Page, site: Site) -> None:
    """When the rehearsal starts over, open pages load anew and forget drafts and ticks of the last one."""
    await page.get_by_role("button", name="Mở và gửi /camket").click()
    await left(page).writing.fill("bản nháp cũ")
    site.world.stage.run = "run-2"
    site.world.mailbox.mails.clear()
    site.world.bell.ring()
    await expect(page.locator(".step.done")).to_have_count(0)
    await expect(left(page).writing).to_have_value("")


async def test_one_part_at_a_time_on_a_narrow_screen(page: Page, site: Site) -> None:
    """At 360 px the steps come first, the phones are one press away and say how much is unread there."""
    await page.set_viewport_size({"width": 360, "height": 740})
    views = page.get_by_role("navigation")
    top = await page.get_by_role("banner").bounding_box()
    assert top is not None and top["height"] < 70
    await expect(page.get_by_role("region", name="Năm việc nên thử")).to_be_visible()
    await expect(left(page).root).to_be_hidden()
    await page.get_by_text("Báo lịch sinh hoạt").click()
    await page.get_by_role("button", name="Mở và gửi /hop").click()
    await right(page).hears("Thông báo sinh hoạt chi bộ")
    await expect(views.get_by_role("button", name="Lành")).to_contain_text("1")
    await views.get_by_role("button", name="Lành").click()
    await left(page).hears("Thông báo sinh hoạt chi bộ")
    await expect(views.get_by_role("button", name="Lành")).not_to_contain_text("1")
    await expect(right(page).root).to_be_hidden()
    await views.get_by_role("button", name="Đồng hồ và việc sắp tới").click()
    await page.get_by_role("button", name="+ 1 ngày").click()
    await expect(views).to_contain_text("08:15")
    await expect(views.get_by_role("button", name="Lành")).to_contain_text("1")
