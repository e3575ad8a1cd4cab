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
        path("staff_organizations/import/", ImportView.as_view(), name="registry_import"),
        path("staff_organizations/import/template/", ImportTemplate.as_view(), name="registry_import_template"),
        path("staff_organizations/payee/", AddPayeeView.as_view(), name="registry_add_payee"),
        path("staff_organizations/group/", FileGroupView.as_view(), name="registry_file_group"),
        path("staff_organizations/members/<int:pk>/end/", EndMembershipView.as_view(), name="registry_end_member"),
    ]
