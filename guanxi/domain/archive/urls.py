from django.urls import path

from guanxi.base.org.web import needs
from guanxi.base.records.screens.urls import record_urls

from . import contact_urls, file_urls
from .screens import fileform

app_name = "archive"
urlpatterns = [
    *contact_urls.urlpatterns,
    *file_urls.urlpatterns,
    *record_urls(fileform.FILE_FORMS),
    path("customers/<int:customer_id>/file-forms/new", needs("fileform", "create")(fileform.new_form), name="form-new"),
    path("file-forms/<int:record_id>/remove", needs("fileform", "delete")(fileform.remove), name="form-remove"),
]
