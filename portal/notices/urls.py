from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="read_all"),
    path("<str:key>/", views.detail, name="detail"),
    path("<str:key>/open/", views.open_, name="open"),
]
