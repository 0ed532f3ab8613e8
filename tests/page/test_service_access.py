"""The page in service for everybody: axe on a small telephone, light and dark, large type, keyboard."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.conversations.pledge_rounds import open_round
from tests.page.service_acts import signs_in
from tests.page.service_site import ServiceSite
from tests.page.test_page_access import SMALL_TARGETS, SMALL_TYPE, serious_findings

pytestmark = pytest.mark.browser

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


async def check(page: Page) -> None:
    """Nothing serious for axe, nothing smaller than promised, nothing wider than the screen."""
    assert await serious_findings(page) == []
    assert await page.evaluate(SMALL_TYPE) == []
    assert await page.evaluate(SMALL_TARGETS) == []
    assert not await page.evaluate(TOO_WIDE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_serious_finding(browser: Browser, service: ServiceSite, scheme: Any) -> None:
    """Every page on the way: the gate with a fault, a link, a used link, the conversation, one's machines."""
    an = await service.world.member("Nguyễn Thị An")
    await open_round(service.world)
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=scheme, base_url=service.url, reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto("/vao")
    await check(page)
    await page.get_by_label("Mã gồm 12 chữ và số").fill("BT7K")
    await page.get_by_role("button", name="Vào trang").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await check(page)
    link = await service.link_for(an.person_id)
    await page.goto(link)
    await check(page)
    talk = await signs_in(context, service, an, target="run:camket")
    await talk.hears("(phần 1/5)")
    await check(talk.page)
    await talk.root.get_by_role("button", name="Các lệnh").click()
    await expect(talk.page.locator(".menu li").first).to_be_visible()
    await check(talk.page)
    await talk.page.goto("/may")
    await check(talk.page)
    await page.goto(link[:-2])
    await check(page)
    await context.close()


async def test_no_serious_finding_without_script(browser: Browser, service: ServiceSite) -> None:
    """The plain forms hold the same: axe looks at what a browser without our script shows."""
    an = await service.world.member("Nguyễn Thị An")
    await open_round(service.world)
    context = await browser.new_context(viewport={"width": 360, "height": 740}, base_url=service.url)
    await context.route("**/static/service.js", lambda route: route.abort())
    page = await context.new_page()
    await page.goto(await service.link_for(an.person_id, target="run:camket"))
    await page.get_by_role("button", name="Vào trang").click()
    await expect(page.locator("#plain")).to_contain_text("(phần 1/5)")
    await check(page)
    await context.close()


async def test_larger_type_still_fits(browser: Browser, service: ServiceSite) -> None:
    """With the browser's type at 150 % on 360 px nothing runs out of any page."""
    an = await service.world.member("Nguyễn Thị An")
    context = await browser.new_context(viewport={"width": 360, "height": 740}, base_url=service.url)
    talk = await signs_in(context, service, an)
    await talk.hears("Kính chào đồng chí Nguyễn Thị An")
    for path in ("/", "/may"):
        await talk.page.goto(path)
        await talk.page.evaluate("document.documentElement.style.fontSize = '27px'")
        assert not await talk.page.evaluate(TOO_WIDE), path
    await context.close()


async def test_the_keyboard_is_enough(browser: Browser, service: ServiceSite) -> None:
    """Open a link, come in and write, with Tab, Enter and letters."""
    an = await service.world.member("Nguyễn Thị An")
    context = await browser.new_context(viewport={"width": 360, "height": 740}, base_url=service.url)
    page = await context.new_page()
    await page.goto(await service.link_for(an.person_id))
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Vào trang")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("html.is-live")).to_be_attached()
    writing = page.get_by_role("textbox", name="Viết cho hệ thống")
    for _ in range(15):
        if await writing.evaluate("element => element === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.type("/trogiup")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble", has_text="/rutlui")).to_have_count(1)
    await context.close()
