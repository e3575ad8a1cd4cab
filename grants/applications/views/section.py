"""The pages of the wizard (A6, A7, A8): read, save by itself, save by hand."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.generic import View

from grants.applications import commands, forms, queries
from grants.applications.models import Application, Section
from grants.applications.policies import policy
from grants.applications.views.read import found, section_url
from grants.calls.rules import BUDGET_CATEGORIES, percent
from grants.calls.rules.template import BUDGET_CRITERIA, PLAN_CRITERIA
from portal import clock
from portal.dynforms.forms import PREFIX, form_class
from portal.files.rules import FileRefused
from portal.lifecycle import NotYet, Refused


def late_page(
    request: HttpRequest, application: Application, late: Refused, pairs: Iterable[tuple[str, str]]
) -> HttpResponse:
    """Refuse, and give the text back: copyable, downloadable. pairs: (label, text)."""
    text = "\n\n".join(f"{label}\n{value}" for label, value in pairs if str(value).strip())
    context = {"application": application, "reason": late.for_user(), "text": text}
    return render(request, "applications/late.html", context, status=410)


class SectionView(LoginRequiredMixin, View):
    """One page of the wizard. Subclasses say how to read and show their part."""

    code = ""
    template_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.application = found(request, kwargs["key"])
        self.code = kwargs.get("code", self.code)
        policy.require(request.user, "write", self.application)
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_autosave(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    @property
    def posted_version(self) -> int | None:
        """If-Match, or the hidden field; None would save over anything, so an unreadable one is -1."""
        text = self.request.headers.get("If-Match", "").strip('"') or self.request.POST.get("version", "")
        return int(text) if text.isdecimal() else -1

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if queries.read_only_reason(self.application, self.code):
            return redirect("applications:tasks", self.application.key)
        return self.show()

    def show(self, status: int = 200, **more: Any) -> HttpResponse:
        whole = queries.dossier(self.application)
        section = whole.sections.get(self.code)
        codes = whole.codes
        place = codes.index(self.code)
        context = {
            "application": self.application,
            "title": whole.name(self.code),
            "section": section,
            "version": section.version if section else 0,
            "returned": whole.returned.get(self.code, ""),
            "previous_url": section_url(self.application, codes[place - 1]) if place else "",
            "asks_done": True,
            **self.context(whole),
            **more,
        }
        return render(self.request, self.template_name, context, status=status)

    def context(self, whole: queries.Dossier) -> dict[str, Any]:
        return {}

    def keep(self) -> Section:
        """Read the posted part and keep what is readable. Raises Refused; sets self.bad when something is not."""
        raise NotImplementedError

    def pairs(self) -> list[tuple[str, str]]:
        """Return what was posted, for giving it back."""
        hidden = ("csrfmiddlewaretoken", "version", "done", "go")
        return [(name, value) for name, values in self.request.POST.lists() if name not in hidden for value in values]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.bad: dict[str, Any] = {}
        try:
            section = self.keep()
        except commands.Conflict as conflict:
            return self.conflict(conflict)
        except commands.Late as late:
            if self.is_autosave:
                return JsonResponse({"message": late.for_user() + _("您写的内容还在本页，可以复制。")}, status=410)
            return late_page(request, self.application, late, self.pairs())
        except Refused as refusal:
            if self.is_autosave:
                return JsonResponse({"message": refusal.for_user()}, status=422)
            return self.show(422, errors=[refusal.for_user()], **self.bad)
        if self.is_autosave:
            at = section.saved_at.astimezone(clock.ZONE)
            return JsonResponse({"version": section.version, "saved_at": f"{at:%H:%M}", **self.told()})
        if self.bad:
            return self.show(422, **self.bad)
        return self.finish()

    def told(self) -> dict[str, Any]:
        return {}

    def conflict(self, conflict: commands.Conflict) -> HttpResponse:
        if self.is_autosave:
            told = {"version": conflict.version, "by": conflict.by, "fields": self.theirs(conflict)}
            return JsonResponse(told, status=409)
        context = {"application": self.application, "reason": conflict.for_user(), "theirs": self.theirs(conflict),
                   "text": "\n\n".join(f"{label}\n{value}" for label, value in self.pairs()), "again": self.request.path}  # fmt: skip
        return render(self.request, "applications/conflict.html", context, status=409)

    def theirs(self, conflict: commands.Conflict) -> dict[str, str]:
        return {}

    def finish(self) -> HttpResponse:
        """After 保存: call it done if the person says so, then go on."""
        says_done = self.request.POST.get("done") == "yes"
        try:
            commands.set_done(self.application, self.code, done=says_done, by=self.request.user)
        except NotYet as refusal:
            told = {"errors": [str(one.text) for one in refusal.reasons]}
            return self.show(422, **{**told, **self.unfinished()})
        if self.request.POST.get("go") == "list":
            return redirect("applications:tasks", self.application.key)
        codes = queries.dossier(self.application).codes
        after = codes[codes.index(self.code) + 1 :]
        following = after[0] if after and self.application.status == "DRAFT" else None
        return redirect(
            section_url(self.application, following) if following else section_url(self.application, "check")
        )

    def unfinished(self) -> dict[str, Any]:
        return {}


class FormSectionView(SectionView):
    template_name = "applications/section.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # An unknown section is a 404, not an error of ours.
        if request.user.is_authenticated:
            application = found(request, kwargs["key"])
            codes = [one["id"] for one in application.form_version.schema["sections"]]
            if kwargs["code"] not in codes:
                return redirect("applications:tasks", application.key)
        return super().dispatch(request, *args, **kwargs)

    def form(self, *data: Any, done: bool = False) -> Any:
        whole = queries.dossier(self.application)
        cls = form_class(self.application.form_version, self.code)
        return cls(*data, answers=whole.answers, done=done)

    def context(self, whole: queries.Dossier) -> dict[str, Any]:
        one = next(one for one in whole.form_sections if one["id"] == self.code)
        return {
            "form": self.form(),
            "help": one["help"],
            "rubric": queries.rubric_lines(self.application.round, queries.named_in(one["questions"])),
        }

    def keep(self) -> Section:
        form = self.form(self.request.POST, self.request.FILES)
        is_valid = form.is_valid()
        uploads = form.uploads() if not self.is_autosave else {}
        try:
            section = commands.save_section(
                self.application,
                self.code,
                form.answers(),
                by=self.request.user,
                version=self.posted_version,
                uploads=uploads,
            )
        except FileRefused as refusal:
            form.add_error(PREFIX + next(iter(uploads)), refusal.for_user())
            self.bad = {"form": form}
            raise
        if not is_valid:
            self.bad = {"form": form}
        return section

    def unfinished(self) -> dict[str, Any]:
        form = self.form(self.request.POST, self.request.FILES, done=True)
        form.is_valid()
        return {"form": form, "errors": []}

    def theirs(self, conflict: commands.Conflict) -> dict[str, str]:
        return {PREFIX + key: str(value) for key, value in conflict.answers.items() if isinstance(value, str | int)}

    def pairs(self) -> list[tuple[str, str]]:
        labels = {
            PREFIX + q["id"]: q["label"]
            for one in self.application.form_version.schema["sections"]
            for q in one["questions"]
        }
        return [(labels.get(name.split("-0")[0], labels.get(name, "")), value) for name, value in super().pairs()]


section = FormSectionView.as_view()


class OverviewView(SectionView):
    code = "overview"
    template_name = "applications/section.html"

    def form(self, *data: Any) -> forms.OverviewForm:
        one = self.application
        initial = {
            "title": one.title,
            "category": one.category,
            "region": one.region,
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
        }
        return forms.OverviewForm(*data, round=one.round, initial=initial)

    def context(self, whole: queries.Dossier) -> dict[str, Any]:
        return {
            "form": self.form(),
            "help": _("名称让人一看就懂为谁做什么。实施期从签约后算起。"),
            "rubric": queries.rubric_lines(self.application.round),
            "is_whole": True,
        }

    def keep(self) -> Section:
        form = self.form(self.request.POST)
        if not form.is_valid():
            self.bad = {"form": form}
        return commands.save_overview(
            self.application, by=self.request.user, version=self.posted_version, **form.readable()
        )

    def unfinished(self) -> dict[str, Any]:
        form = self.form(self.request.POST)
        form.is_valid()
        self.application.refresh_from_db()
        for name, text in queries.overview_problems(queries.dossier(self.application)):
            form.add_error(name, text)
        return {"form": form, "errors": []}

    def theirs(self, conflict: commands.Conflict) -> dict[str, str]:
        one = Application.objects.get(pk=self.application.pk)
        return {"title": one.title, "starts_on": str(one.starts_on or ""), "ends_on": str(one.ends_on or "")}


class TableView(SectionView):
    """A section that is one editable table."""

    row: type[forms.Row] = forms.Row
    spare = 2

    def read(self) -> list[forms.Row]:
        rows = forms.posted_rows(self.row, self.request.POST)
        if len(rows) > forms.MANY_ROWS:
            self.bad = {"rows": rows}
            words = _("这张表最多 %(most)s 行，现在是 %(now)s 行，没有保存。请合并或删去 %(over)s 行后再保存。")
            raise Refused(words % {"most": forms.MANY_ROWS, "now": len(rows), "over": len(rows) - forms.MANY_ROWS})
        # No short cut: every row must be read, so that all errors show at once.
        wrong = [(n, row) for n, row in enumerate(rows, 1) if not row.is_valid()]
        if wrong:
            self.bad = {"rows": rows}
            words = [
                _("第 %(n)s 行%(label)s：%(text)s") % {"n": n, "label": row.fields[name].label, "text": text}
                for n, row in wrong
                for name, errors in row.errors.items()
                for text in errors
            ]
            raise Refused(*words)
        return rows


class PlanView(TableView):
    code = "plan"
    row = forms.PlanRow
    template_name = "applications/plan.html"

    def context(self, whole: queries.Dossier) -> dict[str, Any]:
        stored = [
            {
                "name": one.name,
                "month": one.month,
                "times": one.times,
                "persons": one.persons,
                "place": one.place,
                "output": one.output,
            }
            for one in whole.items
        ]
        return {
            "rows": forms.shown_rows(forms.PlanRow, stored, self.spare if stored else 3),
            "blank": forms.PlanRow(prefix="row-9999"),
            "rubric": queries.rubric_lines(self.application.round, PLAN_CRITERIA),
        }

    def keep(self) -> Section:
        rows = [row.values() for row in self.read()]
        return commands.save_plan(self.application, rows, by=self.request.user, version=self.posted_version)


class BudgetView(TableView):
    code = "budget"
    row = forms.BudgetRow
    template_name = "applications/budget.html"

    def context(self, whole: queries.Dossier) -> dict[str, Any]:
        names = ("category", "item", "basis", "unit_price", "quantity", "unit", "times", "source", "amount")
        stored = [
            {**{name: getattr(one, name) for name in names}, "quantity": plain(one.quantity)} for one in whole.lines
        ]
        rows = forms.shown_rows(forms.BudgetRow, stored, 1 if stored else 3)
        faults = {n: [f for f in whole.budget_faults if n in f.rows] for n in range(len(stored))}
        shown = [
            {"form": row, "amount": stored[n]["amount"] if n < len(stored) else None, "faults": faults.get(n, [])}
            for n, row in enumerate(rows)
        ]
        return {
            "rows": shown,
            "blank": forms.BudgetRow(prefix="row-9999"),
            "rules": whole.round.budget_rules.all(),
            "forbidden": whole.round.forbidden_words,
            "rubric": queries.rubric_lines(self.application.round, BUDGET_CRITERIA),
            **head(whole),
        }

    def show(self, status: int = 200, **more: Any) -> HttpResponse:
        if "rows" in more:
            more["rows"] = [{"form": row, "amount": None, "faults": []} for row in more["rows"]]
        return super().show(status, **more)

    def keep(self) -> Section:
        rows = [row.values() for row in self.read()]
        return commands.save_budget(self.application, rows, by=self.request.user, version=self.posted_version)

    def told(self) -> dict[str, Any]:
        """What the page redraws after an autosave: the head, the row sentences, the total."""
        whole = queries.dossier(
            Application.objects.select_related("round", "form_version", "region").get(pk=self.application.pk)
        )
        context = {"application": self.application, **head(whole)}
        return {
            "head": render_to_string("applications/budget_head.html", context),
            "foot": render_to_string("applications/budget_foot.html", context),
            "amounts": [one.amount for one in whole.lines],
            "faults": [{"row": n, "text": fault.text} for fault in whole.budget_faults for n in fault.rows],
        }


def plain(quantity: Decimal) -> str:
    """Write 120.00 as "120" and 1.50 as "1.5"."""
    return f"{quantity:f}".rstrip("0").rstrip(".") if "." in f"{quantity:f}" else str(quantity)


def head(whole: queries.Dossier) -> dict[str, Any]:
    budget = whole.budget
    shares = [
        {"name": _(BUDGET_CATEGORIES[one.category]), "share": one, "now": str(one), "cap": percent(one.cap),
         "value": one.permyriad, "limit": one.cap, "whole": max(one.cap * 5 // 4, one.permyriad)}
        for one in budget.shares
    ]  # fmt: skip
    # An empty table has nothing to mend yet; calling the section done still says what is missing.
    faults = whole.budget_faults if whole.lines else []
    return {"budget": budget, "shares": shares, "faults": faults, "ceiling": whole.round.ceiling}


class AttachmentsView(SectionView):
    code = "attachments"
    template_name = "applications/attachments.html"

    def context(self, whole: queries.Dossier) -> dict[str, Any]:
        papers = [
            {"rule": rule, "files": [one for one in whole.attachments if one.code == rule.code],
             "form": forms.AttachmentForm(initial={"code": rule.code}, auto_id=f"id_{rule.code}_%s")}
            for rule in whole.attachment_rules
        ]  # fmt: skip
        return {"papers": papers}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.bad = {}
        if "go" in request.POST:
            return self.finish()
        try:
            return self.change(request)
        except commands.Late as late:
            return late_page(request, self.application, late, [])
        except Refused as refusal:
            return self.show(422, errors=[refusal.for_user()])

    def change(self, request: HttpRequest) -> HttpResponse:
        if remove := request.POST.get("remove"):
            rows = self.application.attachments.filter(removed_at=None, pk__in=[remove] if remove.isdecimal() else [])
            commands.detach(self.application, get_object_or_404(rows), by=request.user)
            messages.success(request, _("附件已删除。"))
            return redirect("applications:attachments", self.application.key)
        form = forms.AttachmentForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(422, errors=[text for errors in form.errors.values() for text in errors])
        attached = commands.attach(
            self.application, form.cleaned_data["code"], form.cleaned_data["file"], by=request.user
        )
        messages.success(request, _("已上传 %(name)s。") % {"name": attached.file.name})
        return redirect("applications:attachments", self.application.key)
