"""The side menu of the admin: nine groups in the order of the work. Packages put their screens into one.

A ScopedViewSet finds its group by its model's app. Another screen is registered in wagtail_hooks.py:
`register_page_in_group("资金", _("拨付看板"), "staff_board", icon="table", roles=(Role.FINANCE,))`.
A group without a screen for this person is not drawn.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem, admin_menu, reports_menu, settings_menu
from wagtail.admin.viewsets.base import ViewSet

# code: label, icon, apps whose models belong here
GROUPS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "applications": (_("申报"), "form", ("needs", "calls", "applications", "dynforms")),
    "review": (_("评审"), "tasks", ("review", "awards", "publicity")),
    "projects": (_("项目"), "folder-inverse", ("agreements", "monitoring", "spending")),
    "funds": (_("资金"), "decimal", ("funds", "payments")),
    "supervision": (_("监督"), "glasses", ("audits", "stats", "trail", "exports")),
    "organizations": (_("社会组织"), "group", ("registry", "incubation")),
    "content": (_("内容"), "doc-full", ("pages", "home", "redaction")),
    "system": (
        _("系统"),
        "cogs",
        ("accounts", "access", "regions", "workdays", "notices", "files", "jobs", "documents"),
    ),
}
BORROWED = {"explorer", "images", "documents", "settings", "reports", "help", "snippets", "collections"}


def hook_of(group: str) -> str:
    """Return the menu hook of a group by its code or its word ("资金")."""
    if group in GROUPS:
        return f"register_{group}_menu_item"
    for code, (label, _icon, _apps) in GROUPS.items():
        if str(label) == group:
            return f"register_{code}_menu_item"
    raise LookupError(group)


def hook_of_app(app_label: str) -> str:
    """Return the menu hook of the group that an app's models belong to; 系统 for all others."""
    for code, (_label, _icon, apps) in GROUPS.items():
        if app_label in apps:
            return hook_of(code)
    return hook_of("system")


def register_in_group(group: str, viewset: ViewSet) -> None:
    """Register a viewset with its menu line in a group; call it in wagtail_hooks.py."""
    viewset.menu_hook = hook_of(group)
    hooks.register("register_admin_viewset", lambda: viewset)


class RoleMenuItem(MenuItem):
    """A line that only people of some roles see; empty = everybody who may enter the admin."""

    def __init__(self, *args: Any, roles: tuple[str, ...] = (), **kwargs: Any):
        self.roles = roles
        super().__init__(*args, **kwargs)

    def is_shown(self, request: HttpRequest) -> bool:
        return not self.roles or request.user.has_role(*self.roles)


def register_page_in_group(
    group: str, label: Any, url_name: str, *, icon: str = "", order: int = 500, roles: tuple[str, ...] = ()
) -> None:
    """Register a menu line for a page that is not a viewset. url_name must exist when the menu is drawn."""

    def line() -> MenuItem:
        name = url_name.replace(":", "-")
        return RoleMenuItem(label, reverse(url_name), name=name, icon_name=icon, order=order, roles=roles)

    hooks.register(hook_of(group), line)


class GroupMenu(Menu):
    """A group's own lines and those that Wagtail puts elsewhere. picks: names of main-menu items."""

    def __init__(self, group: str, *, menus: tuple[Menu, ...] = (), picks: tuple[str, ...] = ()):
        super().__init__(register_hook_name=hook_of(group))
        self.menus, self.picks = menus, picks

    def menu_items_for_request(self, request: HttpRequest) -> list[MenuItem]:
        items = super().menu_items_for_request(request)
        for menu in self.menus:
            items += menu.menu_items_for_request(request)
        for item in admin_menu.registered_menu_items:
            if item.name in self.picks and item.is_shown(request):
                items.append(item)
        return items


MENUS = {
    "content": {"picks": ("images", "documents", "snippets")},
    "supervision": {"menus": (reports_menu,)},
    "system": {"menus": (settings_menu,)},
}


def group_items() -> list[SubmenuMenuItem]:
    """Return the nine groups, in the order of the work."""
    return [
        SubmenuMenuItem(label, GroupMenu(code, **MENUS.get(code, {})), name=f"group-{code}", icon_name=icon, order=at)
        for at, (code, (label, icon, _apps)) in enumerate(GROUPS.items(), start=20)
    ]


class PagesMenuItem(MenuItem):
    """The page tree, as a plain line of 内容."""

    def is_shown(self, request: HttpRequest) -> bool:
        explorer = next((item for item in admin_menu.registered_menu_items if item.name == "explorer"), None)
        return explorer is not None and explorer.is_shown(request)


def home_item() -> MenuItem:
    return MenuItem(_("工作首页"), reverse("wagtailadmin_home"), name="work-home", icon_name="home", order=10)


def pages_item() -> MenuItem:
    return PagesMenuItem(
        _("网页"), reverse("wagtailadmin_explore_root"), name="pages", icon_name="doc-full", order=10
    )


def arrange(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave the first page and the groups in the main menu; Wagtail's own lines stand inside the groups."""
    items[:] = [item for item in items if item.name not in BORROWED]
