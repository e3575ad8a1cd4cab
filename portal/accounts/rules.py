"""Which roles one person may not hold together, and which need a second factor. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from portal.words import say as _
from portal.words import word

# (one side, other side, why). Source: domain.md § 3 "Separation of duty", § 0.13, § 0.16, A22 三员分立.
INCOMPATIBLE: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    (
        frozenset({"BUREAU_OFFICER", "BUREAU_HEAD", "BUREAU_LEADER"}),
        frozenset({"BUREAU_FINANCE", "CASHIER", "FINANCE"}),
        word("业务审核与资金拨付须由不同的人办理"),
    ),
    (frozenset({"BUREAU_FINANCE"}), frozenset({"CASHIER"}), word("会计与出纳须由不同的人担任")),
    (frozenset({"FINANCE"}), frozenset({"BUREAU_FINANCE", "CASHIER"}), word("财政拨款与局内财务须由不同的人办理")),
    (frozenset({"BUREAU_OFFICER"}), frozenset({"BUREAU_HEAD", "BUREAU_LEADER"}), word("起草与审批须由不同的人办理")),
    (
        frozenset({"EXPERT", "EXPERT_FIN"}),
        frozenset({"EVALUATOR", "AUDITOR", "OPERATOR", "PANEL_SECRETARY"}),
        word("评审专家不能同时担任评估、审计、承办或评审组秘书"),
    ),
    (frozenset({"EVALUATOR"}), frozenset({"AUDITOR", "OPERATOR"}), word("评估、审计与承办须由不同的人担任")),
    (frozenset({"AUDITOR"}), frozenset({"OPERATOR"}), word("审计与承办须由不同的人担任")),
    (
        frozenset({"EXPERT", "EXPERT_FIN", "EVALUATOR", "AUDITOR"}),
        frozenset(
            {"BUREAU_OFFICER", "BUREAU_HEAD", "BUREAU_LEADER", "BUREAU_FINANCE", "CASHIER", "FINANCE"}
        ),
        word("评审、评估和审计人员不能同时经办、审批或拨付"),
    ),
    (frozenset({"SYS_ADMIN"}), frozenset({"SEC_ADMIN", "AUD_ADMIN"}), word("系统、安全、审计三类管理员须分设")),
    (frozenset({"SEC_ADMIN"}), frozenset({"AUD_ADMIN"}), word("系统、安全、审计三类管理员须分设")),
)  # fmt: skip

ADMINISTRATORS = frozenset({"SYS_ADMIN", "SEC_ADMIN", "AUD_ADMIN"})
BUSINESS = frozenset(
    {
        "BUREAU_OFFICER", "BUREAU_HEAD", "BUREAU_LEADER", "BUREAU_FINANCE", "FINANCE", "CASHIER", "STREET",
        "COMMUNITY", "PANEL_SECRETARY", "REGISTRAR", "EXPERT", "EXPERT_FIN", "EVALUATOR", "AUDITOR", "OPERATOR",
    }
)  # fmt: skip

SECOND_FACTOR = frozenset(
    {
        "BUREAU_OFFICER", "BUREAU_HEAD", "BUREAU_LEADER", "BUREAU_FINANCE", "FINANCE", "CASHIER", "REGISTRAR",
        "SYS_ADMIN", "SEC_ADMIN", "AUD_ADMIN",
    }
)  # fmt: skip
"""Roles that publish, decide, pay, verify or administer: no entry without a second factor."""


def why_incompatible(role: str, held: Iterable[str]) -> str:
    """Return why `role` cannot join `held`, or "" when it can."""
    others = {str(one) for one in held} - {role}
    for one, other, why in INCOMPATIBLE:
        if (role in one and others & other) or (role in other and others & one):
            return _(why)
    if (role in ADMINISTRATORS and others & BUSINESS) or (role in BUSINESS and others & ADMINISTRATORS):
        return _("管理员不能同时办理业务")
    return ""


BROWSERS = (
    ("MicroMessenger", word("微信")), ("DingTalk", word("钉钉")), ("Edg", "Edge"), ("QQBrowser", word("QQ 浏览器")),
    ("360SE", word("360 浏览器")), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", word("鸿蒙")), ("OpenHarmony", word("鸿蒙")), ("Android", word("安卓")), ("iPhone", word("苹果手机")),
    ("iPad", word("苹果平板")), ("Windows", "Windows"), ("Mac OS", word("苹果电脑")), ("UOS", word("统信")),
    ("Kylin", word("麒麟")), ("Linux", "Linux"),
)  # fmt: skip


def device(agent: str) -> str:
    """Say a browser's own line in two words: "Chrome · Windows". The order of the tables matters."""
    known = [next((name for mark, name in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(_(name) for name in known if name) or _("其他设备")
