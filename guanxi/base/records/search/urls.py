from django.urls import path

from . import screens

urlpatterns = [
    path("search", screens.search, name="search"),
    path("search/remember", screens.remember, name="search-remember"),
]
