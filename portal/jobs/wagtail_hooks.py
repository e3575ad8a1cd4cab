from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.jobs.staff import StateMenuItem, StateView


@hooks.register("register_admin_urls")
def state_url():
    return [path("state/", StateView.as_view(), name="staff_state")]


@hooks.register("register_settings_menu_item")
def state_menu():
    return StateMenuItem(_("运行状态"), reverse("staff_state"), icon_name="cogs", order=910)
