from django.urls import path

from .bulk.urls import urlpatterns as bulk
from .exports.urls import urlpatterns as exports
from .imports.urls import urlpatterns as imports
from .own_fields.urls import urlpatterns as own_fields
from .screens.search import search
from .views.urls import urlpatterns as views

app_name = "records"
urlpatterns = [path("search", search, name="search"), *bulk, *imports, *exports, *own_fields, *views]
