"""How memberships and roles are called in sentences."""

from bot.domain.member import Status
from bot.domain.rights import Role

_ROLES = {
    Role.SECRETARY: "Bí thư",
    Role.DEPUTY_SECRETARY: "Phó bí thư",
    Role.CELL_COMMITTEE_MEMBER: "Chi ủy viên",
    Role.NOTE_TAKER: "Thư ký",
    Role.UPPER_MEMBER_IN_CHARGE: "Cấp ủy viên phụ trách",
    Role.COMMITTEE_OFFICER: "Cán bộ văn phòng đảng ủy",
    Role.ADMINISTRATOR: "Quản trị hệ thống",
}
_STATUSES = {
    Status.OFFICIAL: "Đảng viên chính thức",
    Status.PROBATIONARY: "Đảng viên dự bị",
    Status.EXEMPT: "Được miễn công tác và sinh hoạt",
    Status.SUSPENDED: "Đang bị đình chỉ sinh hoạt",
    Status.TEMPORARY_IN: "Sinh hoạt tạm thời (đến)",
    Status.TEMPORARY_OUT: "Sinh hoạt tạm thời (đi)",
    Status.TRANSFERRED: "Đã chuyển sinh hoạt",
    Status.REMOVED: "Đã ra khỏi Đảng",
    Status.DECEASED: "Đã từ trần",
}


def role_text(role: Role) -> str:
    """Bí thư."""
    return _ROLES[role]


def status_text(status: Status) -> str:
    """Đảng viên chính thức."""
    return _STATUSES[status]
