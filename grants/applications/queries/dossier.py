"""The whole draft in one reading, and what is still missing in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applications import rules
from grants.applications.models import Application, Attachment, BudgetLine, PlannedItem, Section
from grants.applications.states import S
from grants.calls.models import AttachmentRule, Round
from grants.calls.rules import minutes
from portal import clock
from portal.dynforms import rules as dynforms
from portal.redaction import rules as redaction

FIXED = {
    "organization": gettext_lazy("核对单位资料"),
    "eligibility": gettext_lazy("资格自查"),
    "overview": gettext_lazy("填写项目概况"),
    "plan": gettext_lazy("安排活动和进度"),
    "budget": gettext_lazy("编制预算"),
    "attachments": gettext_lazy("上传附件"),
}
"""Sections that every application has, with the name of their task."""

CONFIRMED = ("organization", "eligibility")
LEAST_ITEMS = 3


@dataclass
class Dossier:
    """An application with its parts, read once. Eight queries."""

    application: Application
    round: Round
    sections: dict[str, Section]
    lines: list[BudgetLine]
    items: list[PlannedItem]
    attachments: list[Attachment]
    attachment_rules: list[AttachmentRule]
    caps: list[rules.Cap]
    returned: dict[str, str]
    """Section code -> what to correct in it; empty unless RETURNED."""

    @cached_property
    def answers(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for section in self.sections.values():
            found.update(section.answers)
        return found

    @cached_property
    def schema(self) -> dict[str, Any]:
        return self.application.form_version.schema

    @cached_property
    def form_sections(self) -> list[dict[str, Any]]:
        return self.schema["sections"]

    @property
    def codes(self) -> list[str]:
        """Section codes in the order of the task list."""
        middle = [one["id"] for one in self.form_sections]
        return ["organization", "eligibility", "overview", *middle, "plan", "budget", "attachments"]

    @property
    def budget_rows(self) -> list[rules.Line]:
        return [rules.Line(one.category, one.item, one.unit_price, one.amount, one.source) for one in self.lines]

    @cached_property
    def budget(self) -> rules.Budget:
        return rules.summed(self.budget_rows, self.caps)

    @cached_property
    def budget_faults(self) -> list[rules.Fault]:
        return rules.budget_faults(self.budget_rows, self.caps, self.round.ceiling, self.round.forbidden_words)

    @cached_property
    def missing_attachments(self) -> list[AttachmentRule]:
        present = {one.code for one in self.attachments}
        return [rule for rule in self.attachment_rules if rule.is_required and rule.code not in present]

    def name(self, code: str) -> str:
        if code in FIXED:
            return str(FIXED[code])
        return next((one["title"] for one in self.form_sections if one["id"] == code), code)

    def kept_name(self, code: str) -> str:
        """The name for the record: in the language of the house, whoever writes it."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.name(code)

    def minutes_left(self) -> int:
        """Estimate the minutes still needed; of an empty draft, what the notice says."""
        return minutes(self.schema, [code for code, one in self.sections.items() if one.is_done])


def dossier(application: Application) -> Dossier:
    round = application.round
    correction = getattr(application, "correction", None) if application.status == S.RETURNED else None
    return Dossier(
        application=application,
        round=round,
        sections={one.code: one for one in application.sections.select_related("saved_by")},
        lines=list(application.budget_lines.all()),
        items=list(application.planned_items.all()),
        attachments=list(application.attachments.filter(removed_at=None).select_related("file")),
        attachment_rules=list(round.attachment_rules.all()),
        caps=[rules.Cap(one.category, one.max_permyriad, one.max_unit_price) for one in round.budget_rules.all()],
        returned={one["section"]: one["text"] for one in correction.items} if correction else {},
    )


def problems(whole: Dossier, code: str) -> list[str]:
    """Return what stands against calling a section done, each as a sentence."""
    if code in CONFIRMED:
        section = whole.sections.get(code)
        return [] if section and section.version else [_("请先%(step)s") % {"step": FIXED[code]}]
    if code == "overview":
        return [text for _field, text in overview_problems(whole)]
    if code == "plan":
        missing = LEAST_ITEMS - len(whole.items)
        words = _("活动计划至少 %(least)s 行，还差 %(missing)s 行") % {"least": LEAST_ITEMS, "missing": missing}
        return [*([words] if missing > 0 else []), *month_problems(whole)]
    if code == "budget":
        return [fault.text for fault in whole.budget_faults]
    if code == "attachments":
        return [_("请上传%(name)s") % {"name": rule.name} for rule in whole.missing_attachments]
    return [text for _question, text in dynforms.problems(whole.schema, whole.answers, code)]


def month_problems(whole: Dossier) -> list[str]:
    """Every planned month lies in the project's own period; without one yet, nothing can be said."""
    starts_on, ends_on = whole.application.starts_on, whole.application.ends_on
    if not starts_on or not ends_on:
        return []
    words = _("第 %(n)s 行月份 %(month)s 不在实施期 %(from)s 至 %(to)s 之内，请改月份，或改项目概况的起止日期")
    return [
        words % {"n": n, "month": f"{one.month:%Y-%m}", "from": starts_on, "to": ends_on}
        for n, one in enumerate(whole.items, 1)
        if not starts_on.replace(day=1) <= one.month <= ends_on
    ]


def overview_problems(whole: Dossier) -> list[tuple[str, str]]:
    """Return (field, sentence) of each thing missing or wrong."""
    application, round = whole.application, whole.round
    found = []
    if len(application.title) < 4:
        found.append(("title", _("请填写项目名称，4 至 30 字")))
    for one in redaction.find(application.title):
        words = _("项目名称含有%(label)s“%(masked)s”，立项时要公示，请从名称中删去")
        found.append(("title", words % {"label": one.label, "masked": one.masked}))
    if application.category not in round.category_names:
        found.append(("category", _("请选择项目类别")))
    if not application.region.path.startswith(round.region.path):
        found.append(("region", _("实施地应在%(region)s内，请重新选择") % {"region": round.region}))
    if not application.starts_on or not application.ends_on:
        found.append(("ends_on", _("请填写实施起止日期")))
    else:
        found += [("ends_on", text) for text in period_problems(application, round)]
    return found


def period_problems(application: Application, round: Round) -> list[str]:
    """E09. Needs both dates."""
    starts_on, ends_on = application.starts_on, application.ends_on
    assert starts_on and ends_on
    found = []
    if ends_on < starts_on:
        return [_("结束日期早于开始日期，请调整")]
    if round.starts_on and starts_on < round.starts_on or round.ends_on and ends_on > round.ends_on:
        found.append(
            _("实施期应在 %(starts_on)s 至 %(ends_on)s 之内，请调整")
            % {"starts_on": round.starts_on, "ends_on": round.ends_on}
        )
    if not rules.lasts_months(starts_on, ends_on, round.min_months, round.max_months):
        found.append(
            _("实施期应为 %(min_months)s 至 %(max_months)s 个月，请调整起止日期")
            % {"min_months": round.min_months, "max_months": round.max_months}
        )
    return found


@dataclass(frozen=True)
class Task:
    """One row of the task list. status: done, doing, todo, fix or blocked."""

    code: str
    name: str
    status: str
    reason: str = ""


def task(whole: Dossier, code: str) -> Task:
    section = whole.sections.get(code)
    name = whole.name(code)
    if code in whole.returned and not (section and section.is_done):
        return Task(code, name, "fix", whole.returned[code])
    found = problems(whole, code)
    if section and section.is_done:
        return Task(code, name, "fix", found[0]) if found else Task(code, name, "done")
    if code == "budget" and whole.lines and found:
        return Task(code, name, "fix", found[0])
    if code == "attachments" and whole.attachment_rules:
        needed = [rule for rule in whole.attachment_rules if rule.is_required]
        text = _("必交 %(needed)s 份，已交 %(given)s 份") % {
            "needed": len(needed),
            "given": len(needed) - len(whole.missing_attachments),
        }
        return Task(code, name, "doing" if whole.attachments else "todo", text)
    return Task(code, name, "doing" if section and section.version else "todo")


def task_groups(whole: Dossier) -> list[tuple[str, list[Task]]]:
    """Return [(heading, tasks)] of the four groups of screens.md § 3.1.1."""
    middle = ["overview", *[one["id"] for one in whole.form_sections], "plan", "budget"]
    groups = [
        (_("一、先确认"), [task(whole, code) for code in CONFIRMED]),
        (_("二、写项目"), [task(whole, code) for code in middle]),
        (_("三、备材料"), [task(whole, "attachments")]),
    ]
    is_ready = all(one.status == "done" for _title, tasks in groups for one in tasks)
    last = Task(
        "check",
        _("核对并提交"),
        "todo" if is_ready else "blocked",
        "" if is_ready else _("完成以上各项后，由单位负责人提交"),
    )
    return [*groups, (_("四、核对提交"), [last])]


def unlocked(application: Application, code: str) -> bool:
    """Say whether a section may be written now: all of a draft in its window, the returned ones of a correction."""
    return not read_only_reason(application, code)


def read_only_reason(application: Application, code: str = "") -> str:
    """Return why nothing can be written now, or "". Judged by the clock, not by any job."""
    moment = clock.now()
    if application.status == S.DRAFT:
        closes_at = application.round.closes_at
        if closes_at and application.round.has_closed(moment):
            until = closes_at.astimezone(clock.ZONE)
            return _("申报已于 %(until)s 截止，不能再修改。") % {"until": date_format(until, _("n月j日 H:i"))}
        return ""
    if application.status == S.RETURNED:
        correction = application.correction
        if correction.is_over(moment):
            return _("补正期限 %(due_on)s 已过，不能再修改。如有疑问请致电 %(phone)s。") % {
                "due_on": correction.due_on,
                "phone": application.round.phone,
            }
        if code and code not in {one["section"] for one in correction.items}:
            return _("这一节不在补正范围内，不能修改。")
        return ""
    return _("申报书已提交，内容不能再改。")
