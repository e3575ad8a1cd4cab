"""Notices: queueing, sending, reading. The channels stand beside."""

from portal.notices.commands.letters import mark_all_read, mark_read, queue, resend, send, send_due

__all__ = ["mark_all_read", "mark_read", "queue", "resend", "send", "send_due"]
