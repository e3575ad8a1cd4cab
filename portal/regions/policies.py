"""Every role may look at its own subtree of divisions; a table is loaded by the system administrator."""

from portal.access import STAFF, Role
from portal.access.policies import Policy
from portal.regions.models import Region


class RegionPolicy(Policy):
    actions = {"view": tuple(sorted(STAFF)), "load": (Role.SYS_ADMIN,)}


policy = RegionPolicy(Region)
