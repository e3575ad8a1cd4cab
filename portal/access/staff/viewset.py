"""List, filters, search, export, inspect and history of a model, all through `visible_to(user)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest
from django.urls import path
from django.utils.functional import cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from portal.access.policies import Policy
from portal.access.staff.columns import DueColumn
from portal.access.staff.lists import HistoryView, InspectView, ListView
from portal.access.staff.sheets import MoveView
from portal.components.staff import hook_of_app


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


class ScopedViewSet(ModelViewSet):
    """List, filters, search, export, inspect and history of a model, all through `visible_to(user)`.

    Set: model, name ("staff_payments": it is also the URL namespace), list_display, list_filter or
    filterset_class, search_fields (ORM look-ups), list_export, inspect_view_fields,
    list_select_related (else found from list_display), icon, menu_label, add_to_admin_menu.
    actions: (action, label, url name) of moves drawn as buttons on the inspect page; ways_out: those never the main one.
    links: (label, url name, action) of buttons above the list, drawn for those who may.
    late_fields: of inspect_view_fields, those drawn only when they are filled.
    labels: words for fields and paths ("project.code") whose model has none that fits.
    empty_words: what will appear in an empty list, and who makes it appear.
    list_link: url name of what a row opens; else its inspect page.
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
    late_fields: Sequence[str] = ()
    ways_out: Sequence[str] = ()
    list_link: str = ""
    empty_words: Any = ""
    labels: Mapping[str, Any] = {}
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
        own = {
            "list_select_related": self.related,
            "links": self.links,
            "labels": self.labels,
            "list_link": self.list_link,
            "empty_words": self.empty_words,
            "page_title": self.menu_label,
        }
        if self.annotate:
            own["annotate"] = self.annotate
        return super().get_index_view_kwargs(**{**own, **kwargs})

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "actions": self.buttons,
            "ways_out": {view.action for view in self.moves if view.is_way_out} | set(self.ways_out),
            "history_url_name": self.get_url_name("history"),
            "list_select_related": self.related,
            "labels": self.labels,
            "late_fields": self.late_fields,
            "due_column": next((one for one in self.list_display if isinstance(one, DueColumn)), None),
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
