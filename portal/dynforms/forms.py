"""A Django form from a frozen schema, for one section or the whole."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import money
from portal.components.forms import DayInput
from portal.dynforms import rules
from portal.dynforms.models import FormVersion

PREFIX = "q_"
MOST_DIGITS = 15  # as many as a spreadsheet keeps


class MoneyField(forms.CharField):
    """Yuan typed by people ("12,000", "1.2万"), fen in Python."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return money.parse(text)
        except money.NotMoney as error:
            raise forms.ValidationError(str(error))

    def prepare_value(self, value: Any) -> Any:
        return money.yuan(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.to_python(data)
        except forms.ValidationError:
            return True


class LongTextField(forms.CharField):
    """Browsers send CRLF; a limit counts a new line once."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class WholeNumberField(forms.IntegerField):
    """An integer; full-width digits and separators are read, not refused."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = (
            unicodedata.normalize("NFKC", str(value)).replace(",", "").strip() if value not in (None, "") else value
        )
        return super().to_python(text)


class TableWidget(forms.Widget):
    """A real table of inputs, named q_<id>-<row>-<column>."""

    template_name = "dynforms/table.html"
    spare = 2

    def __init__(self, columns: list[dict[str, str]], max_rows: int, attrs: Any = None):
        super().__init__(attrs)
        self.columns, self.max_rows = columns, max_rows

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        rows = [
            [str(data.get(f"{name}-{row}-{column}", "")).strip() for column in range(len(self.columns))]
            for row in range(self.max_rows)
        ]
        return [row for row in rows if any(row)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        filled = list(value or [])
        shown = min(self.max_rows, max(len(filled) + self.spare, 5))
        blank = [""] * len(self.columns)
        context["columns"] = self.columns
        context["rows"] = [
            [
                (f"{name}-{row}-{column}", cell, self.columns[column]["label"])
                for column, cell in enumerate(filled[row] if row < len(filled) else blank)
            ]
            for row in range(shown)
        ]
        return context


class TableField(forms.Field):
    """Rows of texts; number and money cells are normalised to what will be shown."""

    def __init__(self, columns: list[dict[str, str]], max_rows: int, **kwargs: Any):
        self.columns = columns
        super().__init__(widget=TableWidget(columns, max_rows), **kwargs)

    def clean(self, value: Any) -> Any:
        rows = super().clean(value) or []
        faults: list[str] = []
        cleaned = [[self.cell(n, m, text, faults) for m, text in enumerate(row)] for n, row in enumerate(rows, 1)]
        if faults:
            raise forms.ValidationError(faults)
        return cleaned

    def cell(self, row: int, column: int, text: str, faults: list[str]) -> str:
        kind, label = self.columns[column]["type"], self.columns[column]["label"]
        plain = unicodedata.normalize("NFKC", text).replace(",", "")
        if not text or kind == "text":
            return text[:200]
        if kind == "number":
            if not plain.isdecimal() or len(plain) > MOST_DIGITS:
                faults.append(gettext("第 %(row)s 行“%(label)s”应为整数，例如 12") % {"row": row, "label": label})
            return plain
        try:
            return money.yuan(money.parse(text))
        except money.NotMoney as error:
            faults.append(
                gettext("第 %(row)s 行“%(label)s”：%(error)s") % {"row": row, "label": label, "error": error}
            )
            return text


def _field(question: rules.Question) -> forms.Field:
    """Return the field of one question. Nothing is required here: drafts take what there is."""
    kind = question["type"]
    common: dict[str, Any] = {"label": question["label"], "help_text": question["help"], "required": False}
    choices = [(one, one) for one in question.get("choices", [])]
    if kind == "text":
        return forms.CharField(**common)
    if kind == "long_text":
        attrs = {"rows": 8, "data-limit": question["max_length"]}
        return LongTextField(widget=forms.Textarea(attrs=attrs), **common)
    if kind == "number":
        message = _("%(label)s应为整数，例如 1200") % {"label": question["label"]}
        return WholeNumberField(error_messages={"invalid": message}, **common)
    if kind == "money":
        return MoneyField(**common)
    if kind == "date":
        message = _("没有这一天，请写成 2026-04-01 的样子")
        widget = DayInput()
        return forms.DateField(widget=widget, error_messages={"invalid": message}, **common)
    if kind == "choice":
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if kind == "multi_choice":
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if kind == "yes_no":
        return forms.TypedChoiceField(
            choices=[("yes", _("是")), ("no", _("否"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            **common,
        )
    if kind == "file":
        return forms.FileField(**common)
    return TableField(question["columns"], question.get("max_rows", 10), **common)


class AnswersForm(forms.Form):
    """Base of the built forms. answers: everything answered so far, in all sections."""

    version: FormVersion
    section: str = ""
    use_required_attribute = False

    def __init__(self, *args: Any, answers: rules.Answers | None = None, done: bool = False, **kwargs: Any):
        """done: also ask for what is missing, not only for what is unreadable."""
        self.given = dict(answers or {})
        self.done = done
        super().__init__(*args, **kwargs)
        for question in self.questions:
            field = self.fields[PREFIX + question["id"]]
            field.question = question  # type: ignore[attr-defined]
            field.required = question["required"]
            self.initial.setdefault(PREFIX + question["id"], self.initial_of(question))

    def full_clean(self) -> None:
        # A draft asks for nothing; the marks stand for the reader. What is missing is told when done.
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for field in self.fields.values():
            field.required = field.question["required"]  # type: ignore[attr-defined]

    @property
    def questions(self) -> list[rules.Question]:
        return [
            question
            for section in self.version.schema["sections"]
            if self.section in ("", section["id"])
            for question in section["questions"]
        ]

    def initial_of(self, question: rules.Question) -> Any:
        value = self.given.get(question["id"])
        if question["type"] == "yes_no" and value is not None:
            return "yes" if value else "no"
        return None if question["type"] == "file" else value

    def answers(self) -> dict[str, Any]:
        """Return the readable answers of this form as JSON values, unreadable ones left as they were."""
        found = {}
        for question in self.questions:
            name = PREFIX + question["id"]
            if question["type"] == "file" or name in self.errors:
                if question["id"] in self.given:
                    found[question["id"]] = self.given[question["id"]]
                continue
            value = self.cleaned_data.get(name)
            found[question["id"]] = value.isoformat() if question["type"] == "date" and value else value
        return found

    def uploads(self) -> dict[str, Any]:
        """Return question id -> uploaded file."""
        return {
            question["id"]: self.cleaned_data[PREFIX + question["id"]]
            for question in self.questions
            if question["type"] == "file" and self.cleaned_data.get(PREFIX + question["id"])
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.done:
            answers = {**self.given, **self.answers(), **dict.fromkeys(self.uploads(), {"name": "…"})}
            for question_id, text in rules.problems(self.version.schema, answers, self.section):
                if PREFIX + question_id not in self.errors:
                    self.add_error(PREFIX + question_id, text)
        return cleaned


def form_class(version: FormVersion, section: str = "") -> type[AnswersForm]:
    """Return the form of one section (its id), or of all."""
    questions = [
        question for one in version.schema["sections"] if section in ("", one["id"]) for question in one["questions"]
    ]
    fields = {PREFIX + question["id"]: _field(question) for question in questions}
    return type("SectionForm", (AnswersForm,), {"version": version, "section": section, **fields})
