from wagtail import hooks

from grants.needs.staff import NeedViewSet


@hooks.register("register_admin_viewset")
def register_needs() -> NeedViewSet:
    return NeedViewSet()
