"""The admin menu: the order of the work, at most nine lines, nothing for those who may not."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from wagtail.admin.menu import admin_menu

from portal.access import Role
from portal.components import staff
from tests.makers import make_user

pytestmark = pytest.mark.django_db


def labels(user) -> list[str]:
    request = RequestFactory().get("/cms/")
    request.user = user
    items = sorted(admin_menu.menu_items_for_request(request), key=lambda item: item.order)
    return [str(item.label) for item in items]


def test_the_officer_sees_the_groups_in_the_order_of_the_work():
    shown = labels(make_user("officer", Role.BUREAU_OFFICER))

    order = ["工作首页", "申报", "评审", "项目", "资金", "监督", "社会组织", "内容", "系统"]
    assert shown[0] == "工作首页"
    assert [label for label in order if label in shown] == shown
    assert len(shown) <= 9


def test_a_group_without_a_screen_for_the_person_is_not_drawn():
    assert "资金" not in labels(make_user("registrar", Role.REGISTRAR))


def test_every_app_of_ours_has_its_group():
    assert staff.hook_of_app("payments") == staff.hook_of("资金")
    assert staff.hook_of_app("unheard") == staff.hook_of("系统")
    with pytest.raises(LookupError):
        staff.hook_of("没有")
