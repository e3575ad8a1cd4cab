"""Registration of the staff screens of publicity."""

from wagtail import hooks

from grants.publicity.staff import ObjectionViewSet, PublicityViewSet


@hooks.register("register_admin_viewset")
def viewsets() -> list:
    return [PublicityViewSet(), ObjectionViewSet()]
