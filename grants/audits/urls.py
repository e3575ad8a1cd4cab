from django.urls import path

from grants.audits import views

app_name = "audits"
urlpatterns = [
    path("", views.findings, name="orders"),
    path("findings/<str:key>/", views.finding, name="finding"),
    path("findings/<str:key>/respond/", views.Respond.as_view(), name="respond"),
    path("findings/<str:key>/reply/", views.Reply.as_view(), name="reply"),
]
