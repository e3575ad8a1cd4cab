from django.urls import path, re_path

from grants.applications import views

app_name = "applications"
KEY = "<str:key>"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("copy/", views.text_copy, name="text_copy"),
    path("start/<str:round_key>/", views.start, name="start"),
    path(f"{KEY}/", views.tasks, name="tasks"),
    re_path(r"^(?P<key>[\w-]+)/confirm/(?P<code>organization|eligibility)/$", views.confirm, name="confirm"),
    path(f"{KEY}/overview/", views.OverviewView.as_view(), name="overview"),
    path(f"{KEY}/section/<str:code>/", views.section, name="section"),
    path(f"{KEY}/plan/", views.PlanView.as_view(), name="plan"),
    path(f"{KEY}/budget/", views.BudgetView.as_view(), name="budget"),
    path(f"{KEY}/attachments/", views.AttachmentsView.as_view(), name="attachments"),
    path(f"{KEY}/check/", views.check, name="check"),
    path(f"{KEY}/receipt/", views.receipt, name="receipt"),
    path(f"{KEY}/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
    path(f"{KEY}/detail/", views.detail, name="detail"),
    path(f"{KEY}/version/<int:number>/", views.version, name="version"),
    path(f"{KEY}/recall/", views.Recall.as_view(), name="recall"),
    path(f"{KEY}/withdraw/", views.Withdraw.as_view(), name="withdraw"),
]
