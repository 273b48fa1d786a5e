from django.urls import path

from .screens import pages

urlpatterns = [
    path("settings/fields", pages.own_fields, name="own-fields"),
    path("settings/fields/<str:kind>/new", pages.new_own_field, name="own-field-new"),
    path("settings/fields/<int:field_id>", pages.edit_own_field, name="own-field"),
    path("settings/fields/<int:field_id>/move", pages.move, name="own-field-move"),
    path("settings/fields/<int:field_id>/remove", pages.remove, name="own-field-remove"),
    path("settings/fields/<int:field_id>/restore", pages.restore, name="own-field-restore"),
]
