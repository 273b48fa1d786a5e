"""A room whose second step fails, to see what becomes of the first; and whose first wants a table others use."""

from django.apps import AppConfig


class Planted(AppConfig):
    name = "tests.upgrade.planted"
    label = "planted"
