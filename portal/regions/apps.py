from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionsConfig(AppConfig):
    name = "portal.regions"
    label = "regions"
    verbose_name = _("行政区划")

    def ready(self) -> None:
        from portal.regions.models import Region
        from portal.trail.commands import register

        register(Region, "regions", {"load": _("导入区划"), "change": _("变更区划")})
