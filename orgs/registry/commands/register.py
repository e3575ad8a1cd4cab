"""Filling the register: the bureau's table, other payees, filed groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from orgs.registry.models import Grade, Kind, Organization, Standing, SupportClass
from orgs.registry.rules import COLUMNS, FILING_YEARS
from portal import clock
from portal.accounts.models import User
from portal.identifiers import Invalid, check_uscc, comparable_name
from portal.lifecycle import Refused
from portal.regions.models import Region
from portal.search import commands as search
from portal.trail import commands as trail

NAME_LENGTH = range(4, 61)


class ImportRefused(Refused):
    """A table or an entry that is not taken: one sentence per fault, nothing is written."""


@dataclass
class ImportResult:
    """What an import did, or in a dry run would do. errors: (row number, sentence)."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Lookup:
    regions: Mapping[str, Region]
    by_uscc: Mapping[str, Organization]
    by_name: Mapping[tuple[int, str], Organization]


@transaction.atomic
def import_register(rows: Iterable[Mapping[str, Any]], *, by: User | None, dry_run: bool = False) -> ImportResult:
    """Add and update entries from the bureau's register, keyed by credit code, else by region and name.

    rows: keyed by rules.COLUMNS (Chinese headings or field names), "#" = number in the file. A verified
    entry keeps its standing. Raises ImportRefused when a row is wrong; a dry run returns the errors.
    """
    named = [{COLUMNS.get(name, name): value for name, value in row.items()} for row in rows]
    lookup, result = lookups(), ImportResult()
    seen: dict[Any, int] = {}
    read: list[dict[str, Any]] = []
    for number, row in enumerate(named, start=2):
        number = int(row.pop("#", number))
        try:
            values = read_row(row, lookup)
        except Refused as refusal:
            result.errors += [(number, str(sentence)) for sentence in refusal.args]
            continue
        identity = values["uscc"] or (values["region"].pk, comparable_name(values["name"]))
        if identity in seen:
            result.errors.append((number, _("与第 %(line)s 行重复。请只保留一行。") % {"line": seen[identity]}))
        seen[identity] = number
        read.append(values)
    if result.errors and not dry_run:
        raise ImportRefused(
            *(_("第 %(number)s 行：%(text)s") % {"number": number, "text": text} for number, text in result.errors)
        )
    with search.together():
        for values in read:
            store(values, lookup, result, by, dry_run)
    return result


def lookups() -> Lookup:
    entries = list(Organization.objects.exclude(standing=Standing.REMOVED))
    return Lookup(
        {one.code: one for one in Region.objects.active()},
        {one.uscc: one for one in entries if one.uscc},
        {(one.region_id, one.comparable): one for one in entries},
    )


def read_row(row: Mapping[str, Any], lookup: Lookup) -> dict[str, Any]:
    """Return the values of one entry. Raises ImportRefused with every fault of the row."""
    faults: list[str] = []
    values: dict[str, Any] = {name: str(row.get(name) or "").strip() for name in COLUMNS.values()}
    if len(values["name"]) not in NAME_LENGTH:
        faults.append(_("名称应为 4 至 60 个字。"))
    values["kind"] = code_of(Kind, values["kind"])
    if values["kind"] is None:
        faults.append(_("类型应为以下之一：%(values)s。") % {"values": "、".join(map(str, Kind.labels))})
    try:
        values["uscc"] = check_uscc(values["uscc"], values["kind"]) or None
    except Invalid as error:
        faults.append(error.for_user())
    values["region"] = lookup.regions.get(values["region"])
    if values["region"] is None:
        faults.append(_("区划代码不在现行区划表中。请按代码填写，不按名称。"))
    if values["support_class"] and values["support_class"] not in SupportClass.values:
        faults.append(_("归类应为以下之一：%(values)s。") % {"values": "、".join(SupportClass.values)})
    values["grade"] = values["grade"].upper().removesuffix("级")
    if values["grade"] not in Grade.values:
        faults.append(_("评估等级应为 1A 至 5A，未评估的留空。"))
    for name in ("founded_on", "valid_to"):
        try:
            values[name] = as_date(row.get(name))
        except ValueError:
            faults.append(_("日期应为 2026-01-31 的样式。"))
    if isinstance(values["founded_on"], date) and values["founded_on"] > clock.today():
        faults.append(_("成立日期晚于今天。"))
    if faults:
        raise ImportRefused(*faults)
    return values


@translation.override(settings.LANGUAGE_CODE)  # a sheet bears the words of the house, whoever reads it in
def code_of(choices: Any, text: str) -> str | None:
    return next((code for code, label in choices.choices if text in (code, str(label))), None)


def as_date(value: Any) -> date | None:
    if value in (None, ""):
        return None
    return (
        getattr(value, "date", lambda: value)() if isinstance(value, date) else date.fromisoformat(str(value).strip())
    )


def store(values: dict[str, Any], lookup: Lookup, result: ImportResult, by: User | None, dry_run: bool) -> None:
    named = lookup.by_name.get((values["region"].pk, comparable_name(values["name"])))
    found = lookup.by_uscc.get(values["uscc"]) or named
    if found is None:
        result.added += 1
        if not dry_run:
            made = Organization.objects.create(**values)
            trail.log(made, "registry.import", by=by, after={"name": made.name, "uscc": made.uscc})
        return
    changes = {name: value for name, value in values.items() if getattr(found, name) != value}
    if not changes:
        result.unchanged += 1
        return
    result.changed += 1
    if not dry_run:
        before = {name: plain(getattr(found, name)) for name in changes}
        for name, value in changes.items():
            setattr(found, name, value)
        found.save()
        after = {name: plain(value) for name, value in changes.items()}
        trail.log(found, "registry.update", by=by, before=before, after=after)


def plain(value: Any) -> Any:
    return value.code if isinstance(value, Region) else value


@transaction.atomic
def add_payee(
    *, name: str, kind: str, region: Region, by: User | None, uscc: str = "", **profile: Any
) -> Organization:
    """Add one verified payee that is not in the register of social organizations: a committee, a street
    office, a department. Raises Invalid, ImportRefused."""
    name, code = name.strip(), check_uscc(uscc, kind) or None if uscc else None
    if len(name) not in NAME_LENGTH:
        raise ImportRefused(_("名称应为 4 至 60 个字。"))
    require_new(name, code, region)
    made = Organization.objects.create(
        name=name, kind=kind, uscc=code, region=region, standing=Standing.VERIFIED, **profile
    )
    trail.log(made, "registry.add", by=by, after={"name": made.name, "kind": kind, "uscc": made.uscc})
    return made


def require_new(name: str, uscc: str | None, region: Region) -> None:
    entries = Organization.objects.exclude(standing=Standing.REMOVED)
    if uscc and entries.filter(uscc=uscc).exists():
        raise ImportRefused(_("这个统一社会信用代码已在册。请在名册中查找该组织。"))
    if entries.filter(region=region, comparable=comparable_name(name)).exists():
        raise ImportRefused(_("%(region)s已有同名的组织。请核对名称，或在名册中查找。") % {"region": region})


@transaction.atomic
def file_group(
    *,
    name: str,
    region: Region,
    custodian: Organization,
    by: User | None,
    support_class: str = "",
    filed_on: date | None = None,
    filing_number: str = "",
    **profile: Any,
) -> Organization:
    """File a community group (no legal person): valid three years, paid through its custodian."""
    if custodian.kind == Kind.FILED_GROUP or custodian.standing == Standing.REMOVED:
        raise ImportRefused(_("代管单位应为在册的法人，例如居民委员会。请另选代管单位。"))
    if len(name.strip()) not in NAME_LENGTH:
        raise ImportRefused(_("名称应为 4 至 60 个字。"))
    require_new(name, None, region)
    filed_on = filed_on or clock.today()
    made = Organization.objects.create(
        kind=Kind.FILED_GROUP,
        name=name.strip(),
        region=region,
        custodian=custodian,
        support_class=support_class,
        founded_on=filed_on,
        valid_to=years_later(filed_on, FILING_YEARS),
        filing_number=filing_number,
        standing=Standing.VERIFIED,
        **profile,
    )
    trail.log(
        made, "registry.file", by=by, after={"name": made.name, "region": region.code, "valid_to": made.valid_to}
    )
    return made


def years_later(day: date, years: int) -> date:
    """Return the same day later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
