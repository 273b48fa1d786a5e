"""Part of the room's urls (records/urls.py)."""

from django.urls import path

from guanxi.base.ui.bodies import takes_files

from . import screens

urlpatterns = [
    path("imports", takes_files(screens.imports), name="imports"),
    path("imports/<int:run_id>", screens.one_import, name="import"),
    path("imports/<int:run_id>/columns", screens.columns, name="import-columns"),
    path("imports/<int:run_id>/start", screens.start, name="import-start"),
    path("imports/<int:run_id>/stop", screens.stop, name="import-stop"),
    path("imports/<int:run_id>/undo", screens.undo, name="import-undo"),
    path("imports/<int:run_id>/mapping", screens.mapping, name="import-mapping"),
    path("imports/template/<slug:kind>.<slug:form>", screens.template, name="import-template"),
    path("imports/<int:run_id>/refused.csv", screens.refused, name="import-refused"),
]
