"""Registration of the books' staff screens."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from grants.funds import staff
from grants.funds.policies import CHECKERS, READERS
from portal.components.staff import register_page_in_group

register_page_in_group("资金", _("账务处理"), "funds_tasks", icon="clipboard-list", order=185, roles=READERS)
register_page_in_group("资金", _("资金台账"), "funds_register", icon="table", order=200, roles=READERS)
register_page_in_group("资金", _("账本核对"), "funds_verify", icon="tick-inverse", order=240, roles=CHECKERS)


@hooks.register("register_admin_viewset")
def register_books() -> list:
    return staff.VIEWSETS


@hooks.register("register_admin_urls")
def register_pages() -> list[URLPattern]:
    return [
        path("funds/register/", staff.RegisterView.as_view(), name="funds_register"),
        path("funds/tasks/", staff.TasksView.as_view(), name="funds_tasks"),
        path("staff_fund_sources/new/", staff.NewSource.as_view(), name="funds_new_source"),
        *(path(f"funds/tasks/{one.kind.lower()}/", one.as_view(), name=one.url_name()) for one in staff.ASKING),
        path("funds/verify/", staff.VerifyView.as_view(), name="funds_verify"),
    ]
