"""State sheets of the applicant."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.applications import commands
from grants.applications.forms import WithdrawForm
from grants.applications.models import Application
from grants.applications.policies import policy
from portal import clock
from portal.access.views import MoveView


class ApplicantMove(MoveView):
    model = Application
    policy = policy
    extra_context = {"base_template": "workspace.html"}

    def success_url(self, obj: Application) -> str:
        return reverse("applications:detail", args=[obj.key])


class Recall(ApplicantMove):
    action = "recall"
    command = commands.recall
    title = _("撤回修改")
    submit_label = _("撤回申报书")
    success_message = _("已撤回。改好后须在截止前重新提交。")

    def consequences(self, obj: Application) -> list[str]:
        until = obj.round.closes_at.astimezone(clock.ZONE)
        return [
            gettext("申报书回到草稿，工作人员不再看到它。"),
            gettext("须在 %(until)s 前重新提交，否则不参加本次申报。") % {"until": f"{until:%Y-%m-%d %H:%M}"},
            gettext("原来提交的版本和回执保留。"),
        ]

    def success_url(self, obj: Application) -> str:
        return reverse("applications:tasks", args=[obj.key])


class Withdraw(ApplicantMove):
    action = "withdraw"
    command = commands.withdraw
    form_class = WithdrawForm
    title = _("放弃本次申报")
    submit_label = _("放弃申报（不能恢复）")
    success_message = _("已放弃本次申报，填写的内容仍可查看。")

    def consequences(self, obj: Application) -> list[str]:
        return [
            gettext("这项申报不再参加审查和评审，不能恢复。"),
            gettext("填写的内容和已提交的版本仍可查看。"),
            gettext("空出的申报名额可以再用。"),
        ]

    def tells(self, obj: Application) -> list[str]:
        return [gettext("本单位的负责人和经办人")]
