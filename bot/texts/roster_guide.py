"""What the template of a roster says: its sheets, how each column is filled in, two invented sample rows."""

from bot.domain.roster import Column
from bot.texts.roster import column_name
from bot.texts.roster_words import closed_words

TEMPLATE_STEM = "danh-sach-dang-vien-mau"
TEMPLATE_SHEET = "Danh sách"
GUIDE_SHEET = "Hướng dẫn"

_HOW_TO_FILL = {
    Column.FULL_NAME: "Họ, chữ đệm và tên, viết đủ dấu.",
    Column.BIRTH: "Ngày/tháng/năm, hoặc chỉ năm sinh. Nên ghi, để phân biệt các đồng chí trùng tên.",
    Column.MEMBER_CODE: (
        "Số thẻ đảng hoặc mã riêng của đảng ủy. Nên ghi: mã giúp nhận ra đồng chí khi tên hay chi bộ thay đổi."
    ),
    Column.CELL: "Tên chi bộ, ghi giống nhau ở mọi dòng của chi bộ.",
    Column.CELL_KIND: "Chỉ cần khi chi bộ mới có lần đầu; ghi ở một dòng là đủ. Một trong: {words}.",
    Column.STATUS: "Để trống là chính thức. Một trong: {words}.",
    Column.ROLES: "Để trống nếu không giữ chức vụ. Nhiều chức vụ cách nhau bằng dấu chấm phẩy. Gồm: {words}.",
    Column.IN_CHARGE_OF: (
        "Dành cho cấp ủy viên phụ trách: tên các chi bộ được phân công, cách nhau bằng dấu chấm phẩy."
    ),
    Column.JOINED_ON: "Ngày kết nạp, ngày/tháng/năm.",
    Column.OFFICIAL_ON: "Ngày công nhận chính thức, ngày/tháng/năm.",
    Column.PARENT: "Chỉ cần khi chi bộ trực thuộc một đảng bộ ở giữa, không trực thuộc thẳng đảng ủy gửi danh sách.",
}

_HINTS = {
    Column.ROLES: "Chọn một chức vụ, hoặc gõ nhiều chức vụ cách nhau bằng dấu chấm phẩy.",
    Column.BIRTH: "Ngày/tháng/năm, ví dụ 03/12/1965, hoặc chỉ năm sinh.",
    Column.JOINED_ON: "Ngày/tháng/năm, ví dụ 19/05/1990.",
    Column.OFFICIAL_ON: "Ngày/tháng/năm, ví dụ 19/05/1990.",
}


def guide_title() -> str:
    """The title of the explanations."""
    return "Cách điền danh sách đảng viên"


def guide_steps() -> tuple[str, ...]:
    """How to fill in the template, one step a line."""
    return (
        f"1. Mỗi đồng chí một dòng, ở trang “{TEMPLATE_SHEET}”. Không để hai đồng chí chung một dòng.",
        f"2. Bắt buộc có “{column_name(Column.FULL_NAME)}” và “{column_name(Column.CELL)}”. Cột khác có thể để trống.",
        "3. Ngày ghi theo thứ tự ngày/tháng/năm, ví dụ 03/12/1965. Không nhớ ngày sinh thì chỉ ghi năm.",
        "4. Có thể đổi thứ tự cột hoặc thêm cột riêng; hệ thống bỏ qua cột không có trong bảng dưới đây.",
        "5. Không ghi số căn cước, số điện thoại hay nội dung mật vào tệp này.",
        "6. Gửi tệp cho hệ thống. Hệ thống kiểm tra từng dòng, cho xem trước, và chỉ ghi khi đồng chí xác nhận.",
    )


def guide_headings() -> tuple[str, ...]:
    """The headings of the table that explains the columns and shows the samples."""
    return ("Cột", "Bắt buộc", "Cách ghi", "Dòng mẫu 1", "Dòng mẫu 2")


def required_mark(*, required: bool) -> str:
    """Whether a column must be filled."""
    return "Có" if required else ""


def guide_column(column: Column) -> str:
    """How one column is filled in."""
    return _HOW_TO_FILL[column].format(words="; ".join(closed_words(column)))


def samples_note() -> str:
    """What the sample rows are."""
    return "Hai dòng mẫu chỉ để minh họa, tên không có thật. Hệ thống không đọc trang này."


def sample_rows() -> tuple[dict[Column, str], dict[Column, str]]:
    """Two invented people who show how the columns are filled."""
    return (
        {
            Column.FULL_NAME: "Nguyễn Văn Mẫu",
            Column.BIRTH: "03/12/1965",
            Column.MEMBER_CODE: "00.000001",
            Column.CELL: "Chi bộ Thôn Mẫu 1",
            Column.CELL_KIND: "Thôn/tổ dân phố",
            Column.STATUS: "Chính thức",
            Column.ROLES: "Bí thư",
            Column.JOINED_ON: "19/05/1990",
            Column.OFFICIAL_ON: "19/05/1991",
        },
        {
            Column.FULL_NAME: "Trần Thị Ví Dụ",
            Column.BIRTH: "1972",
            Column.CELL: "Chi bộ Cơ quan Mẫu",
            Column.CELL_KIND: "Cơ quan",
            Column.ROLES: "Chi ủy viên; Thư ký",
            Column.IN_CHARGE_OF: "Chi bộ Thôn Mẫu 1; Chi bộ Thôn Mẫu 2",
        },
    )


def cell_hint(column: Column) -> str:
    """The hint that Excel shows beside a selected cell of this column."""
    return _HINTS.get(column, "Chọn trong danh sách.")


def not_a_choice() -> tuple[str, str]:
    """Title and text of Excel's refusal of a word that a closed column does not know."""
    return ("Chưa có trong danh mục", "Mong đồng chí chọn một mục trong danh sách của ô này.")


def page_footer() -> str:
    """The footer of printed sheets, in Excel's code for page numbers."""
    return "Trang &P/&N"
