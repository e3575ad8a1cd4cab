from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from grants.payments import staff
from grants.payments.policies import BANK_ROLES, VIEW
from portal.access import Role
from portal.components.staff import register_page_in_group

register_page_in_group("资金", _("拨付看板"), "staff_board", icon="table", order=100, roles=VIEW)
register_page_in_group(
    "资金", _("导入银行文件"), "staff_import_statement", icon="upload", order=145, roles=BANK_ROLES
)
register_page_in_group("资金", _("生成支付批次"), "staff_create_batch", icon="plus", order=125, roles=(Role.CASHIER,))
hooks.register("project_doors", staff.doors)


@hooks.register("register_admin_viewset")
def viewsets() -> list:
    return staff.VIEWSETS


@hooks.register("register_admin_urls")
def pages() -> list:
    return [
        path("payments/board/", staff.Board.as_view(), name="staff_board"),
        path("payments/import/", staff.ImportStatement.as_view(), name="staff_import_statement"),
        path("payments/import/template/", staff.StatementTemplate.as_view(), name="staff_statement_template"),
        path("payments/batch/", staff.CreateBatch.as_view(), name="staff_create_batch"),
        path("payments/batch/<int:pk>/file.<str:kind>", staff.BatchFile.as_view(), name="staff_batch_file"),
        path("payments/refund/<int:pk>/", staff.RegisterRefund.as_view(), name="staff_register_refund"),
        path("payments/recovery/<int:pk>/", staff.RegisterRecovery.as_view(), name="staff_register_recovery"),
        path("payments/cancel/<int:pk>/", staff.CancelTranche.as_view(), name="staff_cancel_tranche"),
    ]
