from django.urls import path

from . import building, screens, segment_screens

urlpatterns = [
    path("views", screens.views, name="views"),
    path("views/new", screens.new_view, name="view-new"),
    path("views/<int:view_id>", screens.edit_view, name="view"),
    path("views/<int:view_id>/keep", screens.keep, name="view-keep"),
    path("views/<int:view_id>/default", screens.default, name="view-default"),
    path("views/<int:view_id>/delete", screens.delete, name="view-delete"),
    path("segments", segment_screens.segments, name="segments"),
    path("segments/new", segment_screens.new_segment, name="segment-new"),
    path("segments/<int:segment_id>", segment_screens.edit_segment, name="segment"),
    path("segments/<int:segment_id>/count", segment_screens.count, name="segment-count"),
    path("segments/<int:segment_id>/delete", segment_screens.delete, name="segment-delete"),
    path("<slug:path>/criteria", building.criteria, name="criteria"),
    path("<slug:path>/<int:record_id>/why", building.why, name="why"),
]
