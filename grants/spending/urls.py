app_name = "spending"
urlpatterns: list = []
