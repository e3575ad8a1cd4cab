"""Registration of the review's staff screens."""

from wagtail import hooks

from grants.review.staff import ConflictViewSet, PanelViewSet, SlotViewSet


@hooks.register("register_admin_viewset")
def viewsets() -> list:
    return [PanelViewSet(), SlotViewSet(), ConflictViewSet()]
