from django.urls import path

from guanxi.base.org.web import needs

from .screens import log

app_name = "activities"
urlpatterns = [
    path("customers/<int:customer_id>/log", needs("activity", "create")(log.log), name="log"),
    path("activities/<int:activity_id>/edit", needs("activity", "update")(log.edit), name="edit"),
    path("activities/<int:activity_id>/remove", needs("activity", "delete")(log.remove), name="remove"),
]
