"""What members do on the page in service, on a small telephone: with its script, and without."""

import pytest
from playwright.async_api import Browser, BrowserContext, Route, expect

from storage import self_reports
from storage.schema import meeting_replies, pledges
from tests.conversations import meeting_scenes, report_scenes
from tests.conversations.pledge_rounds import open_round, rows
from tests.page.conftest import watched
from tests.page.service_acts import enters, signs_in
from tests.page.service_site import ServiceSite

pytestmark = pytest.mark.browser


async def test_a_member_signs_the_pledge(service: ServiceSite, small: BrowserContext) -> None:
    """Read part by part, signed, and the receipt is there; after a reload it still is."""
    an = await service.world.member("Nguyễn Thị An")
    await open_round(service.world)
    talk = await signs_in(small, service, an)
    await talk.says("/camket")
    for part in range(1, 6):
        await talk.hears(f"(phần {part}/5)")
        await talk.presses("Tiếp tục")
    await talk.presses("Không")
    await talk.hears("Xem lại trước khi ký")
    await talk.presses("Ký cam kết")
    await talk.hears("đã ghi nhận cam kết năm 2027")
    assert len(await rows(service.world, pledges)) == 1
    await talk.page.reload()
    await talk.hears("đã ghi nhận cam kết năm 2027")


async def test_a_member_reports_on_themself(service: ServiceSite, small: BrowserContext) -> None:
    """The twelve questions, answered by number, and sent."""
    an = await service.world.member("Nguyễn Thị An")
    found = await report_scenes.open_round(service.world)
    talk = await signs_in(small, service, an)
    await talk.says("/baocao")
    await talk.presses("Bắt đầu")
    for question in range(1, 13):
        await expect(talk.log.locator(".mail.bot").last).to_contain_text(f"{question}/12")
        await talk.says("1")
    await talk.presses("Gửi báo cáo")
    await expect(talk.log.locator(".mail.bot").last).to_contain_text("Mã biên nhận")
    assert an.person_id is not None
    async with service.app.database.read() as tx:
        assert await self_reports.newest_report(tx, found, an.person_id) is not None


async def test_a_member_answers_a_meeting(service: ServiceSite, small: BrowserContext) -> None:
    """The notice comes to the page of who has no messenger, while it is open, and one press answers it."""
    secretary = await meeting_scenes.a_cell(service.world)
    an = service.world.voices["Nguyễn Thị An"]
    talk = await signs_in(small, service, an)
    an_messenger = len(an.bubbles)
    await an.blocks()
    await meeting_scenes.call(secretary)
    await talk.hears("Nhà văn hóa thôn 1")
    await talk.presses("Có mặt")
    await expect(talk.log.locator(".mail.bot").last).to_contain_text("có mặt")
    assert [reply.answer for reply in await rows(service.world, meeting_replies)] == ["present"]
    assert len(an.bubbles) == an_messenger


async def test_the_page_is_not_where_people_are_told_first(service: ServiceSite, small: BrowserContext) -> None:
    """Who has opened the page once is still told of a meeting in the messenger."""
    secretary = await meeting_scenes.a_cell(service.world)
    an = service.world.voices["Nguyễn Thị An"]
    await signs_in(small, service, an)
    await meeting_scenes.call(secretary)
    assert "Nhà văn hóa thôn 1" in an.last


async def test_what_people_write_is_text(service: ServiceSite, small: BrowserContext) -> None:
    """Marks and scripts that somebody types are shown as they were typed, with the script and without it."""
    written = '<img src=x onerror="alert(1)"><script>alert(2)</script></script>{{ 7 * 7 }}'
    an = await service.world.member("Nguyễn Thị An")
    talk = await signs_in(small, service, an)
    await talk.says(written)
    await talk.hears(written)
    await talk.page.reload()
    await talk.hears(written)
    plain = await small.request.get("/")
    text = await plain.text()
    assert "&lt;img src=x" in text and "<img src=x" not in text


async def test_a_pledge_without_any_script(service: ServiceSite, browser: Browser) -> None:
    """On an old telephone the same page is made of plain forms: sign in, read, sign, and see the receipt."""
    an = await service.world.member("Nguyễn Thị An")
    await open_round(service.world)
    context = await browser.new_context(
        viewport={"width": 360, "height": 640}, base_url=service.url, java_script_enabled=False
    )
    page = await context.new_page()
    await page.goto(await service.link_for(an.person_id, target="run:camket"))
    await page.get_by_role("button", name="Vào trang").click()
    for part in range(1, 6):
        await expect(page.locator("#plain")).to_contain_text(f"(phần {part}/5)")
        await page.get_by_role("button", name="Tiếp tục").last.click()
    await page.get_by_role("button", name="Không", exact=True).last.click()
    await page.get_by_role("button", name="Ký cam kết", exact=True).last.click()
    await expect(page.locator("#plain")).to_contain_text("đã ghi nhận cam kết năm 2027")
    await page.get_by_label("Viết cho hệ thống").fill("<b>xin chào</b>")
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(page.locator(".mine").last).to_contain_text("<b>xin chào</b>")
    assert len(await rows(service.world, pledges)) == 1
    await context.close()


async def _cannot_run(route: Route) -> None:
    await route.fulfill(body=";", content_type="text/javascript")


async def test_an_old_browser_hears_of_news(service: ServiceSite, browser: Browser) -> None:
    """Where the conversation's script cannot run, a small old one asks now and then, and shows what is new."""
    an = await service.world.member("Nguyễn Thị An")
    async with watched(browser, service.url, width=360, height=640) as context:
        await context.route(
            "**/static/service.js", lambda route: route.fulfill(body="", content_type="text/javascript")
        )
        page = await context.new_page()
        await page.clock.install()
        await page.goto(await service.link_for(an.person_id))
        await page.get_by_role("button", name="Vào trang").click()
        await expect(page.locator("#plain")).to_contain_text("Kính chào đồng chí Nguyễn Thị An")
        ba = await service.world.secretary("Trần Văn Ba", cell="Chi bộ thôn 1")
        await an.blocks()
        await meeting_scenes.call(ba)
        await page.clock.run_for(16_000)
        await expect(page.locator("#plain")).to_contain_text("Nhà văn hóa thôn 1")


async def test_a_paper_is_downloaded_by_its_person_alone(
    service: ServiceSite, small: BrowserContext, other: BrowserContext
) -> None:
    """A sheet that the bot made comes down from the page; with another's session, or none, there is nothing."""
    ba = await service.world.secretary("Trần Văn Ba")
    await service.world.member("Nguyễn Thị An", linked=False)
    binh = await service.world.member("Lê Thị Bình")
    talk = await signs_in(small, service, ba, target="run:phieumoi")
    await talk.says("1")
    await talk.presses("Làm phiếu")
    link = talk.log.locator(".bubble-file")
    async with talk.page.expect_download() as coming:
        await link.click()
    assert (await coming.value).suggested_filename.endswith(".docx")
    address = await link.get_attribute("href")
    assert address is not None
    assert (await other.request.get(address)).status == 401
    await signs_in(other, service, binh)
    assert (await other.request.get(address)).status == 404


async def test_two_telephones_show_one_conversation(
    service: ServiceSite, small: BrowserContext, other: BrowserContext
) -> None:
    """What is said on one is there on the other at once."""
    an = await service.world.member("Nguyễn Thị An")
    first = await signs_in(small, service, an)
    second = await enters(other, await service.link_for(an.person_id))
    await first.says("/kiemtra ABC")
    await expect(second.bubble("/kiemtra ABC")).to_have_count(1)
