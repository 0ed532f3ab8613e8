"""What the bot says of a roster file: what is wrong with a line, and why a whole file is refused."""

from collections.abc import Iterable

from bot.domain.roster import BYTES_LIMIT, ROW_LIMIT, Column, Fault, FileFault, RosterRefused, RowFault
from bot.texts.roster_words import HEADINGS, closed_words

_ROW_FAULTS = {
    Fault.MISSING: "chưa điền.",
    Fault.FORMULA: "“{value}” là công thức. Mong đồng chí gõ chữ hoặc số vào ô này.",
    Fault.TOO_LONG: "“{value}” quá dài.",
    Fault.NOT_A_NAME: "“{value}” có chữ số hoặc ký hiệu lạ.",
    Fault.NOT_A_CODE: "“{value}” không phải là mã. Mã gồm chữ, chữ số, dấu chấm; có ít nhất một chữ số.",
    Fault.NOT_A_DATE: "“{value}” không phải là ngày. Mong đồng chí ghi như 03/12/1965{or_year}.",
    Fault.IMPLAUSIBLE_DATE: "“{value}” chưa hợp lý, mong đồng chí xem lại.",
    Fault.OUT_OF_ORDER: "“{value}” {out_of_order}, mong đồng chí xem lại.",
    Fault.UNKNOWN_WORD: "“{value}” không có trong danh mục. Chọn trong: {choices}.",
    Fault.SAME_CODE: "trùng với dòng {value}.",
    Fault.SAME_PERSON: (
        "có thể trùng với dòng {value} (cùng tên, cùng chi bộ). Nếu là hai đồng chí khác nhau, mong đồng chí "
        "ghi đủ ngày sinh hoặc mã đảng viên ở cả hai dòng."
    ),
    Fault.SECOND_SECRETARY: "chi bộ này đã có bí thư ở dòng {value}.",
    Fault.OTHER_KIND: "khác với loại hình đã ghi cho chi bộ này ở dòng {value}.",
    Fault.OTHER_PARENT: "khác với cấp trên đã ghi cho chi bộ này ở dòng {value}.",
    Fault.IN_TWO_CELLS: (
        "có thể trùng với dòng {value} ở chi bộ khác (cùng tên, cùng ngày sinh). Mỗi đồng chí chỉ ghi ở một chi bộ; "
        "nếu là hai đồng chí khác nhau, mong đồng chí ghi mã đảng viên ở cả hai dòng."
    ),
    Fault.OTHER_NAME: "“{value}” trong hệ thống là mã của một đồng chí khác tên. Mong đồng chí xem lại mã và tên.",
    Fault.SEVERAL_PEOPLE: (
        "hệ thống chưa rõ là đồng chí nào, vì có người trùng tên. "
        "Mong đồng chí ghi thêm ngày sinh đầy đủ và mã đảng viên (nếu có)."
    ),
    Fault.OUTSIDE: "“{value}” thuộc nơi đồng chí không phụ trách nên hệ thống không ghi. Mong đồng chí xem lại.",
    Fault.NOT_A_CELL: "“{value}” là tên đảng ủy hoặc đảng bộ. Mong đồng chí ghi tên chi bộ.",
    Fault.SEVERAL_CELLS: (
        "có nhiều chi bộ tên “{value}”. Mong đồng chí ghi thêm cột “Cấp trên trực tiếp”, hoặc đặt tên khác nhau."
    ),
    Fault.UNKNOWN_CELL: (
        "không có chi bộ nào tên “{value}” trong phần đồng chí phụ trách, cũng như trong tệp này. "
        "Mong đồng chí xem lại tên."
    ),
    Fault.CELL_ELSEWHERE: (
        "chi bộ này đang trực thuộc {value}. Hệ thống không đổi cấp trên của chi bộ bằng danh sách; "
        "mong đồng chí để trống ô này."
    ),
    Fault.NOT_TO_GIVE: (
        "chức vụ này mở quyền xem và sửa dữ liệu của cả đảng bộ nên chỉ quản trị hệ thống được giao. "
        "Mong đồng chí bỏ chức vụ này, hoặc nhờ quản trị hệ thống nhập."
    ),
}

_FILE_FAULTS = {
    FileFault.EMPTY: "Tệp này rỗng. Mong đồng chí kiểm tra và gửi lại.",
    FileFault.TOO_LARGE: (
        "Tệp này quá lớn; hệ thống nhận tệp không quá {megabytes} MB. "
        "Mong đồng chí chép riêng bảng danh sách sang một tệp mới rồi gửi lại."
    ),
    FileFault.NOT_A_SHEET: "Tệp này không phải là bảng tính. Hệ thống nhận tệp Excel (.xlsx) hoặc tệp .csv.",
    FileFault.OLD_EXCEL: (
        "Tệp này là Excel kiểu cũ (.xls). Mong đồng chí mở tệp, chọn Lưu thành (Save As), "
        "kiểu Excel Workbook (.xlsx), rồi gửi lại."
    ),
    FileFault.ENCRYPTED: "Tệp này có mật khẩu nên hệ thống không đọc được. Mong đồng chí bỏ mật khẩu rồi gửi lại.",
    FileFault.BROKEN: "Tệp này bị hỏng nên hệ thống không đọc được. Mong đồng chí mở tệp, lưu lại rồi gửi lại.",
    FileFault.TOO_MANY_ROWS: "Danh sách quá dài: mỗi tệp không quá {rows} dòng. Mong đồng chí chia thành nhiều tệp.",
    FileFault.NO_HEADINGS: (
        "Hệ thống không tìm thấy dòng tiêu đề. Bảng cần có một dòng tiêu đề với cột “{name}” và cột “{cell}”."
    ),
    FileFault.MISSING_COLUMN: "Bảng còn thiếu cột “{column}”. Mong đồng chí thêm cột này rồi gửi lại.",
    FileFault.DOUBLE_COLUMN: "Bảng có hai cột “{column}”. Mong đồng chí giữ lại một cột rồi gửi lại.",
    FileFault.NO_ROWS: "Bảng chưa có đồng chí nào dưới dòng tiêu đề.",
}


def column_name(column: Column) -> str:
    """The heading of a column as papers show it."""
    return HEADINGS[column][0]


def row_fault(fault: RowFault) -> str:
    """One fault in words, beginning with its column."""
    joined = fault.column is Column.JOINED_ON
    what = _ROW_FAULTS[fault.fault].format(
        value=fault.value,
        or_year=", hoặc chỉ ghi năm sinh" if fault.column is Column.BIRTH else "",
        out_of_order="không khớp với ngày sinh" if joined else "sớm hơn ngày vào Đảng",
        choices="; ".join(closed_words(fault.column)),
    )
    return f"{column_name(fault.column)}: {what}"


def row_faults(faults: Iterable[RowFault]) -> str:
    """All faults of one line, for the column "Cần sửa"."""
    return "\n".join(map(row_fault, faults))


def file_fault(refused: RosterRefused) -> str:
    """Why a whole file was refused, and what to do."""
    return _FILE_FAULTS[refused.fault].format(
        column=column_name(refused.column) if refused.column else "",
        name=column_name(Column.FULL_NAME),
        cell=column_name(Column.CELL),
        rows=f"{ROW_LIMIT:,}".replace(",", "."),
        megabytes=BYTES_LIMIT // (1024 * 1024),
    )


def fixed_file_stem(stem: str) -> str:
    """The name, without ending, of the file that goes back."""
    return f"{stem} - cần sửa"
