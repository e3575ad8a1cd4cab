"""The pages of the site: first page, channels, articles, guides, standing pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from home.rules import year_in
from portal.pages.blocks import FrequentField, StepsField
from portal.pages.models import TextPage
from portal.search.models import BigramField

PER_PAGE = 20
SEARCHED = [BigramField("title"), BigramField("document_number"), BigramField("plain_text")]


class HomePage(Page):
    """P1. What is open now comes from the rounds; only the photograph and its words are edited here."""

    photo = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("照片"),
    )  # fmt: skip
    caption = models.CharField(_("图注"), max_length=120, blank=True)

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    template = "home/home_page.html"
    content_panels = [*Page.content_panels, FieldPanel("photo"), FieldPanel("caption")]

    class Meta:
        verbose_name = _("首页")
        verbose_name_plural = _("首页")


class ChannelPage(Page):
    """P4. A list of articles or guides, newest first."""

    class Kind(models.TextChoices):
        NEWS = "NEWS", _("通知动态")
        POLICY = "POLICY", _("政策文件")
        GUIDE = "GUIDE", _("办事指南")

    kind = models.CharField(_("栏目类型"), max_length=8, choices=Kind, default=Kind.NEWS)
    intro = models.CharField(_("导语"), max_length=200, blank=True)

    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.ArticlePage", "home.GuidePage"]
    template = "home/channel_page.html"
    content_panels = [*Page.content_panels, FieldPanel("kind"), FieldPanel("intro")]

    class Meta:
        verbose_name = _("栏目")
        verbose_name_plural = _("栏目")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        model = GuidePage if self.kind == self.Kind.GUIDE else ArticlePage
        rows = model.objects.child_of(self).live().public().order_by("-published_on", "-pk")
        years = sorted({day.year for day in rows.values_list("published_on", flat=True)}, reverse=True)
        year = request.GET.get("year", "")
        if asked := year_in(year):
            rows = rows.filter(published_on__year=asked)
        page_of = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        found = super().get_context(request, *args, **kwargs)
        return {**found, "rows": page_of, "years": years, "year": year}


class ArticlePage(TextPage):
    """P5. A notice, a policy paper, news."""

    parent_page_types = ["home.ChannelPage"]
    subpage_types: list[str] = []
    template = "home/article_page.html"
    search_fields = [*Page.search_fields, *SEARCHED]

    class Meta:
        verbose_name = _("文章")
        verbose_name_plural = _("文章")


class GuidePage(TextPage):
    """P15. 办事指南 with the elements that the inspection table wants."""

    basis = models.TextField(_("设定依据"), max_length=500)
    conditions = models.TextField(_("申请条件"), max_length=1000, help_text=_("每行一条"))
    papers = models.TextField(_("申请材料"), max_length=1000, help_text=_("每行一份"))
    steps = StepsField(verbose_name=_("办理流程"), blank=True)
    time_limit = models.CharField(_("办理时限"), max_length=120)
    place = models.CharField(_("办理地点"), max_length=120)
    hours = models.CharField(_("办理时间"), max_length=60)
    phone = models.CharField(_("咨询电话"), max_length=40)
    fee = models.CharField(_("收费"), max_length=60, default="不收费")
    apply_url = models.CharField(_("在线办理地址"), max_length=200, blank=True)
    questions = FrequentField(verbose_name=_("常见问题"), blank=True)

    parent_page_types = ["home.ChannelPage"]
    subpage_types: list[str] = []
    template = "home/guide_page.html"
    search_fields = [*Page.search_fields, *SEARCHED]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("basis"), FieldPanel("conditions"), FieldPanel("papers"), FieldPanel("steps"),
                FieldPanel("time_limit"), FieldPanel("place"), FieldPanel("hours"), FieldPanel("phone"),
                FieldPanel("fee"), FieldPanel("apply_url"),
            ],
            heading=_("办事要素"),
        ),
        FieldPanel("questions"),
        FieldPanel("body"),
        *TextPage.facts_panels,
    ]  # fmt: skip

    class Meta:
        verbose_name = _("办事指南")
        verbose_name_plural = _("办事指南")

    def words(self) -> str:
        return " ".join([super().words(), self.basis, self.conditions, self.papers, strip_tags(str(self.questions))])


class StandardPage(TextPage):
    """P19. About, accessibility statement, privacy; with kind SITE_MAP the list of all pages."""

    class Kind(models.TextChoices):
        TEXT = "TEXT", _("文字")
        SITE_MAP = "SITE_MAP", _("站点地图")

    kind = models.CharField(_("类型"), max_length=8, choices=Kind, default=Kind.TEXT)

    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    template = "home/standard_page.html"
    search_fields = [*Page.search_fields, *SEARCHED]
    content_panels = [*TextPage.content_panels, FieldPanel("kind")]

    class Meta:
        verbose_name = _("固定页面")
        verbose_name_plural = _("固定页面")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context(request, *args, **kwargs)
        if self.kind == self.Kind.SITE_MAP:
            pages = Page.objects.live().public().descendant_of(self.get_site().root_page, inclusive=True)
            found["pages"] = pages.order_by("path")
        return found
