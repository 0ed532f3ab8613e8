"""Where somebody is signed in: seen, and ended on the page, by a command, or because they are unlinked."""

from datetime import date, timedelta

import pytest
from playwright.async_api import BrowserContext, Page, expect
from sqlalchemy import text, update

from bot.domain.page import KEPT
from storage.schema import memberships
from tests.page.service_acts import Talk, enters, opens, reads_to_the_end, signs_in, types_code
from tests.page.service_site import ServiceSite
from tests.slips import sheet_of

pytestmark = pytest.mark.browser


async def is_out(page: Page) -> None:
    """The open page has left the conversation by itself."""
    await expect(page.get_by_role("heading", name="Vào trang")).to_be_visible(timeout=10_000)


async def test_a_person_sees_and_ends_their_machines(
    service: ServiceSite, small: BrowserContext, other: BrowserContext
) -> None:
    """Both machines are listed; the other one is ended with one press, its open page leaves, and this one stays."""
    an = await service.world.member("Nguyễn Thị An")
    here = await signs_in(small, service, an)
    there = await signs_in(other, service, an)
    await here.page.get_by_role("link", name="Thoát").click()
    await expect(here.page.locator(".machine")).to_have_count(2)
    await here.page.get_by_role("button", name="Thoát máy này").or_(here.page.get_by_label("Thoát máy")).click()
    await expect(here.page.locator(".machine")).to_have_count(1)
    await is_out(there.page)
    assert (await other.request.get("/", max_redirects=0)).headers["location"] == "/vao"
    await here.page.goto("/")
    await expect(here.page.get_by_role("banner")).to_contain_text("Nguyễn Thị An")


async def test_signing_out_here_leaves_nothing(service: ServiceSite, small: BrowserContext) -> None:
    """The cookie is gone, the old one opens nothing, and a draft is not left for the next person."""
    an = await service.world.member("Nguyễn Thị An")
    talk = await signs_in(small, service, an)
    await talk.writing.fill("bản nháp riêng")
    kept = await small.cookies()
    await talk.page.goto("/may")
    await talk.page.get_by_role("button", name="Thoát trên máy này").click()
    await is_out(talk.page)
    assert not {cookie["value"] for cookie in kept} & {cookie["value"] for cookie in await small.cookies()}
    assert await talk.page.evaluate("localStorage.length") == 0
    await small.add_cookies([{**cookie} for cookie in kept])  # type: ignore[typeddict-item]
    page = await opens(small, "/")
    await is_out(page)


async def test_all_machines_are_ended_by_a_command(
    service: ServiceSite, small: BrowserContext, other: BrowserContext
) -> None:
    """/trangweb in the messenger lists them and ends one, or all; open pages leave, and a link that is out is void."""
    an = await service.world.member("Nguyễn Thị An")
    first = await signs_in(small, service, an)
    second = await signs_in(other, service, an)
    await an.says("/trangweb")
    assert "Đồng chí đang mở trang web trên:\n1. máy tính Linux: vào từ 08 giờ 00" in an.last
    await an.presses("Thoát máy 1: máy tính Linux")
    assert an.last == "Đã thoát trang web trên máy đó. Muốn vào lại, đồng chí gõ /trangweb."
    await an.presses("Thoát máy 1: máy tính Linux")
    assert an.last == "Máy đó đã thoát trang web từ trước."
    await is_out(second.page)
    link = await service.link_for(an.person_id)
    await an.presses("Thoát tất cả các máy")
    assert an.last == "Đã thoát trang web trên 01 máy. Muốn vào lại, đồng chí gõ /trangweb."
    await is_out(first.page)
    page = await opens(small, link)
    await expect(page.locator("main")).to_contain_text("đã được thu hồi")


async def test_nobody_ends_anothers_machine(service: ServiceSite, small: BrowserContext, other: BrowserContext) -> None:
    """A forged number, in a form of the page or as a button of the chat, ends nothing of anybody else."""
    an = await service.world.member("Nguyễn Thị An")
    binh = await service.world.member("Trần Văn Bình")
    await signs_in(small, service, an)
    bad = await signs_in(other, service, binh)
    await bad.page.goto("/may")
    word = await bad.page.locator("input[name=word]").first.get_attribute("value")
    await other.request.post("/may", form={"word": word or "", "session": "1"}, headers={"Origin": service.url})
    await binh.forges("page-end:1")
    assert binh.last == "Máy đó đã thoát trang web từ trước."
    assert (await small.request.get("/", max_redirects=0)).status == 200


async def test_unlinking_ends_everything(service: ServiceSite, small: BrowserContext) -> None:
    """Who takes back their consent is out of the page at once, and what was said there is forgotten."""
    an = await service.world.member("Nguyễn Thị An")
    talk = await signs_in(small, service, an)
    await an.says("/rutlui")
    await an.presses("Rút lại đồng ý")
    await is_out(talk.page)
    await service.world.passes(hours=2)
    async with service.app.database.read() as tx:
        assert await tx.all(text("SELECT id FROM mails")) == []
        assert await tx.all(text("SELECT id FROM page_sessions")) == []


async def test_who_leaves_the_party_is_out(service: ServiceSite, small: BrowserContext) -> None:
    """A membership that has ended opens no page, although the address is still linked."""
    an = await service.world.member("Nguyễn Thị An")
    talk = await signs_in(small, service, an)
    async with service.app.database.write() as tx:
        await tx.run(update(memberships).values(valid_to=date(2027, 1, 4)))
    await is_out(talk.page)


async def test_a_browser_that_is_not_used_is_forgotten(service: ServiceSite, small: BrowserContext) -> None:
    """Thirty days without a visit end it; who comes every week must sign in anew after half a year."""
    an = await service.world.member("Nguyễn Thị An")
    await signs_in(small, service, an)
    for page in small.pages:
        await page.close()
    clock = service.world.clock
    for _ in range(25):
        clock.move_to(clock.now() + timedelta(days=7))
        assert (await small.request.get("/", max_redirects=0)).status == 200
    clock.move_to(clock.now() + timedelta(days=6))
    assert (await small.request.get("/", max_redirects=0)).status == 303
    talk = await enters(small, await service.link_for(an.person_id))
    await talk.page.close()
    clock.move_to(clock.now() + timedelta(days=31))
    assert (await small.request.get("/", max_redirects=0)).status == 303


async def test_a_guest_who_goes_away_leaves_nothing(service: ServiceSite, small: BrowserContext) -> None:
    """Who begins to join and does not agree is out after two hours, and then nothing is kept of the conversation."""
    ba = await service.world.secretary("Trần Văn Ba")
    await service.world.member("Nguyễn Thị An", linked=False)
    page = await types_code(small, (await sheet_of(ba))["Nguyễn Thị An"])
    talk = Talk(page)
    await reads_to_the_end(talk)
    await talk.presses("Không đồng ý")
    await talk.hears("Hệ thống không lưu gì về đồng chí")
    await page.close()
    await service.world.passes(hours=2)
    assert (await small.request.get("/", max_redirects=0)).status == 303
    await service.world.passes(hours=2)
    async with service.app.database.read() as tx:
        assert await tx.all(text("SELECT id FROM mails")) == []
        assert await tx.all(text("SELECT id FROM page_sessions")) == []


async def test_old_links_are_forgotten(service: ServiceSite) -> None:
    """A week after its end nothing is kept of a link."""
    an = await service.world.member("Nguyễn Thị An")
    await service.link_for(an.person_id)
    await service.world.passes(days=1 + KEPT.days)
    async with service.app.database.read() as tx:
        assert await tx.all(text("SELECT id FROM page_passes")) == []
