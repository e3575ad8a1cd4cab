from django.urls import path

from portal.files import views

app_name = "files"
urlpatterns = [path("<str:key>/", views.download, name="download")]
