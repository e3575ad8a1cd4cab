"""Who writes the pages of the site, and how they go live: one person drafts, another approves."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.test.utils.form_data import nested_form_data, streamfield

from grants.calls.models import CallIndexPage, CallPage
from grants.desk.queries.work import work_list
from home import commands
from home.models import ArticlePage, HomePage
from portal import clock
from portal.access import Role
from portal.pages.models import PortalSettings
from tests.grants.makers_agreements import PDF
from tests.home.makers_home import make_site
from tests.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, Any]:
    make_site()
    roles = {
        "officer": Role.BUREAU_OFFICER, "head": Role.BUREAU_HEAD, "keeper": Role.SYS_ADMIN, "street": Role.STREET,
    }  # fmt: skip
    return {name: make_user(name, role) for name, role in roles.items()}


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def article(title: str = "汛期安全提醒", **values: Any) -> dict[str, Any]:
    fields = {
        "title": title, "slug": "flood", "summary": "演示", "published_on": "2026-07-01", "source": "", "document_number": "",
        "index_number": "", "disclosure": "ACTIVE", "body": streamfield([]), "search_description": "", "seo_title": "",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    return nested_form_data({**fields, **values})


def write(officer: Any, **values: Any) -> ArticlePage:
    """Return what the officer drafted in the editor and sent for approval."""
    url = reverse("wagtailadmin_pages:add", args=["home", "articlepage", commands.channel("news").pk])
    answer = client_of(officer).post(url, article(**{"action-submit": "1", **values}))
    assert answer.status_code == 302
    return ArticlePage.objects.get()


def approval_of(page: Page) -> str:
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    return reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])


def sheet_of(page: Page) -> str:
    return reverse("staff_page_decide", args=[page.pk])


def lines(user: Any) -> list[str]:
    return [row.title for row in work_list(user)]


def test_an_article_is_written_by_one_person_and_goes_live_by_another(people, client):
    page = write(people["officer"])
    public = page.get_url()
    assert not page.live
    assert client.get(public).status_code == 404
    assert lines(people["head"]) == ["审核网页 · 汛期安全提醒"]
    assert lines(people["officer"]) == []

    head = client_of(people["head"])
    sheet = head.get(sheet_of(page)).content.decode()
    assert "汛期安全提醒" in sheet
    assert head.get(re.search(r'href="(/cms/pages/workflow/preview/[^"]+)"', sheet)[1]).status_code == 200
    assert head.post(sheet_of(page), {"approves": "yes"}).status_code == 302

    page.refresh_from_db()
    assert page.live
    assert page.live_revision.user == people["officer"]
    assert client.get(public).status_code == 200
    assert lines(people["head"]) == []
    assert "不在审核中" in head.get(sheet_of(page)).content.decode()
    assert head.post(sheet_of(page), {"approves": "yes"}).status_code == 422


def test_the_line_of_the_head_has_a_date_in_working_days(people):
    with clock.at(datetime(2026, 7, 3, 2, tzinfo=UTC)):  # a Friday
        write(people["officer"])
    WorkflowState.objects.update(created_at=datetime(2026, 7, 3, 2, tzinfo=UTC))

    assert [row.due_on for row in work_list(people["head"])] == [date(2026, 7, 8)]


def test_what_is_sent_back_waits_for_its_writer(people):
    page = write(people["officer"])
    head = client_of(people["head"])

    blank = head.post(sheet_of(page), {"approves": "no", "reason": " "})
    assert (blank.status_code, "请写明退回的原因" in blank.content.decode()) == (422, True)
    assert head.post(sheet_of(page), {"approves": "no", "reason": "请写明时间"}).status_code == 302

    assert lines(people["officer"]) == ["修改退回的网页 · 汛期安全提醒"]
    assert lines(people["head"]) == []


@pytest.mark.parametrize("name", ["officer", "street", "keeper"])
def test_nobody_but_a_head_approves(people, name):
    page = write(people["officer"])

    client = client_of(people[name])
    client.post(approval_of(page))
    assert client.get(sheet_of(page)).status_code == 403
    assert client.post(sheet_of(page), {"approves": "yes"}).status_code == 403

    page.refresh_from_db()
    assert not page.live


def test_one_who_wrote_a_page_does_not_make_it_live_whatever_the_rights(people):
    page = write(people["officer"])
    root = make_user("root", is_superuser=True)

    page.save_revision(user=root)

    assert not page.permissions_for_user(root).can_publish()
    assert page.permissions_for_user(make_user("other", is_superuser=True)).can_publish()


def test_a_notice_is_not_decided_here(people):
    page = CallIndexPage.objects.get().add_child(instance=CallPage(title="通知", summary="演示", live=False))

    assert client_of(people["head"]).get(sheet_of(page)).status_code == 404


def test_the_publish_button_of_the_officer_leaves_a_draft(people):
    page = write(people["officer"], **{"action-publish": "1"})

    assert not page.live


def test_a_head_takes_an_article_back_but_changes_none_and_no_part_of_the_frame(people):
    page = write(people["officer"])
    client = client_of(people["head"])
    client.post(approval_of(page))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    frame = [HomePage.objects.get(), CallIndexPage.objects.get()]

    assert client.get(edit).status_code == 302
    for one in frame:
        assert not one.permissions_for_user(people["head"]).can_unpublish()
    client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))

    page.refresh_from_db()
    assert not page.live


def test_approving_asks_for_the_password_again(people, settings):
    page = write(people["officer"])
    settings.REAUTHENTICATE = True
    client = client_of(people["head"])

    for url in (approval_of(page), sheet_of(page)):
        assert client.post(url, {"approves": "yes"}).url.startswith("/accounts/reauthenticate/"), url

    page.refresh_from_db()
    assert not page.live


def upload(name: str, content: bytes) -> dict[str, Any]:
    return {"title": "附件", "file": SimpleUploadedFile(name, content), "collection": "1", "tags": ""}


def test_an_officer_uploads_what_a_notice_attaches(people):
    client = client_of(people["officer"])
    url = reverse("wagtaildocs_chooser:create")
    form = {f"document-chooser-upload-{name}": value for name, value in upload("申报指南.pdf", PDF).items()}

    assert client.post(url, form).json()["step"] == "chosen"

    assert Document.objects.get().title == "附件"
    assert client.get(reverse("wagtaildocs:index")).status_code == 200
    assert client_of(people["street"]).get(reverse("wagtaildocs:index")).status_code == 302


def test_a_public_document_is_examined_like_any_other(people):
    client = client_of(people["officer"])

    page = client.post(reverse("wagtaildocs:add"), upload("申报指南.pdf", b"<html><script>alert(1)</script>"))

    assert "内容" in page.content.decode()
    assert not Document.objects.exists()


def test_a_public_picture_is_encoded_anew_without_where_it_was_taken(people):
    kept = io.BytesIO()
    exif = Picture.Exif()
    exif[0x010F] = "secret camera"
    Picture.new("RGB", (64, 48), "navy").save(kept, "JPEG", exif=exif)

    client_of(people["officer"]).post(
        reverse("wagtailimages:add"), upload("现场.jpg", kept.getvalue()) | {"description": "现场"}
    )

    image = Image.objects.get()
    assert (image.width, image.height) == (64, 48)
    assert b"secret camera" not in image.file.read()


def test_names_and_phones_of_the_site_are_the_system_administrators(people):
    url = reverse("wagtailsettings:edit", args=["pages", "portalsettings"])
    assert client_of(people["officer"]).get(url).status_code == 302
    client = client_of(people["keeper"])
    form = client.get(url, follow=True)
    values = {key: value or "" for key, value in form.context["form"].initial.items()}

    answer = client.post(form.redirect_chain[-1][0], values | {"phone": "0574-80000099"})

    assert answer.status_code == 302
    assert PortalSettings.load().phone == "0574-80000099"
