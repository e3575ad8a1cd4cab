from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpendingConfig(AppConfig):
    name = "grants.spending"
    label = "spending"
    verbose_name = _("支出")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.spending.commands import VOUCHER
        from grants.spending.models import Expenditure
        from grants.spending.policies import policy
        from portal.files.policies import allow
        from portal.trail.commands import register

        register(
            Expenditure,
            "spending",
            {"record": _("登记支出"), "accept": _("认定支出"), "refuse": _("不予认定"), "disallow": _("审计剔除")},
        )
        allow(
            VOUCHER,
            lambda user, file: Expenditure.objects.visible_to(user).filter(voucher=file).exists(),
            swept=True,
        )
        policy_registry.register(Expenditure, policy)
