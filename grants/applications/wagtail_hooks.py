"""Registration of the staff screens of applications."""

from grants.applications.staff import ApplicationViewSet
from portal.components.staff import register_in_group

register_in_group("applications", ApplicationViewSet())
