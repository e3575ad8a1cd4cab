"""The draw: a snapshot, a seed, the rows, locked; and the tests of its rows."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.audits import queries, rules
from grants.audits.commands.engagement import locked, require_named
from grants.audits.models import Engagement, Sample, SampleItem
from grants.audits.states import EngagementStatus, Method, Result
from grants.spending.models import Expenditure
from portal import clock
from portal.accounts.models import User
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, require_none
from portal.trail.commands import log


@transaction.atomic
def draw_sample(
    engagement: Engagement,
    *,
    by: User,
    method: str = Method.RANDOM,
    size: int = 0,
    seed: str = "",
    reason: str = "",
) -> Sample:
    """Snapshot the population, draw and lock. size 0: 20 % of the rows. seed "": drawn now, and shown.

    A second draw keeps the first and needs a reason. Raises NotYet, MoveNotAllowed, NotNamed.
    """
    engagement = locked(engagement)
    require_named(by, engagement)
    if engagement.status != EngagementStatus.FIELDWORK:
        raise MoveNotAllowed(_("抽样在审计实施阶段进行。"))
    population = queries.population(engagement)
    before = queries.sample(engagement)
    size = population.count if method == Method.ALL else size or rules.usual_size(population.count)
    require_none(rules.sample_reasons(population.count, size, method, is_redraw=before is not None, reason=reason))
    seed = seed.strip() or secrets.token_hex(16)
    keys = rules.draw(population.rows, method=method, size=size, seed=seed)
    try:
        with transaction.atomic():
            sample = Sample.objects.create(
                engagement=engagement,
                number=before.number + 1 if before else 1,
                method=Method(method),
                size=size,
                seed=seed,
                population=[list(row) for row in population.rows],
                population_count=population.count,
                population_sum=population.fen,
                population_sha256=population.sha256,
                reason=reason.strip(),
                drawn_by=by,
                drawn_at=clock.now(),
            )
    except IntegrityError as error:
        raise MoveNotAllowed(_("其他人刚刚抽取了样本，请刷新页面后再看。")) from error
    rows = {one.key: one for one in Expenditure.objects.filter(key__in=keys)}
    SampleItem.objects.bulk_create(
        SampleItem(sample=sample, position=position, expenditure=rows[key], amount=rows[key].amount)
        for position, key in enumerate(keys, 1)
    )
    log(
        engagement,
        "audits.draw",
        by=by,
        after={
            "number": sample.number,
            "method": method,
            "size": len(keys),
            "seed": seed,
            "population": [population.count, population.fen, population.sha256],
        },
        reason=reason.strip(),
    )
    return sample


@transaction.atomic
def test_item(item: SampleItem, *, by: User, result: str, note: str = "") -> SampleItem:
    """Write down what a drawn row showed. A mismatch needs a note."""
    item = SampleItem.objects.select_for_update(of=("self",)).select_related("sample__engagement").get(pk=item.pk)
    engagement = item.sample.engagement
    require_named(by, engagement)
    if engagement.status != EngagementStatus.FIELDWORK:
        raise MoveNotAllowed(_("测试在审计实施阶段进行。"))
    if result not in Result.values:
        raise NotYet([Reason("result", _("请选择相符、不符或不适用。"))])
    if result == Result.MISMATCH and len(note.strip()) < 4:
        raise NotYet([Reason("note", _("不符的请写明哪里不符。"))])
    SampleItem.objects.filter(pk=item.pk).update(
        result=result, note=note.strip(), tested_by=by, tested_at=clock.now()
    )
    log(
        engagement,
        "audits.test",
        by=by,
        before={"item": item.pk, "result": item.result},
        after={"item": item.pk, "result": result},
        reason=note.strip(),
    )
    return SampleItem.objects.get(pk=item.pk)


test_item.__test__ = False  # type: ignore[attr-defined]  # pytest would take the command for a test
