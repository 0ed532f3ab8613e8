"""A year of a commune on each channel, from an empty database: all that each person hears, compared with a transcript.

One story for all: where there are no buttons people type, where no file goes they go on on the page. The transcripts are
in a_year/, a folder a channel and a file a person, to be read aloud by somebody who knows Vietnamese. After a change
that was meant: `make test JOBS=0 ARGS="--inline-snapshot=fix tests/conversations/test_a_year.py"`, and read the
difference.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import external_file
from openpyxl import Workbook

from handlers.issuing import issue_admin_invitation
from tests.conversations.channels import CHANNELS, world_on
from tests.slips import codes_on, reads_to_the_end
from tests.world import Story, Voice, World

VN = ZoneInfo("Asia/Ho_Chi_Minh")
HEADINGS = ("Họ và tên", "Ngày sinh", "Chi bộ", "Loại hình chi bộ", "Diện đảng viên", "Chức vụ", "Phụ trách chi bộ")
ROSTER = (
    ("Nguyễn Văn Quản", "12/05/1980", "Chi bộ Cơ quan", "cơ quan", "chính thức", "bí thư", ""),
    ("Phạm Thị Văn", "20/10/1988", "Chi bộ Cơ quan", "cơ quan", "chính thức", "cán bộ đảng ủy", ""),
    ("Hồ Văn Phụ", "02/09/1975", "Chi bộ Cơ quan", "cơ quan", "chính thức", "", "Chi bộ Thôn 1"),
    ("Lê Văn Bí", "19/05/1970", "Chi bộ Thôn 1", "thôn", "chính thức", "bí thư", ""),
    ("Nguyễn Thị An", "08/03/1990", "Chi bộ Thôn 1", "thôn", "chính thức", "", ""),
    ("Trần Văn Bình", "30/04/1985", "Chi bộ Thôn 1", "thôn", "dự bị", "", ""),
    ("Đỗ Thị Tư", "1946", "Chi bộ Thôn 1", "thôn", "chính thức", "", ""),
    ("Vũ Văn Cụ", "1938", "Chi bộ Thôn 1", "thôn", "miễn công tác và sinh hoạt", "", ""),
)


def at(day: int, month: int, hour: int = 8, minute: int = 0) -> datetime:
    """An instant of 2027 in Viet Nam."""
    return datetime(2027, month, day, hour, minute, tzinfo=VN).astimezone(UTC)


def workbook(rows: Iterable[tuple[str, ...]]) -> bytes:
    """A roster as an office sends it."""
    book = Workbook()
    assert book.active is not None
    for row in (HEADINGS, *rows):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


async def joins(person: Voice, code: str) -> None:
    """Type the code, read, agree, say who one is."""
    await person.says(code)
    await reads_to_the_end(person)
    await person.presses("Đồng ý")
    await person.presses("Đúng")


class Year:
    """The people of the story and what happens to them, scene by scene."""

    def __init__(self, world: World) -> None:
        self.world = world
        story = Story(world.clock)
        for recorder in world.recorders.values():
            recorder.story = story
        self.quan = world.stranger("quan")
        self.van = world.stranger("van")
        self.phu = world.stranger("phu")
        self.bi = world.stranger("bi")
        self.an = world.stranger("an")
        self.binh = world.stranger("binh")
        self.desk = self.quan
        """Where the administrator can send and get files."""
        self.receipt = ""

    def transcript(self, person: Voice) -> str:
        """All that this person said and heard."""
        assert self.world.recorder.story is not None
        return self.world.recorder.story.of(person.chat)

    async def the_first_administrator(self) -> None:
        """January: an empty database; the operator prints a code, the administrator joins."""
        async with self.world.app.database.write() as tx:
            code, _link = await issue_admin_invitation(
                tx, self.world.app.house, full_name="Nguyễn Văn Quản", committee="Đảng ủy xã Mẫu"
            )
        await self.quan.starts()
        await joins(self.quan, code)

    async def the_roster(self) -> None:
        """A roster with a day that does not exist comes back marked; mended, it is imported; again, nothing changes."""
        wrong = [(*row[:1], "31/02/1990", *row[2:]) if row[0] == "Nguyễn Thị An" else row for row in ROSTER]
        await self.quan.says("/nhapdanhsach")
        if not self.quan.recorder.capabilities.files:
            await self.quan.presses("Làm trên trang web")
            self.desk = await self.quan.follows()
        await self.desk.sends_file("danh sách.xlsx", workbook(wrong))
        await self.world.settle()
        await self.desk.sends_file("danh sách.xlsx", workbook(ROSTER))
        await self.world.settle()
        await self.desk.presses("Nhập 08 đảng viên")
        await self.world.settle()
        await self.desk.says("/nhapdanhsach")
        await self.desk.sends_file("danh sách.xlsx", workbook(ROSTER))
        await self.world.settle()

    async def the_invitations(self) -> None:
        """The administrator invites a cell; its secretary invites the rest; a slip falls into the wrong hands."""
        await self.desk.says("/phieumoi")
        await self.desk.says("cơ quan")
        await self.desk.presses("Làm phiếu cho 02 đồng chí")
        await self.desk.presses("Làm phiếu")
        await self.desk.says("/phieumoi")
        await self.desk.says("thôn 1")
        await self.desk.presses("Chọn một đồng chí")
        await self.desk.says("Lê Văn Bí")
        await self.desk.presses("Làm phiếu")
        office, secretary = [file for file in self.desk.files() if file.name.endswith(".docx")]
        codes = {**codes_on(office), **codes_on(secretary)}
        await joins(self.van, codes["Phạm Thị Văn"])
        await joins(self.phu, codes["Hồ Văn Phụ"])
        await joins(self.bi, codes["Lê Văn Bí"])
        await self.bi.says("/phieumoi")
        await self.bi.presses("Làm phiếu cho 03 đồng chí")
        await self.bi.presses("Làm phiếu")
        printer = self.bi
        if not self.bi.recorder.capabilities.files:
            printer = await self.bi.follows()
            await printer.presses("Làm phiếu")
        slips = codes_on(printer.files()[-1])
        await joins(self.an, slips["Nguyễn Thị An"])
        await joins(self.binh, slips["Trần Văn Bình"])

    async def the_pledge(self) -> None:
        """From 5 January: An signs with a commitment of her own, Bình puts it off, the secretary sees to the rest."""
        await self.world.reaches(at(5, 1, 8, 1))
        await self._signs(self.an, own="Dạy các cháu trong xóm dùng điện thoại an toàn.")
        await self.binh.presses("Nhắc lại ngày mai")
        await self.world.reaches(at(6, 1, 8, 1))
        await self._signs(self.bi)
        await self.bi.says("/dscamket")
        await self.bi.presses("Nhắc các đồng chí còn thiếu")
        await self.bi.presses("Xem danh sách cam kết")
        await self.bi.presses("Ghi thay")
        await self.bi.says("tư")
        await self.bi.presses("Đã ký bản giấy")
        await self.an.says("/tracuu")
        await self.an.says(self.receipt)
        await self.world.reaches(at(25, 3))
        await self._signs(self.binh)
        await self.world.reaches(at(1, 4))

    async def _signs(self, person: Voice, *, own: str = "") -> None:
        await person.says("/camket")
        while any(choice.label == "Tiếp tục" for choice in person.bubbles[-1].message.choices):
            await person.presses("Tiếp tục")
        asked = person.recorder.capabilities.buttons
        if asked:
            await person.presses("Có" if own else "Không")
        if own:
            await person.says("4")
            await person.says(own)
        if asked and own:
            await person.presses("Không")
        await person.presses("Ký cam kết")
        found = re.search(r"BN-[0-9A-Z-]+", person.last)
        assert found is not None, "a receipt has a code"
        self.receipt = found[0]

    async def the_meeting(self) -> None:
        """April: the secretary invites, the replies come, the time changes, one is asked on behalf."""
        await self.world.reaches(at(20, 4, 9))
        await self.bi.says("/hop")
        await self.bi.presses("Sinh hoạt thường kỳ")
        await self.bi.says("31/4 19h30")
        await self.bi.says("5/5 19h30")
        await self.bi.presses("Đúng")
        await self.bi.says("Nhà văn hóa Thôn 1")
        await self.bi.presses("Dùng nội dung gợi ý")
        await self.bi.presses("Gửi thông báo cho 04 đồng chí")
        await self.an.says("có mặt")
        await self.binh.presses("Vắng có lý do")
        await self.binh.says("Đi công tác xa")
        await self.phu.presses("Có mặt")
        if not self.bi.recorder.capabilities.buttons:
            # Without buttons the message with the replies cannot be pressed when a newer one has come.
            await self.bi.says("/lichhop")
            await self.bi.presses("Xem trả lời")
        await self.bi.presses("Đổi hoặc hủy họp")
        await self.bi.says("1")
        await self.bi.says("6/5 20h")
        await self.bi.presses("Đúng")
        await self.bi.presses("Gửi thay đổi cho 04 đồng chí")
        await self.an.says("co mat")
        await self.world.reaches(at(3, 5, 8, 1))
        await self.bi.says("/lichhop")
        await self.bi.presses("Xem trả lời")
        await self.bi.presses("Ghi thay")
        await self.bi.says("tư")
        await self.bi.presses("Có mặt")
        await self.world.reaches(at(7, 5))

    async def the_self_report(self) -> None:
        """June: the second quarter; An answers over two days, Bình is reminded, the secretary sees sums."""
        await self.world.reaches(at(20, 6, 8, 1))
        await self.an.says("/baocao")
        if self.an.recorder.capabilities.buttons:
            await self.an.presses("Bắt đầu")
            await self.an.says("1")
            await self.an.says("một phần")
            await self.an.says("Còn vắng một buổi lao động chung.")
        else:
            await self.an.says("1a 2b")
        await self.an.presses("Dừng lại")
        await self.world.reaches(at(21, 6, 19))
        await self.an.says("/toi")
        await self.an.presses("Làm tiếp bản tự báo cáo")
        if not self.an.recorder.capabilities.buttons:
            await self.an.says("3a 4a 5a, 6-12 a")
            await self.an.says("2 Còn vắng một buổi lao động chung.")
        while any(choice.label == "Đạt" for choice in self.an.bubbles[-1].message.choices):
            await self.an.says("dat")
        await self.an.presses("Gửi báo cáo")
        await self.bi.says("/dsbaocao")
        await self.bi.presses("Tổng hợp theo tiêu chí")
        await self.world.reaches(at(7, 7))

    async def the_review(self) -> None:
        """November: the countdown to the secretaries; the papers are ticked as they come in."""
        await self.world.reaches(at(26, 11, 8, 1))
        await self.bi.presses("Ai chưa nộp bản kiểm điểm")
        await self.bi.presses("Ghi nhận đã nộp")
        await self.bi.says("An")
        await self.bi.presses("Dừng lại")
        await self.world.reaches(at(3, 12, 8, 1))
        await self.van.says("/tiendo")

    async def the_broadcast(self) -> None:
        """December: the committee's officer tells everybody, with the count on the button."""
        await self.van.says("/thongbao")
        await self.van.presses("Tất cả đảng viên")
        await self.van.says("Kính mời các đồng chí dự hội nghị tổng kết phong trào “4 tốt”, 08 giờ ngày 20/12/2027.")
        await self.van.presses("Không kèm tệp")
        await self.van.presses("Gửi cho 07 đồng chí")
        await self.world.reaches(at(31, 12))


PEOPLE = {
    "quan": "nguyen-van-quan-quan-tri",
    "van": "pham-thi-van-can-bo",
    "phu": "ho-van-phu-phu-trach",
    "bi": "le-van-bi-bi-thu",
    "an": "nguyen-thi-an-dang-vien",
    "binh": "tran-van-binh-du-bi",
}


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_year(template: Path, tmp_path: Path, channel: str) -> None:
    """Journeys 1 to 10 over twelve months: every sentence that each person hears on this channel."""
    world = await world_on(channel, template, tmp_path)
    year = Year(world)
    for scene in (
        year.the_first_administrator,
        year.the_roster,
        year.the_invitations,
        year.the_pledge,
        year.the_meeting,
        year.the_self_report,
        year.the_review,
        year.the_broadcast,
    ):
        await scene()
    await world.close()
    for name, file in PEOPLE.items():
        assert year.transcript(getattr(year, name)) == external_file(f"a_year/{channel}/{file}.txt")
