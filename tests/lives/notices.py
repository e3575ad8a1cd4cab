from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.notices import commands
from portal.notices.commands import channels
from portal.notices.models import Letter
from portal.notices.states import LIFECYCLE
from tests.lives import Act, Life
from tests.makers import make_user

TRIES = 100


def begin() -> Letter:
    make_user("sysadmin", Role.SYS_ADMIN)
    commands.queue("test.word", [make_user("reader")], "标题", "正文")
    return Letter.objects.get()


def give_up(letter: Letter) -> Act:
    Letter.objects.filter(pk=letter.pk).update(attempts=TRIES)

    def fail(pk: int) -> None:
        with mock.patch.object(channels.Email, "send", side_effect=OSError):
            commands.send(pk)

    return Act(fail, letter.pk)


def resend(letter: Letter) -> Act:
    by: Any = User.objects.get(username="sysadmin")
    return Act(commands.resend, letter, by=by)


BY_THE_WORKER = "the worker takes what is queued and due"

LIVES = {
    "portal.notices.LIFECYCLE": Life(
        LIFECYCLE,
        begin=begin,
        moves={
            "send": lambda letter: Act(commands.send, letter.pk, at=clock.now() + timedelta(minutes=1)),
            "give_up": give_up,
            "resend": resend,
        },
        dues=("portal.notices",),
        passes_by={"send": BY_THE_WORKER, "give_up": BY_THE_WORKER},
        untold=frozenset({"send", "give_up"}),
        is_local=False,
    ),
}
