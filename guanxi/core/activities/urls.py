from django.urls import path

from guanxi.base.org.web import needs
from guanxi.base.records.imports.uploads import receives_files
from guanxi.base.records.screens.urls import record_urls

from .screens import coming, log

app_name = "activities"
urlpatterns = [
    *record_urls(coming.COMING_VISITS),
    path("customers/<int:customer_id>/coming", needs("coming", "create")(coming.new_visit), name="coming-new"),
    path("coming-visits/<int:visit_id>/table", needs("coming", "update")(coming.table), name="coming-table"),
    path(
        "customers/<int:customer_id>/log",
        receives_files(log.at_once_bytes)(needs("activity", "create")(log.log)),
        name="log",
    ),
    path("activities/<int:activity_id>/edit", needs("activity", "update")(log.edit), name="edit"),
    path("activities/<int:activity_id>/remove", needs("activity", "delete")(log.remove), name="remove"),
]
