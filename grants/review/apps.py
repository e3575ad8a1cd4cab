from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "grants.review"
    label = "review"
    verbose_name = _("评审")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.review.models import Candidacy, Conflict, Panel, PanelMember, ScoreSheet, Shortlist
        from grants.review.models.sheet import triggers
        from grants.review.policies import conflicts, policy, seats, shortlists, slots
        from portal.fields.models import register_triggers
        from portal.trail.commands import register

        register_triggers(self.label, triggers())
        register(
            Panel,
            "review",
            {
                "make": _("成立评审组"),
                "reset_due": _("改评分截止"),
                "cancel": _("取消评审组"),
                "seat": _("加入专家"),
                "assign": _("分配项目"),
                "schedule_all": _("安排答辩"),
                "open": _("开始评分"),
                "remind": _("催办"),
                "lock": _("锁定评分"),
                "seal": _("封存汇总"),
            },
        )
        register(
            PanelMember,
            "review",
            {
                "declare": _("承诺与回避声明"),
                "hand_in": _("提交全部评分"),
                "decline": _("谢绝评审"),
                "step_in": _("整组递补"),
            },
        )
        register(
            Conflict,
            "review",
            {
                "recuse": _("申请回避"),
                "find": _("系统查出回避"),
                "confirm": _("确认回避"),
                "dismiss": _("认定无需回避"),
                "substitute": _("递补专家"),
            },
        )
        register(
            ScoreSheet,
            "review",
            {
                "save": _("保存草稿"),
                "complete": _("完成评分"),
                "submit": _("提交评分"),
                "exclude": _("封存评分表"),
                "readmit": _("恢复评分表"),
            },
        )
        register(
            Candidacy,
            "review",
            {
                "enter": _("进入评审"),
                "shortlist": _("入围"),
                "leave_out": _("未入围"),
                "schedule": _("安排答辩"),
                "unschedule": _("取消答辩安排"),
                "put_back": _("退回待评审"),
                "move_slot": _("答辩改期"),
                "attend": _("答辩签到"),
                "miss": _("答辩缺席"),
                "score": _("评审结束"),
            },
        )
        register(Shortlist, "review", {"cut": _("确定入围名单")})
        for one in (conflicts, policy, seats, shortlists, slots):
            policy_registry.register(one.model, one)
