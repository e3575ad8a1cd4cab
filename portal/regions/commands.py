"""Loading divisions from a table; nothing is ever deleted, old codes only end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.identifiers import Invalid, check_region_code, is_village_code
from portal.lifecycle import Refused
from portal.regions.models import Region
from portal.regions.rules import LEVELS, base_name, parent_code
from portal.trail import commands as trail


class RowsRefused(Refused):
    """A table that is not loaded: one sentence per wrong row, nothing is written."""


@dataclass(frozen=True)
class Row:
    number: int
    code: str
    name: str
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]


@transaction.atomic
def load(rows: Iterable[Mapping[str, Any]], *, by: Any = None) -> tuple[int, int]:
    """Add and change divisions; return (added, changed). Safe to repeat.

    rows: code, name, valid_from, valid_to (ISO text or date), successors (codes, space between).
    The code decides level and parent; the text is never trusted for that. Raises RowsRefused.
    """
    read = sorted(read_rows(rows), key=lambda row: (len(row.code), row.code))
    known = {region.code: region for region in Region.objects.all()}
    require_parents(read, known)
    added = changed = 0
    for row in read:
        values = {
            "name": row.name,
            "level": LEVELS[len(row.code)],
            "is_village": is_village_code(row.code),
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }
        if (found := known.get(row.code)) is None:
            known[row.code] = add(row.code, values, known)
            added += 1
        elif before := {
            name: getattr(found, name) for name, value in values.items() if getattr(found, name) != value
        }:
            Region.objects.filter(pk=found.pk).update(**values)
            trail.log(found, "regions.change", by=by, before=before, after={name: values[name] for name in before})
            changed += 1
    join_successors(read, known)
    mark_namesakes()
    if added or changed:
        trail.log(known[read[0].code], "regions.load", by=by, after={"added": added, "changed": changed})
    return added, changed


def add(code: str, values: dict[str, Any], known: dict[str, Region]) -> Region:
    parent = known.get(parent_code(code))
    if parent is None:
        return Region.add_root(code=code, **values)
    # Read again: adding a child changed what the tree keeps on the parent's row.
    return Region.objects.get(pk=parent.pk).add_child(code=code, **values)


def read_rows(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    read, wrong, seen = [], [], set()
    for number, row in enumerate(rows, start=2):
        number = int(row.get("#", number))
        try:
            code = check_region_code(str(row["code"]))
            name = str(row["name"]).strip()
            dates = [day(row.get(field)) for field in ("valid_from", "valid_to")]
        except (Invalid, ValueError) as error:
            text = error.for_user() if isinstance(error, Invalid) else _("日期应为 2026-01-31 的样式。")
            wrong.append(_("第 %(number)s 行：%(text)s") % {"number": number, "text": text})
            continue
        if not name or code in seen:
            wrong.append(
                _("第 %(number)s 行：%(text)s")
                % {"number": number, "text": _("代码重复。") if name else _("请填写名称。")}
            )
        seen.add(code)
        read.append(Row(number, code, name, dates[0], dates[1], tuple(str(row.get("successors") or "").split())))
    if wrong:
        raise RowsRefused(*wrong)
    if not read:
        raise RowsRefused(_("表格没有内容。请填写后再导入。"))
    return read


def day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def require_parents(read: list[Row], known: Mapping[str, Region]) -> None:
    codes = {row.code for row in read} | set(known)
    wrong = [
        _("第 %(number)s 行：缺少上级区划 %(code)s。请先在表中加入上级。")
        % {"number": row.number, "code": parent_code(row.code)}
        for row in read
        if parent_code(row.code) and parent_code(row.code) not in codes
    ]
    wrong += [
        _("第 %(number)s 行：承继区划 %(code)s 不在表中。") % {"number": row.number, "code": code}
        for row in read
        for code in row.successors
        if code not in codes
    ]
    if wrong:
        raise RowsRefused(*wrong)


def join_successors(read: list[Row], known: Mapping[str, Region]) -> None:
    for row in read:
        if row.successors:
            known[row.code].successors.set(known[code] for code in row.successors)


def mark_namesakes() -> None:
    """Find the active divisions that share parent and base name, and mark them."""
    regions = list(Region.objects.active())
    seats = Counter((parent_code(region.code), base_name(region.name)) for region in regions)
    twins = [one.pk for one in regions if seats[parent_code(one.code), base_name(one.name)] > 1]
    Region.objects.filter(has_namesake=True).exclude(pk__in=twins).update(has_namesake=False)
    Region.objects.filter(pk__in=twins).update(has_namesake=True)
