"""One log-in per role (domain § 11.7), all invented, all marked 演示."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password

from portal.access import Role
from portal.accounts import commands as accounts
from portal.accounts.models import User

PASSWORD = "demo-pass-2026"  # noqa: S105  printed by the command on purpose: a demo has no secrets
DISTRICT = "330211"


@dataclass(frozen=True)
class DemoPerson:
    """roles: granted in `region` (a code) and below."""

    username: str
    name: str
    roles: tuple[Role, ...]
    region: str = DISTRICT


STAFF = (
    DemoPerson("officer", "演示经办甲", (Role.BUREAU_OFFICER,)),
    DemoPerson("officer2", "演示经办乙", (Role.BUREAU_OFFICER,)),
    DemoPerson("head", "演示科长", (Role.BUREAU_HEAD,)),
    DemoPerson("leader", "演示分管领导", (Role.BUREAU_LEADER,)),
    DemoPerson("bureau-finance", "演示局财务", (Role.BUREAU_FINANCE,)),
    DemoPerson("treasury", "演示财政局", (Role.FINANCE,)),
    DemoPerson("cashier", "演示出纳", (Role.CASHIER,)),
    DemoPerson("registrar", "演示登记窗口", (Role.REGISTRAR,)),
    DemoPerson("secretary", "演示评审秘书", (Role.PANEL_SECRETARY,)),
    DemoPerson("supervisor", "演示监督员", (Role.SUPERVISOR,)),
    DemoPerson("incubator", "演示孵化基地", (Role.INCUBATOR,)),
    DemoPerson("unit", "演示业务主管单位", (Role.SUPERVISORY_UNIT,)),
    DemoPerson("street1", "演示招宝山街道", (Role.STREET,), "330211001"),
    DemoPerson("street2", "演示蛟川街道", (Role.STREET,), "330211002"),
    DemoPerson("street3", "演示骆驼街道", (Role.STREET,), "330211003"),
    DemoPerson("street4", "演示庄市街道", (Role.STREET,), "330211004"),
    DemoPerson("street5", "演示贵驷街道", (Role.STREET,), "330211005"),
    DemoPerson("street6", "演示澥浦镇", (Role.STREET,), "330211100"),
    DemoPerson("street7", "演示九龙湖镇", (Role.STREET,), "330211101"),
    DemoPerson("community", "演示后大街社区", (Role.COMMUNITY,), "330211001004"),
    DemoPerson("watch", "演示居务监督委员", (Role.COMMUNITY_SUPERVISOR,), "330211001004"),
    DemoPerson("sysadmin", "演示系统管理员", (Role.SYS_ADMIN,)),
    DemoPerson("secadmin", "演示安全管理员", (Role.SEC_ADMIN,)),
    DemoPerson("audadmin", "演示审计管理员", (Role.AUD_ADMIN,)),
)
POOL = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥乾"
"""With the financial expert the pool of 24."""

OUTSIDE = (
    DemoPerson("operator", "演示承办单位", (Role.OPERATOR,)),
    *(DemoPerson(f"expert{n}", f"演示专家{name}", (Role.EXPERT,)) for n, name in enumerate(POOL, 1)),
    DemoPerson("expert-fin", "演示财务专家", (Role.EXPERT_FIN,)),
    DemoPerson("evaluator", "演示评估机构", (Role.EVALUATOR,)),
    DemoPerson("auditor", "演示审计员甲", (Role.AUDITOR,)),
    DemoPerson("auditor2", "演示审计员乙", (Role.AUDITOR,)),
    DemoPerson("resident", "演示居民", ()),
)
PEOPLE = (*STAFF, *OUTSIDE)


@cache
def encoded() -> str:
    """Return the one password, hashed once: sixty slow hashes would be a third of the loading time."""
    return make_password(PASSWORD)


def open_account(username: str, name: str) -> User:
    user = accounts.create_user(username=username, name=name, email=f"{username}@example.org", by=None)
    User.objects.filter(pk=user.pk).update(password=encoded())
    return user


def log_ins() -> list[tuple[str, str, str]]:
    """Return (username, name, what they are) for the table that `demo` prints."""
    rows = [(p.username, p.name, "、".join(str(role.label) for role in p.roles) or "居民") for p in PEOPLE]
    return [
        *rows,
        ("org1", "演示负责人1", "社会组织负责人：镇海区演示甬澜社会工作服务中心；org2 … org20 依次为其余组织"),
        ("writer1", "演示经办人1", "项目负责人：甬澜"),
        ("accountant1", "演示会计1", "项目会计：甬澜"),
        ("locked", "演示停用账号", "已停用，不能登录"),
    ]
