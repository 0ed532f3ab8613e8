"""The page for everybody: keyboard, screen reader, large type, narrow screens, light and dark."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.page.conftest import Site
from tests.page.page_acts import left, right
from tests.page.page_fakes import CODE

pytestmark = pytest.mark.browser

SMALL_TYPE = """
() => [...document.querySelectorAll('body *')]
  .filter((element) => element.checkVisibility() && [...element.childNodes].some(
    (node) => node.nodeType === 3 && node.data.trim()) && parseFloat(getComputedStyle(element).fontSize) < 18)
  .map((element) => element.outerHTML.slice(0, 80))
"""
SMALL_TARGETS = """
() => [...document.querySelectorAll('button:not(.command), textarea, summary, a[class]')]
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 40)
  .map((element) => element.outerHTML.slice(0, 80))
"""
TOO_WIDE = """
() => [...document.querySelectorAll('html, body, main, .log, .rail, .people')]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.className || element.tagName)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 900, 360])
async def test_no_serious_finding(browser: Browser, site: Site, scheme: Any, width: int) -> None:
    """Axe finds nothing serious in any part of the page, light or dark, wide or narrow; nothing is too small."""
    context = await browser.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, base_url=site.url, reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto("/")
    await expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    await check(page)
    await show(page, "left")
    await left(page).says("/camket")
    await left(page).presses("Tôi cam kết")
    await left(page).says("/tep")
    await left(page).hears("Danh sách mẫu.csv")
    await show(page, "right")
    await right(page).says("/danhsach")
    await right(page).presses("Nhắc các đồng chí chưa ký")
    await right(page).hears("Đã nhắc 01 đồng chí.")
    await right(page).root.get_by_role("button", name="Các lệnh").click()
    await check(page)
    await right(page).root.locator(".owner").click()
    await check(page)
    await page.get_by_role("option", name="Đặng Thị Xuân").click()
    await expect(right(page).root).to_contain_text(CODE)
    await check(page)
    await show(page, "clock")
    await check(page)
    await context.close()


async def test_the_keyboard_is_enough(page: Page) -> None:
    """Without a mouse: try a step, sign the pledge part by part, change the person, write, and move the clock."""
    await press_until(page, "Mở và gửi /camket")
    await page.keyboard.press("Enter")
    await expect(left(page).log).to_be_focused()
    await left(page).hears("phần 1/3")
    await page.keyboard.press("Tab")
    for part in ("phần 2/3", "phần 3/3"):
        await expect(left(page).choice("Tôi cam kết")).to_be_focused()
        await page.keyboard.press("Enter")
        await left(page).hears(part)
    await expect(left(page).choice("Tôi cam kết")).to_be_focused()
    await page.keyboard.press("Space")
    await left(page).hears("Đã ký bản cam kết")
    await press_until(page, "Đổi người")
    await page.keyboard.press("Enter")
    await page.keyboard.type("nam")
    await page.keyboard.press("Enter")
    await expect(right(page).root.locator("[data-part=owner-name]")).to_have_text("Phạm Hải Nam")
    await expect(right(page).root.locator(".owner")).to_be_focused()
    await press_until(page, "Đồng chí Phạm Hải Nam viết")
    await page.keyboard.type("xin chào")
    await page.keyboard.press("Enter")
    await right(page).hears("Hệ thống đã nghe: xin chào")
    await press_until(page, "+ 1 giờ")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("region", name="Đồng hồ diễn tập")).to_contain_text("09 giờ 15")


async def test_focus_is_always_visible(page: Page) -> None:
    """Wherever Tab leads, a ring of at least 3 px shows it, and it leads everywhere once around."""
    seen: set[str] = set()
    for _ in range(40):
        await page.keyboard.press("Tab")
        ring, name = await page.evaluate(
            """() => {
              const element = document.activeElement;
              const style = getComputedStyle(element);
              const ring = style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
              return [element === document.body ? 3 : ring, element.outerHTML.slice(0, 60)];
            }"""
        )
        assert ring >= 3, name
        seen.add(name)
    assert len(seen) > 15


async def test_a_screen_reader_hears_who_said_what(page: Page) -> None:
    """Each conversation is a log with a name that reads new bubbles out, and each bubble begins with who speaks."""
    lanh = left(page)
    await expect(lanh.log).to_have_attribute("aria-live", "polite")
    await expect(lanh.log).to_have_accessible_name("Hội thoại trên điện thoại của đồng chí Nguyễn Văn Lành")
    await lanh.says("xin chào")
    await lanh.hears("Hệ thống đã nghe: xin chào")
    await expect(lanh.log.locator(".bubble").first).to_contain_text("Đồng chí Nguyễn Văn Lành: xin chào")
    await expect(lanh.log.locator(".bubble").last).to_contain_text("Hệ thống: Hệ thống đã nghe")


async def test_the_colours_are_chosen_by_hand(page: Page) -> None:
    """The button turns light into dark and back, says which it is, and is remembered."""
    button = page.get_by_role("button", name="Giao diện tối")
    await expect(button).to_have_attribute("aria-pressed", "false")
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await button.click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_larger_type_still_fits(page: Page) -> None:
    """With the browser's type at 150 % and a screen of 360 px nothing runs out of the page."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.evaluate("document.documentElement.style.fontSize = '27px'")
    for view in ("steps", "left", "right", "clock"):
        await show(page, view)
        assert await page.evaluate(TOO_WIDE) == [], view


async def serious_findings(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds that is serious or worse: the rule, and where."""
    return [
        (finding["id"], [node["html"] for node in finding["nodes"]])
        for finding in (await Axe().run(page)).response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


async def check(page: Page) -> None:
    """Nothing serious for axe, nothing smaller than promised, nothing wider than the screen."""
    assert await serious_findings(page) == []
    assert await page.evaluate(SMALL_TYPE) == []
    assert await page.evaluate(SMALL_TARGETS) == []
    assert await page.evaluate(TOO_WIDE) == []


async def show(page: Page, view: str) -> None:
    """Brings a part to the front where there is room for one only."""
    tab = page.locator(f'.views [data-view="{view}"]')
    if await tab.is_visible():
        await tab.click()


async def press_until(page: Page, name: str) -> None:
    """Tab, until what has the focus is called so."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        called: str = await page.evaluate(
            """() => {
              const element = document.activeElement;
              return element === document.body ? '' : element.getAttribute('aria-label') ?? element.textContent;
            }"""
        )
        if name in called:
            return
    raise AssertionError(f"Tab never reaches {name!r}")
