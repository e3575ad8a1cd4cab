"""What every page of the site knows: its names and codes, and the abstract pages that houses build on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


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
    ]  # fmt: skip

    class Meta:
        verbose_name = _("网站信息")

    @property
    def phone_link(self) -> str:
        return "".join(char for char in self.phone if char.isdigit() or char == "+")
