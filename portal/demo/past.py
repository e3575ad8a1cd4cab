"""History: 646 awards enter through the import of past awards, every fen through the ledger."""

from __future__ import annotations

from itertools import cycle

from grants.awards import commands as awards
from grants.funds.models import FundSource
from portal import clock
from portal.demo.base import Say, moment, person, region
from portal.demo.history import PROGRAMMES
from portal.demo.history import awards as past_awards
from portal.demo.plan import SMALL, THEMES

NAMES = {"VENTURE": "公益创投", "MICRO": "微民生", "FACILITY": "社区用房补助"}


THINGS = {
    "VENTURE": [theme for themes in zip(*THEMES.values(), strict=True) for theme in themes],
    "MICRO": SMALL,
    "FACILITY": ("社区服务用房改建", "居家养老服务中心扩建"),
}
"""What the past awards were for: invented, as their split is."""


def load_history(say: Say) -> None:
    """Totals are the seed's; street, year and amount of each are invented and say so."""
    sources = {}
    for code, name in NAMES.items():
        sources[code], _new = FundSource.objects.get_or_create(
            code=f"PAST-{code}",
            defaults={
                "name": f"历年{name}资金（2015–2018）", "kind": "FISCAL", "holder": "TREASURY", "purposes": [code],
                "region": region(),
            },
        )  # fmt: skip
    rows = [
        {
            "code": one.code, "programme": one.programme, "region": region(one.region), "year": one.year,
            "amount": one.amount, "title": f"{region(one.region).name}{theme}（演示）",
            "organization_name": f"{region(one.region).name}演示项目单位", "split_is_invented": True,
        }
        for programme in PROGRAMMES
        for one, theme in zip(past_awards(programme), cycle(THINGS[programme.code]))
    ]  # fmt: skip
    with clock.at(moment("2025-01-03 09:00")):
        made = awards.import_awards(
            rows, source_of=sources, by=person("bureau-finance"), approved_by=person("leader")
        )
    say(f"历年立项 {len(made)}")
