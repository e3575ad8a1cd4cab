"""The menus of the front end. Names of routes are text: an item whose route does not exist is not drawn."""

from __future__ import annotations

from typing import Any

from django import template
from django.apps import apps
from django.utils.translation import gettext_noop as _

from portal.access import STAFF, Role
from portal.components.rules import MenuItem

register = template.Library()

SITE = (
    MenuItem(_("首页"), "/"),
    MenuItem(_("申报通知"), "/calls/"),
    MenuItem(_("公示公告"), "publicity:list"),
    MenuItem(_("资助项目"), "home:projects"),
    MenuItem(_("资助数据"), "home:data"),
    MenuItem(_("办事指南"), "/guide/"),
)
EXPERTS = (Role.EXPERT, Role.EXPERT_FIN)
WORK = (
    MenuItem(_("工作台"), "desk:start"),
    MenuItem(_("管理端"), "wagtailadmin_home", roles=tuple(STAFF)),
    MenuItem(_("我的申报"), "applications:mine", members=True),
    MenuItem(_("评审任务"), "review:tasks", roles=EXPERTS),
    MenuItem(_("我的项目"), "agreements:list", members=True, covers=("/monitoring/", "/desk/projects/")),
    MenuItem(_("拨付"), "payments:list", members=True),
    MenuItem(_("支出"), "spending:list", members=True),
    MenuItem(_("整改"), "audits:orders", members=True),
    MenuItem(_("评估任务"), "monitoring:evaluations", roles=(Role.EVALUATOR,)),
    MenuItem(_("单位资料"), "registry:mine", members=True),
    MenuItem(_("消息"), "notices:inbox"),
)
FOOTER = (
    MenuItem(_("需求清单"), "needs:list"),
    MenuItem(_("社会组织名录"), "home:organizations"),
    MenuItem(_("凭证核验"), "documents:verify"),
    MenuItem(_("站点地图"), "/site-map/"),
    MenuItem(_("无障碍声明"), "/accessibility/"),
    MenuItem(_("隐私保护"), "/privacy/"),
    MenuItem(_("关于本平台"), "/about/"),
    MenuItem(_("开放数据"), "home:data"),
)


@register.simple_tag
def site_menu() -> tuple[MenuItem, ...]:
    return SITE


@register.simple_tag
def work_menu() -> tuple[MenuItem, ...]:
    return WORK


@register.simple_tag
def footer_menu() -> tuple[MenuItem, ...]:
    return FOOTER


@register.simple_tag(takes_context=True)
def site_facts(context: dict) -> Any:
    """The site's settings (names, phone, codes): one query per request; defaults where none are stored."""
    model = apps.get_model("pages", "PortalSettings")
    return model.load(request_or_site=context.get("request"))
