from django.urls import path
from wagtail import hooks

from portal.accounts.staff import CreateUserView, GrantViewSet, UserViewSet


@hooks.register("register_admin_viewset")
def register_viewsets() -> list:
    return [UserViewSet(), GrantViewSet()]


@hooks.register("register_admin_urls")
def register_urls() -> list:
    return [
        path("staff_users/new/", CreateUserView.as_view(), name="accounts_create"),
    ]
