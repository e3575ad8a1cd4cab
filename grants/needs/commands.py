"""Posting a need, and the community's answer. Nothing is public before a person has edited it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.needs import queries
from grants.needs.models import DECIDERS, Need
from grants.needs.states import LIFECYCLE, POSTED_DAYS, Stage
from portal import clock
from portal.accounts.models import User
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, Refused, require_moved
from portal.notices.commands import queue
from portal.regions.models import Region
from portal.search.commands import keep
from portal.trail.commands import log
from portal.workdays.queries import due_on


class NotYours(Refused):
    """Another community's need, or the own post."""


@transaction.atomic
def post(*, by: User, region: Region, title: str, text: str, persons: int | None = None) -> Need:
    """Keep what a resident asks for; only the person and the staff of the region see it."""
    if len(title.strip()) < 4 or len(text.strip()) < 10:
        raise NotYet([Reason("text", _("请写清需求（至少4字）和说明（至少10字）：在哪里、要什么、谁受益。"))])
    try:
        with transaction.atomic():
            need = Need.objects.create(
                number=queries.next_number(), region=region, raw_title=title.strip(), raw_text=text.strip(),
                persons=persons, posted_by=by, posted_at=clock.now(), due_on=due_on(POSTED_DAYS),
            )  # fmt: skip
    except IntegrityError as error:
        raise MoveNotAllowed(_("其他人刚刚提交了一条，编号相同，请再试一次。")) from error
    log(need, "needs.post", by=by, after={"region": region.code})
    return need


def decide(need: Need, name: str, by: User, **values: str) -> Need:
    need = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    target = LIFECYCLE.target(name, need.status)
    if need.posted_by_id == by.pk or not Need.objects.filter(by.scope(*DECIDERS), pk=need.pk).exists():
        raise NotYours(_("由需求所在社区或街道的工作人员办理，提出人本人不能办理。"))
    rows = Need.objects.filter(pk=need.pk, status=need.status)
    require_moved(rows.update(status=target, decided_by=by, decided_at=clock.now(), due_on=None, **values))
    log(
        need, f"needs.{name}", by=by, before={"status": need.status}, after={"status": target},
        reason=values.get("reason", ""),
    )  # fmt: skip
    queue(
        f"needs.{name}",
        [need.posted_by],
        _("您提出的需求有答复：%(title)s") % {"title": need.raw_title},
        values.get("reason") or _("已列入需求清单，供社会组织申报时对接。"),
        about=need,
        url="/needs/",
    )
    return Need.objects.get(pk=need.pk)


@transaction.atomic
def list_(need: Need, *, by: User, title: str, text: str) -> Need:
    """Put the edited entry on the public list; the raw words stay inside."""
    if not title.strip() or not text.strip():
        raise NotYet([Reason("text", _("请填写公开标题和公开内容，不要写个人姓名、电话和门牌。"))])
    need = decide(need, "list", by, title=title.strip(), text=text.strip())
    keep(need)
    return need


@transaction.atomic
def decline(need: Need, *, by: User, reason: str) -> Need:
    """Answer why it is not listed."""
    if len(reason.strip()) < 4:
        raise NotYet([Reason("reason", _("请写明答复，提出人会看到。"))])
    return decide(need, "decline", by, reason=reason.strip())


@transaction.atomic
def mark(need: Need, stage: str, code: str, path: str) -> None:
    """Leave a word for lists: listed, approved or done above. No guard reads it."""
    Need.objects.filter(pk=need.pk).update(
        stage=stage if stage in Stage.values else Stage.NONE, stage_code=code, stage_path=path
    )
