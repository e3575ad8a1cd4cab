"""Who reads the whole trail: those who check the others."""

from portal.access.policies import Policy
from portal.trail.models import READERS, Event


class EventPolicy(Policy):
    actions = {"view": READERS}


policy = EventPolicy(Event)
