"""An objection, from its arrival to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.publicity import notices, queries, rules
from grants.publicity.models import Objection, Publicity, PublicityRow
from grants.publicity.states import OBJECTION, S
from portal import clock
from portal.access import Role
from portal.files.commands import store
from portal.identifiers import Invalid, check_phone
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, Refused, require_moved, require_none
from portal.trail.commands import log
from portal.workdays.queries import due_on

SHORTEST = 20
PER_HOUR = 60
"""Objections to one list in an hour, from whomever: beyond it somebody is flooding us."""
AGAIN = timedelta(minutes=5)
"""The same words by the same person within this time are one objection whose button was pressed twice."""


class TooMany(Refused):
    """More arrived in an hour than people send."""


def number(year: int) -> str:
    """Return the next "YY-2026-0001". Called under the locks of `object_to`."""
    prefix = f"YY-{year}-"
    last = Objection.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True)
    return f"{prefix}{int((last.first() or prefix + '0').rpartition('-')[2]) + 1:04d}"


def faults(kind: str, facts: str, is_named: bool, name: str, phone: str) -> list[Reason]:
    found = []
    if kind not in Objection.Kind.values:
        found.append(Reason("kind", _("请选择异议的类型。")))
    if len(facts.strip()) < SHORTEST:
        found.append(
            Reason(
                "facts",
                _("请写清时间、地点和经过，至少 %(least)s 个字，现在 %(now)s 个字。")
                % {"least": SHORTEST, "now": len(facts.strip())},
            )
        )
    if is_named and not name.strip():
        found.append(Reason("name", _("实名反映请填写姓名或单位名称；不愿署名可以选择匿名。")))
    if is_named and not phone.strip():
        found.append(Reason("phone", _("实名反映请填写联系电话，以便书面答复；不愿署名可以选择匿名。")))
    elif is_named:
        try:
            check_phone(phone)
        except Invalid as fault:
            found.append(Reason("phone", fault.for_user()))
    return found


@transaction.atomic
def object_to(
    publicity: Publicity,
    *,
    kind: str,
    facts: str,
    row: PublicityRow | None = None,
    is_named: bool = False,
    name: str = "",
    phone: str = "",
    id_last4: str = "",
    evidence: Sequence[Any] = (),
) -> Objection:
    """Take an objection from anybody, without an account. evidence: uploads.

    After the end of the period it is taken as a tip-off (X33). Raises NotYet, TooMany, FileRefused.
    """
    # All lists in order: the number of the year is counted under these locks.
    list(Publicity.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    publicity = Publicity.objects.get(pk=publicity.pk)
    if publicity.status == S.DRAFT:
        raise MoveNotAllowed(_("这份公示还没有发布。"))
    require_none(faults(kind, facts, is_named, name, phone))
    if row is not None and row.publicity_id != publicity.pk:
        raise NotYet([Reason("row", _("请选择这份公示中的项目。"))])
    moment = clock.now()
    person = (name.strip(), check_phone(phone), id_last4.strip()) if is_named else ("", "", "")
    if found := sent_before(publicity, row, kind, facts.strip(), person, len(evidence), moment):
        return found
    if publicity.objections.filter(received_at__gt=moment - timedelta(hours=1)).count() >= PER_HOUR:
        raise TooMany(_("收到的异议太多，请一小时后再试，或拨打监督电话。"))
    objection = Objection.objects.create(
        number=number(moment.astimezone(clock.ZONE).year),
        publicity=publicity,
        row=row,
        kind=kind,
        facts=facts.strip(),
        is_named=is_named,
        name=person[0],
        phone=person[1],
        id_last4=person[2],
        is_tipoff=not queries.is_running(publicity),
        received_at=moment,
        due_on=due_on(rules.ACCEPT_DAYS),
        answer_due_on=due_on(rules.ANSWER_DAYS),
    )
    objection.evidence.set(
        store(one, purpose=rules.EVIDENCE, by=None, accept=rules.EVIDENCE_TYPES, max_size=rules.EVIDENCE_SIZE)
        for one in evidence
    )
    log(
        objection, "publicity.object", by=None,
        after={"kind": kind, "row": row and row.subject_code, "evidence": len(evidence)},
    )  # fmt: skip
    notices.objection_received(objection)
    return objection


def sent_before(
    publicity: Publicity, row: PublicityRow | None, kind: str, facts: str, person: tuple, files: int, moment: Any
) -> Objection | None:
    """Return the objection that these very words made a moment ago. person: name, telephone, last of the identity."""
    latest = publicity.objections.filter(row=row, kind=kind, facts=facts, received_at__gt=moment - AGAIN)
    return next(
        (
            one
            for one in latest.order_by("pk")
            if (one.name, one.phone, one.id_last4) == person and one.evidence.count() == files
        ),
        None,
    )


def step(objection: Objection, move: str, by: Any, why: str = "", **values: Any) -> Objection:
    """Take one step of the handling. Not who drew up the list; only the handler goes on with what was accepted."""
    objection = Objection.objects.select_for_update(of=("self",)).select_related("publicity").get(pk=objection.pk)
    target = OBJECTION.target(move, objection.status)
    if objection.publicity.created_by_id == by.pk:
        raise MoveNotAllowed(_("拟定这份名单的经办人应当回避，请由其他人员办理。"))
    if objection.handler_id and objection.handler_id != by.pk:
        raise MoveNotAllowed(_("这件异议由另一位承办人办理。"))
    require_moved(
        Objection.objects.filter(pk=objection.pk, status=objection.status).update(
            status=target, due_on=due_on(OBJECTION.moves[move].days), **values
        )
    )
    log(
        objection, f"publicity.{move}", by=by, role=Role.BUREAU_OFFICER, before={"status": objection.status},
        after={"status": target}, reason=why,
    )  # fmt: skip
    objection.refresh_from_db()
    return objection


def need(text: str, least: int, code: str, what: str) -> str:
    if len(text.strip()) < least:
        raise NotYet([Reason(code, _("请写明%(what)s，至少 %(least)s 个字。") % {"what": what, "least": least})])
    return text.strip()


@transaction.atomic
def accept(objection: Objection, *, by: Any) -> Objection:
    """受理: who accepts becomes the handler and may know who objects."""
    return step(objection, "accept", by, handler=by)


@transaction.atomic
def refuse(objection: Objection, *, reason: str, by: Any) -> Objection:
    """不予受理, with the reason that the objector will read. Who refuses is on record as the handler."""
    return step(objection, "refuse", by, reason, handler=by, reason=need(reason, 5, "reason", _("不予受理的理由")))


@transaction.atomic
def investigate(objection: Objection, *, by: Any) -> Objection:
    return step(objection, "investigate", by)


@transaction.atomic
def uphold(objection: Objection, *, findings: str, by: Any) -> Objection:
    """异议成立: the row it names can no longer be approved."""
    return step(objection, "uphold", by, findings=need(findings, 10, "findings", _("核查情况")), is_upheld=True)


@transaction.atomic
def dismiss(objection: Objection, *, findings: str, by: Any) -> Objection:
    """异议不成立. The row stays blocked until the answer has gone out."""
    return step(objection, "dismiss", by, findings=need(findings, 10, "findings", _("核查情况")), is_upheld=False)


@transaction.atomic
def answer(objection: Objection, *, text: str, by: Any) -> Objection:
    """Answer in words that stand on the objector's status page. From here the row is free, or out for good."""
    return step(objection, "answer", by, answer=need(text, 10, "text", _("答复内容")), answered_at=clock.now())


@transaction.atomic
def reveal(objection: Objection, *, by: Any) -> Objection:
    """The handler reads who objects; the trail remembers it."""
    if objection.handler_id != by.pk:
        raise MoveNotAllowed(_("异议人的身份只有承办人可以查看。"))
    log(objection, "publicity.reveal", by=by, role=Role.BUREAU_OFFICER)
    return objection
