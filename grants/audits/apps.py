from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditsConfig(AppConfig):
    name = "grants.audits"
    label = "audits"
    verbose_name = _("审计")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.audits import policies
        from grants.audits.commands.finding import EVIDENCE
        from grants.audits.models import Engagement, Finding
        from portal.fields.models import append_only, register_triggers
        from portal.files.policies import allow
        from portal.trail.commands import register

        register(
            Engagement,
            "audits",
            {
                "open": _("新建审计任务"),
                "name_auditor": _("指定审计人员"),
                "notify": _("发出审计通知"),
                "start": _("进点实施"),
                "draw": _("抽取并锁定样本"),
                "test": _("记录测试结果"),
                "draft": _("结束实施"),
                "respond": _("意见已收"),
                "issue": _("出具"),
                "close": _("办结审计任务"),
            },
        )
        register(
            Finding,
            "audits",
            {
                "find": _("记录问题"),
                "send_for_hearing": _("征求意见"),
                "answer": _("单位陈述意见"),
                "drop": _("不予认定"),
                "hold": _("提前暂缓拨付"),
                "order": _("签发整改通知"),
                "disallow": _("剔除金额"),
                "reply": _("报送整改"),
                "send_back": _("退回整改"),
                "verify": _("核查通过"),
                "settle": _("销号"),
                "settle_minor": _("提示后销号"),
            },
        )
        register_triggers("audits", append_only("audits_sample"))
        allow(
            EVIDENCE,
            lambda user, file: Finding.objects.visible_to(user).filter(files__file=file).exists(),
            swept=True,
        )
        for policy in (policies.engagement_policy, policies.finding_policy):
            policy_registry.register(policy.model, policy)
