from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "grants.payments"
    label = "payments"
    verbose_name = _("拨付")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.payments import policies
        from grants.payments.models import TRIGGERS, BankStatement, Batch, Payment, Refund
        from portal.fields.models import register_triggers
        from portal.files.policies import allow
        from portal.trail.commands import register

        register_triggers(self.label, TRIGGERS)
        register(
            Payment,
            "payments",
            {
                "request": _("请款"),
                "check": _("民政审核"),
                "pass_to_leader": _("财务复核，报领导审批"),
                "approve": _("复核通过"),
                "appropriate": _("财政拨款"),
                "pay": _("银行发放"),
                "receipt": _("上传回执"),
                "return": _("退回"),
                "reject_by_bank": _("银行退票"),
                "cancel": _("取消拨付"),
            },
        )
        register(BankStatement, "payments", {"import_statement": _("导入对账单"), "explain_line": _("说明银行流水")})
        register(Batch, "payments", {"create_batch": _("生成支付批次"), "finish_batch": _("批次回盘")})
        register(
            Refund,
            "payments",
            {"register_refund": _("登记退款"), "match_refund": _("核对退款到账"), "cancel_refund": _("取消退款")},
        )
        for purpose in ("payments.voucher", "payments.receipt"):
            allow(purpose, policies.may_read_papers)
        for policy in (policies.policy, policies.statement_policy, policies.batch_policy, policies.refund_policy):
            policy_registry.register(policy.model, policy)
