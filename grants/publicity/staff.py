"""Staff screens: the lists (C7) and the objections (C8)."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from grants.publicity import commands, forms, queries
from grants.publicity.models import Objection, Publicity
from grants.publicity.policies import may_read_evidence, objections, policy
from grants.publicity.states import S
from portal.access.staff import DateColumn, DueColumn, FormCommandView, MoveView, ScopedViewSet, StateColumn


class Start(MoveView):
    model = Publicity
    policy = policy
    action = "start"
    command = commands.start
    form_class = forms.StartForm
    title = _("审核并发布公示")
    submit_label = _("发布公示")
    success_message = _("公示已发布，名单已固定。")

    def consequences(self, obj: Publicity) -> list[str]:
        return [
            str(_("名单按校验码固定，发布后不能再改；要改只能办理更正，成为新的一版。")),
            str(
                _("公示 %(n)s 个工作日，首日 %(day)s 计入，末日 24:00 结束。") % {"n": obj.days, "day": obj.starts_on}
            ),
        ]

    def tells(self, obj: Publicity) -> list[str]:
        return [str(obj.created_by), str(_("社会公众（公示页面）"))]

    def success_url(self, obj: Any) -> str:
        return reverse("staff_publicity:inspect", args=[obj.pk])


class PublicityFormView(FormCommandView):
    action = ""

    def check(self, request: Any) -> None:
        self.publicity = get_object_or_404(Publicity.objects.visible_to(request.user), pk=self.kwargs["pk"])
        policy.require(request.user, self.action, self.publicity)

    def call(self, answers: dict[str, Any]) -> Any:
        return type(self).command(self.publicity, by=self.request.user, **answers)

    def get_page_subtitle(self) -> str:
        return str(self.publicity)

    def get_success_url(self) -> str:
        return reverse("staff_publicity:inspect", args=[self.publicity.pk])

    get_cancel_url = get_success_url


class EditView(PublicityFormView):
    action = "edit"
    title = _("修改公示稿")
    submit_label = _("保存公示稿")
    success_message = _("公示稿已保存，请另一位负责人审核发布。")
    form_class = forms.TextsForm
    command = commands.edit

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.publicity}


class RewordView(PublicityFormView):
    action = "reword"
    title = _("更正公开文字")
    intro = _("只改公示稿中一行的项目名称，申报材料不变。保存后由另一位负责人审核发布。")
    submit_label = _("更正")
    success_message = _("公开文字已更正，请另一位负责人审核发布。")
    form_class = forms.RewordForm
    command = commands.reword

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "publicity": self.publicity}

    def get_initial(self) -> dict[str, Any]:
        row = self.publicity.rows.filter(subject_code=self.request.GET.get("row", "")).first()
        return {"row": row, "title": row.title} if row else {}


class CorrectView(PublicityFormView):
    action = "correct"
    title = _("更正公示")
    intro = _("原公示保留在原地址。更正稿由另一位负责人审核后发布。")
    submit_label = _("生成更正稿")
    success_message = _("更正稿已生成，请修改文字后由另一位负责人发布。")
    form_class = forms.CorrectionForm
    command = commands.correct

    def get_success_url(self) -> str:
        made = getattr(self, "result", self.publicity)
        return reverse("staff_publicity:inspect", args=[made.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_publicity:inspect", args=[self.publicity.pk])


class PublicityViewSet(ScopedViewSet):
    model = Publicity
    name = "staff_publicity"
    empty_words = _("还没有公示。会议结果确认后可以生成公示稿。")
    menu_label = _("公示管理")
    icon = "view"
    list_display = [
        "title", StateColumn(), "starts_on", "ends_on",
        DueColumn("due_on", label=_("期限"), accessor=lambda one: one.ends_on if one.status == S.RUNNING else one.due_on),
    ]  # fmt: skip
    list_filter = ["status", "round_code"]
    search_fields = ["title", "document_number"]
    list_export = ["title", "document_number", "status", "starts_on", "ends_on", "frozen_sha256"]
    inspect_view_fields = [
        "title", "document_number", "status", "version", "correction", "correction_note", "basis", "experts",
        "contact_unit", "contact_phone", "supervision_unit", "supervision_phone", "address", "days", "starts_on",
        "ends_on", "created_by", "published_by", "frozen_sha256",
    ]  # fmt: skip
    late_fields = ("document_number", "correction", "correction_note", "published_by", "frozen_sha256")
    inspect_template = "publicity/inspect.html"
    moves = [Start]
    actions = [
        ("edit", _("修改公示稿"), "staff_publicity:edit"),
        ("reword", _("更正公开文字"), "staff_publicity:reword"),
        ("correct", _("更正公示"), "staff_publicity:correct"),
    ]
    ways_out = ("correct",)

    def extra(self, user: Any, obj: Publicity) -> dict[str, Any]:
        return {
            "listing": queries.listing(obj),
            "blocked": queries.blocked_codes(obj),
            "may_reword": policy.user_has_permission_for_instance(user, "reword", obj),
        }

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/edit/", EditView.as_view(), name="edit"),
            path("<int:pk>/reword/", RewordView.as_view(), name="reword"),
            path("<int:pk>/correct/", CorrectView.as_view(), name="correct"),
        ]


class ObjectionMove(MoveView):
    model = Objection
    policy = objections
    success_message = _("已办理。")

    @property
    def intro(self) -> str:  # type: ignore[override]
        about = self.object.row or _("整个名单或程序")
        return f"{about} · {self.object.get_kind_display()}：{self.object.facts}"


class Accept(ObjectionMove):
    action = "accept"
    command = commands.accept
    title = _("受理异议")
    submit_label = _("受理")

    def consequences(self, obj: Objection) -> list[str]:
        return [
            str(_("您成为承办人，只有您能看到实名反映人的身份。")),
            str(_("所指的项目在答复之前不能立项，其他项目照常办理。")),
        ]


class Refuse(ObjectionMove):
    action = "refuse"
    command = commands.refuse
    form_class = forms.ReasonForm
    title = _("不予受理")
    submit_label = _("不予受理")

    def consequences(self, obj: Objection) -> list[str]:
        return [str(_("这件异议办结，所指的项目照常立项。")), str(_("理由显示在反映人的查询页面上。"))]


class Investigate(ObjectionMove):
    action = "investigate"
    command = commands.investigate
    title = _("开始核查")
    submit_label = _("开始核查")

    def consequences(self, obj: Objection) -> list[str]:
        return [str(_("核查期间所指的项目不能立项。")), str(_("答复期限是 %s。") % obj.answer_due_on)]


class Uphold(ObjectionMove):
    action = "uphold"
    command = commands.uphold
    form_class = forms.FindingsForm
    title = _("认定异议成立")
    submit_label = _("认定成立")

    def consequences(self, obj: Objection) -> list[str]:
        return [str(_("所指的项目不能立项，答复后由领导办理“不予立项”。"))]


class Dismiss(ObjectionMove):
    action = "dismiss"
    command = commands.dismiss
    form_class = forms.FindingsForm
    title = _("认定异议不成立")
    submit_label = _("认定不成立")

    def consequences(self, obj: Objection) -> list[str]:
        return [str(_("所指的项目在答复出具之后照常立项。"))]


class Answer(ObjectionMove):
    action = "answer"
    command = commands.answer
    form_class = forms.AnswerForm
    title = _("答复")
    submit_label = _("出具答复")
    success_message = _("答复已出具。")

    def consequences(self, obj: Objection) -> list[str]:
        row = _("异议成立，所指的项目不能立项。") if obj.is_upheld else _("异议不成立，所指的项目照常立项。")
        return [str(_("答复显示在反映人的查询页面上，这件异议办结。")), str(row)]


class Reveal(ObjectionMove):
    action = "reveal"
    command = commands.reveal
    title = _("查看反映人身份")
    submit_label = _("查看并留痕")
    success_message = _("查看已留痕，身份显示在页面上。")

    def consequences(self, obj: Objection) -> list[str]:
        return [str(_("谁在什么时间查看过，会永久记录。"))]

    def success_url(self, obj: Any) -> str:
        return f"{reverse('staff_objections:inspect', args=[obj.pk])}?identity=1"


class ObjectionViewSet(ScopedViewSet):
    model = Objection
    name = "staff_objections"
    empty_words = _("没有异议。公示期内收到的异议会出现在这里。")
    menu_label = _("异议处理")
    icon = "comment"
    list_display = [
        "number", "kind", "row", DateColumn("received_at", label=_("收到时间"), sort_key="received_at"), StateColumn(),
        DueColumn("due_on", label=_("办理期限")), "handler",
    ]  # fmt: skip
    list_select_related = ["row", "handler", "publicity"]
    list_filter = ["status", "kind", "is_tipoff"]
    search_fields = ["number"]
    list_export = ["number", "kind", "status", "is_tipoff", "received_at", "due_on", "answered_at"]
    inspect_view_fields = [
        "number", "publicity", "row", "kind", "facts", "is_tipoff", "status", "received_at", "due_on", "answer_due_on",
        "handler", "reason", "findings", "is_upheld", "answer",
    ]  # fmt: skip
    late_fields = ("due_on", "handler", "reason", "findings", "is_upheld", "answer")
    labels = {"is_tipoff": _("按线索核查（匿名）"), "is_upheld": _("异议是否成立"), "row": _("所指项目")}
    inspect_template = "publicity/inspect_objection.html"
    moves = [Accept, Refuse, Investigate, Uphold, Dismiss, Answer, Reveal]

    def extra(self, user: Any, obj: Objection) -> dict[str, Any]:
        evidence = list(obj.evidence.all())
        return {
            "identity": queries.identity(obj, user),
            "may_see_list": policy.user_has_permission(user, "view"),
            "evidence": evidence,
            "may_read_evidence": bool(evidence) and may_read_evidence(user, evidence[0]),
        }
