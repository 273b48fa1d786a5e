from django.urls import path

from .screens.search import search

app_name = "records"
urlpatterns = [path("search", search, name="search")]
