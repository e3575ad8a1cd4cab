from django.urls import path

from grants.needs import views

app_name = "needs"
urlpatterns = [
    path("", views.needs, name="list"),
    path("post/", views.post, name="post"),
]
