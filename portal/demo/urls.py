from django.urls import path

from portal.demo.views import day

urlpatterns = [path("day/", day, name="demo-day")]
