"""What a field of a model is called and how its value reads, by a look-up path such as "project.code"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal import clock, money
from portal.components.rules import stamp


def steps(path: str) -> list[str]:
    return path.replace("__", ".").split(".")


def field_of(model: type[models.Model], path: str) -> tuple[type[models.Model], Any]:
    """Return the model that the path ends on and its field there, or None for a property."""
    *above, last = steps(path)
    for name in above:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    try:
        return model, model._meta.get_field(last)
    except FieldDoesNotExist:
        return model, None


def is_money(model: type[models.Model], path: str) -> bool:
    """Fen are stored in plain BigIntegerFields; a figure added by a query is called `amount`."""
    field = field_of(model, path)[1]
    return type(field) is models.BigIntegerField or (field is None and steps(path)[-1] == "amount")


def label_of(model: type[models.Model], path: str, labels: Mapping[str, Any]) -> str:
    """Return the heading of a column: the screen's own word, else the model's; "项目编号" for project.code."""
    if path in labels:
        return str(labels[path])
    end, _field = field_of(model, path)
    try:
        word = capfirst(str(label_for_field(steps(path)[-1], end)))
    except AttributeError:  # added by the query
        word = str(_("金额")) if is_money(model, path) else path
    above = str(end._meta.verbose_name) if end is not model else ""
    word = word if word.startswith(above) else f"{above}{word}"
    return _("%s（元）") % word if is_money(model, path) else word


def value_of(item: models.Model, path: str) -> Any:
    """Return the value for a spreadsheet: display words, yuan instead of fen, moments in local time."""
    *above, last = steps(path)
    end: Any = item
    for name in above:
        end = getattr(end, name, None)
    if end is None:
        return None
    display = getattr(end, f"get_{last}_display", None)
    value = display() if display else getattr(end, last)
    value = value() if callable(value) else value
    if value is not None and is_money(type(item), path):
        return Decimal(value) / 100
    return value if value is None or isinstance(value, bool | int | float | Decimal | date | str) else str(value)


def shown(value: Any, field: Any = None) -> Any:
    """Return the words for a value of one object: no None, no True, no fen, no UTC."""
    if value is None or value in ("", "-", "—", [], {}):  # Wagtail's and a choice's own dash
        return "——"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, date | datetime):
        return stamp(value, clock.ZONE)
    if type(field) is models.BigIntegerField and isinstance(value, int):
        return _("%s 元") % money.yuan(value)
    if isinstance(value, dict):
        return "；".join(f"{name}：{shown(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "、".join(str(shown(one)) for one in value)
    return value
