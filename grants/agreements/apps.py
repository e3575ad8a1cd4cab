from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.agreements.rules import MILESTONES


def milestone_met(event: Any) -> str:
    code = event.after.get("milestone", "")
    return gettext("里程碑完成：%s") % gettext(MILESTONES.get(code, code))


class AgreementsConfig(AppConfig):
    name = "grants.agreements"
    label = "agreements"
    verbose_name = _("协议")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.agreements.models import Agreement, Amendment, Project
        from grants.agreements.policies import (
            agreement_policy,
            amendment_policy,
            may_read_issued,
            may_read_papers,
            project_policy,
        )
        from portal.documents.models import Kind
        from portal.documents.policies import allow as allow_paper
        from portal.files.policies import allow
        from portal.trail.commands import register

        register(
            Project,
            "agreements",
            {
                "place_hold": _("暂缓拨付"),
                "lift_hold": _("解除暂缓"),
                "meet_milestone": _("里程碑完成"),
                "activate": _("开始实施"),
                "finish": _("进入结项"),
                "suspend": _("中止项目"),
                "resume": _("恢复项目"),
                "terminate": _("终止项目"),
                "close_pass": _("结项（通过）"),
                "close_fail": _("结项（未通过）"),
            },
            {"meet_milestone": milestone_met},
        )
        register(
            Agreement,
            "agreements",
            {
                "draft": _("拟定协议"),
                "accept_party": _("一方确认协议"),
                "accept": _("各方确认协议"),
                "store_signed": _("存签署件"),
            },
        )
        register(
            Amendment,
            "agreements",
            {"request_amendment": _("提出变更"), "approve": _("批准变更"), "refuse": _("不同意变更")},
        )
        allow("agreements.signed", may_read_papers)
        for kind in (Kind.AGREEMENT, Kind.CERTIFICATE, Kind.OTHER):
            allow_paper(kind, may_read_issued)
        for policy in (project_policy, agreement_policy, amendment_policy):
            policy_registry.register(policy.model, policy)
