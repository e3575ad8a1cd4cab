"""Who is told what in a review. Letters to experts name no applicant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from grants.review import queries
from grants.review.models import Assignment, Candidacy, Conflict, Panel, PanelMember, Slot
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.notices.commands import queue


def until(panel: Panel) -> str:
    if panel.due_at is None:
        return ""
    return formats.date_format(panel.due_at.astimezone(clock.ZONE), "Y年n月j日 H:i")


def panel_opened(panel: Panel) -> None:
    for member in panel.members.select_related("user"):
        role = _("替补专家") if member.is_substitute else _("评审专家")
        queue(
            "review.opened",
            [member.user],
            _("邀请您参加评审：%(panel)s") % {"panel": panel},
            _("您是%(role)s。请先作出承诺和回避声明，再评审项目。评分截止 %(until)s。")
            % {"role": role, "until": until(panel)},
            about=panel,
            url=reverse("review:tasks"),
        )


def remind(panel: Panel, experts: Iterable[Any]) -> None:
    queue(
        "review.remind",
        experts,
        _("评分还没有提交：%(panel)s") % {"panel": panel},
        _("您还有项目没有评完或没有提交。评分截止 %(until)s。") % {"until": until(panel)},
        about=panel,
        url=reverse("review:tasks"),
    )


def due_reset(panel: Panel, reason: str) -> None:
    queue(
        "review.due_reset",
        [one.user for one in panel.members.filter(declined_at__isnull=True).select_related("user")],
        _("评分截止推迟：%(panel)s") % {"panel": panel},
        _("评分截止推迟到 %(until)s。理由：%(reason)s。") % {"until": until(panel), "reason": reason.rstrip("。")},
        about=panel,
        url=reverse("review:tasks"),
    )


@translation.override(settings.LANGUAGE_CODE)
def recused(conflict: Conflict) -> None:
    panel = conflict.member.panel
    queue(
        "review.recused",
        [panel.secretary],
        _("专家申请回避：%(code)s") % {"code": conflict.candidacy.code},
        _("%(expert)s 申请回避 %(code)s，原因：%(reason)s。请安排替补。")
        % {
            "expert": conflict.member,
            "code": conflict.candidacy.code,
            "reason": conflict.why,
        },
        about=panel,
        url=reverse("staff_panels:console", args=[panel.pk]),
    )


@translation.override(settings.LANGUAGE_CODE)
def found(conflict: Conflict) -> None:
    panel = conflict.member.panel
    queue(
        "review.recused",
        [panel.secretary],
        _("系统查出回避：%(code)s") % {"code": conflict.candidacy.code},
        _("%(expert)s 已是 %(code)s 申报单位的成员，其评分不再计入。请安排替补。")
        % {"expert": conflict.member, "code": conflict.candidacy.code},
        about=panel,
        url=reverse("staff_panels:console", args=[panel.pk]),
    )


def readmitted(conflict: Conflict) -> None:
    queue(
        "review.readmitted",
        [conflict.member.user],
        _("无需回避：%(code)s") % {"code": conflict.candidacy.code},
        _("评审秘书认定您无需回避 %(code)s，理由：%(reason)s。请继续评审。")
        % {"code": conflict.candidacy.code, "reason": conflict.decision},
        url=reverse("review:tasks"),
    )


def substituted(assignment: Assignment) -> None:
    queue(
        "review.substituted",
        [assignment.member.user],
        _("请您递补评审：%(code)s") % {"code": assignment.candidacy.code},
        _("有专家回避，请您评审 %(code)s。评分截止 %(until)s。")
        % {"code": assignment.candidacy.code, "until": until(assignment.member.panel)},
        url=reverse("review:tasks"),
    )


def handed_in(member: PanelMember) -> None:
    queue(
        "review.handed_in",
        [member.panel.secretary],
        _("专家已提交全部评分：%(expert)s") % {"expert": member},
        _("%(expert)s 已提交 %(panel)s 的全部评分。") % {"expert": member, "panel": member.panel},
        about=member.panel,
        url=reverse("staff_panels:console", args=[member.panel_id]),
    )


def panel_sealed(panel: Panel) -> None:
    is_last = panel.is_defence or not panel.round.has_defence
    queue(
        "review.sealed",
        [panel.round.created_by],
        _("评审汇总已封存：%(panel)s") % {"panel": panel},
        _("评审结果汇总已封存，可以录入集体研究决定。") if is_last else _("初评汇总已封存，接下来确定入围名单。"),
        about=panel,
        url=reverse("staff_panels:console", args=[panel.pk]),
    )


def declined(member: PanelMember) -> None:
    queue(
        "review.declined",
        [member.panel.secretary],
        _("专家谢绝评审：%(expert)s") % {"expert": member},
        _("%(expert)s 不能参加 %(panel)s，原因：%(reason)s。请安排替补。")
        % {"expert": member, "panel": member.panel, "reason": member.decline_reason},
        about=member.panel,
        url=reverse("staff_panels:console", args=[member.panel_id]),
    )


def stepped_in(member: PanelMember, count: int) -> None:
    queue(
        "review.substituted",
        [member.user],
        _("请您递补评审：%(panel)s") % {"panel": member.panel},
        _("有专家谢绝，请您评审 %(count)s 个项目。评分截止 %(until)s。")
        % {"count": count, "until": until(member.panel)},
        about=member.panel,
        url=reverse("review:tasks"),
    )


def speakers(candidacy: Candidacy) -> list[Any]:
    """Return the 负责人 and the writer of an application."""
    app = candidacy.application
    rows = Membership.objects.active().filter(organization=app.organization_id, role=MemberRole.ADMIN)
    return list({one.user_id: one.user for one in rows.select_related("user")}.values()) or [app.created_by]


def shortlisted(candidacy: Candidacy, is_in: bool) -> None:
    app = candidacy.application
    queue(
        "review.shortlisted" if is_in else "review.left_out",
        speakers(candidacy),
        (_("已入围答辩：%(title)s") if is_in else _("没有入围：%(title)s")) % {"title": app.title},
        _("“%(title)s”（%(number)s）通过初评，请准备答辩，时间和地点另行通知。")
        % {"title": app.title, "number": app.number}
        if is_in
        else _("“%(title)s”（%(number)s）没有进入答辩。谢谢您的申报。") % {"title": app.title, "number": app.number},
        about=candidacy,
        url=reverse("applications:detail", args=[app.key]),
    )


def scheduled(slot: Slot, is_new: bool = True) -> None:
    app = slot.candidacy.application
    queue(
        "review.scheduled",
        speakers(slot.candidacy),
        (_("答辩安排：%(title)s") if is_new else _("答辩改期：%(title)s")) % {"title": app.title},
        _("“%(title)s”的答辩时间和地点：%(when)s，第 %(position)s 个。请提前签到；缺席的%(absence)s。")
        % {
            "title": app.title, "when": queries.when(slot), "position": slot.position,
            "absence": slot.panel.round.get_absence_display(),
        },
        about=slot.candidacy,
        url=reverse("applications:detail", args=[app.key]),
    )  # fmt: skip


def unscheduled(slot: Slot) -> None:
    app = slot.candidacy.application
    queue(
        "review.scheduled",
        speakers(slot.candidacy),
        _("答辩安排取消：%(title)s") % {"title": app.title},
        _("“%(title)s”原定的答辩（%(when)s）取消，新的时间和地点另行通知。")
        % {"title": app.title, "when": queries.when(slot)},
        about=slot.candidacy,
        url=reverse("applications:detail", args=[app.key]),
    )


def missed(slot: Slot) -> None:
    app = slot.candidacy.application
    queue(
        "review.missed",
        speakers(slot.candidacy),
        _("答辩缺席：%(title)s") % {"title": app.title},
        _("“%(title)s”没有按时参加答辩，按通知%(absence)s。")
        % {"title": app.title, "absence": slot.panel.round.get_absence_display()},
        about=slot.candidacy,
        url=reverse("applications:detail", args=[app.key]),
    )
