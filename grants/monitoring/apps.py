from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    name = "grants.monitoring"
    label = "monitoring"
    verbose_name = _("跟踪评估")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.monitoring import policies
        from grants.monitoring.commands.activity import EVIDENCE
        from grants.monitoring.models import Activity, Evaluation, EvaluationTask, Evidence, Report, Visit
        from portal.fields.models import append_only, register_triggers
        from portal.files.policies import allow
        from portal.trail.commands import register

        register(Activity, "monitoring", {"record_activity": _("记录活动")})
        register(Visit, "monitoring", {"record_visit": _("记录走访")})
        register(
            Report,
            "monitoring",
            {
                "start": _("开始填写报告"),
                "save": _("保存报告"),
                "add_evidence": _("上传报告材料"),
                "submit": _("提交报告"),
                "send_back": _("退回报告"),
                "accept": _("报告审核通过"),
            },
        )
        register(EvaluationTask, "monitoring", {"assign": _("安排评估"), "release": _("收回评估任务")})
        register(
            Evaluation,
            "monitoring",
            {
                "save_sheet": _("保存评估表"),
                "pass": _("评估通过"),
                "fail": _("评估不通过"),
                "rectify": _("提交评估整改"),
            },
        )
        register_triggers("monitoring", append_only("monitoring_reportversion"))
        allow(EVIDENCE, lambda user, file: Evidence.objects.readable_by(user).filter(file=file).exists(), swept=True)
        for policy in (
            policies.activity_policy,
            policies.report_policy,
            policies.evaluation_policy,
            policies.task_policy,
        ):
            policy_registry.register(policy.model, policy)
