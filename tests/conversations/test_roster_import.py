"""/mauexcel and /nhapdanhsach: the roster is checked, shown, confirmed once; what it changes, and what it may not."""

from io import BytesIO

import pytest
from inline_snapshot import snapshot
from openpyxl import load_workbook

from bot.domain.organisation import CellKind
from bot.domain.rights import Role
from handlers.issuing import issue_admin_invitation
from tests.conversations.roster_scenes import (
    AN,
    BI,
    BINH,
    EVERYTHING,
    FILES,
    MEMBERS,
    PEOPLE,
    QUAN,
    ROLES,
    STATES,
    TU,
    also_serves,
    an_imported_commune,
    but,
    roster,
    rows,
    sends,
)
from tests.documents.roster_files import bytes_of, values
from tests.slips import joins
from tests.world import World


async def test_from_nothing_to_a_commune(world: World) -> None:
    """The first administrator joins an empty database and imports the roster: every sentence, and what is there."""
    async with world.app.database.write() as tx:
        code, _ = await issue_admin_invitation(
            tx, world.app.house, full_name="Nguyễn Văn Quản", committee="Đảng ủy xã Mẫu"
        )
    quan = world.stranger("quan")
    await joins(quan, code)
    quan.heard()
    await quan.says("/toi")
    await quan.presses("Nhập danh sách đảng viên")
    await quan.sends_file("danh sách.xlsx", roster(*PEOPLE))
    await quan.presses("Nhập 05 đảng viên")
    await quan.presses("Làm phiếu mời")
    assert quan.heard() == snapshot(
        [
            """\
Kính chào đồng chí Nguyễn Văn Quản.

Việc đang chờ đồng chí:
• Đảng ủy xã Mẫu chưa có chi bộ và đảng viên nào trong hệ thống.

[1. Nhập danh sách đảng viên]\
""",
            """\
Mong đồng chí gửi tệp danh sách đảng viên của Đảng ủy xã Mẫu: tệp Excel (.xlsx) hoặc .csv, không quá 10 MB.

Hệ thống kiểm tra từng dòng, cho đồng chí xem trước, và chỉ ghi khi đồng chí xác nhận.

[1. Lấy tệp mẫu] [Dừng lại]\
""",
            """\
Đã nhận tệp “danh sách.xlsx”. Hệ thống đang kiểm tra từng dòng; kết quả sẽ hiện ngay bên dưới.

Nếu gửi nhầm, đồng chí gửi luôn tệp khác.

[Quay lại] [Dừng lại]\
""",
            """\
*Kiểm tra xong: Đảng ủy xã Mẫu*

Đã đọc 05 dòng, không có dòng nào phải sửa. Chưa nhập gì.

• Đảng viên mới: 05 đồng chí (Nguyễn Văn Quản; Lê Văn Bí; Nguyễn Thị An; và 02 đồng chí nữa)
• Chi bộ mới: 02 chi bộ (Chi bộ Cơ quan: cơ quan; Chi bộ Thôn 1: thôn/tổ dân phố)
• Giao chức vụ: 03 chức vụ (Nguyễn Văn Quản: bí thư Chi bộ Cơ quan; Nguyễn Văn Quản: cấp ủy viên phụ trách Chi bộ Thôn 1; Lê Văn Bí: bí thư Chi bộ Thôn 1)

• Cột hệ thống không đọc: STT

[1. Nhập 05 đảng viên] [Quay lại] [Dừng lại]\
""",
            """\
*Đã nhập danh sách của Đảng ủy xã Mẫu*

• Đảng viên mới: 05 đồng chí (Nguyễn Văn Quản; Lê Văn Bí; Nguyễn Thị An; và 02 đồng chí nữa)
• Chi bộ mới: 02 chi bộ (Chi bộ Cơ quan: cơ quan; Chi bộ Thôn 1: thôn/tổ dân phố)
• Giao chức vụ: 03 chức vụ (Nguyễn Văn Quản: bí thư Chi bộ Cơ quan; Nguyễn Văn Quản: cấp ủy viên phụ trách Chi bộ Thôn 1; Lê Văn Bí: bí thư Chi bộ Thôn 1)

Lần nhập số 1, lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027.

Việc tiếp theo: in phiếu mời để từng đồng chí tham gia.

[1. Làm phiếu mời]\
""",
            """\
Đồng chí làm phiếu mời cho chi bộ nào?

1. Chi bộ Cơ quan
2. Chi bộ Thôn 1 – 03 đồng chí chưa tham gia

Đồng chí gõ số đứng trước tên, hoặc gõ tên (không cần dấu).

[Dừng lại]\
""",
        ]
    )
    assert await rows(world, MEMBERS) == snapshot(
        [
            ("Nguyễn Văn Quản", "Chi bộ Cơ quan", "official"),
            ("Lê Văn Bí", "Chi bộ Thôn 1", "official"),
            ("Nguyễn Thị An", "Chi bộ Thôn 1", "official"),
            ("Trần Văn Bình", "Chi bộ Thôn 1", "probationary"),
            ("Đỗ Thị Tư", "Chi bộ Thôn 1", "exempt"),
        ]
    )
    assert await rows(world, ROLES) == snapshot(
        [
            ("Nguyễn Văn Quản", "administrator", "Đảng ủy xã Mẫu"),
            ("Nguyễn Văn Quản", "secretary", "Chi bộ Cơ quan"),
            ("Nguyễn Văn Quản", "upper_member_in_charge", "Chi bộ Thôn 1"),
            ("Lê Văn Bí", "secretary", "Chi bộ Thôn 1"),
        ]
    )
    assert await rows(world, FILES) == [(0,)]


async def test_the_template_is_filled_in_and_imported(world: World) -> None:
    """The file of /mauexcel, filled in, is a roster; empty, it is refused for having nobody."""
    officer = await world.officer("Phan Thị Thu Hà")
    await officer.says("/mauexcel")
    assert officer.heard() == snapshot(
        [
            """\
*Danh sách mẫu*

Tệp kèm theo có hai trang: “Danh sách” để điền, “Hướng dẫn” nói cách điền từng cột. Điền xong, đồng chí bấm “Nhập danh sách đảng viên” rồi gửi tệp.

Danh sách là thông tin cá nhân: mong đồng chí không gửi vào nhóm.

[1. Nhập danh sách đảng viên]\
"""
        ]
    )
    template = officer.files()[-1]
    await officer.presses("Nhập danh sách đảng viên")
    await officer.sends_file(template.name, template.content)
    assert "chưa có đồng chí nào" in officer.last
    book = load_workbook(BytesIO(template.content))
    book.worksheets[0].append(["Nguyễn Văn An", "03/12/1965", None, "Chi bộ Thôn 1"])
    await officer.sends_file(template.name, bytes_of(book))
    await officer.presses("Nhập 01 đảng viên")
    assert [name for name, *_ in await rows(world, MEMBERS)] == ["Nguyễn Văn An"]


async def test_the_template_can_be_had_while_the_file_is_asked_for(world: World) -> None:
    """Whoever has no file yet gets the template, and sends it into the same dialogue."""
    officer = await world.officer("Phan Thị Thu Hà")
    await officer.says("/nhapdanhsach")
    await officer.presses("Lấy tệp mẫu")
    assert [file.name for file in officer.files()] == ["danh-sach-dang-vien-mau.xlsx"]
    assert "Điền xong, đồng chí gửi tệp vào đây." in officer.last
    await officer.sends_file("danh sách.xlsx", roster(*PEOPLE))
    assert "Kiểm tra xong" in officer.last


async def test_a_file_with_faults_comes_back_and_nothing_is_imported(world: World) -> None:
    """One wrong line of five: the same file back with what to mend; mended, it is imported."""
    officer = await world.officer("Phan Thị Thu Hà")
    before = await rows(world, EVERYTHING)
    await sends(officer, QUAN, BI, but(AN, birth="31/02/1990", status="hội viên"), BINH, TU)
    assert officer.heard()[-1:] == snapshot(
        [
            """\
*Danh sách cần sửa*

Có 01 dòng cần sửa trong 05 dòng, nên chưa nhập gì. Tệp kèm theo là tệp của đồng chí, thêm cột “Cần sửa”.

• Dòng 4 – Ngày sinh: “31/02/1990” không phải là ngày. Mong đồng chí ghi như 03/12/1965, hoặc chỉ ghi năm sinh.
• Dòng 4 – Diện đảng viên: “hội viên” không có trong danh mục. Chọn trong: Chính thức; Dự bị; Miễn công tác và sinh hoạt; Đình chỉ sinh hoạt; Tạm thời đến; Tạm thời đi.

Đồng chí sửa ngay trong tệp đó rồi gửi lại vào đây.\
"""
        ]
    )
    assert await rows(world, EVERYTHING) == before
    back = officer.files()[-1]
    assert back.name == "danh sách - cần sửa.xlsx"
    table = values(back.content)
    assert table[0][-1] == "Cần sửa" and [bool(line[-1]) for line in table[1:]] == [False, False, True, False, False]
    book = load_workbook(BytesIO(back.content))
    book.worksheets[0]["C4"], book.worksheets[0]["G4"] = "28/02/1990", "chính thức"
    await officer.sends_file(back.name, bytes_of(book))
    await officer.presses("Nhập 05 đảng viên")
    assert len(await rows(world, MEMBERS)) == 5


async def test_the_same_file_again_changes_nothing(world: World) -> None:
    """Everything is known: it says so, keeps no file and asks nothing more."""
    officer = await an_imported_commune(world)
    before = await rows(world, EVERYTHING)
    await sends(officer, *PEOPLE)
    assert officer.heard()[-1:] == snapshot(
        [
            """\
Đã đọc 05 dòng. Danh sách khớp với hệ thống nên không có gì phải nhập.

• Không thay đổi: 05 đồng chí
• Cột hệ thống không đọc: STT\
"""
        ]
    )
    assert (await rows(world, EVERYTHING), await rows(world, FILES)) == (before, [(0,)])
    await officer.says("xin chào")
    assert "chưa hiểu" in officer.last


async def test_everything_that_changes_is_shown_before_it_is_written(world: World) -> None:
    """Details, status, roles, a new cell, a cell of another kind, a move, who is missing, columns that are not read."""
    officer = await an_imported_commune(world)
    await sends(
        officer,
        but(QUAN, kind="Y tế", in_charge_of="Chi bộ Thôn 1; Chi bộ Thôn 2"),
        but(BI, roles="Phó bí thư", name="Lê Văn Bỉ"),
        but(AN, roles="Bí thư", birth="09/03/1990"),
        but(BINH, status="Chính thức", cell="Chi bộ Thôn 2"),
        ("6", "Vũ Văn Cụ", "1938", "", "Chi bộ Thôn 2", "", "", "", ""),
    )
    assert officer.heard()[-1:] == snapshot(
        [
            """\
*Kiểm tra xong: Đảng ủy xã Mẫu*

Đã đọc 05 dòng, không có dòng nào phải sửa. Chưa nhập gì.

• Đảng viên mới: 01 đồng chí (Vũ Văn Cụ)
• Chi bộ mới: 01 chi bộ (Chi bộ Thôn 2: thôn/tổ dân phố)
• Đổi loại hình: 01 chi bộ (Chi bộ Cơ quan: y tế)
• Sửa thông tin: 02 đồng chí (Lê Văn Bỉ: họ và tên; Nguyễn Thị An: ngày sinh)
• Giao chức vụ: 03 chức vụ (Nguyễn Văn Quản: cấp ủy viên phụ trách Chi bộ Thôn 2; Lê Văn Bỉ: phó bí thư Chi bộ Thôn 1; Nguyễn Thị An: bí thư Chi bộ Thôn 1)
• Thôi chức vụ: 01 chức vụ (Lê Văn Bỉ: bí thư Chi bộ Thôn 1)
• Chuyển chi bộ: 01 đồng chí (Trần Văn Bình: từ Chi bộ Thôn 1 sang Chi bộ Thôn 2)

• Có trong hệ thống, không có trong tệp: 01 đồng chí (Đỗ Thị Tư). Hệ thống giữ nguyên.
• Cột hệ thống không đọc: STT

Việc chuyển chi bộ chỉ được ghi khi đồng chí bấm “Nhập và ghi nhận 01 đồng chí chuyển chi bộ”.

[1. Nhập 04 đảng viên] [2. Nhập và ghi nhận 01 đồng chí chuyển chi bộ] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await officer.presses("Nhập 04 đảng viên")
    assert officer.heard() == snapshot(
        [
            """\
*Đã nhập danh sách của Đảng ủy xã Mẫu*

• Đảng viên mới: 01 đồng chí (Vũ Văn Cụ)
• Chi bộ mới: 01 chi bộ (Chi bộ Thôn 2: thôn/tổ dân phố)
• Đổi loại hình: 01 chi bộ (Chi bộ Cơ quan: y tế)
• Sửa thông tin: 02 đồng chí (Lê Văn Bỉ: họ và tên; Nguyễn Thị An: ngày sinh)
• Giao chức vụ: 03 chức vụ (Nguyễn Văn Quản: cấp ủy viên phụ trách Chi bộ Thôn 2; Lê Văn Bỉ: phó bí thư Chi bộ Thôn 1; Nguyễn Thị An: bí thư Chi bộ Thôn 1)
• Thôi chức vụ: 01 chức vụ (Lê Văn Bỉ: bí thư Chi bộ Thôn 1)

Chưa ghi nhận 01 đồng chí chuyển chi bộ.

Lần nhập số 2, lúc 08 giờ 00, Thứ Ba, ngày 05/01/2027.

Việc tiếp theo: in phiếu mời để từng đồng chí tham gia.

[1. Làm phiếu mời]\
"""
        ]
    )
    assert await rows(world, MEMBERS) == snapshot(
        [
            ("Nguyễn Văn Quản", "Chi bộ Cơ quan", "official"),
            ("Lê Văn Bỉ", "Chi bộ Thôn 1", "official"),
            ("Nguyễn Thị An", "Chi bộ Thôn 1", "official"),
            ("Trần Văn Bình", "Chi bộ Thôn 1", "probationary"),
            ("Đỗ Thị Tư", "Chi bộ Thôn 1", "exempt"),
            ("Vũ Văn Cụ", "Chi bộ Thôn 2", "official"),
        ]
    )
    assert await rows(world, ROLES) == snapshot(
        [
            ("Phan Thị Thu Hà", "committee_officer", "Đảng ủy xã Mẫu"),
            ("Nguyễn Văn Quản", "secretary", "Chi bộ Cơ quan"),
            ("Nguyễn Văn Quản", "upper_member_in_charge", "Chi bộ Thôn 1"),
            ("Nguyễn Văn Quản", "upper_member_in_charge", "Chi bộ Thôn 2"),
            ("Lê Văn Bỉ", "deputy_secretary", "Chi bộ Thôn 1"),
            ("Nguyễn Thị An", "secretary", "Chi bộ Thôn 1"),
        ]
    )


async def test_a_move_is_written_only_when_it_is_agreed_to(world: World) -> None:
    """The first button leaves who is in another cell where they are; the second moves them, with history."""
    officer = await an_imported_commune(world)
    moved = but(AN, cell="Chi bộ Cơ quan")
    await sends(officer, QUAN, but(BI, roles="Phó bí thư"), moved, BINH, TU)
    assert [choice.label for choice in officer.buttons if not choice.nav] == [
        "Nhập 01 đảng viên",
        "Nhập và ghi nhận 01 đồng chí chuyển chi bộ",
    ]
    await officer.presses("Nhập 01 đảng viên")
    assert "Chưa ghi nhận 01 đồng chí chuyển chi bộ" in officer.last
    assert ("Nguyễn Thị An", "Chi bộ Thôn 1", "official") in await rows(world, MEMBERS)
    await sends(officer, QUAN, but(BI, roles="Phó bí thư"), moved, BINH, TU)
    await officer.presses("Ghi nhận 01 đồng chí chuyển chi bộ")
    assert ("Nguyễn Thị An", "Chi bộ Cơ quan", "official") in await rows(world, MEMBERS)
    history = "SELECT unit_id, valid_from, valid_to FROM memberships WHERE person_id = 4 ORDER BY id"
    assert await rows(world, history) == snapshot([(3, "2027-01-04", "2027-01-05"), (2, "2027-01-05", None)])


async def test_nobody_is_taken_out_by_a_roster(world: World) -> None:
    """Who is not in the file stays; cells that it does not name are only counted."""
    officer = await an_imported_commune(world)
    await sends(officer, BI, AN)
    assert officer.heard()[-1:] == snapshot(
        [
            """\
Đã đọc 02 dòng. Danh sách khớp với hệ thống nên không có gì phải nhập.

• Không thay đổi: 02 đồng chí
• Có trong hệ thống, không có trong tệp: 02 đồng chí (Trần Văn Bình; Đỗ Thị Tư). Hệ thống giữ nguyên.
• Tệp không nhắc đến 01 chi bộ (01 đồng chí). Hệ thống giữ nguyên.
• Cột hệ thống không đọc: STT\
"""
        ]
    )
    assert len(await rows(world, MEMBERS)) == 5


async def test_what_was_done_is_in_the_audit(world: World) -> None:
    """Who imported what, whose details were what before, who was given which role."""
    officer = await an_imported_commune(world)
    await sends(officer, QUAN, but(BI, roles="Phó bí thư"), but(AN, birth="1991", cell="Chi bộ Cơ quan"), BINH, TU)
    await officer.presses("Nhập và ghi nhận 01 đồng chí chuyển chi bộ")
    acts = await rows(world, "SELECT actor_id, action, subject, details FROM audit WHERE id > 4 ORDER BY id")
    assert acts == snapshot(
        [
            (1, "role.given", "person:3", '{"import":1,"role":"secretary","unit":3}'),
            (None, "round_opened", "round:2", '{"kind":"pledge"}'),
            (1, "roster.imported", "import:2", '{"unit":1,"new":0,"changed":0,"moved":1,"cells":0}'),
            (
                1,
                "person.changed",
                "person:4",
                '{"import":2,"birth_year":["1990","1991"],"birth_date":["1990-03-08",null],"left":[[3,"official"]],"joined":[[2,"official"]]}',
            ),
            (1, "role.given", "person:3", '{"import":2,"role":"deputy_secretary","unit":3}'),
            (1, "role.ended", "person:3", '{"import":2,"role":"secretary","unit":3}'),
        ]
    )


# --------------------------------------------------------------------------------------- who may what


async def test_an_officer_of_two_committees_says_which(world: World) -> None:
    """The button names the committee; the roster goes there."""
    await world.committee("Đảng ủy xã Mẫu")
    await world.committee("Đảng bộ Bắc", parent="Đảng ủy xã Mẫu")
    officer = await world.officer("Phan Thị Thu Hà")
    await also_serves(world, officer, "Đảng bộ Bắc")
    await officer.says("/nhapdanhsach")
    assert officer.heard() == snapshot(
        [
            """\
Đồng chí nhập danh sách cho đảng bộ nào?

[1. Đảng ủy xã Mẫu] [2. Đảng bộ Bắc]\
"""
        ]
    )
    await officer.presses("Đảng bộ Bắc")
    await officer.sends_file("danh sách.xlsx", roster(*PEOPLE))
    await officer.presses("Nhập 05 đảng viên")
    parents = "SELECT DISTINCT parent_id FROM unit_versions WHERE kind = 'cell'"
    assert await rows(world, parents) == [(world.units["Đảng bộ Bắc"],)]


async def test_an_officer_writes_only_in_their_part_of_the_tree(world: World) -> None:
    """A cell directly below the committee above, a committee outside, a code of a member elsewhere: faults."""
    await world.cell("Chi bộ Cơ quan", kind=CellKind.AGENCY)
    await world.committee("Đảng bộ Bắc", parent="Đảng ủy xã Mẫu")
    await world.committee("Đảng bộ Nam", parent="Đảng ủy xã Mẫu")
    above = await world.officer("Phan Thị Thu Hà")
    await sends(above, BI, QUAN)
    await above.presses("Nhập 02 đảng viên")
    north = await world.officer("Lê Thị Bắc", over="Đảng bộ Bắc")
    before = await rows(world, EVERYTHING)
    await sends(
        north,
        AN,
        but(BINH, cell="Chi bộ Cơ quan"),
        but(BI, cell="Thôn 7"),
        but(TU, cell="Thôn 8", in_charge_of="Chi bộ Thôn 1; Thôn 9"),
    )
    assert north.heard()[-1:] == snapshot(
        [
            """\
*Danh sách cần sửa*

Có 04 dòng cần sửa trong 04 dòng, nên chưa nhập gì. Tệp kèm theo là tệp của đồng chí, thêm cột “Cần sửa”.

• Dòng 2 – Chi bộ: “Chi bộ Thôn 1” thuộc nơi đồng chí không phụ trách nên hệ thống không ghi. Mong đồng chí xem lại.
• Dòng 3 – Chi bộ: “Chi bộ Cơ quan” thuộc nơi đồng chí không phụ trách nên hệ thống không ghi. Mong đồng chí xem lại.
• Dòng 4 – Mã đảng viên: “38.002” thuộc nơi đồng chí không phụ trách nên hệ thống không ghi. Mong đồng chí xem lại.

Đồng chí sửa ngay trong tệp đó rồi gửi lại vào đây.\
"""
        ]
    )
    notes = [line[-1] for line in values(north.files()[-1].content)[1:]]
    assert notes == snapshot(
        [
            "Chi bộ: “Chi bộ Thôn 1” thuộc nơi đồng chí không phụ trách nên hệ thống không ghi. Mong đồng chí xem lại.",
            "Chi bộ: “Chi bộ Cơ quan” thuộc nơi đồng chí không phụ trách nên hệ thống không ghi. Mong đồng chí xem lại.",
            "Mã đảng viên: “38.002” thuộc nơi đồng chí không phụ trách nên hệ thống không ghi. Mong đồng chí xem lại.",
            """\
Phụ trách chi bộ: không có chi bộ nào tên “Chi bộ Thôn 1” trong phần đồng chí phụ trách, cũng như trong tệp này. Mong đồng chí xem lại tên.
Phụ trách chi bộ: không có chi bộ nào tên “Thôn 9” trong phần đồng chí phụ trách, cũng như trong tệp này. Mong đồng chí xem lại tên.\
""",
        ]
    )
    assert await rows(world, EVERYTHING) == before


async def test_only_an_administrator_names_officers_by_file(world: World) -> None:
    """An officer's file that gives the role over the committee is refused; an administrator's is not."""
    officer = await world.officer("Phan Thị Thu Hà")
    named = but(AN, roles="Cán bộ đảng ủy")
    await sends(officer, BI, named)
    assert officer.heard()[-1:] == snapshot(
        [
            """\
*Danh sách cần sửa*

Có 01 dòng cần sửa trong 02 dòng, nên chưa nhập gì. Tệp kèm theo là tệp của đồng chí, thêm cột “Cần sửa”.

• Dòng 3 – Chức vụ trong chi bộ: chức vụ này mở quyền xem và sửa dữ liệu của cả đảng bộ nên chỉ quản trị hệ thống được giao. Mong đồng chí bỏ chức vụ này, hoặc nhờ quản trị hệ thống nhập.

Đồng chí sửa ngay trong tệp đó rồi gửi lại vào đây.\
"""
        ]
    )
    admin = await world.officer("Nguyễn Đình Khôi", admin=True)
    await sends(admin, BI, named)
    await admin.presses("Nhập 02 đảng viên")
    assert ("Nguyễn Thị An", "committee_officer", "Đảng ủy xã Mẫu") in await rows(world, ROLES)


async def test_an_administrator_is_no_role_of_a_roster(world: World) -> None:
    """The word is not in the list of roles, whoever sends it."""
    admin = await world.officer("Nguyễn Đình Khôi", admin=True)
    await sends(admin, but(AN, roles="Quản trị hệ thống"))
    assert "không có trong danh mục" in admin.last


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.UPPER_MEMBER_IN_CHARGE, None])
async def test_others_have_neither_command(world: World, role: Role | None) -> None:
    """A member, a secretary and an upper member in charge are refused."""
    member = await world.member("Nguyễn Thị An", roles=[role] if role else [])
    for command in ("/nhapdanhsach", "/mauexcel"):
        await member.says(command)
        assert "không thuộc phần đồng chí phụ trách" in member.last


# ------------------------------------------------------------------------------------------ once


async def test_a_confirmation_counts_once(world: World) -> None:
    """Pressing again, or an old button, says what was done before."""
    officer = await world.officer("Phan Thị Thu Hà")
    await sends(officer, *PEOPLE)
    confirm = officer.buttons[0].data
    await officer.forges(confirm)
    counts = await rows(world, EVERYTHING)
    officer.heard()
    await officer.forges(confirm)
    assert officer.heard() == snapshot(
        [
            "Danh sách này đã được nhập từ trước (lần nhập số 1, lúc 08 giờ 00, Thứ Hai, ngày 04/01/2027); hệ thống không nhập lần thứ hai."
        ]
    )
    assert await rows(world, EVERYTHING) == counts
    assert await rows(world, STATES) == [(1, "applied", 0, 0)]


async def test_what_changed_since_it_was_shown_is_shown_again(world: World) -> None:
    """Another officer was quicker: nothing is written, the rest is shown, and the old button confirms nothing."""
    officer = await world.officer("Phan Thị Thu Hà")
    other = await world.officer("Lê Thị Hoa")
    await sends(officer, *PEOPLE)
    old = officer.buttons[0].data
    await sends(other, QUAN, BI)
    await other.presses("Nhập 02 đảng viên")
    officer.heard()
    await officer.forges(old)
    assert officer.heard() == snapshot(
        [
            """\
*Kiểm tra xong: Đảng ủy xã Mẫu*

Từ lúc kiểm tra đến nay, dữ liệu trong hệ thống đã thay đổi, nên chưa nhập gì. Mong đồng chí xem lại:

Đã đọc 05 dòng, không có dòng nào phải sửa. Chưa nhập gì.

• Đảng viên mới: 03 đồng chí (Nguyễn Thị An; Trần Văn Bình; Đỗ Thị Tư)

• Không thay đổi: 02 đồng chí
• Cột hệ thống không đọc: STT

[1. Nhập 03 đảng viên] [Quay lại] [Dừng lại]\
"""
        ]
    )
    await officer.forges(old)
    assert len(await rows(world, MEMBERS)) == 2
    await officer.presses("Nhập 03 đảng viên")
    assert len(await rows(world, MEMBERS)) == 5


async def test_a_fault_that_came_since_sends_the_file_back(world: World) -> None:
    """A code was given to somebody else meanwhile: the file comes back marked."""
    officer = await world.officer("Phan Thị Thu Hà")
    other = await world.officer("Lê Thị Hoa")
    await sends(officer, BI, AN)
    await sends(other, BI, ("1", "Hồ Thị Mới", "1980", "38.003", "Chi bộ Thôn 1", "", "", "", ""))
    await other.presses("Nhập 02 đảng viên")
    officer.heard()
    await officer.presses("Nhập 02 đảng viên")
    assert officer.heard() == snapshot(
        [
            """\
*Danh sách cần sửa*

Có 01 dòng cần sửa trong 02 dòng, nên chưa nhập gì. Tệp kèm theo là tệp của đồng chí, thêm cột “Cần sửa”.

• Dòng 3 – Mã đảng viên: “38.003” trong hệ thống là mã của một đồng chí khác tên. Mong đồng chí xem lại mã và tên.

Đồng chí sửa ngay trong tệp đó rồi gửi lại vào đây.\
""",
            """\
Từ lúc kiểm tra đến nay, dữ liệu trong hệ thống đã thay đổi, nên chưa nhập gì. Mong đồng chí xem lại:

Tệp gửi lần trước còn 01 dòng cần sửa, ghi ở cột “Cần sửa” của tệp hệ thống gửi lại. Sửa xong, mong đồng chí gửi tệp vào đây.

[Quay lại] [Dừng lại]\
""",
        ]
    )
    assert officer.files()[-1].name == "danh sách - cần sửa.xlsx"


async def test_what_was_imported_meanwhile_need_not_be_imported(world: World) -> None:
    """Somebody else imported all of it: it says so."""
    officer = await world.officer("Phan Thị Thu Hà")
    other = await world.officer("Lê Thị Hoa")
    await sends(officer, *PEOPLE)
    await sends(other, *PEOPLE)
    await other.presses("Nhập 05 đảng viên")
    await officer.presses("Nhập 05 đảng viên")
    assert "không có gì phải nhập" in officer.last
    assert len(await rows(world, MEMBERS)) == 5
