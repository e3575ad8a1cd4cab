"""Registration of the staff screens of deciding."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from grants.awards.models import READERS
from grants.awards.staff import AwardViewSet, ResolutionViewSet
from portal.components.staff import register_page_in_group


@hooks.register("register_admin_viewset")
def viewsets() -> list:
    return [ResolutionViewSet(), AwardViewSet()]


register_page_in_group(
    "review", _("排名与立项会"), "staff_resolutions:meetings", icon="list-ol", order=300, roles=READERS
)
