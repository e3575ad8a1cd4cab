"""What every page of the site knows: its names and codes, and the abstract pages that houses build on."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Page, PagePermissionTester

from portal import clock
from portal.pages.blocks import TextField


@register_setting(icon="cog")
class PortalSettings(BaseGenericSetting):
    """Names, phones and the codes that a government site's footer must show. Empty = not shown."""

    short_name = models.CharField(_("简称"), max_length=10, default="创益")
    service_name = models.CharField(_("服务名称"), max_length=60, default="公益创投与微民生项目平台")
    bureau = models.CharField(_("主办单位简称"), max_length=60, default="民政局")
    bureau_full = models.CharField(_("主办单位全称"), max_length=60, default="民政局")
    office = models.CharField(_("咨询科室"), max_length=60, blank=True)
    phone = models.CharField(_("咨询电话"), max_length=40, blank=True)
    supervision_office = models.CharField(_("监督部门"), max_length=60, blank=True)
    supervision_phone = models.CharField(_("监督电话"), max_length=40, blank=True)
    hours = models.CharField(_("服务时间"), max_length=40, default="工作日 9:00–17:30")
    address = models.CharField(_("地址"), max_length=120, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    site_code = models.CharField(_("网站标识码"), max_length=40, blank=True)
    icp = models.CharField(_("ICP备案号"), max_length=60, blank=True)
    police_record = models.CharField(_("公安备案号"), max_length=60, blank=True)
    history_source = models.CharField(
        _("历史数据来源"), max_length=120, blank=True, help_text=_("例如：镇海区民政局 2018年5月14日答复")
    )
    history_until = models.DateField(_("历史数据截止"), null=True, blank=True)
    error_report_url = models.URLField(_("“我为政府网站找错”地址"), blank=True)

    panels = [
        MultiFieldPanel([FieldPanel("short_name"), FieldPanel("service_name")], heading=_("名称")),
        MultiFieldPanel(
            [
                FieldPanel("bureau"), FieldPanel("bureau_full"), FieldPanel("office"), FieldPanel("phone"),
                FieldPanel("supervision_office"), FieldPanel("supervision_phone"), FieldPanel("hours"),
                FieldPanel("address"), FieldPanel("email"),
            ],
            heading=_("主办单位和联系方式"),
        ),
        MultiFieldPanel(
            [FieldPanel("site_code"), FieldPanel("icp"), FieldPanel("police_record"), FieldPanel("error_report_url")],
            heading=_("页脚必须列出的编号"),
        ),
        MultiFieldPanel([FieldPanel("history_source"), FieldPanel("history_until")], heading=_("历史数据")),
    ]  # fmt: skip

    class Meta:
        verbose_name = _("网站信息")

    @property
    def hours_said(self) -> str:
        """The hours with their one word of Chinese in the language of the page."""
        return self.hours.replace("工作日", str(_("工作日")))

    @property
    def phone_link(self) -> str:
        return "".join(char for char in self.phone if char.isdigit() or char == "+")


def wrote(page: Page, user: Any) -> bool:
    """Say whether `user` saved a revision of `page` since it last went live. One query."""
    revisions = page.revisions.filter(user_id=user.pk)
    if page.live_revision_id:
        revisions = revisions.filter(pk__gt=page.live_revision_id)
    return revisions.exists()


class SecondPerson(PagePermissionTester):
    """Nobody makes live what they wrote themselves, whatever the rights."""

    def can_publish(self) -> bool:
        return super().can_publish() and not wrote(self.page, self.user)


class Disclosure(models.TextChoices):
    """公开属性 (domain.md § 0.15)."""

    ACTIVE = "ACTIVE", _("主动公开")
    ON_REQUEST = "ON_REQUEST", _("依申请公开")
    NONE = "NONE", _("不予公开")


class TextPage(Page):
    """A page of text with the facts that a government page must show: date, source, numbers.

    plain_text: the words of the page, for the search (JSON escapes Chinese, so the stored blocks cannot be searched).
    """

    summary = models.CharField(_("摘要"), max_length=200, blank=True)
    body = TextField(verbose_name=_("正文"), blank=True)
    published_on = models.DateField(_("发布日期"), default=clock.today)
    source = models.CharField(_("来源"), max_length=60, blank=True)
    document_number = models.CharField(_("文号"), max_length=40, blank=True)
    index_number = models.CharField(_("索引号"), max_length=40, blank=True)
    disclosure = models.CharField(_("公开属性"), max_length=12, choices=Disclosure, default=Disclosure.ACTIVE)
    plain_text = models.TextField(editable=False, blank=True)

    facts_panels = [
        MultiFieldPanel(
            [
                FieldPanel("published_on"), FieldPanel("source"), FieldPanel("document_number"),
                FieldPanel("index_number"), FieldPanel("disclosure"),
            ],
            heading=_("发布信息"),
        ),
    ]  # fmt: skip
    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body"), *facts_panels]

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> SecondPerson:
        return SecondPerson(user, self)

    def words(self) -> str:
        """Return what a search must find besides the title."""
        return f"{self.summary} {strip_tags(str(self.body))}"

    def save(self, *args: Any, **kwargs: Any) -> Any:
        self.plain_text = " ".join(self.words().split())
        return super().save(*args, **kwargs)
