"""How a person works on our screens: find the button by its words, fill fields by name, read the message."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from playwright.sync_api import Page, expect

from portal import clock
from portal.demo.organizations import ORGANIZATIONS
from portal.demo.people import PASSWORD

ONE = ORGANIZATIONS[0]
TITLE = "老城梯坎助行计划"
LIN = "Bridge-2026-x"
"""The password that the applicant chooses when she signs up."""
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


class Calendar:
    """The date in the whole process, server threads included. `go` sets it; it then runs on."""

    def __init__(self) -> None:
        self.traveller: time_machine.travel | None = None

    def go(self, text: str) -> None:
        self.stop()
        self.traveller = time_machine.travel(shanghai(text), tick=True)
        self.traveller.start()

    def stop(self) -> None:
        if self.traveller:
            self.traveller.stop()
            self.traveller = None


class People:
    """Pages of people, signed in again when a session would have ended. "" is a visitor who never signs in."""

    SESSION = timedelta(hours=4)

    def __init__(self, open_as: Callable[..., Page], pages: dict[str, Page] | None = None) -> None:
        self.open_as, self.pages, self.since = open_as, {} if pages is None else pages, {}

    def __call__(self, username: str = "") -> Page:
        now = clock.now()
        if username not in self.pages or not timedelta(0) <= now - self.since.get(username, now) < self.SESSION:
            if username in self.pages:
                self.pages[username].context.close()
            self.pages[username] = self.open_as(username, LIN if username == "lin" else PASSWORD)
            self.since[username] = now
        return self.pages[username]

    def newcomer(self, username: str) -> Page:
        """Return the page of a person who has yet to sign up."""
        self.pages[username], self.since[username] = self.open_as(), clock.now()
        return self.pages[username]


def fill(page: Page, values: Mapping[str, Any]) -> None:
    """Fill fields by name: text, date, select (by label or value), radio and check boxes, files (bytes)."""
    for name, value in values.items():
        field = page.locator(f"[name='{name}']")
        kind = field.first.evaluate("e => e.tagName + ':' + (e.type || '')")
        if kind.startswith("SELECT"):
            options = {one.inner_text().strip(): one.get_attribute("value") for one in field.locator("option").all()}
            found = next((code for text, code in options.items() if text == value or str(value) in text), value)
            field.select_option(found)
        elif kind == "INPUT:radio":
            field.locator(f"xpath=self::*[@value='{value}']").check()
        elif kind == "INPUT:checkbox":
            for one in value if isinstance(value, list | tuple) else [value]:
                box = field if one in (True, False) else field.locator(f"xpath=self::*[@value='{one}']")
                box.set_checked(one is not False)
        elif kind == "INPUT:file":
            field.set_input_files({"name": value, "mimeType": "application/pdf", "buffer": PDF})
        else:
            field.first.fill(str(value))


def press(page: Page, words: str, status: int = 0) -> None:
    """Press the button with these words and wait for the next page. status: expected of a refusal (422)."""
    button = page.locator("main button, .content button, form button").filter(has_text=re.compile(words)).first
    with page.expect_navigation() as going:
        button.click()
    found = going.value.status
    assert found == status or (not status and found < 400), f"{found}: {page.locator('main').inner_text()}"


def follow(page: Page, words: str) -> None:
    """Follow the link with these words."""
    link = page.locator("main a, .content a").filter(has_text=words).first
    with page.expect_navigation():
        link.click()


def do(page: Page, words: str, values: Mapping[str, Any] | None = None, says: str = "", button: str = "") -> None:
    """On an object's page: press the move, fill its sheet, confirm. says: what the answer must contain."""
    follow(page, words)
    fill(page, values or {})
    press(page, button or words)
    if says:
        expect(page.locator("body")).to_contain_text(says)


def from_work_list(page: Page, words: str, staff: bool = True) -> None:
    """Open the start page and take the row that contains `words`: the work list must show it, with a date."""
    page.goto("/cms/" if staff else "/desk/")
    row = page.locator("table tr").filter(has_text=words).first
    expect(row).to_be_visible()
    with page.expect_navigation():
        row.locator("a").first.click()


def shows(page: Page, *words: str) -> None:
    for word in words:
        expect(page.locator("body")).to_contain_text(word)


def shows_not(page: Page, *words: str) -> None:
    for word in words:
        expect(page.locator("body")).not_to_contain_text(word)


def save_picture(page: Page, name: str) -> None:
    """Keep a picture of a failed step where CI can find it."""
    folder = Path(".cache/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
