from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "grants.calls"
    label = "calls"
    verbose_name = _("申报通知")

    def ready(self) -> None:
        from wagtail.models import Page
        from wagtail.permissions import policy_registry

        from grants.calls import commands, guards, queries, tasks  # noqa: F401  tasks registers the schedule
        from grants.calls.models import Allocation, CallIndexPage, CallPage, Round
        from grants.calls.policies import allocation_policy, page_policy, policy
        from grants.funds.queries import register_names
        from portal.trail.commands import register

        policy_registry.register(Round, value=policy)
        policy_registry.register(Allocation, value=allocation_policy)
        policy_registry.register(Page, value=page_policy)
        register_names("round", queries.names_of)
        register_names("programme", lambda codes: dict(queries.programme_names()))
        CallPage.publisher = staticmethod(commands.publish)
        CallPage.obstacles = staticmethod(guards.unready)
        CallPage.reader = staticmethod(queries.call_context)
        CallIndexPage.reader = staticmethod(queries.notices)

        register(
            Round,
            "calls",
            {
                "draft": _("起草批次"),
                "revise": _("修改批次"),
                "request_allocation": _("申请下达资金"),
                "allocate": _("下达资金"),
                "refuse_allocation": _("不同意下达"),
                "request_back": _("申请收回额度"),
                "take_back": _("收回额度"),
                "discard": _("作废草稿"),
                "budget": _("资金已落实"),
                "open_needs": _("征集需求"),
                "publish": _("发布通知"),
                "republish": _("更新通知"),
                "open": _("开始申报"),
                "close": _("申报截止"),
                "suspend": _("暂停"),
                "resume": _("恢复"),
                "cancel": _("取消"),
                "archive": _("归档"),
                "stage": _("更新办理阶段"),
            },
        )
