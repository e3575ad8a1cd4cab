"""The list, one object, and its history: three views of a ScopedViewSet."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history
from wagtail.admin.widgets.button import HeaderButton

from portal import clock
from portal.access.policies import Policy
from portal.access.staff.columns import DateColumn, DueColumn, column_of, due_words, linked
from portal.access.staff.fields import field_of, label_of, shown, value_of
from portal.access.staff.sheets import Denial
from portal.components.templatetags.portal_tags import grouped, whole_numbers
from portal.spreadsheets import commands as spreadsheets
from portal.spreadsheets.rules import Sheet

DAY = re.compile(r"\d{4}-\d\d-\d\d")


class ScopedObject:
    """Look the object up through `visible_to`."""

    def visible(self) -> models.QuerySet:
        return self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]


class ListView(Denial, ScopedObject, generic.IndexView):
    any_permission_required = ["view"]
    template_name = "access/list.html"
    list_select_related: Sequence[str] = ()
    annotate: Callable[[models.QuerySet], models.QuerySet] | None = None

    links: Sequence[tuple[Any, str, str]] = ()
    labels: Mapping[str, Any] = {}
    list_link = ""
    empty_words: Any = ""

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The first column names the thing and is the link."""
        found = [one if isinstance(one, BaseColumn) else self.column(one) for one in self.list_display]
        return [linked(found[0], self.get_inspect_url), *found[1:]]

    @cached_property
    def filters(self) -> Any:
        """A filter offers no more than the list may show."""
        found = super().filters
        for field in found.form.fields.values() if found else ():
            rows = getattr(field, "queryset", None)
            if rows is not None and hasattr(rows, "visible_to"):
                field.queryset = rows.visible_to(self.request.user)
        return found

    @property
    def no_results_message(self) -> str:
        if self.is_searching or self.is_filtering:
            clear = format_html('<a href="{}">{}</a>', reverse(self.index_url_name), _("清除筛选"))
            words = str(_("没有符合这些条件的{things}。可以换个词再搜，或者{clear}。"))
            return format_html(words, things=self.model._meta.verbose_name, clear=clear)
        return str(self.empty_words) or _("还没有%s。") % self.model._meta.verbose_name

    def column(self, name: str) -> BaseColumn:
        found = self._get_custom_column(name, column_of(self.model, name))
        found.label = self.labels.get(name, found.label)
        return found

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        user, policy = self.request.user, self.permission_policy
        return [
            HeaderButton(label, url=reverse(url_name), priority=place)
            for place, (label, url_name, action) in enumerate(self.links)
            if policy.user_has_permission(user, action)
        ]

    def get_base_queryset(self) -> models.QuerySet:
        rows = self.visible().select_related(*self.list_select_related)
        return self.annotate(rows) if self.annotate else rows

    def order_queryset(self, queryset: models.QuerySet) -> models.QuerySet:
        """A row without the date does not come before those with one, on either database."""
        name = self.ordering if isinstance(self.ordering, str) else ""
        field = field_of(self.model, name.lstrip("-"))[1] if name else None
        if field is None or not getattr(field, "null", False):
            return super().order_queryset(queryset)
        by = models.F(name.lstrip("-"))
        return queryset.order_by(by.desc(nulls_last=True) if name[0] == "-" else by.asc(nulls_last=True), "-pk")

    def as_spreadsheet(self, queryset: models.QuerySet, spreadsheet_format: str) -> HttpResponse:
        columns = [str(self.get_heading(queryset, field)) for field in self.list_export]
        rows = ([value_of(item, path) for path in self.list_export] for item in queryset.iterator(500))
        if spreadsheet_format == self.FORMAT_CSV:
            content, media_type = spreadsheets.csv_bytes(columns, rows), "text/csv; charset=utf-8"
        else:
            sheet = Sheet(str(self.model._meta.verbose_name_plural), columns, rows)
            content = spreadsheets.workbook([sheet])
            media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        name = f"{self.get_filename()}-{clock.today():%Y%m%d}.{spreadsheet_format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type=media_type, headers=headers)

    def get_heading(self, queryset: models.QuerySet, field: str) -> str:
        return label_of(self.model, field, self.labels)

    def get_edit_url(self, instance: Any) -> None:
        return None

    def get_copy_url(self, instance: Any) -> None:
        return None

    def get_delete_url(self, instance: Any) -> None:
        return None

    def get_add_url(self) -> None:
        return None

    def get_inspect_url(self, instance: Any) -> str:
        return reverse(self.list_link or self.inspect_url_name, args=[instance.pk])


class InspectView(Denial, ScopedObject, generic.InspectView):
    """One object: its fields, and the moves that this person may make now, or why not yet."""

    any_permission_required = ["view"]
    template_name = "access/inspect.html"
    actions: Sequence[tuple[str, Any, str]] = ()
    ways_out: Collection[str] = ()
    history_url_name = ""
    list_select_related: Sequence[str] = ()
    labels: Mapping[str, Any] = {}
    extra: Callable[[Any, Any], dict] | None = None
    late_fields: Collection[str] = ()
    due_column: DueColumn | None = None

    def get_field_label(self, field_name: str, field: Any) -> str:
        return str(self.labels.get(field_name) or super().get_field_label(field_name, field))

    def get_object(self, queryset: Any = None) -> Any:
        if not self.request.user.is_authenticated:
            return None
        return get_object_or_404(self.visible().select_related(*self.list_select_related), pk=self.pk)

    def get_page_title(self) -> str:
        return str(self.model._meta.verbose_name)

    def get_page_subtitle(self) -> str:
        """The object's words; a word joiner behind each hyphen keeps a day on one line."""
        return DAY.sub(lambda day: day[0].replace("-", "-\u2060"), super().get_page_subtitle())

    def get_edit_url(self) -> None:
        return None

    def get_delete_url(self) -> None:
        return None

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        value = shown(super().get_field_display_value(field_name, field), field)
        stored = getattr(self.object, field_name, None)
        if stored and field_name == "due_on":
            tone, words = due_words(stored, self.request)
            return format_html('{} <small class="c-due-here c-due-{}">{}</small>', value, tone or "none", words)
        if stored and field_name.endswith("sha256"):
            return grouped(stored)
        return whole_numbers(value) if type(value) is str and isinstance(field, models.TextField) else value

    def state_field(self) -> str:
        """The field that is drawn as a tag above, and not once more below."""
        return next((name for name in ("status", "standing") if hasattr(self.object, f"get_{name}_display")), "")

    def get_fields(self) -> list[str]:
        return [name for name in super().get_fields() if name not in ("status", "standing")]

    def is_drawn(self, name: str) -> bool:
        """What only some objects ever say is no dash on the others; a question that may stay open has its 否."""
        value = getattr(self.object, name) if name in self.late_fields else True
        return value not in (None, "", False) or (value is False and self.model._meta.get_field(name).null)

    def due(self) -> dict[str, Any] | None:
        """The clock that the list shows, unless it is one of the facts below."""
        on = self.due_column.get_value(self.object) if self.due_column and "due_on" not in self.fields else None
        if on is None:
            return None
        tone, words = due_words(on, self.request)
        return {"label": self.due_column.label, "on": on, "tone": tone or "none", "words": words}

    def moves(self) -> tuple[list[dict], list[dict]]:
        """Return the buttons, the main one before the others, and the blocked moves with their reasons.

        The main one is the first that leads on.
        """
        user, ready, blocked = self.request.user, [], []
        policy: Policy = self.permission_policy
        for action, label, url_name in self.actions:
            if not policy.user_has_permission(user, action) or not policy.is_held_here(user, action, self.object):
                continue
            row = {"label": label, "url": reverse(url_name, args=[self.object.pk])}
            if policy.allows(user, action, self.object):
                is_main = action not in self.ways_out and not any(one["is_main"] for one in ready)
                ready.append({**row, "is_main": is_main})
            elif policy.is_legal(action, self.object) and (reasons := policy.open_reasons(action, self.object)):
                blocked.append({**row, "reasons": reasons})
        return sorted(ready, key=lambda row: not row["is_main"]), blocked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ready, blocked = self.moves()
        self.fields = [name for name in self.fields if self.is_drawn(name)]
        more = self.extra(self.request.user, self.object) if self.extra else {}
        return super().get_context_data(
            moves=ready,
            state=self.state_field(),
            due=self.due(),
            blocked_moves=blocked,
            history_url=reverse(self.history_url_name, args=[self.object.pk]),
            **more,
            **kwargs,
        )


class FilledView(InspectView):
    """Only the fields that this object has."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.fields = [name for name in self.fields if getattr(self.object, name) not in (None, "", 0)]
        return super().get_context_data(**kwargs)


class HistoryView(Denial, ScopedObject, history.HistoryView):
    any_permission_required = ["view"]
    page_title = _("办理记录")
    default_empty = _("还没有办理记录。每次办理后，这里记下谁、在什么时间、做了什么。")
    header_buttons: ClassVar[list] = []
    columns: ClassVar[list] = [
        Column("message", label=_("操作")),
        Column("user", label=_("办理人"), accessor="user_display_name", width="14%"),
        Column("role", label=_("角色"), accessor="get_role_display", width="12%"),
        Column("changed", label=_("变化"), width="22%"),
        Column("reason", label=_("理由"), width="20%"),
        DateColumn("timestamp", label=_("时间"), width="15%"),
    ]

    @property
    def no_results_message(self) -> str:
        return str(self.default_empty)

    def get_breadcrumbs_items(self) -> list[dict]:
        *above, here = super().get_breadcrumbs_items()
        return [*above, {**here, "label": self.page_title}]

    def get_base_object_queryset(self) -> models.QuerySet:
        return self.visible()

    def get_object(self) -> Any:
        return super().get_object() if self.request.user.is_authenticated else self.model()

    def get_edit_url(self, instance: Any) -> str:
        return reverse(self.inspect_url_name, args=[instance.pk])

    inspect_url_name = ""
