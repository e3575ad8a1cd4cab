"""C3: drafting and revising a round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from grants.calls import commands
from grants.calls.forms import ROW_SETS, RoundForm, initial_rows
from grants.calls.models import Round
from grants.calls.policies import policy
from grants.calls.rules import template
from grants.funds.models import FundSource
from grants.funds.queries import left
from portal.access.staff import Denial
from portal.lifecycle import Refused


class RoundEditor(Denial, WagtailAdminTemplateMixin, TemplateView):
    """C3: everything of a round on one page, in sections. GET shows, POST drafts or revises."""

    template_name = "calls/round_form.html"
    header_icon = "form"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.round = None
        if "pk" in kwargs:
            self.round = get_object_or_404(Round.objects.visible_to(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def require(self) -> None:
        user, action = self.request.user, "revise" if self.round else "draft"
        allowed = (
            policy.user_has_permission_for_instance(user, action, self.round)
            if self.round
            else policy.user_has_permission(user, action)
        )
        if not allowed:
            raise PermissionDenied(policy.denial(action))

    def get_page_title(self) -> Any:
        return _("修改批次") if self.round else _("起草批次")

    def get_page_subtitle(self) -> str:
        return str(self.round or "")

    def get_breadcrumbs_items(self) -> list[dict]:
        above = {"url": reverse("staff_rounds:index"), "label": _("批次和通知")}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.get_page_title()}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require()
        form = RoundForm(instance=self.round, user=request.user)
        sets = self.row_sets(lambda name: {"initial": initial_rows(self.round, name, template)})
        return self.show(form, sets)

    def row_sets(self, given: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """given: name of a set -> its data or its initial rows."""
        user = {"user": self.request.user}
        return {
            name: cls(**given(name), prefix=name, form_kwargs=user if name == "envelopes" else None)
            for name, (_label, cls) in ROW_SETS.items()
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require()
        form = RoundForm(request.POST, instance=self.round, user=request.user)
        sets = self.row_sets(lambda name: {"data": request.POST})
        # No short cut: every set must be read, so that all errors show at once.
        if not all([form.is_valid(), *(one.is_valid() for one in sets.values())]):
            return self.show(form, sets, 422)
        rows: dict[str, Any] = {name: one.rows() for name, one in sets.items()}
        rows["envelopes"] = [(row["source"], row["year"], row["planned"]) for row in rows["envelopes"]]
        rows["tranches"] = [(row["percent"], row["milestone"]) for row in rows["tranches"]]
        try:
            if self.round:
                stored = Round.objects.get(pk=self.round.pk)  # the form has written its answers on the other one
                round = commands.revise_round(stored, by=request.user, **form.cleaned_data, **rows)
            else:
                round = commands.draft_round(request.user, **form.cleaned_data, **rows)
        except Refused as refusal:
            form.add_error(None, refusal.for_user())
            return self.show(form, sets, 422)
        messages.success(request, _("批次已保存。"))
        return redirect("staff_rounds:inspect", round.pk)

    def show(self, form: RoundForm, sets: dict[str, Any], status: int = 200) -> HttpResponse:
        groups = [
            (_("基本情况"), ["code", "title", "programme", "region", "year", "host", "contact", "phone"]),
            (_("时间"), ["opens_at", "closes_at", "starts_on", "ends_on", "min_months", "max_months"]),
            (
                _("额度和办理"),
                ["ceiling", "applications_per_organization", "awards_per_organization", "experts", "score_rule",
                 "defence_places", "paper_percent", "absence", "publicity_days", "screening_days", "correction_days", "categories", "forbidden"],
            ),
        ]  # fmt: skip
        context = self.get_context_data(
            form=form,
            faulty=bool(form.errors) or any(one.total_error_count() for one in sets.values() if one.is_bound),
            groups=[(heading, [form[name] for name in names]) for heading, names in groups],
            left=left(FundSource.objects.near(self.request.user)),
            sets=[(name, ROW_SETS[name][0], one) for name, one in sets.items()],
            media=form.media,
            cancel_url=reverse("staff_rounds:inspect", args=[self.round.pk])
            if self.round
            else reverse("staff_rounds:index"),
        )
        return self.render_to_response(context, status=status)
