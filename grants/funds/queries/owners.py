"""Names of those who own money. The ledger keeps codes; whoever owns accounts says what they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from grants.funds.models import FundSource
from grants.funds.states import Kind, OwnerKind
from portal.regions.models import Region

Names = Callable[[set[str]], Mapping[str, str]]
_NAMES: dict[str, Names] = {}


def register_names(kind: str, names: Names) -> None:
    """Let a package above say the names of its owners: codes -> {code: name}. Call it in AppConfig.ready."""
    _NAMES[kind] = names


def owner_names(owners: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return (kind, code) -> name, for those that are known. One query for each kind among `owners`."""
    codes: dict[str, set[str]] = defaultdict(set)
    for kind, code in owners:
        codes[kind].add(code)
    return {
        (kind, code): name
        for kind, found in codes.items()
        if kind in _NAMES
        for code, name in _NAMES[kind](found).items()
    }


def owners_of(kind: str) -> list[tuple[str, str]]:
    """Return (code, name) of everything of a kind whose package says so when asked for no code in particular."""
    return list(_NAMES[kind](set()).items()) if kind in _NAMES else []


def source_names(codes: set[str]) -> dict[str, str]:
    return dict(FundSource.objects.filter(code__in=codes).values_list("code", "name"))


def region_names(codes: set[str]) -> dict[str, str]:
    return dict(Region.objects.filter(code__in=codes).values_list("code", "name"))


def world_names(codes: set[str]) -> dict[str, str]:
    return {code: str(Kind(code).label) for code in codes if code in Kind.values}


register_names(OwnerKind.WORLD, world_names)
register_names(OwnerKind.SOURCE, source_names)
register_names(OwnerKind.COMMUNITY, region_names)
