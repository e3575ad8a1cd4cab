"""Bases of the staff screens under /cms/: the region scope holds in list, filter, search, export,
inspect and history alike; nothing is created, changed or deleted but by a move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import policy_registry

from portal import clock, money
from portal.access.forms import CommandForm, Move
from portal.access.policies import Policy
from portal.components.staff import hook_of_app
from portal.spreadsheets import commands as spreadsheets
from portal.spreadsheets.rules import Sheet


class Denial:
    """Answer PermissionDenied with a page that names the role; Wagtail would redirect in silence."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except PermissionDenied as denial:
            context = {"reason": str(denial) or _("您的角色不能进入这个页面。")}
            return TemplateResponse(request, "access/denied_admin.html", context, status=403)


class FormCommandView(Denial, WagtailAdminTemplateMixin, CommandForm):
    """A plain form in the admin shell. roles_required: who may enter; set `check` for more."""

    template_name = "access/form_admin.html"
    header_icon = "form"
    roles_required: ClassVar[Sequence[str]] = ()

    def check(self, request: HttpRequest) -> None:
        if self.roles_required and not request.user.has_role(*self.roles_required):
            names = "、".join(str(getattr(role, "label", role)) for role in self.roles_required)
            raise PermissionDenied(f"这项操作由{names}办理。")

    def get_page_title(self) -> Any:
        return self.title


class MoveView(Denial, WagtailAdminTemplateMixin, Move):
    """The state sheet in the admin shell. URL: `<int:pk>/<action>/`."""

    template_name = "access/move_admin.html"
    header_icon = "tick-inverse"
    lookup = "pk"
    inspect_url_name: str = ""

    def get_page_title(self) -> Any:
        return self.title

    def get_page_subtitle(self) -> str:
        return str(getattr(self, "object", ""))

    def get_breadcrumbs_items(self) -> list[dict]:
        items = [{"url": self.get_cancel_url(), "label": str(self.object)}] if self.get_cancel_url() else []
        return [*self.breadcrumbs_items, *items, {"url": "", "label": self.title}]

    def success_url(self, obj: Any) -> str:
        if not self.inspect_url_name:
            return super().success_url(obj)
        return reverse(self.inspect_url_name, args=[obj.pk])


class MoneyColumn(Column):
    """Fen as "38,500.00", right-aligned tabular figures."""

    cell_template_name = "access/money_cell.html"

    def get_value(self, instance: Any) -> str:
        fen = super().get_value(instance)
        return "" if fen is None else money.yuan(fen)


class StateColumn(StatusTagColumn):
    """The state as a tag; accessor defaults to the display word of `name`."""

    def __init__(self, name: str = "status", **kwargs: Any):
        super().__init__(
            name,
            **{"label": _("状态"), "accessor": f"get_{name}_display", "sort_key": name, "primary": True, **kwargs},
        )


class DueColumn(Column):
    """A date and the days left or over."""

    def get_value(self, instance: Any) -> str:
        due_on: date | None = super().get_value(instance)
        if due_on is None:
            return ""
        days = (due_on - clock.today()).days
        if days < 0:
            words = ngettext("逾期 %d 天", "逾期 %d 天", -days) % -days
        elif days == 0:
            words = str(_("今天到期"))
        else:
            words = ngettext("剩 %d 天", "剩 %d 天", days) % days
        return f"{due_on:%Y-%m-%d}（{words}）"


def relations(model: type[models.Model], names: Sequence[str]) -> list[str]:
    """Return the leading names of a look-up path that are relations to one row."""
    found: list[str] = []
    for name in names:
        field = next((one for one in model._meta.fields if one.name == name), None)
        if field is None or not field.is_relation:
            break
        found.append(name)
        model = field.related_model
    return found


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

    def as_spreadsheet(self, queryset: models.QuerySet, spreadsheet_format: str) -> HttpResponse:
        columns = [str(self.get_heading(queryset, field)) for field in self.list_export]
        rows = (
            [self.export_value(value) for value in self.to_row_dict(item).values()] for item in queryset.iterator(500)
        )
        if spreadsheet_format == self.FORMAT_CSV:
            content, media_type = spreadsheets.csv_bytes(columns, rows), "text/csv; charset=utf-8"
        else:
            sheet = Sheet(str(self.model._meta.verbose_name_plural), columns, rows)
            content = spreadsheets.workbook([sheet])
            media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        name = f"{self.get_filename()}-{clock.today():%Y%m%d}.{spreadsheet_format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type=media_type, headers=headers)

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        row = super().to_row_dict(item)
        return {
            name: getattr(item, f"get_{name}_display", lambda value=value: value)() for name, value in row.items()
        }

    @staticmethod
    def export_value(value: Any) -> Any:
        return value if value is None or isinstance(value, bool | int | float | Decimal | date | str) else str(value)

    def get_edit_url(self, instance: Any) -> None:
        return None

    def get_copy_url(self, instance: Any) -> None:
        return None

    def get_delete_url(self, instance: Any) -> None:
        return None

    def get_add_url(self) -> None:
        return None

    def get_inspect_url(self, instance: Any) -> str:
        return reverse(self.inspect_url_name, args=[instance.pk])


class InspectView(Denial, ScopedObject, generic.InspectView):
    """One object: its fields, and the moves that this person may make now, or why not yet."""

    any_permission_required = ["view"]
    page_title = _("查看")
    template_name = "access/inspect.html"
    actions: Sequence[tuple[str, Any, str]] = ()
    history_url_name = ""
    list_select_related: Sequence[str] = ()
    extra: Callable[[Any, Any], dict] | None = None

    def get_object(self, queryset: Any = None) -> Any:
        if not self.request.user.is_authenticated:
            return None
        return get_object_or_404(self.visible().select_related(*self.list_select_related), pk=self.pk)

    def get_edit_url(self) -> None:
        return None

    def get_delete_url(self) -> None:
        return None

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        value = super().get_field_display_value(field_name, field)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return "——" if value is None or value == "" else value

    def moves(self) -> tuple[list[dict], list[dict]]:
        """Return the buttons, and the legal but blocked moves with their reasons."""
        user, ready, blocked = self.request.user, [], []
        policy: Policy = self.permission_policy
        for action, label, url_name in self.actions:
            if not policy.user_has_permission(user, action):
                continue
            row = {"label": label, "url": reverse(url_name, args=[self.object.pk])}
            if policy.allows(user, action, self.object):
                ready.append(row)
            elif policy.is_legal(action, self.object) and (reasons := policy.open_reasons(action, self.object)):
                blocked.append({**row, "reasons": reasons})
        return ready, blocked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ready, blocked = self.moves()
        more = self.extra(self.request.user, self.object) if self.extra else {}
        return super().get_context_data(
            moves=ready,
            blocked_moves=blocked,
            history_url=reverse(self.history_url_name, args=[self.object.pk]),
            **more,
            **kwargs,
        )


class HistoryView(Denial, ScopedObject, history.HistoryView):
    any_permission_required = ["view"]
    header_buttons: ClassVar[list] = []

    def get_base_object_queryset(self) -> models.QuerySet:
        return self.visible()

    def get_object(self) -> Any:
        return super().get_object() if self.request.user.is_authenticated else self.model()

    def get_edit_url(self, instance: Any) -> str:
        return reverse(self.inspect_url_name, args=[instance.pk])

    inspect_url_name = ""


class ScopedViewSet(ModelViewSet):
    """List, filters, search, export, inspect and history of a model, all through `visible_to(user)`.

    Set: model, name ("staff_payments": it is also the URL namespace), list_display, list_filter or
    filterset_class, search_fields (ORM look-ups), list_export, inspect_view_fields,
    list_select_related (else found from list_display), icon, menu_label, add_to_admin_menu.
    actions: (action, label, url name) of moves drawn as buttons on the inspect page.
    links: (label, url name, action) of buttons above the list, drawn for those who may.
    moves: admin MoveView classes; each gets `<int:pk>/<action>/`, name = action, and its button.
    Methods you may add: annotate(self, queryset) for list and export; extra(self, user, obj) -> context
    of the inspect page (with inspect_template extending "access/inspect.html").
    policy: the model's Policy; else the one registered in AppConfig.ready. "view" in its `actions`
    opens the list.
    """

    index_view_class = ListView
    inspect_view_class = InspectView
    history_view_class = HistoryView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    sort_order_field = None
    search_backend_name = None
    list_per_page = 50
    export_formats = ("xlsx", "csv")
    policy: Policy | None = None
    actions: Sequence[tuple[str, Any, str]] = ()
    moves: Sequence[type[MoveView]] = ()
    links: Sequence[tuple[Any, str, str]] = ()
    list_select_related: Sequence[str] | None = None
    inspect_template: str = ""
    annotate: Callable[[models.QuerySet], models.QuerySet] | None = None
    extra: Callable[[Any, Any], dict] | None = None

    @cached_property
    def permission_policy(self) -> Policy:
        found = self.policy or policy_registry.get_by_type(self.model, fallback=False)
        if not isinstance(found, Policy):
            raise ImproperlyConfigured(f"{self.name}: set `policy`, or register it in AppConfig.ready")
        return found

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        policy = self.permission_policy

        class ScopedMenuItem(MenuItem):
            def is_shown(self, request: HttpRequest) -> bool:
                return policy.user_has_permission(request.user, "view")

        return ScopedMenuItem

    @cached_property
    def menu_hook(self) -> str:
        """The menu group of the model's app (portal.components.staff); add_to_admin_menu = False hides it."""
        return hook_of_app(self.model._meta.app_label)

    @cached_property
    def related(self) -> tuple[str, ...]:
        """Relations that the columns walk: one JOIN instead of one query a row."""
        if self.list_select_related is not None:
            return tuple(self.list_select_related)
        found = []
        for column in self.list_display if isinstance(self.list_display, list | tuple) else ():
            name = column if isinstance(column, str) else str(getattr(column, "accessor", None) or column.name)
            if path_ := relations(self.model, name.replace(".", "__").split("__")):
                found.append("__".join(path_))
        return tuple(dict.fromkeys(found))

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        names = {"add_url_name": None, "edit_url_name": None, "delete_url_name": None, "usage_url_name": None}
        return super().get_common_view_kwargs(**{**names, "permission_policy": self.permission_policy, **kwargs})

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        own = {"list_select_related": self.related, "links": self.links}
        if self.annotate:
            own["annotate"] = self.annotate
        return super().get_index_view_kwargs(**{**own, **kwargs})

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "actions": self.buttons,
            "history_url_name": self.get_url_name("history"),
            "list_select_related": self.related,
        }
        if self.inspect_template:
            own["template_name"] = self.inspect_template
        if self.extra:
            own["extra"] = self.extra
        return super().get_inspect_view_kwargs(**{**own, **kwargs})

    @cached_property
    def buttons(self) -> list[tuple[str, Any, str]]:
        own = [(view.action, view.submit_label, self.get_url_name(view.action)) for view in self.moves]
        return [*own, *self.actions]

    def get_urlpatterns(self) -> list:
        conv = self.pk_path_converter
        patterns = [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path(f"inspect/<{conv}:pk>/", self.inspect_view, name="inspect"),
            path(f"history/<{conv}:pk>/", self.history_view, name="history"),
            path(f"history-results/<{conv}:pk>/", self.history_results_view, name="history_results"),
        ]
        for view in self.moves:
            route = view.as_view(inspect_url_name=view.inspect_url_name or self.get_url_name("inspect"))
            patterns.append(path(f"<{conv}:pk>/{view.action}/", route, name=view.action))
        return patterns

    def register_admin_url_finder(self) -> None:
        """No edit view to find."""

    def register_permissions(self) -> None:
        """Groups hold no model permissions here: role grants and policies decide."""
