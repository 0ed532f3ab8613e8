"""Signing in on the page by a link, by a code that was read out, by an invitation; and who is not let in."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import BrowserContext, expect

from bot.domain.codes import CodeKind, make_code
from tests.page.service_acts import Talk, enters, opens, reads_to_the_end, signs_in, types_code
from tests.page.service_site import ServiceSite
from tests.slips import sheet_of

pytestmark = pytest.mark.browser


async def test_a_link_of_the_bot_opens_the_page(service: ServiceSite, small: BrowserContext) -> None:
    """/trangweb gives a link; it opens a page with one large button, which lets the person in to their own tasks."""
    an = await service.world.member("Nguyễn Thị An")
    await an.says("/trangweb")
    link = an.bubbles[-1].message.link
    assert link is not None and link.url.startswith(f"{service.url}/l/")
    talk = await enters(small, link.url)
    await talk.hears("Kính chào đồng chí Nguyễn Thị An")
    await expect(talk.page.get_by_role("banner")).to_contain_text("Nguyễn Thị An")
    await talk.says("/toi")
    await expect(talk.bubble("Kính chào đồng chí Nguyễn Thị An")).to_have_count(2)


async def test_looking_at_a_link_does_not_use_it(
    service: ServiceSite, small: BrowserContext, other: BrowserContext
) -> None:
    """A messenger's preview may open a link as often as it likes; the press uses it, and then it opens nothing more."""
    an = await service.world.member("Nguyễn Thị An")
    link = await service.link_for(an.person_id)
    for _ in range(3):
        looked = await other.request.get(link)
        assert looked.ok and "An" not in await looked.text()
    await enters(small, link)
    page = await opens(other, link)
    await expect(page.locator("main")).to_contain_text("đã được dùng; mỗi cái chỉ dùng một lần")
    assert (await other.request.get("/may", max_redirects=0)).status == 303


async def test_expired_and_forged_links_say_what_to_do(service: ServiceSite, small: BrowserContext) -> None:
    """A day later a link is void, and one that nobody made opens nothing; both say so in words."""
    an = await service.world.member("Nguyễn Thị An")
    link = await service.link_for(an.person_id)
    service.world.clock.move_to(service.world.clock.now() + timedelta(days=1))
    page = await opens(small, link)
    await expect(page.locator("main")).to_contain_text("đã hết hạn. Mong đồng chí xin cái mới.")
    page = await opens(small, link[:-4] + "AAAA")
    await expect(page.locator("main")).to_contain_text("Hệ thống không có mã hay đường dẫn này.")


async def test_a_link_that_expires_before_the_press(service: ServiceSite, small: BrowserContext) -> None:
    """What held when the page was opened is asked again when the button is pressed."""
    an = await service.world.member("Nguyễn Thị An")
    page = await opens(small, await service.link_for(an.person_id))
    service.world.clock.move_to(service.world.clock.now() + timedelta(days=1))
    await page.get_by_role("button", name="Vào trang").click()
    await expect(page.locator("main")).to_contain_text("đã hết hạn")


async def test_somebody_elses_link_changes_nothing(
    service: ServiceSite, small: BrowserContext, other: BrowserContext
) -> None:
    """Where An is signed in, Bình's link is refused without his name, stays good, and lets him in elsewhere."""
    an = await service.world.member("Nguyễn Thị An")
    binh = await service.world.member("Trần Văn Bình")
    await signs_in(small, service, an)
    link = await service.link_for(binh.person_id)
    page = await opens(small, link)
    await page.get_by_role("button", name="Vào trang").click()
    await expect(page.locator("main")).to_contain_text("không phải của đồng chí đang mở trang trên máy này")
    await expect(page.locator("body")).not_to_contain_text("Bình")
    await page.goto("/")
    await expect(page.get_by_role("banner")).to_contain_text("Nguyễn Thị An")
    binhs = await enters(other, link)
    await expect(binhs.page.get_by_role("banner")).to_contain_text("Trần Văn Bình")


async def test_the_secretary_reads_out_a_code(service: ServiceSite, small: BrowserContext) -> None:
    """From the member's own card; it is typed as it comes, lets in once, and the member's messenger is told."""
    ba = await service.world.secretary("Trần Văn Ba")
    an = await service.world.member("Nguyễn Thị An")
    await ba.says("/phieumoi")
    await ba.presses("Chọn một đồng chí")
    await ba.says("An")
    await ba.presses("Đọc mã vào trang web")
    code = re.search(r"\w{4}-\w{4}-\w{4}", ba.last)
    assert code is not None and "Nguyễn Thị An" in ba.last
    page = await types_code(small, code[0].lower().replace("-", " "))
    await expect(page.get_by_role("banner")).to_contain_text("Nguyễn Thị An")
    await Talk(page).hears("Kính chào đồng chí Nguyễn Thị An")
    assert "Có người vừa vào trang web dưới tên đồng chí" in an.heard()[-1]
    await small.clear_cookies()
    page = await types_code(small, code[0])
    await expect(page.get_by_role("alert")).to_contain_text("đã được dùng")


async def test_somebody_joins_on_the_page(service: ServiceSite, small: BrowserContext) -> None:
    """Who has neither messenger types the code of the slip, reads, agrees, is asked who they are, and is in."""
    ba = await service.world.secretary("Trần Văn Ba")
    await service.world.member("Nguyễn Thị An", linked=False)
    page = await types_code(small, (await sheet_of(ba))["Nguyễn Thị An"])
    talk = Talk(page)
    await reads_to_the_end(talk)
    await talk.presses("Đồng ý")
    await talk.presses("Đúng")
    await talk.hears("Hệ thống đã ghi nhận đồng chí đồng ý và tham gia")
    await page.reload()
    await expect(page.get_by_role("banner")).to_contain_text("Nguyễn Thị An")
    await service.world.settle()
    assert any("Đồng chí Nguyễn Thị An (Chi bộ thôn 1) đã tham gia" in said for said in ba.heard())


async def test_a_wrong_code_is_told_from_a_mistyped_one(service: ServiceSite, small: BrowserContext) -> None:
    """What was typed stays to be corrected, and each fault says what to do."""
    page = await types_code(small, "BT7K-93QF")
    await expect(page.get_by_role("alert")).to_contain_text("có chỗ chưa đúng")
    await expect(page.get_by_label("Mã gồm 12 chữ và số")).to_have_value("BT7K-93QF")
    page = await types_code(small, make_code(CodeKind.INVITATION, b"0123456789abcdef").grouped)
    await expect(page.get_by_role("alert")).to_contain_text("Hệ thống không có mã hay đường dẫn này")


async def test_codes_cannot_be_tried_out(service: ServiceSite, small: BrowserContext) -> None:
    """After twenty wrong codes from one place none is looked at for an hour, not even a right one."""
    ba = await service.world.secretary("Trần Văn Ba")
    await service.world.member("Nguyễn Thị An", linked=False)
    right = (await sheet_of(ba))["Nguyễn Thị An"]
    page = await opens(small, "/vao")
    for number in range(20):
        service.world.clock.move_to(service.world.clock.now() + timedelta(seconds=5))
        wrong = make_code(CodeKind.INVITATION, number.to_bytes(16))
        await page.get_by_label("Mã gồm 12 chữ và số").fill(wrong.grouped)
        await page.get_by_role("button", name="Vào trang").click()
        await expect(page.get_by_role("alert")).to_be_visible()
    page = await types_code(small, right)
    await expect(page.get_by_role("alert")).to_contain_text("gõ sai mã quá nhiều lần")
    service.world.clock.move_to(service.world.clock.now() + timedelta(hours=1))
    page = await types_code(small, right)
    await expect(page.locator("html.is-live")).to_be_attached()


async def test_a_link_brings_somebody_where_they_were_going(service: ServiceSite, small: BrowserContext) -> None:
    """A link with a target presses it for them once they are in: here it opens the help, once."""
    an = await service.world.member("Nguyễn Thị An")
    talk = await signs_in(small, service, an, target="run:trogiup")
    await talk.hears("/rutlui")
    await talk.page.reload()
    await talk.hears("/rutlui")


async def test_an_answer_that_was_lost_is_asked_for_again(service: ServiceSite, small: BrowserContext) -> None:
    """The same browser that presses the button a second time, because nothing came back, is let in; its chat begins
    once."""
    an = await service.world.member("Nguyễn Thị An")
    page = await opens(small, await service.link_for(an.person_id))
    word = await page.locator("input[name=word]").get_attribute("value")
    before = await small.cookies()
    for _ in range(2):
        await small.clear_cookies()
        await small.add_cookies([{**cookie} for cookie in before])  # type: ignore[typeddict-item]
        answer = await small.request.post(page.url, form={"word": word or ""}, max_redirects=0)
        assert answer.status == 303
    await page.goto("/")
    await Talk(page).hears("Kính chào đồng chí Nguyễn Thị An")


async def test_who_opens_the_chat_for_them_is_not_asked_twice(service: ServiceSite, small: BrowserContext) -> None:
    """Who is signed in already and opens a link of their own stays signed in, in one place."""
    an = await service.world.member("Nguyễn Thị An")
    await signs_in(small, service, an)
    talk = await signs_in(small, service, an)
    await talk.page.goto("/may")
    await expect(talk.page.get_by_text("(máy này)")).to_have_count(1)
    await expect(talk.page.locator(".machine")).to_have_count(1)
