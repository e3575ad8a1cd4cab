"""The pile (C4) and the screening page (C5)."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from grants.applications import commands, queries
from grants.applications.forms import CorrectionRows, ScreenForm, screen_faults
from grants.applications.models import Application
from grants.applications.policies import SCREENS, policy
from grants.applications.states import S
from grants.calls.models import Round
from portal.access.staff import (
    DateColumn,
    Denial,
    DueColumn,
    MoneyColumn,
    NameColumn,
    RegionColumn,
    ScopedViewSet,
    StateColumn,
)
from portal.lifecycle import Refused


class ScreenView(Denial, WagtailAdminTemplateMixin, TemplateView):
    """C5: dossier left, checklist and decision right, next and previous in the pile."""

    template_name = "applications/screen.html"
    header_icon = "tasks"
    page_title = _("资格审查")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Application.objects.visible_to(request.user).select_related(*queries.RELATED)
        self.application = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        policy.require(request.user, "screen", self.application)
        return self.show(ScreenForm(), self.correction_rows())

    def correction_rows(self, *data: Any) -> Any:
        whole = queries.dossier(self.application)
        sections = [(code, whole.name(code)) for code in whole.codes]
        return CorrectionRows(*data, prefix="items", form_kwargs={"sections": sections})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        policy.require(request.user, "screen", self.application)
        form, rows = ScreenForm(request.POST), self.correction_rows(request.POST)
        if not (form.is_valid() and rows.is_valid()):
            return self.show(form, rows, screen_faults(form, rows), status=422)
        try:
            self.decide(form.cleaned_data, rows.cleaned_data)
        except Refused as refusal:
            return self.show(form, rows, [refusal.for_user()], status=422)
        _before, after, _count = queries.neighbours(self.application, request.user)
        messages.success(
            request,
            _("%(number)s 已办理：%(status)s。")
            % {
                "number": self.application.number,
                "status": Application.objects.get(pk=self.application.pk).get_status_display(),
            },
        )
        return redirect("staff_applications:screen", after.pk) if after else redirect("staff_applications:index")

    def decide(self, given: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        by, application = self.request.user, self.application
        if given["decision"] == "pass":
            commands.screen_pass(application, by=by, note=given["note"])
        elif given["decision"] == "return":
            items = [row for row in rows if row.get("text", "").strip()]
            commands.return_for_correction(application, by=by, items=items)
        else:
            commands.screen_fail(application, by=by, codes=given["codes"], note=given["note"])

    def show(self, form: Any, rows: Any, errors: list[str] | None = None, status: int = 200) -> HttpResponse:
        application = self.application
        before, after, waiting = queries.neighbours(application, self.request.user)
        latest = application.versions.order_by("-number").select_related("form_version").first()
        context = self.get_context_data(
            application=application,
            dossier=queries.content(application, latest),
            checks=queries.checks(application),
            form=form,
            rows=rows,
            errors=errors or [],
            before=before,
            after=after,
            waiting=waiting,
            is_open=application.status == S.SUBMITTED,
            may_fail=policy.user_has_permission_for_instance(self.request.user, "fail", application),
            may_return=policy.user_has_permission_for_instance(self.request.user, "return", application),
            correction=getattr(application, "correction", None),
            screening=getattr(application, "screening", None),
            versions=application.versions.all(),
        )
        return self.render_to_response(context, status=status)

    def get_page_subtitle(self) -> str:
        return f"{self.application.number} {self.application.title}"

    def get_breadcrumbs_items(self) -> list[dict]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("staff_applications:index"), "label": _("申报库")},
            {"url": "", "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]


class ApplicationFilterSet(WagtailFilterSet):
    round = django_filters.ModelChoiceFilter(
        label=_("批次"), queryset=lambda request: Round.objects.visible_to(request.user)
    )

    class Meta:
        model = Application
        fields: ClassVar = ["status", "round", "category"]


class ApplicationViewSet(ScopedViewSet):
    model = Application
    name = "staff_applications"
    empty_words = _("还没有收到申报。申报开始后，单位提交的申报书会出现在这里。")
    icon = "form"
    menu_label = _("申报库")
    menu_order = 200
    inspect_template = "applications/inspect.html"
    list_display = [
        NameColumn("title", label=_("项目"), sub="number", sort_key="title"),
        Column("organization", label=_("单位"), sort_key="organization__name"),
        RegionColumn("region", label=_("实施地")),
        MoneyColumn("amount_requested", label=_("申请额（元）"), sort_key="amount_requested"),
        StateColumn(),
        DateColumn("submitted_at", label=_("提交时间"), sort_key="submitted_at"),
        DueColumn("due_on", label=_("办理期限"), sort_key="due_on"),
    ]
    list_select_related = ["organization", "region", "round"]
    filterset_class = ApplicationFilterSet
    labels = {"round": _("批次")}
    list_export = [
        "number", "title", "organization", "organization.uscc", "region", "round", "category", "amount_requested",
        "status", "submitted_at",
    ]  # fmt: skip
    search_fields = ["number", "title", "organization__name"]
    inspect_view_fields = ["number", "organization", "round", "amount_requested", "status", "submitted_at", "due_on"]
    late_fields = ("due_on",)

    def extra(self, user: Any, obj: Application) -> dict[str, Any]:
        latest = obj.versions.order_by("-number").select_related("form_version").first()
        if latest is None:
            raise Http404
        return {
            "dossier": queries.content(obj, latest),
            "application": obj,
            "screening": getattr(obj, "screening", None),
            "correction": getattr(obj, "correction", None),
            "versions": obj.versions.all(),
            "may_screen": policy.user_has_permission_for_instance(user, "screen", obj),
            "is_waiting": any(policy.user_has_permission_for_instance(user, action, obj) for action in SCREENS),
        }

    def get_urlpatterns(self) -> list:
        return [*super().get_urlpatterns(), path("<int:pk>/screen/", ScreenView.as_view(), name="screen")]
