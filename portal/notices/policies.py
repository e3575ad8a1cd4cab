"""Who may see and repeat what leaves the house."""

from portal.access import Role
from portal.access.policies import Policy
from portal.notices.models import Letter
from portal.notices.states import LIFECYCLE


class LetterPolicy(Policy):
    actions = {"view": (Role.SYS_ADMIN, Role.AUD_ADMIN), "resend": (Role.SYS_ADMIN,)}
    lifecycle = LIFECYCLE


policy = LetterPolicy(Letter)
