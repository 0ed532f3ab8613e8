"""What people do on the page in service."""

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.page.page_acts import Phone
from tests.page.service_site import ServiceSite
from tests.world import Voice


class Talk(Phone):
    """The conversation of whoever is signed in."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, "")
        self.root = page.locator("main.conversation")
        self.log = self.root.get_by_role("log")
        self.writing = self.root.get_by_role("textbox")

    def choice(self, label: str) -> Locator:
        """The newest button with exactly this label."""
        return self.log.get_by_role("button", name=label, exact=True).last


async def opens(context: BrowserContext, link: str) -> Page:
    """Opens a link and looks at it."""
    page = await context.new_page()
    await page.goto(link)
    return page


async def enters(context: BrowserContext, link: str) -> Talk:
    """Opens a link and presses its button."""
    page = await opens(context, link)
    await page.get_by_role("button", name="Vào trang").click()
    await expect(page.locator("html.is-live")).to_be_attached()
    return Talk(page)


async def signs_in(context: BrowserContext, service: ServiceSite, who: Voice, *, target: str = "") -> Talk:
    """Signs in by a link that the bot made."""
    return await enters(context, await service.link_for(who.person_id, target=target))


async def types_code(context: BrowserContext, code: str) -> Page:
    """Types a code where people sign in."""
    page = await opens(context, "/")
    await page.get_by_label("Mã gồm 12 chữ và số").fill(code)
    await page.get_by_role("button", name="Vào trang").click()
    return page


async def reads_to_the_end(talk: Talk) -> None:
    """Presses on through the screens of the consent, until it is asked."""
    for read in range(1, 20):
        await expect(talk.log.locator(".choices")).to_have_count(read)
        if await talk.choice("Đồng ý").count():
            return
        await talk.presses("Đọc tiếp")
