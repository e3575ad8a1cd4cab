from wagtail import hooks

from grants.agreements.staff import VIEWSETS


@hooks.register("register_admin_viewset")
def viewsets() -> list:
    return VIEWSETS
