"""Part of the room's urls (records/urls.py)."""

from django.urls import path

from . import screens

urlpatterns = [
    path("bulk", screens.bulk_runs, name="bulk-runs"),
    path("bulk/start", screens.begin, name="bulk-start"),
    path("bulk/<int:run_id>", screens.bulk_run, name="bulk-run"),
    path("bulk/<int:run_id>/preview", screens.preview, name="bulk-preview"),
    path("bulk/<int:run_id>/confirm", screens.confirm, name="bulk-confirm"),
    path("bulk/<int:run_id>/stop", screens.stop, name="bulk-stop"),
    path("bulk/<int:run_id>/undo", screens.undo, name="bulk-undo"),
    path("bulk/<int:run_id>/left-out.csv", screens.refused, name="bulk-refused"),
]
