"""One voice for the errors of every form: the field's name, what is wrong, what to do.

Django's own sentences name neither field nor remedy ("必需字段"). `speak` stands in `BaseForm.add_error`, so that
forms of ours, of allauth and of Wagtail say the same; a sentence that a field brings itself stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _


class DayInput(forms.DateInput):
    """The browser's chooser of a day: it takes and gives 2026-04-01, whatever the language writes."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


def mark_conditional(form: forms.BaseForm, *names: str) -> None:
    """Some answers ask for these fields too: templates/django/forms/field.html does not call them optional."""
    for name in names:
        form.fields[name].is_conditional = True  # type: ignore[attr-defined]


FIRST_YEAR, LAST_YEAR = 1900, 2199
CHOSEN = (forms.ChoiceField, forms.ModelChoiceField)


def missing(field: forms.Field, label: str) -> str:
    if isinstance(field, forms.FileField):
        return _("请上传%(label)s。") % {"label": label}
    if isinstance(field, forms.BooleanField):
        return _("请勾选“%(label)s”。") % {"label": label}
    return (_("请选择%(label)s。") if isinstance(field, CHOSEN) else _("请填写%(label)s。")) % {"label": label}


def unreadable(field: forms.Field, label: str) -> str:
    if isinstance(field, forms.DateField | forms.DateTimeField | forms.SplitDateTimeField):
        return _("没有这一天。%(label)s请写成 2026-04-01 的样子。") % {"label": label}
    if isinstance(field, forms.DecimalField):
        return _("%(label)s应为数字，例如 12.5。") % {"label": label}
    return _("%(label)s应为整数，例如 12。") % {"label": label}


def digits(params: dict[str, Any], label: str) -> dict[str, Any]:
    return {"label": label, "most": params.get("max")}


def limits(params: dict[str, Any], label: str) -> dict[str, Any]:
    return {"label": label, "limit": params.get("limit_value"), "now": params.get("show_value")}


Sentence = Callable[[forms.Form, str, forms.Field, str, dict[str, Any]], str]
SENTENCES: dict[int, Sentence] = {
    id(forms.Field.default_error_messages["required"]): lambda _f, _n, field, label, _p: missing(field, label),
    id(validators.MaxLengthValidator.message): lambda _f, _n, _o, label, params: (
        _("%(label)s最多 %(limit)s 个字，现在是 %(now)s 个字，请删减。") % limits(params, label)
    ),
    id(validators.MinLengthValidator.message): lambda _f, _n, _o, label, params: (
        _("%(label)s至少 %(limit)s 个字，现在是 %(now)s 个字，请补充。") % limits(params, label)
    ),
    id(validators.MaxValueValidator.message): lambda _f, _n, _o, label, params: (
        _("%(label)s不能大于 %(limit)s。") % limits(params, label)
    ),
    id(validators.MinValueValidator.message): lambda _f, _n, _o, label, params: (
        _("%(label)s不能小于 %(limit)s。") % limits(params, label)
    ),
    id(validators.StepValueValidator.message): lambda _f, _n, _o, label, params: (
        _("%(label)s应为 %(limit)s 的倍数，请改写。") % limits(params, label)
    ),
    id(validators.DecimalValidator.messages["max_digits"]): lambda _f, _n, _o, label, params: (
        _("%(label)s太长，一共最多 %(most)s 位数字，请核对。") % digits(params, label)
    ),
    id(validators.DecimalValidator.messages["max_decimal_places"]): lambda _f, _n, _o, label, params: (
        _("%(label)s最多 %(most)s 位小数，请四舍五入后填写。") % digits(params, label)
    ),
    id(validators.DecimalValidator.messages["max_whole_digits"]): lambda _f, _n, _o, label, params: (
        _("%(label)s太大，小数点前最多 %(most)s 位，请核对。") % digits(params, label)
    ),
    id(validators.RegexValidator.message): lambda _f, _n, _o, label, _p: (
        _("%(label)s的写法不对，请按说明改写。") % {"label": label}
    ),
    **{
        id(message): lambda _f, _n, _o, label, _p: (
            _("%(label)s应为网址，例如 https://www.example.org。") % {"label": label}
        )
        for message in (validators.URLValidator.message, forms.URLField.default_error_messages["invalid"])
    },
    **{
        id(check.message): lambda _f, _n, _o, label, _p: (
            _("%(label)s只能用字母、数字、- 和 _，请改写。") % {"label": label}
        )
        for check in (validators.validate_slug, validators.validate_unicode_slug)
    },
    **{
        id(forms.FileField.default_error_messages[code]): lambda _f, _n, _o, label, _p: (
            _("%(label)s没有读到内容，请另选一个文件。") % {"label": label}
        )
        for code in ("invalid", "missing", "empty", "contradiction")
    },
    id(forms.FileField.default_error_messages["max_length"]): lambda _f, _n, _o, label, params: (
        _("%(label)s的文件名最多 %(most)s 个字，请改短后重新上传。") % digits(params, label)
    ),
    id(forms.ImageField.default_error_messages["invalid_image"]): lambda _f, _n, _o, label, _p: (
        _("%(label)s应为能打开的图片，请另选一张。") % {"label": label}
    ),
    **{
        id(message): lambda _f, _n, _o, label, _p: _("%(label)s应写成 17:00 的样子，请改写。") % {"label": label}
        for message in (
            forms.TimeField.default_error_messages["invalid"],
            forms.SplitDateTimeField.default_error_messages["invalid_time"],
        )
    },
    id(validators.ProhibitNullCharactersValidator.message): lambda _f, _n, _o, label, _p: (
        _("%(label)s里有不能保存的控制字符，请删去后再提交。") % {"label": label}
    ),
    id(validators.EmailValidator.message): lambda _f, _n, _o, label, _p: (
        _("%(label)s应为邮箱地址，例如 name@example.org。") % {"label": label}
    ),
    id(models.Field.default_error_messages["unique"]): lambda form, name, _o, label, _p: (
        _("%(label)s %(value)s 已经用过，请换一个。") % {"label": label, "value": form[name].value()}
    ),
    **{
        id(kind.default_error_messages["invalid"]): lambda _f, _n, field, label, _p: unreadable(field, label)
        for kind in (forms.IntegerField, forms.DecimalField, forms.DateField, forms.DateTimeField)
    },
    id(forms.SplitDateTimeField.default_error_messages["invalid_date"]): lambda _f, _n, field, label, _p: unreadable(
        field, label
    ),
    **{
        id(kind.default_error_messages["invalid_choice"]): lambda _f, _n, _o, label, _p: (
            _("%(label)s里没有这一项，请从列表中选择。") % {"label": label}
        )
        for kind in (*CHOSEN, forms.MultipleChoiceField)
    },
    **{
        id(message): lambda _f, _n, _o, label, _p: _("%(label)s里没有这一项，请从列表中选择。") % {"label": label}
        for message in (
            forms.MultipleChoiceField.default_error_messages["invalid_list"],
            forms.ModelMultipleChoiceField.default_error_messages["invalid_choice"],
            forms.ModelMultipleChoiceField.default_error_messages["invalid_list"],
            forms.ModelMultipleChoiceField.default_error_messages["invalid_pk_value"],
        )
    },
}


def speak(form: forms.BaseForm, name: str | None, error: Any) -> None:
    """Put our sentences into `error`, in place, where it still carries Django's own."""
    if not isinstance(error, ValidationError):
        return
    parts = error.error_dict if hasattr(error, "error_dict") else {name: error.error_list}
    for one, errors in parts.items():
        if one in (None, NON_FIELD_ERRORS) or one not in form.fields:
            continue
        field = form.fields[one]
        label = str(field.label or _("这一项")).rstrip("：:")
        for each in errors:
            sentence = SENTENCES.get(id(each.message))
            if sentence:
                each.message, each.params = sentence(form, one, field, label, each.params or {}), None  # type: ignore[arg-type]


def check_day(day: Any) -> Any:
    """Return a typed day that calculations can bear: year 9999 plus a day is no date."""
    if isinstance(day, date | datetime) and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("日期应在 %(first)s 年至 %(last)s 年之间，请核对年份。"),
            code="far",
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )
    return day


def teach_forms() -> None:
    """Called once, when the app is ready."""
    add_error = forms.BaseForm.add_error

    def spoken(self: forms.BaseForm, field: str | None, error: Any) -> None:
        speak(self, field, error)
        add_error(self, field, error)

    def bounded(to_python: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return lambda self, value: check_day(to_python(self, value))

    forms.BaseForm.add_error = spoken  # type: ignore[method-assign]
    for kind in (forms.DateField, forms.DateTimeField):
        kind.to_python = bounded(kind.to_python)  # type: ignore[method-assign]
