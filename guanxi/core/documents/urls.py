from django.urls import path

from .screens import document, outside

app_name = "documents"
urlpatterns = [
    path("documents/on/<slug:kind>/<int:record_id>", document.files_of_record, name="record"),
    path("documents/<int:document_id>", document.document_page, name="document"),
    path("documents/<int:document_id>/file", document.download, name="file"),
    path("documents/<int:document_id>/outside", outside.for_outsiders, name="outside"),
    path("documents/<int:document_id>/versions/<int:number>", document.download, name="version"),
    path("documents/<int:document_id>/picture", document.picture, name="picture"),
    path("documents/<int:document_id>/replace", document.replace, name="replace"),
    path("documents/<int:document_id>/remove", document.remove, name="remove"),
    path("documents/<int:document_id>/restore", document.restore, name="restore"),
]
