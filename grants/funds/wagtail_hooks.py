from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from grants.funds import staff
from grants.funds.policies import CHECKERS, READERS


class RoleMenuItem(MenuItem):
    roles = READERS

    def is_shown(self, request) -> bool:
        return request.user.has_role(*self.roles)


class CheckMenuItem(RoleMenuItem):
    roles = CHECKERS


@hooks.register("register_admin_viewset")
def register_books() -> staff.BooksGroup:
    return staff.BooksGroup()


@hooks.register("register_admin_urls")
def register_pages() -> list[URLPattern]:
    return [
        path("funds/register/", staff.RegisterView.as_view(), name="funds_register"),
        path("funds/verify/", staff.VerifyView.as_view(), name="funds_verify"),
    ]


@hooks.register("register_admin_menu_item")
def register_register() -> MenuItem:
    return RoleMenuItem("资金台账", reverse("funds_register"), icon_name="table", order=61)


@hooks.register("register_admin_menu_item")
def register_verify() -> MenuItem:
    return CheckMenuItem("账本核对", reverse("funds_verify"), icon_name="tick-inverse", order=62)
