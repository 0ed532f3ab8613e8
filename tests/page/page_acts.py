"""What a person does on a phone of the page, and what they see there."""

from playwright.async_api import Locator, Page, expect


class Phone:
    """The left or the right phone."""

    def __init__(self, page: Page, slot: str) -> None:
        self.page = page
        self.root = page.locator(f'[data-phone="{slot}"]')
        self.log = self.root.get_by_role("log")
        self.writing = self.root.get_by_role("textbox")

    async def says(self, text: str) -> None:
        """Types and presses Enter."""
        await self.writing.fill(text)
        await self.writing.press("Enter")

    def choice(self, label: str) -> Locator:
        """The newest button with this label."""
        return self.log.get_by_role("button", name=label).last

    async def presses(self, label: str) -> None:
        """Presses the newest button with this label."""
        await self.choice(label).click()

    def bubble(self, text: str) -> Locator:
        """The bubbles with this text in them."""
        return self.log.locator(".bubble", has_text=text)

    async def hears(self, text: str) -> None:
        """There is exactly one bubble with this text, and it is in sight."""
        await expect(self.bubble(text)).to_have_count(1)
        await expect(self.bubble(text)).to_be_in_viewport()

    async def becomes(self, name: str) -> None:
        """Hands the phone to somebody else, found by name."""
        await self.root.locator(".owner").click()
        await self.page.get_by_role("combobox").fill(name)
        await self.page.get_by_role("option").first.click()
        await expect(self.root.locator("[data-part=owner-name]")).to_have_text(name)


def left(page: Page) -> Phone:
    """Nguyễn Văn Lành's, to begin with."""
    return Phone(page, "left")


def right(page: Page) -> Phone:
    """Trần Thị Hoa's, the secretary."""
    return Phone(page, "right")
