from django.urls import path

from .imports.urls import urlpatterns as imports
from .screens.search import search

app_name = "records"
urlpatterns = [path("search", search, name="search"), *imports]
