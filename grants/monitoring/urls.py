from django.urls import path

from grants.monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("projects/<str:key>/", views.project, name="project"),
    path("projects/<str:key>/activities/record/", views.RecordActivity.as_view(), name="record_activity"),
    path("projects/<str:key>/visits/record/", views.RecordVisit.as_view(), name="record_visit"),
    path("projects/<str:key>/reports/<str:kind>/", views.ReportPage.as_view(), name="report"),
    path("activities/<str:key>/", views.activity, name="activity"),
    path("reports/<str:key>/", views.report_version, name="report_version"),
    path("reports/<str:key>/submit/", views.SubmitReport.as_view(), name="submit"),
    path("evaluations/", views.evaluations, name="evaluations"),
    path("evaluations/<str:key>/", views.evaluation, name="evaluation"),
    path("evaluations/<str:key>/sheet/", views.Sheet.as_view(), name="sheet"),
    path("evaluations/<str:key>/rectify/", views.Rectify.as_view(), name="rectify"),
]
