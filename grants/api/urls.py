from django.urls import path

from grants.api.views import api

urlpatterns = [path("", api.urls)]
