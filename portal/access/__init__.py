"""Who is who: role codes. The policy base is in `policies`, the scoped viewsets in `staff`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Roles of domain.md § 3 and § 0.16. A grant binds one to a person, a region subtree and dates."""

    BUREAU_OFFICER = "BUREAU_OFFICER", _("民政局经办人")
    BUREAU_HEAD = "BUREAU_HEAD", _("科长")
    BUREAU_LEADER = "BUREAU_LEADER", _("分管领导")
    BUREAU_FINANCE = "BUREAU_FINANCE", _("局财务")
    FINANCE = "FINANCE", _("财政局")
    CASHIER = "CASHIER", _("出纳")
    STREET = "STREET", _("街道（镇）公共服务办")
    COMMUNITY = "COMMUNITY", _("社区（村）")
    COMMUNITY_SUPERVISOR = "COMMUNITY_SUPERVISOR", _("村（居）务监督委员会")
    OPERATOR = "OPERATOR", _("承办单位")
    ORG_ADMIN = "ORG_ADMIN", _("社会组织负责人")
    PROJECT_LEAD = "PROJECT_LEAD", _("项目负责人")
    PROJECT_ACCOUNTANT = "PROJECT_ACCOUNTANT", _("项目会计")
    EXPERT = "EXPERT", _("评审专家")
    EXPERT_FIN = "EXPERT_FIN", _("财务专家")
    PANEL_SECRETARY = "PANEL_SECRETARY", _("评审组秘书")
    EVALUATOR = "EVALUATOR", _("第三方评估机构")
    AUDITOR = "AUDITOR", _("审计人员")
    SUPERVISOR = "SUPERVISOR", _("派驻纪检监督员")
    INCUBATOR = "INCUBATOR", _("孵化基地")
    REGISTRAR = "REGISTRAR", _("登记窗口")
    SUPERVISORY_UNIT = "SUPERVISORY_UNIT", _("业务主管单位")
    PUBLIC = "PUBLIC", _("居民")
    SYS_ADMIN = "SYS_ADMIN", _("系统管理员")
    SEC_ADMIN = "SEC_ADMIN", _("安全管理员")
    AUD_ADMIN = "AUD_ADMIN", _("审计管理员")


STAFF = frozenset(
    {
        Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.FINANCE,
        Role.CASHIER, Role.STREET, Role.COMMUNITY, Role.COMMUNITY_SUPERVISOR, Role.PANEL_SECRETARY,
        Role.REGISTRAR, Role.SUPERVISOR, Role.AUDITOR, Role.INCUBATOR, Role.SYS_ADMIN, Role.SEC_ADMIN,
        Role.AUD_ADMIN,
    }
)  # fmt: skip
"""Roles that work in the admin under /cms/; all others use the front end."""
