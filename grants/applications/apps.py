from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "grants.applications"
    label = "applications"
    verbose_name = _("申报")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.applications import tasks  # noqa: F401  registers the job
        from grants.applications.commands.draft import PURPOSE
        from grants.applications.models import Application
        from grants.applications.policies import may_read_attachment, may_read_receipt, policy
        from portal.documents.models import Kind
        from portal.documents.policies import allow as allow_paper
        from portal.fields.models import append_only, register_triggers
        from portal.files.policies import allow
        from portal.trail.commands import register

        register_triggers("applications", append_only("applications_version"))
        policy_registry.register(Application, value=policy)
        allow(PURPOSE, may_read_attachment)
        allow_paper(Kind.RECEIPT, may_read_receipt)
        register(
            Application,
            "applications",
            {
                "start": _("开始申报"),
                "save": _("保存草稿"),
                "submit": _("提交申报书"),
                "resubmit": _("提交补正"),
                "recall": _("撤回修改"),
                "withdraw": _("放弃申报"),
                "return": _("退回补正"),
                "pass": _("初审通过"),
                "fail": _("初审不通过"),
                "stage": _("更新办理阶段"),
            },
        )
