"""Takes the screenshots of the readme and the guide anew: `make screenshots`.

It starts the rehearsal as everybody does, in a folder of its own, lets people of the sample commune act, and takes
pictures of their phones into docs/images. Needed: Chromium; for the sheet of invitations LibreOffice and poppler;
pngquant makes the files small. What is not there is said, and its picture stays as it was.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.page.conftest import QUIET
from tests.page.offstage import HOUSE, Stage, rehearsal
from tests.page.page_acts import Phone, left, right

IMAGES = HOUSE / "docs" / "images"
DESK = ViewportSize(width=1280, height=900)
TALL = ViewportSize(width=1280, height=1090)
HAND = ViewportSize(width=360, height=740)

HA = "mau-040"
"""An officer of the committee."""
OTHERS = ("mau-002", "mau-003", "mau-004", "mau-009", "mau-010", "mau-011")
"""Members of the same cell who sign behind the scenes."""
COMING = ("mau-002", "mau-003", "mau-004", "mau-038")
"""Three members and the upper member in charge, who will be at the meeting."""
LONG = "mau-010"
"""Who will not."""
AGENDA = "1. Thông tin thời sự\n2. Kết quả tháng 3, nhiệm vụ tháng 4\n3. Thảo luận, biểu quyết nghị quyết"
TO_ALL = "Kính mời các đồng chí dự lễ trao Huy hiệu Đảng lúc 08 giờ 00 Chủ nhật tới, tại hội trường xã. Trân trọng."


async def press(phone: Phone, label: str) -> None:
    """Presses the newest button with exactly this label."""
    await phone.log.get_by_role("button", name=label, exact=True).last.click()


async def becomes(phone: Phone, name: str) -> None:
    """Hands the phone to somebody, unless they hold it."""
    if await phone.root.locator("[data-part=owner-name]").inner_text() != name:
        await phone.becomes(name)


async def reads_the_pledge(phone: Phone, *, parts: int) -> None:
    """Reads so many parts of the pledge."""
    for part in range(1, parts + 1):
        await phone.hears(f"(phần {part}/5)")
        await press(phone, "Tiếp tục")


async def desktop(page: Page) -> None:
    """A member has signed; the secretary sees who is missing."""
    await page.get_by_role("button", name="Mở và gửi /camket").click()
    await reads_the_pledge(left(page), parts=5)
    await press(left(page), "Có")
    await press(left(page), "Đoàn kết tốt, kỷ luật tốt")
    await left(page).hears("Mong đồng chí gõ cam kết riêng")
    await left(page).says("Mỗi quý góp sức hòa giải một việc trong thôn.")
    await left(page).hears("Đã ghi.")
    await press(left(page), "Không")
    await left(page).hears("Xem lại trước khi ký")
    await press(left(page), "Ký cam kết")
    await left(page).hears("Mã biên nhận:")
    await page.get_by_text("Xem ai thiếu và nhắc").click()
    await page.get_by_role("button", name="Mở và gửi /dscamket").click()
    await right(page).hears("Còn thiếu:")
    await shoot(page, "desktop")


async def meeting(page: Page, stage: Stage) -> None:
    """A notice as a member gets it, and the replies as the secretary sees them."""
    await page.set_viewport_size(TALL)
    await becomes(right(page), "Nguyễn Văn Thành")
    await right(page).says("/hop")
    await press(right(page), "Sinh hoạt thường kỳ")
    await right(page).hears("Họp ngày nào, lúc mấy giờ?")
    await right(page).says("mùng 3 19h30")
    await press(right(page), "Đúng")
    await right(page).hears("Họp ở đâu?")
    await right(page).says("Nhà văn hóa Thôn 1")
    await right(page).hears("Nội dung họp gồm những gì?")
    await right(page).says(AGENDA)
    await right(page).hears("Xem lại trước khi gửi")
    await right(page).choice("Gửi thông báo cho").click()
    await left(page).hears("Giấy mời họp chi bộ")
    await shoot_phone(left(page), "meeting-notice")
    for member in COMING:
        await stage.presses(member, "Có mặt")
    await stage.presses(LONG, "Vắng có lý do")
    await stage.says(LONG, "Đưa mẹ đi khám ở bệnh viện tỉnh")
    await right(page).hears("Đưa mẹ đi khám ở bệnh viện tỉnh")
    await press(right(page), "Cập nhật")
    counts = right(page).bubble("Có mặt 03")
    await settled(page)
    await counts.evaluate("bubble => bubble.scrollIntoView({ block: 'start' })")
    await shoot_phone(right(page), "meeting-replies")
    await page.set_viewport_size(DESK)


async def dark(page: Page, stage: Stage) -> None:
    """An officer looks at a broadcast before it goes out; then, in the dark, it is out and a member reads it."""
    await becomes(right(page), "Phan Thị Thu Hà")
    await broadcast(right(page))
    await shoot_phone(right(page), "broadcast")
    await page.get_by_role("button", name="Giao diện tối").click()
    await right(page).choice("Gửi cho").click()
    await expect(right(page).bubble("đã gửi xong")).to_be_visible(timeout=30_000)
    await becomes(left(page), "Trần Thị Hồng Vân")
    await left(page).hears("Huy hiệu Đảng")
    await shoot(page, "dark")
    await page.get_by_role("button", name="Giao diện tối").click()


async def broadcast(phone: Phone) -> None:
    """Up to the preview of a broadcast."""
    await phone.says("/thongbao")
    await press(phone, "Một hoặc vài chi bộ")
    await phone.hears("Gửi cho chi bộ nào?")
    await phone.says("1, 3")
    await phone.hears("Mong đồng chí gõ nội dung thông báo.")
    await phone.says(TO_ALL)
    await press(phone, "Không kèm tệp")
    await phone.hears("Trên đây là thông báo như người nhận sẽ thấy.")


async def self_report(page: Page) -> None:
    """A question of the self-report."""
    await becomes(left(page), "Hoàng Văn An")
    await left(page).says("/baocao")
    await left(page).hears("Chỉ đồng chí và bí thư chi bộ xem được bản này.")
    await press(left(page), "Bắt đầu")
    for number in range(1, 4):
        await left(page).hears(f"Câu {number}/12")
        await press(left(page), "Đạt")
    await left(page).hears("Câu 4/12")
    await shoot_phone(left(page), "self-report")


async def phone(browser: Browser, url: str) -> None:
    """A member in the middle of the pledge, on a narrow screen."""
    context = await browser.new_context(viewport=HAND, base_url=url, device_scale_factor=2, locale="vi")
    page = await context.new_page()
    await page.goto("/")
    await page.evaluate("localStorage.setItem('bon-tot:theme', '\"light\"')")
    await page.get_by_role("navigation").locator("[data-view=left]").click()
    await becomes(left(page), "Hồ Thị Thanh Tâm")
    await left(page).says("/camket")
    await reads_the_pledge(left(page), parts=1)
    await left(page).hears("(phần 2/5)")
    await shoot(page, "phone")
    await context.close()


async def shoot(page: Page, name: str) -> None:
    """The whole window."""
    await settled(page)
    await page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")
    await made(name)


async def shoot_phone(phone: Phone, name: str) -> None:
    """One phone alone."""
    await settled(phone.page)
    await phone.root.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")
    await made(name)


async def settled(page: Page) -> None:
    """Nothing is on its way any more, and everything has slid into place."""
    await page.mouse.move(0, 0)
    await expect(page.locator(".typing:visible")).to_have_count(0)
    await page.wait_for_timeout(700)


async def made(name: str) -> None:
    """Make the file small, and say how large it is."""
    path = IMAGES / f"{name}.png"
    if shutil.which("pngquant"):
        await run("pngquant", "--force", "--skip-if-larger", "--quality", "70-95", "--strip", "--output", path, path)
    say(f"{path.relative_to(HOUSE)}: {path.stat().st_size // 1000} kB")


async def sheet(stage: Stage) -> None:
    """The first slips of a sheet of invitations, as they come out of the printer."""
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        say("no LibreOffice or no poppler: the sheet of invitations stays as it was")
        return
    await stage.says(HA, "/phieumoi")
    await stage.says(HA, "2")
    await stage.presses(HA, "Làm phiếu cho 03 đồng chí")
    await stage.presses(HA, "Làm phiếu")
    mail = next(mail for mail in reversed(await stage.mails(HA)) if mail.get("file"))
    found = await stage.context.request.get(f"{stage.url}/api/chats/{HA}/files/{mail['id']}")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sheet.docx").write_bytes(await found.body())
        await run("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, f"{folder}/sheet.docx")
        cut = ("-r", "90", "-f", "1", "-l", "1", "-x", "0", "-y", "0", "-W", "744", "-H", "526")
        await run("pdftoppm", "-png", "-singlefile", *cut, f"{folder}/sheet.pdf", IMAGES / "invitations")
    await made("invitations")


def say(line: str) -> None:
    """To whoever started this."""
    sys.stdout.write(f"{line}\n")


async def run(*command: str | os.PathLike[str]) -> None:
    """Run another program; its words are nobody's business unless it fails."""
    program = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await program.communicate()
    # 98: pngquant would have made the file larger, and left it alone.
    assert program.returncode in {0, 98}, said.decode()


async def main() -> None:
    """All pictures, one after the other: what is done for one is seen on the next."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    async with rehearsal() as url, async_playwright() as play:
        browser = await play.chromium.launch(executable_path=found, args=QUIET)
        context = await browser.new_context(viewport=DESK, base_url=url, locale="vi", color_scheme="light")
        stage = Stage(context, url)
        for member in OTHERS:
            await stage.signs(member)
        page = await context.new_page()
        await page.goto("/")
        await desktop(page)
        await self_report(page)
        await meeting(page, stage)
        await dark(page, stage)
        await phone(browser, url)
        await sheet(stage)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
