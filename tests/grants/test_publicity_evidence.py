"""Files that somebody hands in with an objection: what is taken, what is refused, who opens them."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from grants.publicity import commands, rules
from grants.publicity.models import Objection
from portal import clock
from portal.access import Role
from portal.files.commands import sweep_rows
from portal.files.models import StoredFile
from portal.files.policies import may_read
from tests.grants.makers_review import day, someone
from tests.grants.test_publicity import FACTS, make_running
from tests.makers import again, make_user
from tests.portal.makers_files import picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet():
    cache.clear()


def hand_in(client, *files, on="2026-06-18"):
    """Post an anonymous objection with `files`."""
    url = reverse("publicity:object", args=[make_running().key])
    with clock.at(day(on)):
        return client.post(url, {"kind": "UNTRUE", "facts": FACTS, "is_named": "0", "evidence": list(files)})


def test_files_are_kept_without_an_account_and_named_on_the_receipt(client):
    answer = hand_in(client, upload("签到表.pdf"), upload("现场.jpg", picture()))

    objection = Objection.objects.get()
    kept = list(objection.evidence.order_by("name"))
    assert [(one.name, one.owner, one.purpose) for one in kept] == [
        ("现场.jpg", None, rules.EVIDENCE), ("签到表.pdf", None, rules.EVIDENCE),
    ]  # fmt: skip
    page = client.get(answer.url).content.decode()
    assert "签到表.pdf" in page
    assert kept[0].get_absolute_url() not in page


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([upload("假的.pdf", b"MZ" + b"\0" * 400)], "PDF"),
        ([upload("病毒.exe", b"MZ" + b"\0" * 400)], "只能上传"),
        ([upload("空.pdf", b"")], "空"),
        ([upload("大.pdf", b"%PDF-1.4\n" + b"0" * (rules.EVIDENCE_SIZE + 1))], "须小于 10 MB"),
        ([upload(f"{n}.pdf") for n in range(6)], "一次最多上传 5 份文件。"),
    ],
)
def test_other_kinds_sizes_and_numbers_are_refused_in_words(client, files, words):
    answer = hand_in(client, *files)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert FACTS in answer.content.decode()
    assert (Objection.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_only_who_handles_the_objection_opens_the_files(client):
    hand_in(client, upload())
    objection = Objection.objects.get()
    file = objection.evidence.get()
    maker = objection.publicity.created_by
    head, other = someone("head", Role.BUREAU_HEAD), someone("officer7", Role.BUREAU_OFFICER)
    far = make_user("far", Role.BUREAU_OFFICER, region="330212")

    before = [may_read(user, file) for user in (maker, head, other, far, someone("expert", Role.EXPERT))]
    commands.accept(objection, by=head)
    after = [may_read(user, file) for user in (maker, head, other, far)]

    assert before == [False, True, True, False, False]
    assert after == [False, True, False, False]
    assert client.get(file.get_absolute_url()).status_code == 404


def test_staff_see_the_files_beside_the_objection(client):
    hand_in(client, upload("签到表.pdf"))
    objection = Objection.objects.get()
    url = reverse("staff_objections:inspect", args=[objection.pk])

    client.force_login(someone("officer7", Role.BUREAU_OFFICER))
    assert objection.evidence.get().get_absolute_url() in client.get(url).content.decode()

    client.force_login(objection.publicity.created_by)
    page = client.get(url).content.decode()
    assert "签到表.pdf" in page
    assert objection.evidence.get().get_absolute_url() not in page


def test_a_file_of_an_objection_is_not_swept_away(client):
    hand_in(client, upload(), on="2026-06-18")
    with clock.at(day("2026-06-25")):
        sweep_rows()

    assert again(Objection.objects.get()).evidence.count() == 1
