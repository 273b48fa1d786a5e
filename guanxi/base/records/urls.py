from .bulk.urls import urlpatterns as bulk
from .exports.urls import urlpatterns as exports
from .imports.urls import urlpatterns as imports
from .own_fields.urls import urlpatterns as own_fields
from .prints.urls import urlpatterns as papers
from .search.urls import urlpatterns as search
from .views.urls import urlpatterns as views

app_name = "records"
urlpatterns = [*search, *bulk, *imports, *exports, *own_fields, *papers, *views]
