"""The words of a roster: headings, what closed columns may say, and what people write instead.

The first word of each list is the one that papers show; the others are read as well. Reading ignores case,
diacritics and punctuation, so synonyms that differ only in these are not listed.
"""

from bot.domain.member import Status
from bot.domain.organisation import CellKind
from bot.domain.rights import Role
from bot.domain.roster import Column, Vocabulary
from bot.domain.roster_values import word_key

HEADINGS: dict[Column, tuple[str, ...]] = {
    Column.FULL_NAME: (
        "Họ và tên",
        "Họ tên",
        "Họ và tên đảng viên",
        "Họ tên đảng viên",
        "Họ và tên khai sinh",
        "Họ, chữ đệm và tên",
        "Họ, chữ đệm và tên khai sinh",
        "Tên đảng viên",
        "Đảng viên",
    ),
    Column.BIRTH: (
        "Ngày sinh",
        "Ngày tháng năm sinh",
        "Ngày, tháng, năm sinh",
        "Sinh ngày",
        "Năm sinh",
        "Sinh năm",
        "Ngày sinh hoặc năm sinh",
    ),
    Column.MEMBER_CODE: (
        "Mã đảng viên",
        "Mã số đảng viên",
        "Số thẻ đảng",
        "Số thẻ đảng viên",
        "Số thẻ",
        "Số TĐV",
    ),
    Column.CELL: (
        "Chi bộ",
        "Tên chi bộ",
        "Thuộc chi bộ",
        "Chi bộ sinh hoạt",
        "Chi bộ đang sinh hoạt",
        "Sinh hoạt tại chi bộ",
        "Nơi sinh hoạt",
        "Nơi sinh hoạt đảng",
    ),
    Column.CELL_KIND: ("Loại hình chi bộ", "Loại chi bộ", "Loại hình"),
    Column.STATUS: (
        "Diện đảng viên",
        "Diện",
        "Loại đảng viên",
        "Tình trạng đảng viên",
        "Tình trạng",
        "Trạng thái đảng viên",
        "Trạng thái",
    ),
    Column.ROLES: (
        "Chức vụ trong chi bộ",
        "Chức vụ đảng",
        "Chức vụ trong Đảng",
        "Chức vụ",
        "Chức danh",
    ),
    Column.IN_CHARGE_OF: (
        "Phụ trách chi bộ",
        "Được phân công phụ trách chi bộ",
        "Chi bộ phụ trách",
        "Phụ trách",
    ),
    Column.JOINED_ON: (
        "Ngày vào Đảng",
        "Ngày kết nạp",
        "Ngày kết nạp Đảng",
        "Ngày kết nạp vào Đảng",
        "Ngày vào ĐCSVN",
        "Ngày vào Đảng dự bị",
    ),
    Column.OFFICIAL_ON: (
        "Ngày chính thức",
        "Ngày vào Đảng chính thức",
        "Ngày công nhận chính thức",
        "Ngày công nhận đảng viên chính thức",
        "Ngày chuyển chính thức",
    ),
    Column.PARENT: (
        "Cấp trên trực tiếp",
        "Đảng ủy cấp trên",
        "Tổ chức đảng cấp trên",
        "Cấp ủy cấp trên",
        "Đảng bộ cấp trên",
        "Trực thuộc",
    ),
}
"""What a column may be called, the best first: of two columns that fit, the one named earlier here is read."""

FIX_HEADING = "Cần sửa"
"""The column that the bot adds to a file that goes back."""

CELL_KINDS: dict[CellKind, tuple[str, ...]] = {
    CellKind.VILLAGE: (
        "Thôn/tổ dân phố",
        "Thôn",
        "Tổ dân phố",
        "Xóm",
        "Bản",
        "Ấp",
        "Khu phố",
        "Khối phố",
        "Khu dân cư",
    ),
    CellKind.SCHOOL: ("Trường học", "Trường", "Giáo dục"),
    CellKind.AGENCY: ("Cơ quan", "Cơ quan hành chính", "Hành chính"),
    CellKind.ENTERPRISE: ("Doanh nghiệp", "Công ty", "Hợp tác xã"),
    CellKind.HEALTH: ("Y tế", "Trạm y tế", "Bệnh viện"),
    CellKind.ARMED_FORCES: ("Lực lượng vũ trang", "LLVT", "Quân sự", "Công an", "Quân đội"),
}

STATUSES: dict[Status, tuple[str, ...]] = {
    Status.OFFICIAL: ("Chính thức", "Đảng viên chính thức", "CT"),
    Status.PROBATIONARY: ("Dự bị", "Đảng viên dự bị", "DB"),
    Status.EXEMPT: (
        "Miễn công tác và sinh hoạt",
        "Miễn công tác, sinh hoạt",
        "Miễn công tác và sinh hoạt đảng",
        "Miễn công tác, sinh hoạt đảng",
        "Được miễn công tác và sinh hoạt",
        "Được miễn công tác và sinh hoạt đảng",
        "Miễn sinh hoạt",
        "Miễn sinh hoạt đảng",
        "Miễn",
    ),
    Status.SUSPENDED: ("Đình chỉ sinh hoạt", "Đình chỉ sinh hoạt đảng", "Bị đình chỉ sinh hoạt đảng", "Đình chỉ"),
    Status.TEMPORARY_IN: (
        "Tạm thời đến",
        "Sinh hoạt tạm thời đến",
        "Sinh hoạt đảng tạm thời đến",
        "Chuyển sinh hoạt tạm thời đến",
    ),
    Status.TEMPORARY_OUT: (
        "Tạm thời đi",
        "Sinh hoạt tạm thời đi",
        "Sinh hoạt đảng tạm thời đi",
        "Chuyển sinh hoạt tạm thời đi",
        "Sinh hoạt tạm thời nơi khác",
    ),
}
"""The kinds of membership that a roster can say. Who was transferred, removed or is dead stands on no roster."""

ROLES: dict[Role, tuple[str, ...]] = {
    Role.SECRETARY: ("Bí thư", "Bí thư chi bộ", "BT"),
    Role.DEPUTY_SECRETARY: ("Phó bí thư", "Phó bí thư chi bộ", "PBT"),
    Role.CELL_COMMITTEE_MEMBER: ("Chi ủy viên", "Ủy viên", "Chi ủy", "CUV"),
    Role.NOTE_TAKER: ("Thư ký", "Thư ký chi bộ", "Thư ký ghi biên bản", "Ghi biên bản", "Người ghi biên bản"),
    Role.COMMITTEE_OFFICER: (
        "Cán bộ đảng ủy",
        "Cán bộ văn phòng đảng ủy",
        "Văn phòng đảng ủy",
        "Chuyên viên văn phòng đảng ủy",
        "Chuyên viên đảng ủy",
    ),
}
"""The roles that a roster can give. Administrators are invited by name; who watches a cell has a column."""


def closed_words(column: Column) -> tuple[str, ...]:
    """What a closed column may say, as papers show it; nothing for an open column."""
    closed = {Column.CELL_KIND: CELL_KINDS.values(), Column.STATUS: STATUSES.values(), Column.ROLES: ROLES.values()}
    return tuple(words[0] for words in closed.get(column, ()))


_NOTHING = ("Không", "Không có", "Đảng viên", "Chưa", "Chưa có")


def roster_vocabulary() -> Vocabulary:
    """The words of closed columns as the rules compare them."""
    return Vocabulary(
        cell_kinds={word_key(word): kind for kind, words in CELL_KINDS.items() for word in words},
        statuses={word_key(word): status for status, words in STATUSES.items() for word in words},
        roles={word_key(word): role for role, words in ROLES.items() for word in words},
        nothing=frozenset(map(word_key, _NOTHING)),
    )


def heading_key(text: str) -> str:
    """A heading for looking up in `heading_ranks`: what stands in brackets, and stars, do not count."""
    return word_key(text.split("(", 1)[0])


def heading_ranks() -> dict[str, tuple[Column, int]]:
    """By `heading_key`: the column that a heading names, and how well (0 is best)."""
    return {word_key(word): (column, rank) for column, words in HEADINGS.items() for rank, word in enumerate(words)}
