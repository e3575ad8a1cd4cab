from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from grants.desk.staff import WorkPanel


@hooks.register("construct_homepage_panels")
def show_work_only(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [WorkPanel()]


@hooks.register("construct_homepage_summary_items")
def no_counts_of_pages(request: HttpRequest, items: list[Any]) -> None:
    items.clear()
