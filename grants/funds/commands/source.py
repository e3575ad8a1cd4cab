"""Sources of money: entered once, and put right in words. What is posted fixes what a source is."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.funds.models import FundSource
from portal.lifecycle import Refused
from portal.trail import commands as trail


@transaction.atomic
def open_source(
    *, by: Any, code: str, name: str, kind: str, holder: str, region: Any, purposes: list[str] | None = None
) -> FundSource:
    """Enter a new source of money; it holds nothing until an indicator is entered. Raises Refused for a code in use."""
    if FundSource.objects.filter(code=code).exists():
        raise Refused(_("编码 %(code)s 已经用过，请换一个。") % {"code": code})
    source = FundSource(code=code, name=name, kind=kind, holder=holder, region=region, purposes=purposes or [])
    require_own_name(source)
    source.save()
    trail.log(source, "funds.open_source", by=by, after={"code": code, "kind": kind, "holder": holder})
    return source


@transaction.atomic
def revise_source(source: FundSource, *, by: Any, **changes: Any) -> FundSource:
    """Put a source right. changes: name, purposes; kind and holder too until money is posted. Raises Refused."""
    source = FundSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
    before = {name: getattr(source, name) for name, value in changes.items() if getattr(source, name) != value}
    if {"kind", "holder"} & set(before) and source.has_money_posted:
        raise Refused(_("这项来源已经记过账，类别和资金所在不能再改。"))
    if not before:
        return source
    for name in before:
        setattr(source, name, changes[name])
    require_own_name(source)
    source.save(update_fields=list(before))
    after = {name: changes[name] for name in before}
    trail.log(source, "funds.revise_source", by=by, before=before, after=after)
    return source


def require_own_name(source: FundSource) -> None:
    if FundSource.objects.filter(name=source.name, region=source.region).exclude(pk=source.pk).exists():
        raise Refused(_("“%(name)s”已经有了，请直接登记它的指标，或换一个名称。") % {"name": source.name})
