from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicityConfig(AppConfig):
    name = "grants.publicity"
    label = "publicity"
    verbose_name = _("公示")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        import grants.publicity.tasks  # noqa: F401  registers the job
        from grants.publicity.models import Objection, Publicity, triggers
        from grants.publicity.policies import may_read_evidence, objections, policy
        from grants.publicity.rules import EVIDENCE
        from portal.fields.models import register_triggers
        from portal.files.policies import allow
        from portal.trail.commands import register

        register_triggers(self.label, triggers())
        allow(EVIDENCE, may_read_evidence, swept=True)
        register(
            Publicity,
            "publicity",
            {
                "draft": _("拟稿"),
                "edit": _("修改公示稿"),
                "redraw": _("重新生成名单"),
                "reword": _("更正公开文字"),
                "start": _("发布公示"),
                "end": _("公示结束"),
                "correct": _("更正"),
                "replace": _("由新版取代"),
            },
        )
        register(
            Objection,
            "publicity",
            {
                "object": _("收到异议"),
                "accept": _("受理"),
                "refuse": _("不予受理"),
                "investigate": _("开始核查"),
                "uphold": _("认定成立"),
                "dismiss": _("认定不成立"),
                "answer": _("答复"),
                "reveal": _("查看异议人身份"),
            },
        )
        for one in (objections, policy):
            policy_registry.register(one.model, one)
