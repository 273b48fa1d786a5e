"""Part of the room's urls (records/urls.py), and what each record type has."""

from django.urls import URLPattern, path

from guanxi.base.org.web import needs

from ..types import RecordType
from . import screens

urlpatterns = [
    path("exports", screens.exports, name="exports"),
    path("exports/<int:run_id>", screens.one_export, name="export"),
    path("exports/<int:run_id>/stop", screens.stop, name="export-stop"),
    path("exports/<int:run_id>/file", screens.download, name="export-file"),
    path("exports/requests/<int:run_id>", screens.one_request, name="export-request"),
    path("exports/requests/<int:run_id>/permit", screens.permit, name="export-permit"),
    path("exports/requests/<int:run_id>/decline", screens.decline, name="export-decline"),
]


def export_urls(type_: RecordType) -> list[URLPattern]:
    view = needs(type_.key, "export")(screens.export_view(type_))
    return [path(f"{type_.path}/export", view, name=f"{type_.key}-export")]
