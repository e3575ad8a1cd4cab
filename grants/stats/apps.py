from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatsConfig(AppConfig):
    name = "grants.stats"
    label = "stats"
    verbose_name = _("统计")

    def ready(self) -> None:
        from grants.funds.queries import register_check
        from grants.stats import guards

        register_check("I14", guards.i14_parts_sum_to_the_award)
        register_check("I14", guards.i14_the_ledger_holds_the_award)
        register_check("I15", guards.i15_a_bank_line_is_one_posting_of_its_amount)
        register_check("I16", guards.i16_a_closed_project_holds_no_money)
