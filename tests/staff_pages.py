"""Read every list, object, history and export of the admin as a person would: no code, no None, no English.

Called by the test that has the demo loaded; `faults()` returns one sentence for each thing that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from django.apps import apps
from django.test import Client
from django.urls import reverse
from wagtail.admin.viewsets import viewsets

from portal.access.staff import ScopedViewSet
from portal.accounts.models import User

READERS = (
    "auditor",
    "officer",
    "bureau-finance",
    "secretary",
    "registrar",
    "sysadmin",
    "audadmin",
    "head",
    "cashier",
)
PAGES = ("wagtailadmin_home", "wagtailadmin_explore_root", "wagtailadmin_account", "staff_board", "funds_register")
HIDDEN = re.compile(r"<(script|noscript|style|template|svg|code|textarea|option)\b.*?</\1>|<!--.*?-->", re.S)
SPOKEN = re.compile(r'(?:title|aria-label|placeholder|alt)="([^"]*)"')
EMPTY = re.compile(r"\b(None|True|False|UTC|NaN|null)\b")
CODE = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b")
# A word of an untranslated sentence: capital and small letters, or small ones between spaces.
ENGLISH = re.compile(r"\b(?:[A-Z][a-z]{2,}|[a-z]{3,} [a-z]{3,})\b")
NAMES = {"Excel", "Word", "Wagtail", "Chromium"}


def choice_codes() -> set[str]:
    """Return every machine code that a choice field of ours may hold."""
    fields = (field for model in apps.get_models() for field in model._meta.fields if field.choices)
    return {
        str(code) for field in fields for code, _label in field.flatchoices if re.fullmatch(r"[A-Z_]{4,}", str(code))
    }


def words_of(html: str) -> str:
    """Return what is read on a page, with its labels for those who do not see."""
    body = html.partition("<body")[2]
    visible = HIDDEN.sub(" ", body)
    return unescape(" ".join([*SPOKEN.findall(visible), re.sub(r"<[^>]+>", " ", visible)]))


def wrong_words(text: str, codes: set[str]) -> set[str]:
    found = {
        *EMPTY.findall(text),
        *CODE.findall(text),
        *(one for one in re.findall(r"\b[A-Z]{4,}\b", text) if one in codes),
    }
    mail = re.sub(r"\S+@\S+", " ", text)
    return found | {one for one in ENGLISH.findall(mail) if one not in NAMES}


def clients() -> list[Client]:
    made = []
    for name in READERS:
        made.append(client := Client(raise_request_exception=False))
        client.force_login(User.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    return made


def reader(people: list[Client], url: str) -> tuple[Client | None, str]:
    """Return the first person who may open the page, and the page."""
    for client in people:
        answer = client.get(url, follow=True)
        if answer.status_code == 200:
            return client, answer.content.decode()
    return None, ""


def pages() -> Iterator[tuple[str, str]]:
    """Yield (address, page) of every list, its csv head, three objects of each list and their history."""
    people = clients()
    for name in PAGES:
        yield name, reader(people, reverse(name))[1]
    for viewset in {one.name: one for one in viewsets.viewsets if isinstance(one, ScopedViewSet)}.values():
        client, page = reader(people, url := reverse(f"{viewset.name}:index"))
        yield url, page
        if client is None:
            continue
        links = list(dict.fromkeys(re.findall(r'class="c-name" href="([^"?]+)"', page)))
        heads = b"".join(client.get(f"{url}?export=csv")).decode("utf-8-sig").splitlines()
        yield f"{url}?export=csv", f"<body>{heads[0] if heads else ''}"
        for link in links[:3]:
            yield link, client.get(link).content.decode()
        pks = [link.rstrip("/").split("/")[-1] for link in links[:1] if "/inspect/" in link]
        for pk in pks:
            yield f"{url} {pk}", client.get(reverse(f"{viewset.name}:history", args=[pk])).content.decode()


def faults() -> list[str]:
    codes = choice_codes()
    found = []
    for address, page in pages():
        if not page:
            found.append(f"{address}: nobody may open it")
        elif wrong := wrong_words(words_of(page), codes):
            found.append(f"{address}: {', '.join(sorted(wrong))}")
    return found
