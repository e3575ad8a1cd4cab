"""What stands against publishing a list, and against ending one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from grants.publicity import queries, rules
from grants.publicity.models import Publicity
from grants.publicity.states import S
from portal import clock, periods
from portal.identifiers import Invalid, check_phone
from portal.lifecycle import Reason
from portal.redaction.rules import find
from portal.workdays.queries import overrides


def unready(publicity: Publicity) -> list[Reason]:
    """Rows, two different telephones, a first day that is a working day to come, nothing private (X24)."""
    found = []
    rows = list(publicity.rows.all())
    if not rows:
        found.append(Reason("rows", _("名单是空的，不能公示。")))
    if not publicity.contact_phone.strip() or not publicity.supervision_phone.strip():
        found.append(Reason("phone", _("咨询电话和监督电话都要填写，请补充。")))
    elif publicity.contact_phone.strip() == publicity.supervision_phone.strip():
        found.append(Reason("phones", _("咨询电话和监督电话不能相同，请填写两个不同的电话。")))
    found += [Reason("phone", text) for text in wrong_phones(publicity.contact_phone, publicity.supervision_phone)]
    if publicity.correction == Publicity.Correction.WORDING:
        pass  # the period of the version before goes on
    elif publicity.starts_on < clock.today():
        found.append(Reason("past", _("公示首日已经过去，请改为今天或以后的工作日。")))
    elif (publicity.starts_on - clock.today()).days > rules.AHEAD:
        found.append(Reason("far", _("公示首日在一年以后，请改为今天起一年之内的工作日。")))
    elif not periods.is_working_day(publicity.starts_on, overrides()):
        found.append(Reason("day_off", _("公示首日不是工作日，请改为工作日。")))
    if not rules.LEAST_DAYS <= publicity.days <= rules.MOST_DAYS:
        found.append(Reason("days", days_words(publicity.days)))
    return [*found, *private(publicity, rows)]


def wrong_phones(contact: str, supervision: str) -> list[str]:
    """Return a sentence for each number that nobody could ring; empty ones are told elsewhere."""
    found = []
    for name, number in ((_("咨询电话"), contact), (_("监督电话"), supervision)):
        try:
            if number.strip():
                check_phone(number)
        except Invalid as fault:
            found.append(_("%(name)s“%(number)s”不能拨打：%(why)s") % {"name": name, "number": number, "why": fault})
    return found


def days_words(days: int) -> str:
    return _("公示 %(days)s 个工作日，应为 %(least)s 至 %(most)s 个工作日，请修改。") % {
        "days": days, "least": rules.LEAST_DAYS, "most": rules.MOST_DAYS,
    }  # fmt: skip


def private(publicity: Publicity, rows: list) -> list[Reason]:
    """Look for identity numbers and mobile numbers in everything that would be printed."""
    texts = {_("标题"): publicity.title, _("依据"): publicity.basis, _("评审专家"): publicity.experts}
    texts |= {_("更正说明"): publicity.correction_note, _("地址"): publicity.address}
    for row in rows:
        # The kind belongs to the place: the proposed and the reserve are each counted from 1.
        place = _("%(kind)s第 %(n)s 行") % {"kind": row.get_kind_display(), "n": row.position}
        texts[place] = f"{row.title} {row.organization} {row.region}"
    found = []
    for place, text in texts.items():
        for one in find(text):
            found.append(
                Reason(
                    "private",
                    _("%(place)s含有%(label)s“%(masked)s”，不能公开，请删除后再发布。")
                    % {"place": place, "label": one.label, "masked": one.masked},
                )
            )
    return found


def running(publicity: Publicity) -> list[Reason]:
    if publicity.status == S.RUNNING and not queries.is_over(publicity):
        return [Reason("running", _("公示期还没有结束。"))]
    return []
