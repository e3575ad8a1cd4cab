from django.urls import path
from wagtail import hooks

from portal.regions.staff import LoadView, RegionViewSet


@hooks.register("register_admin_viewset")
def register_viewset() -> RegionViewSet:
    return RegionViewSet()


@hooks.register("register_admin_urls")
def register_urls() -> list:
    return [path("staff_regions/load/", LoadView.as_view(), name="regions_load")]
