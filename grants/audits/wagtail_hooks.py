from wagtail import hooks

from grants.audits import staff


@hooks.register("register_admin_viewset")
def register_viewsets() -> list:
    return [staff.EngagementViewSet(), staff.FindingViewSet()]


@hooks.register("register_admin_urls")
def register_urls() -> list:
    return staff.URLS
