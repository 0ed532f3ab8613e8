"""The conversation on the page, in a real browser: nothing said twice, nothing lost, everything in its place."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from bot.chat import Choice, Delivery, FileSent, Message, Pressed, Text
from tests.page.conftest import Site
from tests.page.page_acts import left, right
from tests.page.page_fakes import LANH, NAM

pytestmark = pytest.mark.browser


async def test_typed_text_is_answered(page: Page, site: Site) -> None:
    """Typed text reaches the bot as it was typed, and its bubble and the answer stand below each other."""
    lanh = left(page)
    await lanh.says("Báo cáo đồng chí")
    await lanh.hears("Hệ thống đã nghe: Báo cáo đồng chí")
    assert [incoming.payload for incoming in site.world.bot.heard] == [Text("Báo cáo đồng chí")]
    await expect(lanh.log.locator(".bubble-text")).to_have_text(
        ["Báo cáo đồng chí", "Hệ thống đã nghe: Báo cáo đồng chí"]
    )
    await expect(lanh.log.locator(".day")).to_have_text("Thứ Hai, 01/03/2027")
    await expect(lanh.log.locator("time").first).to_have_text("08:15")


async def test_shift_enter_is_a_new_line(page: Page, site: Site) -> None:
    """Shift+Enter makes a new line and sends nothing; Enter sends both lines; blank text is not sent."""
    lanh = left(page)
    await lanh.says("   ")
    await lanh.writing.fill("dòng một")
    await lanh.writing.press("Shift+Enter")
    await lanh.writing.press_sequentially("dòng hai")
    await lanh.writing.press("Enter")
    await lanh.hears("Hệ thống đã nghe")
    assert [incoming.payload for incoming in site.world.bot.heard] == [Text("dòng một\ndòng hai")]


async def test_a_press_replaces_the_message(page: Page, site: Site) -> None:
    """A pressed choice names its message, the answer takes its place, and old buttons stay pressable."""
    lanh = left(page)
    await lanh.says("/camket")
    await lanh.presses("Tôi cam kết")
    await lanh.hears("phần 2/3")
    await expect(lanh.bubble("phần 1/3")).to_have_count(0)
    pressed = site.world.bot.heard[-1].payload
    carrier = next(mail for mail in site.world.mailbox.mails if "phần" in mail.message.title)
    assert pressed == Pressed("pledge:1", str(carrier.id))
    await lanh.presses("Quay lại")
    await lanh.hears("phần 1/3")
    for _ in range(3):
        await lanh.presses("Tôi cam kết")
    await lanh.hears("Đã ký bản cam kết")
    await expect(lanh.log.locator(".bubble")).to_have_count(2)


async def test_a_pressed_button_is_marked(page: Page) -> None:
    """A button whose message stays is marked as pressed, also after a reload, and can be pressed again."""
    hoa = right(page)
    await hoa.says("/danhsach")
    await hoa.presses("Nhắc các đồng chí chưa ký")
    await hoa.hears("Đã nhắc 01 đồng chí.")
    await expect(hoa.choice("Nhắc các đồng chí chưa ký (đã bấm)")).to_be_visible()
    await left(page).hears("Đồng chí Trần Thị Hoa nhắc")
    await page.reload()
    await hoa.presses("Nhắc các đồng chí chưa ký (đã bấm)")
    await expect(hoa.bubble("Đã nhắc 01 đồng chí.")).to_have_count(2)


async def test_a_command_in_a_text_is_tapped(page: Page, site: Site) -> None:
    """A command within a message is a button that sends it; an address of the web is a link."""
    hoa = right(page)
    await hoa.says("/danhsach")
    await hoa.log.get_by_role("button", name="/trogiup").click()
    await hoa.hears("Hệ thống đã nghe: /trogiup")
    link = hoa.log.get_by_role("link", name="Xem hướng dẫn")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await site.world.channel.send(Delivery(key="x", chat="hoa", message=Message(text="Xem https://a.example/b?c=1.")))
    await expect(hoa.log.get_by_role("link", name="https://a.example/b?c=1", exact=True)).to_be_visible()


async def test_text_is_never_markup(page: Page, site: Site) -> None:
    """What people and the bot write is shown letter by letter, whatever it looks like."""
    lanh = left(page)
    await lanh.says("<img src=x onerror=alert(1)> & </script>")
    await lanh.hears("Hệ thống đã nghe: <img src=x onerror=alert(1)> & </script>")
    await page.reload()
    await lanh.hears("Hệ thống đã nghe: <img src=x onerror=alert(1)> & </script>")


async def test_unread_is_counted_and_read(page: Page, site: Site) -> None:
    """A message to somebody who is not shown is counted in the list of people until their phone is opened."""
    await right(page).says("/hop")
    await left(page).hears("Thông báo sinh hoạt chi bộ")
    await left(page).root.locator(".owner").click()
    nam = page.get_by_role("option", name="Phạm Hải Nam")
    await expect(nam.get_by_label("1 tin chưa đọc")).to_have_text("1")
    await nam.click()
    await left(page).hears("Thông báo sinh hoạt chi bộ")
    await left(page).root.locator(".owner").click()
    await expect(nam).to_be_visible()
    await expect(nam.get_by_label("tin chưa đọc")).to_have_count(0)
    assert NAM not in await site.world.mailbox.unread(None)


async def test_reload_keeps_everything(page: Page) -> None:
    """Bubbles, who is shown, and what was being typed are there again after a reload."""
    lanh = left(page)
    await lanh.becomes("Phạm Hải Nam")
    await lanh.says("xin chào")
    await lanh.hears("Hệ thống đã nghe: xin chào")
    await lanh.writing.fill("đang gõ dở")
    await page.reload()
    await lanh.hears("Hệ thống đã nghe: xin chào")
    await expect(lanh.root.locator("[data-part=owner-name]")).to_have_text("Phạm Hải Nam")
    await expect(lanh.writing).to_have_value("đang gõ dở")


async def test_a_lost_connection_loses_nothing(page: Page, context: BrowserContext, site: Site) -> None:
    """An event whose answer is lost is sent again with the same id, and acts once."""

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await context.route("**/events", lose_the_answer, times=1)
    lanh = left(page)
    await lanh.says("chỉ một lần")
    await lanh.hears("Hệ thống đã nghe: chỉ một lần")
    await lanh.says("và tiếp")
    await lanh.hears("Hệ thống đã nghe: và tiếp")
    heard = site.world.bot.heard
    assert len(heard) == 3 and heard[0] == heard[1]
    await expect(lanh.log.locator(".bubble-text")).to_have_text(
        ["chỉ một lần", "Hệ thống đã nghe: chỉ một lần", "và tiếp", "Hệ thống đã nghe: và tiếp"]
    )


async def test_what_the_bot_could_not_take_is_tried_again(page: Page, site: Site) -> None:
    """When the bot stored nothing, the bubble says so and the event goes out again, even after a reload."""
    site.world.bot.fails = 3
    lanh = left(page)
    await lanh.says("bền bỉ")
    await expect(lanh.bubble("chưa gửi được, đang thử lại")).to_contain_text("bền bỉ")
    await page.reload()
    await expect(lanh.bubble("chưa gửi được, đang thử lại")).to_be_visible()
    await lanh.hears("Hệ thống đã nghe: bền bỉ")
    await expect(lanh.bubble("chưa gửi được")).to_have_count(0)
    await expect(lanh.log.locator(".own")).to_have_count(1)
    assert len({incoming.event_id for incoming in site.world.bot.heard}) == 1


async def test_a_restart_loses_nothing(page: Page, site: Site) -> None:
    """What is said while the program is away arrives when it is back, without a reload."""
    lanh = left(page)
    await lanh.says("một")
    await lanh.hears("Hệ thống đã nghe: một")
    await site.stop()
    await lanh.says("hai")
    await expect(page.get_by_text("Mất kết nối, đang nối lại")).to_be_visible()
    await site.start()
    await lanh.hears("Hệ thống đã nghe: hai")
    await expect(lanh.log.locator(".bot .bubble")).to_have_count(2)


async def test_a_refused_event_is_said_to_be_refused(page: Page, site: Site) -> None:
    """Text beyond all limits is not tried for ever: its bubble says so, and the next one goes."""
    lanh = left(page)
    await lanh.says("x" * 250_000)
    await expect(lanh.log.locator(".failed")).to_have_count(1)
    await lanh.says("ngắn")
    await lanh.hears("Hệ thống đã nghe: ngắn")
    assert len(site.world.bot.heard) == 1


async def test_a_file_is_downloaded(page: Page) -> None:
    """A file that the bot sent is downloaded under its own name, with Vietnamese letters."""
    hoa = right(page)
    await hoa.says("/tep")
    async with page.expect_download() as started:
        await hoa.log.get_by_role("link", name="Tải tệp Danh sách mẫu.csv").click()
    download = await started.value
    assert download.suggested_filename == "Danh sách mẫu.csv"
    assert read(await download.path()) == "Họ tên\nTrần Thị Hoa\n"


@pytest.mark.parametrize(
    ("size", "wants", "answer"),
    [
        (12, 1_000, "đã nhận: Danh sách.xlsx, 12 byte"),
        (0, 1_000, "đã nhận: Danh sách.xlsx, 0 byte"),
        (12, 0, "không nhận: Danh sách.xlsx, 12 byte"),
        (30_000_000, 1_000, "không nhận: Danh sách.xlsx, 30000000 byte"),
    ],
)
async def test_a_file_is_sent(page: Page, site: Site, tmp_path: Path, size: int, wants: int, answer: str) -> None:
    """A file's content reaches the bot only if it waits for one of that size; its name and size always do."""
    site.world.bot.wants = wants
    chosen = tmp_path / "Danh sách.xlsx"
    chosen.write_bytes(b"x" * size)
    lanh = left(page)
    async with page.expect_file_chooser() as opened:
        await lanh.root.get_by_role("button", name="Đính kèm tệp").click()
    await (await opened.value).set_files(chosen)
    await lanh.hears(answer)
    sent = site.world.bot.heard[-1].payload
    assert isinstance(sent, FileSent)
    assert sent.content == (b"x" * size if size <= wants else None)


async def test_who_reads_further_up_is_left_alone(page: Page, site: Site) -> None:
    """New messages do not move somebody who reads older ones; a button tells how many there are and leads to them."""
    await fill(site, 30)
    lanh = left(page)
    await page.reload()
    await lanh.hears("Tin số 30.")
    await lanh.log.evaluate("log => log.scrollTop = 100")
    await expect(lanh.root.locator(".to-end")).to_be_visible()
    await site.world.channel.send(Delivery(key="new", chat=LANH, message=Message(text="Tin mới tới")))
    await lanh.root.get_by_role("button", name="1 tin mới").click()
    await lanh.hears("Tin mới tới")
    await expect(lanh.root.locator(".to-end")).to_be_hidden()


async def test_a_new_message_is_wholly_in_sight(page: Page, site: Site) -> None:
    """Who is at the end sees all of what comes, with its buttons, also when a new day begins above it."""
    await fill(site, 30)
    await page.reload()
    await left(page).hears("Tin số 30.")
    await page.get_by_role("button", name="Đến việc kế tiếp").first.click()
    await expect(left(page).log.locator(".day")).to_have_count(2)
    await expect(left(page).choice("Nhắc lại sau")).to_be_in_viewport(ratio=1)


async def test_older_messages_come_on_demand(page: Page, site: Site) -> None:
    """Only the newest bubbles are loaded; the button above brings the older ones and keeps the place."""
    await fill(site, 70)
    lanh = left(page)
    await page.reload()
    await lanh.hears("Tin số 70.")
    await expect(lanh.bubble("Tin số 30.")).to_have_count(0)
    await lanh.root.get_by_role("button", name="Xem tin cũ hơn").click()
    await expect(lanh.bubble("Tin số 31.")).to_be_in_viewport()
    await expect(lanh.root.get_by_role("button", name="Xem tin cũ hơn")).to_be_hidden()
    await expect(lanh.log.locator(".bubble")).to_have_count(70)


async def test_the_first_of_a_row_stays_in_sight(page: Page, site: Site) -> None:
    """When more comes at once than the screen holds, the beginning stays in sight."""
    lanh = left(page)
    await lanh.says("bắt đầu")
    await lanh.hears("Hệ thống đã nghe: bắt đầu")
    await lanh.log.hover()
    # The wheel is heard some time after it was turned; the messages come after that.
    await lanh.log.evaluate("log => log.addEventListener('wheel', () => { log.dataset.wheeled = '1' })")
    await page.mouse.wheel(0, 5)
    await expect(lanh.log).to_have_attribute("data-wheeled", "1")
    for number in (1, 2, 3):
        message = Message(title=f"Phần {number}", text="Một dòng.\n" * 12, choices=(Choice("Đã đọc", "read"),))
        await site.world.channel.send(Delivery(key=f"long-{number}", chat=LANH, message=message))
    await expect(lanh.bubble("Phần 3")).to_have_count(1)
    await expect(lanh.bubble("Phần 1").locator(".bubble-title")).to_be_in_viewport()
    await expect(lanh.bubble("Phần 3").locator(".bubble-title")).not_to_be_in_viewport()


async def test_an_answer_in_the_making_is_shown(page: Page, site: Site) -> None:
    """While an answer is being made the page shows that somebody is writing; the answer takes its place."""
    site.world.bot.slow = asyncio.Event()
    lanh = left(page)
    await lanh.says("chậm")
    await expect(lanh.log.locator(".typing")).to_be_visible()
    site.world.bot.slow.set()
    await lanh.hears("Hệ thống đã nghe: chậm")
    await expect(lanh.log.locator(".typing")).to_be_hidden()


def read(path: Path) -> str:
    """The text of a file."""
    return path.read_text("utf-8")


async def fill(site: Site, count: int) -> None:
    """So many messages to Lành."""
    for number in range(1, count + 1):
        await site.world.channel.send(
            Delivery(key=f"old-{number}", chat=LANH, message=Message(text=f"Tin số {number}."))
        )
