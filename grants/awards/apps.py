from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "grants.awards"
    label = "awards"
    verbose_name = _("立项")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.applications.queries import register_outcome
        from grants.awards import queries
        from grants.awards.commands.award import mark_listed
        from grants.awards.models import Award, Resolution
        from grants.awards.policies import may_read_notice, policy, resolutions
        from grants.funds.queries import register_names
        from grants.publicity.commands import on_start
        from portal.documents.models import Kind
        from portal.documents.policies import allow as allow_paper
        from portal.trail.commands import register

        register(
            Resolution,
            "awards",
            {
                "draft": _("录入会议结果"),
                "record": _("确认会议结果"),
                "publicise": _("生成公示"),
                "cancel": _("作废会议结果草稿"),
            },
        )
        register(
            Award,
            "awards",
            {
                "propose": _("拟立项"),
                "confirm": _("立项"),
                "drop": _("不予立项"),
                "lapse": _("放弃"),
                "promote": _("递补"),
                "import": _("导入历史立项"),
            },
        )
        register_names("award", queries.names_of)
        register_outcome(queries.outcome)
        on_start(mark_listed)
        allow_paper(Kind.AWARD_NOTICE, may_read_notice)
        for one in (policy, resolutions):
            policy_registry.register(one.model, one)
