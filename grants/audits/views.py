"""The organization's side of an audit (A22): hear, answer, put right."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from grants.audits import commands, queries
from grants.audits.forms import ReplyForm, RespondForm
from grants.audits.models import Finding
from grants.audits.policies import finding_policy
from portal.access.views import MoveView


@login_required
def findings(request: HttpRequest) -> HttpResponse:
    """Findings against the person's organizations, those to act on first."""
    page = Paginator(queries.of_member(request.user), 20).get_page(request.GET.get("page"))
    return render(request, "audits/list.html", {"page_obj": page})


@login_required
def finding(request: HttpRequest, key: str) -> HttpResponse:
    visible = queries.with_all(Finding.objects.visible_to(request.user))
    one = get_object_or_404(visible, key=key)
    context = {
        "one": one,
        "rows": queries.facts(one),
        "thread": queries.thread(one),
        "files": one.files.filter(entry__isnull=True).select_related("file"),
        "may": {
            action: finding_policy.user_has_permission_for_instance(request.user, action, one)
            for action in finding_policy.answers
        },
    }
    return render(request, "audits/finding.html", context)


class Answer(MoveView):
    model, policy = Finding, finding_policy
    template_name = "audits/answer.html"
    extra_context = {"base_template": "workspace.html"}

    def get_queryset(self) -> Any:
        return queries.with_all(super().get_queryset())

    def success_url(self, obj: Finding) -> str:
        return reverse("audits:finding", args=[obj.key])


class Respond(Answer):
    action, command, form_class = "respond", commands.respond, RespondForm
    title = submit_label = _("陈述意见")
    success_message = _("意见已提交，审计人员会看到。")

    def consequences(self, obj: Finding) -> list[str]:
        return [_t("意见记入审计底稿，不能修改；意见期内可以再补充。")]


class Reply(Answer):
    action, command, form_class = "reply", commands.reply, ReplyForm
    title = submit_label = _("提交整改")
    success_message = _("整改已提交，等待核查。")

    def consequences(self, obj: Finding) -> list[str]:
        return [_t("由发现人以外的人核查。认定整改到位的予以销号，暂缓的拨付随之解除；不到位的退回。")]
