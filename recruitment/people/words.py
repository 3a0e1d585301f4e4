"""What roles are called."""

from flask_babel import lazy_gettext as _l

from recruitment.people.models import Role

ROLES = {
    Role.CADRE: _l("报考人"),
    Role.COUNTY_REVIEWER: _l("县级审核人"),
    Role.PREFECTURE_REVIEWER: _l("市级审核人"),
    Role.PROVINCE_REVIEWER: _l("省级审核人"),
    Role.ADMIN: _l("招录管理员"),
    Role.SUPERVISOR: _l("监督人员"),
    Role.SYSTEM_ADMIN: _l("系统管理员"),
}


def role_name(role: str) -> str:
    return str(ROLES[Role(role)])
