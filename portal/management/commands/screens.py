"""Take the pictures of docs/screens from a running demo: `manage.py screens [NAME …]`."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

SIZES = {"1440": (1440, 900), "1366": (1366, 768), "390": (390, 844), "a4": (673, 952), "a4-wide": (1032, 703)}
"""a4: what the printer gets, between the margins of base.css; a4-wide: of the admin's skin, which prints across."""
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>{fonts}</dir><cachedir>{cache}</cachedir>
<selectfont><rejectfont><pattern><patelt name="family"><string>Noto Serif SC</string></patelt></pattern></rejectfont></selectfont>
<alias><family>system-ui</family><prefer><family>Noto Sans SC</family></prefer></alias>
<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias></fontconfig>"""


@dataclass(frozen=True)
class Screen:
    """who: demo log-in, "" = visitor. path: a URL; "URL > selector > …" follows the first such link of each page."""

    name: str
    who: str
    path: str
    sizes: tuple[str, ...] = ("1440", "1366", "390")
    scheme: Literal["light", "dark"] = "light"


PAPER, ACROSS = ("a4",), ("a4-wide",)
DRAFT = "main .rows a, main tbody a"
SENT = "main .rows li:nth-child(2) a"
UNLISTED = "main .rows li:has(.tag-neutral):has(.st time:last-child) a"
SEAT = ".seats li:nth-child(4)"
NEXT = ".page-head .btn-1"
ROW = "tbody a[href*='/inspect/']"
NOTICES = "tbody tr:has(a[href='/calls/']) td:last-child a"
DECIDED = "tbody tr:has(a[href*='/inspect/']) a[href*='/meeting/']"
WAITING = "tbody tr:has(.c-state-warning) a[href*='/meeting/']"
DEFENDED = "tbody tr:nth-last-child(4) a[href$='/console/']"
SCREENS = (
    Screen("home", "", "/"),
    Screen("home-elder", "", "/?elder=1"),
    Screen("home-contrast", "", "/?contrast=1"),
    Screen("home-english", "", "/?lang=en"),
    Screen("calls", "", "/calls/"),
    Screen("call", "", "/calls/ > .rows a"),
    Screen("call-print", "", "/calls/ > .rows a", PAPER),
    Screen("call-english", "", "/calls/?lang=en > .rows a"),
    Screen("call-elder", "", "/calls/?elder=1 > .rows a"),
    Screen("publicity-list", "", "/publicity/"),
    Screen("publicity", "", "/publicity/ > .rows a"),
    Screen("publicity-print", "", "/publicity/ > .rows a", PAPER),
    Screen("projects", "", "/projects/"),
    Screen("project", "", "/projects/ > .cards tbody a"),
    Screen("project-print", "", "/projects/ > .cards tbody a", PAPER),
    Screen("project-english", "", "/projects/?lang=en > .cards tbody a"),
    Screen("organizations", "", "/organizations/"),
    Screen("organization", "", "/organizations/ > .cards tbody a"),
    Screen("data", "", "/data/"),
    Screen("data-print", "", "/data/", PAPER),
    Screen("news", "", "/news/"),
    Screen("article", "", "/news/ > .rows a"),
    Screen("guide", "", "/guide/ > .rows a"),
    Screen("search", "", "/search/?q=老人"),
    Screen("search-empty", "", "/search/?q=飞机"),
    Screen("not-found", "", "/nowhere/"),
    Screen("not-allowed", "org1", "/cms/"),
    Screen("sign-in", "", "/accounts/login/"),
    Screen("sign-up", "", "/accounts/signup/"),
    Screen("password-reset", "", "/accounts/password/reset/"),
    Screen("account-two-factor", "org1", "/accounts/2fa/"),
    Screen("account-passkey", "org1", "/accounts/2fa/webauthn/"),
    Screen("account-password", "org1", "/accounts/password/change/"),
    Screen("account-email", "org1", "/accounts/email/"),
    Screen("account-devices", "org1", "/accounts/sessions/"),
    Screen("needs", "", "/needs/"),
    Screen("verify", "", "/verify/"),
    Screen("object", "", "/publicity/ > .rows a > a[href$='/object/']"),
    Screen("org-desk", "org1", "/desk/"),
    Screen("org-desk-elder", "org1", "/desk/?elder=1"),
    Screen("org-desk-english", "org1", "/desk/?lang=en"),
    Screen("org-profile", "org1", "/organizations/mine/ > main a[href^='/organizations/mine/']"),
    Screen("org-file", "org1", "/desk/ > main a[href^='/desk/projects/']"),
    Screen("org-applications", "org1", "/apply/"),
    Screen("org-tasks", "org1", f"/apply/ > {DRAFT}"),
    Screen("org-overview", "org1", f"/apply/ > {DRAFT} > main a[href$='/overview/']"),
    Screen("org-confirm", "org1", f"/apply/ > {DRAFT} > main a[href*='/confirm/organization']"),
    Screen("org-eligibility", "org1", f"/apply/ > {DRAFT} > main a[href*='/confirm/eligibility']"),
    Screen("org-section", "org1", f"/apply/ > {DRAFT} > main a[href*='/section/']"),
    Screen("org-plan", "org1", f"/apply/ > {DRAFT} > main a[href$='/plan/']"),
    Screen("org-budget", "org1", f"/apply/ > {DRAFT} > main a[href$='/budget/']"),
    Screen("org-attachments", "org1", f"/apply/ > {DRAFT} > main a[href$='/attachments/']"),
    Screen("org-check", "org2", f"/apply/ > {DRAFT} > main a[href$='/check/']"),
    Screen("org-detail", "org1", f"/apply/ > {UNLISTED}"),
    Screen("org-correction", "org7", f"/apply/ > {DRAFT}"),
    Screen("org-receipt", "org1", f"/apply/ > {SENT} > main a[href$='/receipt/']"),
    Screen("org-receipt-print", "org1", f"/apply/ > {SENT} > main a[href$='/receipt/']", PAPER),
    Screen("org-version", "org1", f"/apply/ > {SENT} > main a[href*='/version/']"),
    Screen("org-agreements", "org1", "/agreements/"),
    Screen("org-agreement", "org1", "/agreements/ > main tbody a[href^='/agreements/']"),
    Screen("org-payments", "org1", "/payments/"),
    Screen("org-payment", "org1", "/payments/ > main .rows a, main tbody a"),
    Screen("org-spending-list", "org1", "/spending/"),
    Screen("org-spending", "org1", "/spending/ > main a[href^='/spending/projects/']"),
    Screen("org-record", "org1", "/spending/ > main a[href^='/spending/projects/'] > a[href$='/record/']"),
    Screen("org-monitoring", "org1", "/agreements/ > main tbody a[href^='/monitoring/projects/']"),
    Screen("org-audits", "org14", "/audits/"),
    Screen("org-finding", "org14", "/audits/ > main a[href^='/audits/findings/']"),
    Screen("org-inbox", "org1", "/notices/"),
    Screen("expert-tasks", "expert1", "/review/"),
    Screen("expert-declare", "expert5", "/review/ > .btn-1"),
    Screen("expert-desk", "expert1", f"/review/ > {NEXT}"),
    Screen("expert-desk-done", "expert1", "/review/ > main tbody a[href*='/dossier/']"),
    Screen("expert-desk-locked", "expert1", f"/review/ > {SEAT} h2 a > main a[href*='/dossier/']"),
    Screen("expert-hand-in", "expert3", f"/review/ > {NEXT}"),
    Screen("expert-overview", "expert1", f"/review/ > {SEAT} a[href$='/overview/']"),
    Screen("evaluator", "evaluator", "/monitoring/evaluations/"),
    Screen("evaluation", "evaluator", "/monitoring/evaluations/ > main .rows a"),
    Screen("evaluation-sheet", "evaluator", "/monitoring/evaluations/ > main .rows a > main a[href$='/sheet/']"),
    Screen("resident", "resident", "/desk/"),
    Screen("need-post", "resident", "/needs/post/"),
    Screen("need-post-elder", "resident", "/needs/post/?elder=1"),
    Screen("claim", "resident", "/organizations/claim/"),
    Screen("admin-home", "officer", "/cms/"),
    Screen("admin-head", "head", "/cms/"),
    Screen("admin-leader", "leader", "/cms/"),
    Screen("admin-finance", "bureau-finance", "/cms/"),
    Screen("admin-cashier", "cashier", "/cms/"),
    Screen("admin-registrar", "registrar", "/cms/"),
    Screen("admin-secretary", "secretary", "/cms/"),
    Screen("admin-supervisor", "supervisor", "/cms/"),
    Screen("admin-auditor", "auditor", "/cms/"),
    Screen("admin-street", "street1", "/cms/"),
    Screen("admin-sysadmin", "sysadmin", "/cms/"),
    Screen("admin-needs", "officer", "/cms/staff_needs/"),
    Screen("admin-rounds", "officer", "/cms/staff_rounds/"),
    Screen("admin-round", "officer", f"/cms/staff_rounds/ > {ROW}"),
    Screen("admin-round-new", "officer", "/cms/staff_rounds/new/"),
    Screen("admin-allocations", "bureau-finance", "/cms/staff_allocations/"),
    Screen("admin-allocation", "bureau-finance", f"/cms/staff_allocations/ > {ROW}"),
    Screen("admin-applications", "officer", "/cms/staff_applications/"),
    Screen("admin-applications-filtered", "officer", "/cms/staff_applications/?status=RETURNED"),
    Screen("admin-applications-none", "officer", "/cms/staff_applications/?q=飞机"),
    Screen("admin-application", "officer", f"/cms/staff_applications/?status=SUBMITTED > {ROW}"),
    Screen("admin-screening", "officer", f"/cms/staff_applications/?status=SUBMITTED > {ROW} > a[href$='/screen/']"),
    Screen("admin-pages", "officer", "/cms/pages/"),
    Screen("admin-page", "officer", f"/cms/pages/ > {NOTICES} > tbody a[href$='/edit/']"),
    Screen("admin-page-new", "officer", f"/cms/pages/ > {NOTICES} > a[href*='/add_subpage/']"),
    Screen("admin-page-decide", "head", "/cms/ > main a[href$='/decide/']"),
    Screen("admin-documents", "officer", "/cms/documents/"),
    Screen("admin-settings", "sysadmin", "/cms/settings/pages/portalsettings/"),
    Screen("admin-workflow", "officer", "/cms/reports/workflow/"),
    Screen("admin-site-history", "officer", "/cms/reports/site-history/"),
    Screen("admin-panels", "secretary", "/cms/staff_panels/"),
    Screen("admin-panel-new", "secretary", "/cms/staff_panels/new/"),
    Screen("admin-console", "secretary", f"/cms/staff_panels/ > {DEFENDED}"),
    Screen("admin-console-open", "secretary", "/cms/staff_panels/ > a[href$='/console/']"),
    Screen("admin-shortlist", "secretary", f"/cms/staff_panels/ > {DEFENDED} > a[href*='/shortlist/']"),
    Screen("admin-slots", "secretary", "/cms/staff_slots/"),
    Screen("admin-slot", "secretary", f"/cms/staff_slots/ > {ROW}"),
    Screen("admin-conflicts", "secretary", "/cms/staff_conflicts/"),
    Screen("admin-conflict", "secretary", f"/cms/staff_conflicts/ > {ROW}"),
    Screen("admin-meetings", "officer", "/cms/staff_resolutions/meetings/"),
    Screen("admin-meeting", "officer", f"/cms/staff_resolutions/meetings/ > {DECIDED}"),
    Screen("admin-meeting-open", "officer", f"/cms/staff_resolutions/meetings/ > {WAITING}"),
    Screen("admin-meeting-print", "officer", f"/cms/staff_resolutions/meetings/ > {DECIDED}", ACROSS),
    Screen("admin-resolutions", "officer", "/cms/staff_resolutions/"),
    Screen(
        "admin-resolution", "officer", f"/cms/staff_resolutions/meetings/ > {DECIDED} > main a[href*='/inspect/']"
    ),
    Screen("admin-awards", "officer", "/cms/staff_awards/"),
    Screen("admin-award", "officer", f"/cms/staff_awards/ > {ROW}"),
    Screen("admin-publicity", "officer", "/cms/staff_publicity/"),
    Screen("admin-publicity-list", "officer", f"/cms/staff_publicity/ > {ROW}"),
    Screen("admin-publicity-correct", "officer", f"/cms/staff_publicity/ > {ROW} > a[href$='/correct/']"),
    Screen("admin-objections", "officer", "/cms/staff_objections/"),
    Screen("admin-objection", "head", f"/cms/staff_objections/ > {ROW}"),
    Screen("admin-objection-accept", "head", f"/cms/staff_objections/ > {ROW} > a[href$='/accept/']"),
    Screen("admin-objection-refuse", "head", f"/cms/staff_objections/ > {ROW} > a[href$='/refuse/']"),
    Screen("admin-projects", "officer", "/cms/projects/"),
    Screen("admin-project", "officer", f"/cms/projects/?status=ACTIVE > {ROW}"),
    Screen("admin-file", "officer", f"/cms/projects/?status=ACTIVE > {ROW} > a[href^='/desk/projects/']"),
    Screen("admin-terminated", "officer", f"/cms/projects/?status=TERMINATED > {ROW}"),
    Screen("admin-terminate", "officer", f"/cms/projects/?status=ACTIVE > {ROW} > a[href$='/terminate/']"),
    Screen("admin-release", "officer", f"/cms/projects/?status=ACTIVE > {ROW} > a[href$='/release/']"),
    Screen("admin-refund-new", "officer", f"/cms/projects/?status=ACTIVE > {ROW} > a[href*='/payments/refund/']"),
    Screen("admin-history", "officer", f"/cms/projects/?status=TERMINATED > {ROW} > a[href*='/history/']"),
    Screen("admin-drafts", "officer", "/cms/agreements/drafts/"),
    Screen("admin-agreements", "officer", "/cms/agreements/"),
    Screen("admin-agreement", "officer", f"/cms/agreements/ > {ROW}"),
    Screen("admin-amendments", "officer", "/cms/amendments/"),
    Screen("admin-amendment", "officer", f"/cms/amendments/ > {ROW}"),
    Screen("admin-activities", "officer", "/cms/staff_activities/"),
    Screen("admin-activity", "officer", f"/cms/staff_activities/ > {ROW}"),
    Screen("admin-reports", "officer", "/cms/staff_reports/"),
    Screen("admin-report", "officer", f"/cms/staff_reports/ > {ROW}"),
    Screen("admin-evaluations", "officer", "/cms/staff_evaluations/"),
    Screen("admin-evaluation", "officer", f"/cms/staff_evaluations/ > {ROW}"),
    Screen("admin-expenditures", "officer", "/cms/staff_expenditures/"),
    Screen("admin-expenditure", "officer", f"/cms/staff_expenditures/ > {ROW}"),
    Screen("admin-report-accept", "officer", f"/cms/staff_reports/?status=SUBMITTED > {ROW} > a[href$='/accept/']"),
    Screen("admin-board", "bureau-finance", "/cms/payments/board/"),
    Screen("admin-payments", "bureau-finance", "/cms/payments/"),
    Screen("admin-payment", "bureau-finance", f"/cms/payments/ > {ROW}"),
    Screen("admin-payment-return", "bureau-finance", f"/cms/payments/?status=FAILED > {ROW} > a[href$='/return/']"),
    Screen("admin-batch-new", "cashier", "/cms/payments/batch/"),
    Screen("admin-bank-import", "bureau-finance", "/cms/payments/import/"),
    Screen("admin-statements", "bureau-finance", "/cms/bank-statements/"),
    Screen("admin-statement", "bureau-finance", f"/cms/bank-statements/ > {ROW}"),
    Screen("admin-bank-lines", "bureau-finance", "/cms/bank-lines/"),
    Screen("admin-refunds", "bureau-finance", "/cms/refunds/"),
    Screen("admin-refund", "bureau-finance", f"/cms/refunds/ > {ROW}"),
    Screen("admin-refund-match", "bureau-finance", f"/cms/refunds/ > {ROW} > a[href$='/match/']"),
    Screen("admin-register", "bureau-finance", "/cms/funds/register/"),
    Screen("admin-register-all", "bureau-finance", "/cms/funds/register/?columns=all"),
    Screen("admin-verify", "auditor", "/cms/funds/verify/"),
    Screen("admin-sources", "bureau-finance", "/cms/staff_fund_sources/"),
    Screen("admin-source", "bureau-finance", f"/cms/staff_fund_sources/ > {ROW}"),
    Screen("admin-source-revise", "bureau-finance", f"/cms/staff_fund_sources/ > {ROW} > a[href$='/revise/']"),
    Screen("admin-source-new", "bureau-finance", "/cms/staff_fund_sources/new/"),
    Screen("admin-tasks", "bureau-finance", "/cms/funds/tasks/"),
    Screen("admin-entries", "bureau-finance", "/cms/staff_entries/"),
    Screen("admin-entry", "bureau-finance", f"/cms/staff_entries/ > {ROW}"),
    Screen("admin-ask-budget", "bureau-finance", "/cms/funds/tasks/budget/"),
    Screen("admin-ask-carry-over", "bureau-finance", "/cms/funds/tasks/carry_over/"),
    Screen("admin-ask-hand-back", "bureau-finance", "/cms/funds/tasks/hand_back/"),
    Screen("admin-ask-restore", "bureau-finance", "/cms/funds/tasks/restore/"),
    Screen("admin-ask-write-off", "head", "/cms/funds/tasks/write_off/"),
    Screen("admin-ask-reverse", "bureau-finance", "/cms/funds/tasks/reverse/"),
    Screen("admin-ask-close", "bureau-finance", "/cms/funds/tasks/close/"),
    Screen("admin-ask-reopen", "bureau-finance", "/cms/funds/tasks/reopen/"),
    Screen("admin-postings", "auditor", "/cms/staff_postings/"),
    Screen("admin-posting", "auditor", f"/cms/staff_postings/ > {ROW}"),
    Screen("admin-engagements", "auditor", "/cms/staff_engagements/"),
    Screen("admin-engagement-new", "auditor", "/cms/staff_engagements/open/"),
    Screen("admin-engagement", "auditor", f"/cms/staff_engagements/ > {ROW}"),
    Screen("admin-draw", "auditor", f"/cms/staff_engagements/ > {ROW} > a[href$='/redraw/']"),
    Screen("admin-sample-test", "auditor", f"/cms/staff_engagements/ > {ROW} > a[href*='/tests/']"),
    Screen("admin-finding-new", "auditor", f"/cms/staff_engagements/ > {ROW} > a[href$='/find/']"),
    Screen("admin-findings", "auditor", "/cms/staff_findings/"),
    Screen("admin-finding", "auditor", f"/cms/staff_findings/ > {ROW}"),
    Screen("admin-finding-issue", "auditor", f"/cms/staff_findings/ > {ROW} > a[href$='/issue/']"),
    Screen("admin-organizations", "registrar", "/cms/staff_organizations/"),
    Screen("admin-organization", "registrar", f"/cms/staff_organizations/?kind=SERVICE_INSTITUTION > {ROW}"),
    Screen("admin-organization-file", "officer", f"/cms/staff_organizations/?q=甬澜 > {ROW} > a[href$='/file/']"),
    Screen("admin-import", "registrar", "/cms/staff_organizations/import/"),
    Screen("admin-claims", "registrar", "/cms/staff_claims/"),
    Screen("admin-claim", "registrar", f"/cms/staff_claims/ > {ROW}"),
    Screen("admin-trail", "auditor", "/cms/trail/"),
    Screen("admin-event", "auditor", f"/cms/trail/ > {ROW}"),
    Screen("admin-users", "sysadmin", "/cms/staff_users/"),
    Screen("admin-user", "sysadmin", f"/cms/staff_users/ > {ROW}"),
    Screen("admin-user-new", "sysadmin", "/cms/staff_users/new/"),
    Screen("admin-grant", "sysadmin", f"/cms/staff_users/ > {ROW} > a[href$='/grant/']"),
    Screen("admin-grants", "sysadmin", "/cms/staff_grants/"),
    Screen("admin-letters", "sysadmin", "/cms/letters/"),
    Screen("admin-state", "sysadmin", "/cms/state/"),
    Screen("admin-regions", "sysadmin", "/cms/staff_regions/"),
    Screen("admin-account", "officer", "/cms/account/"),
    Screen("admin-home-dark", "officer", "/cms/", scheme="dark"),
    Screen("admin-applications-dark", "officer", "/cms/staff_applications/", scheme="dark"),
    Screen(
        "admin-screening-dark",
        "officer",
        f"/cms/staff_applications/?status=SUBMITTED > {ROW} > a[href$='/screen/']",
        scheme="dark",
    ),
    Screen("admin-board-dark", "bureau-finance", "/cms/payments/board/", scheme="dark"),
    Screen("admin-not-found", "officer", "/cms/nowhere/"),
    Screen("admin-refused", "officer", "/cms/state/"),
)


def chromium_environment(folder: Path) -> dict[str, str | float | bool]:
    """Return the environment that shows Chinese without any system font; dates too, where chromium-l10n is installed."""
    found = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if found is None or not found.submodule_search_locations:
        return dict(os.environ)
    config = folder / "fonts.conf"
    config.write_text(FONTS.format(fonts=found.submodule_search_locations[0], cache=folder / "cache"))
    return {**os.environ, "FONTCONFIG_FILE": str(config), "LANGUAGE": "zh_CN"}


class Camera:
    """One browser; one signed-in context per person and size."""

    def __init__(self, browser: Any, base: str, password: str):
        self.browser, self.base, self.password = browser, base, password
        self.states: dict[str, Any] = {}

    def state_of(self, who: str) -> Any:
        if who and who not in self.states:
            context = self.browser.new_context(locale="zh-CN")
            page = context.new_page()
            page.goto(f"{self.base}/accounts/login/")
            page.fill("[name=login]", who)
            page.fill("[name=password]", self.password)
            with page.expect_navigation():
                page.press("[name=password]", "Enter")
            if "/accounts/login" in page.url:
                raise CommandError(f"{who} cannot sign in")
            self.states[who] = context.storage_state()
            context.close()
        return self.states.get(who)

    def shoot(self, screen: Screen, size: str, out: Path, first: bool) -> list[str]:
        """Save the whole page (and the first screen); return what is wrong with it by measure."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
            color_scheme=screen.scheme, storage_state=self.state_of(screen.who),
        )  # fmt: skip
        page = context.new_page()
        path, *selectors = screen.path.split(" > ")
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text[:160]) if message.type == "error" else None)
        answer = page.goto(self.base + path)
        for selector in selectors:
            link = page.locator(selector).first
            if link.count():
                answer = page.goto(self.base + str(link.get_attribute("href")))
            else:
                faults.append(f"no link {selector}")
        if size in (*PAPER, *ACROSS):
            page.emulate_media(media="print")
        page.evaluate("document.fonts.ready")
        if answer is not None and answer.status >= 500:
            faults.append(f"status {answer.status}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append("scrolls sideways")
        if first:
            page.screenshot(path=out / f"{screen.name}-{size}-first.png")
        # The admin scrolls inside <main>: a full page is a window as high as that.
        inner = page.evaluate("Math.max(0, ...[...document.querySelectorAll('main')].map((one) => one.scrollHeight))")
        if inner > height:
            page.set_viewport_size({"width": width, "height": min(inner + 1, 6000)})
        page.screenshot(path=out / f"{screen.name}-{size}.png", full_page=True)
        slim(out / f"{screen.name}-{size}.png")
        context.close()
        return faults


def slim(path: Path) -> None:
    """Keep the picture with a palette: as sharp, at a third of the size, and no rare colour, such as a red word's, lost."""
    with Image.open(path) as picture:
        slimmer = picture.convert("RGB").quantize(
            256, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
        )
        slimmer.save(path, optimize=True)


class Command(BaseCommand):
    requires_system_checks: list = []
    help = "Save pictures of the screens of a running demo (Chromium through playwright)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="screens to take; all when none is named")
        parser.add_argument("--base-url", default="http://127.0.0.1:8000")
        parser.add_argument("--out", type=Path, default=settings.BASE_DIR / "docs" / "screens")
        parser.add_argument("--size", action="append", choices=sorted(SIZES), help="only these sizes")
        parser.add_argument("--password", default="demo-pass-2026")
        parser.add_argument("--first", action="store_true", help="also the first screen without scrolling")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from playwright.sync_api import sync_playwright
        except ImportError as missing:
            raise CommandError("playwright is not installed: pip install -r requirements-dev.txt") from missing
        options["out"].mkdir(parents=True, exist_ok=True)
        wanted = [screen for screen in SCREENS if not options["names"] or screen.name in options["names"]]
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=["--no-sandbox"],
                env=chromium_environment(Path(folder)),
            )
            camera = Camera(browser, options["base_url"], options["password"])
            for screen in wanted:
                for size in [one for one in screen.sizes if one in (options["size"] or SIZES)]:
                    faults = camera.shoot(screen, size, options["out"], options["first"])
                    self.stdout.write(f"{screen.name}-{size}: {'; '.join(faults) or 'ok'}")
