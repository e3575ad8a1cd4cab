from django.urls import path
from wagtail import hooks

from orgs.registry.staff.accounts import AccountViewSet
from orgs.registry.staff.claims import ClaimViewSet
from orgs.registry.staff.organizations import (
    AddPayeeView,
    EndMembershipView,
    FileGroupView,
    ImportTemplate,
    ImportView,
    OrganizationViewSet,
)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list:
    return [OrganizationViewSet(), ClaimViewSet(), AccountViewSet()]


@hooks.register("register_admin_urls")
def register_urls() -> list:
    return [
        path("registry/import/", ImportView.as_view(), name="registry_import"),
        path("registry/import/template/", ImportTemplate.as_view(), name="registry_import_template"),
        path("registry/payee/", AddPayeeView.as_view(), name="registry_add_payee"),
        path("registry/group/", FileGroupView.as_view(), name="registry_file_group"),
        path("registry/members/<int:pk>/end/", EndMembershipView.as_view(), name="registry_end_member"),
    ]
