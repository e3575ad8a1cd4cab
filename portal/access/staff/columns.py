"""Columns of the staff lists: names that link, dates, money, states in their tone, words for yes and no."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from portal import clock, money, periods
from portal.components.rules import stamp, tone_of


class MoneyColumn(Column):
    """Fen as "38,500.00", right-aligned tabular figures."""

    cell_template_name = "access/money_cell.html"

    def __init__(self, name: str, **kwargs: Any):
        super().__init__(name, **{"classname": "r", **kwargs})

    def get_value(self, instance: Any) -> str:
        fen = super().get_value(instance)
        return "" if fen is None else money.yuan(fen)


class NumberColumn(Column):
    """A count or a score, right-aligned."""

    cell_template_name = "access/money_cell.html"

    def __init__(self, name: str, **kwargs: Any):
        super().__init__(name, **{"classname": "r", **kwargs})


class DateColumn(Column):
    """A day as 2027-06-21, a moment as 2027-06-21 15:06; never "3 weeks ago". empty: what to say where there is none."""

    cell_template_name = "access/date_cell.html"

    def __init__(self, name: str, *, empty: Any = "", **kwargs: Any):
        super().__init__(name, **kwargs)
        self.empty = empty

    def get_value(self, instance: Any) -> Any:
        value: date | datetime | None = super().get_value(instance)
        return stamp(value, clock.ZONE) if value else self.empty


class YesColumn(Column):
    """A boolean as a word."""

    def __init__(self, name: str, *, yes: Any = "", no: Any = "—", **kwargs: Any):
        super().__init__(name, **kwargs)
        self.yes, self.no = yes or _("是"), no

    def get_value(self, instance: Any) -> Any:
        return self.yes if super().get_value(instance) else self.no


class StateColumn(StatusTagColumn):
    """The state as a tag in its tone; accessor defaults to the display word of `name`, which may be a path."""

    cell_template_name = "access/state_cell.html"

    def __init__(self, name: str = "status", **kwargs: Any):
        *above, self.field = name.split(".")
        words = ".".join([*above, f"get_{self.field}_display"])
        own = {"label": _("状态"), "accessor": words, "sort_key": name.replace(".", "__")}
        super().__init__(name, **{**own, **kwargs})
        self.above = above

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        for one in self.above:
            instance = getattr(instance, one)
        code = str(getattr(instance, self.field, "") or "")
        app = getattr(getattr(instance, "_meta", None), "app_label", "")
        context["tone"] = getattr(instance, f"{self.field}_tone", "") or tone_of(code, app)
        return context


def due_words(due_on: date, request: Any) -> tuple[str, Any]:
    """Return the tone and the words of a running clock in working days, as the start pages count them."""
    today = clock.today()
    days = periods.working_days_between(today, due_on, getattr(request, "overrides", periods.NONE))
    if due_on < today:  # no working day may have passed since: due on Friday, read on Sunday
        return "danger", ngettext("逾期 %d 个工作日", "逾期 %d 个工作日", -days) % -days if days else _("已逾期")
    if due_on == today:
        return "warning", _("今天到期")
    return "warning" if days <= 2 else "", ngettext("还剩 %d 个工作日", "还剩 %d 个工作日", days) % days


class DueColumn(Column):
    """A date and the working days left or over; nothing where no clock runs."""

    cell_template_name = "access/due_cell.html"

    def get_header_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Read the bureau's own days with the head, so that a list asks as much with one clock as with none."""
        bool(getattr(parent_context.get("request"), "overrides", None))
        return super().get_header_context_data(parent_context)

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        due_on: date | None = self.get_value(instance)
        context["value"] = due_on
        if due_on is not None:
            context["tone"], context["words"] = due_words(due_on, parent_context.get("request"))
        return context


class NameColumn(TitleColumn):
    """What names the row, with the link to it. sub: a second, small line (path or function)."""

    cell_template_name = "access/name_cell.html"

    def __init__(self, name: str, *, sub: str | Callable[[Any], Any] | None = None, **kwargs: Any):
        super().__init__(name, **kwargs)
        self.second = Column("second", accessor=sub) if sub else None

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        context["second"] = self.second.get_value(instance) if self.second else ""
        return context


class RegionColumn(Column):
    """A division by its name; where another beside it is called the same, its code small below."""

    cell_template_name = "access/region_cell.html"


def linked(column: Column, get_url: Callable[[Any], str]) -> NameColumn:
    """Return the column as the one that carries the link to the row."""
    if isinstance(column, NameColumn):
        found = copy.copy(column)
    else:
        found = NameColumn(
            column.name, label=column.label, accessor=column.accessor, sort_key=column.sort_key, width=column.width
        )
        if type(column) is not Column:  # a date, an amount: its own words, as the link
            found.accessor = column.get_value
    found._get_url_func = get_url
    return found


def column_of(model: type[models.Model], name: str) -> type[Column]:
    """Return the kind of column that suits a model's field; name: a look-up path."""
    field: Any = None
    for part in name.split("__"):
        field = next((one for one in model._meta.fields if one.name == part), None)
        if field is None:
            return Column
        model = field.related_model or model
    if isinstance(field, models.DateField):
        return DateColumn
    if isinstance(field, models.BooleanField):
        return YesColumn
    return Column
