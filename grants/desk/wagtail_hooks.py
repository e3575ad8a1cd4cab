from typing import Any

from django.http import HttpRequest
from django.urls import path
from wagtail import hooks

from grants.desk.staff import OrganizationFilePage, WorkPanel


@hooks.register("register_admin_urls")
def pages() -> list:
    return [
        path("staff_organizations/<int:pk>/file/", OrganizationFilePage.as_view(), name="staff_organization_file")
    ]


@hooks.register("construct_homepage_panels")
def show_work_only(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [WorkPanel()]


@hooks.register("construct_homepage_summary_items")
def no_counts_of_pages(request: HttpRequest, items: list[Any]) -> None:
    items.clear()
