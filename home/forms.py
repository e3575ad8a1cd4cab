"""Filters of the public lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.agreements.states import ProjectStatus
from grants.stats.queries import Ledger
from orgs.registry.models import Kind

PUBLIC_STATES = [(code, label) for code, label in ProjectStatus.choices if code not in {ProjectStatus.PREPARING}]


def any_of(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("全部")), *choices], required=False)


class LibraryFilter(forms.Form):
    q = forms.CharField(label=_("项目、单位名称或编号"), required=False, max_length=60)

    def __init__(self, data: Any, ledger: Ledger):
        super().__init__(data)
        self.fields["programme"] = any_of(_("项目类型"), [(code, ledger.name(code)) for code in ledger.programmes])
        self.fields["year"] = any_of(
            _("年度"), [(str(year), gettext("%(year)s年") % {"year": year}) for year in reversed(ledger.years)]
        )
        self.fields["region"] = any_of(_("街道、镇"), [(street.code, street.name) for street in ledger.streets])
        self.fields["status"] = any_of(_("状态"), [*PUBLIC_STATES, ("HISTORIC", _("历史数据"))])


class DirectoryFilter(forms.Form):
    q = forms.CharField(label=_("名称或统一社会信用代码"), required=False, max_length=60)

    def __init__(self, data: Any, streets: list[tuple[str, str]]):
        super().__init__(data)
        self.fields["kind"] = any_of(_("类型"), list(Kind.choices))
        self.fields["region"] = any_of(_("街道、镇"), streets)
