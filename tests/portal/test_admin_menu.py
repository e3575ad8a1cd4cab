"""The admin menu: the order of the work, at most nine lines, nothing for those who may not."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import admin_menu
from wagtail.admin.viewsets import viewsets

from portal.access import STAFF, Role
from portal.access.staff import ScopedViewSet
from portal.components import staff
from tests.makers import make_user

pytestmark = pytest.mark.django_db


def labels(user) -> list[str]:
    request = RequestFactory().get("/cms/")
    request.user = user
    items = sorted(admin_menu.menu_items_for_request(request), key=lambda item: item.order)
    return [str(item.label) for item in items]


ORDER = ["工作首页", "申报", "评审", "项目", "资金", "监督", "社会组织", "内容", "系统"]


def inside(user, group: str) -> list[str]:
    request = RequestFactory().get("/cms/")
    request.user = user
    found = next(one for one in admin_menu.menu_items_for_request(request) if str(one.label) == group)
    return [str(item.label) for item in found.menu.menu_items_for_request(request)]


def test_the_officer_sees_the_groups_in_the_order_of_the_work():
    shown = labels(make_user("officer", Role.BUREAU_OFFICER))

    assert shown[0] == "工作首页"
    assert [label for label in ORDER if label in shown] == shown
    assert len(shown) <= 9


@pytest.mark.parametrize("role", sorted(STAFF))
def test_no_role_sees_more_than_nine_lines_or_another_order(role):
    shown = labels(make_user("person", role))

    assert [label for label in ORDER if label in shown] == shown
    assert shown[0] == "工作首页" and len(shown) <= 9


def test_the_books_stand_under_money():
    shown = inside(make_user("person", Role.BUREAU_FINANCE), "资金")

    assert {"资金台账", "账户余额", "记账凭证", "资金来源", "账本核对"} <= set(shown)


def test_a_group_without_a_screen_for_the_person_is_not_drawn():
    assert "资金" not in labels(make_user("registrar", Role.REGISTRAR))


def test_every_app_of_ours_has_its_group():
    assert staff.hook_of_app("payments") == staff.hook_of("资金")
    assert staff.hook_of_app("unheard") == staff.hook_of("系统")
    with pytest.raises(LookupError):
        staff.hook_of("没有")


def test_every_page_of_ours_lies_below_a_line_of_a_group():
    """The sidebar lights the line whose address the page's begins with; without one it lights the first page."""
    groups = [item.menu for item in staff.group_items()]
    menus = [menu for group in groups for menu in (group, *group.menus)]
    lines = tuple(item.url for menu in menus for item in menu.registered_menu_items)
    lists = [reverse(one.get_url_name("index")) for one in viewsets.viewsets if isinstance(one, ScopedViewSet)]
    ours = [one for one in hooks.get_hooks("register_admin_urls") if not one.__module__.startswith("wagtail")]
    pages = [f"/cms/{one.pattern}" for hook in ours for one in hook()]

    assert len(lists) > 30 and len(pages) > 20
    assert [page for page in (*lists, *pages) if not page.startswith(lines)] == []
