from django.apps import AppConfig


class Toy(AppConfig):
    """Installed in tests only. `conftest.py` here registers the type for the tests beside it and for nobody else."""

    name = "tests.toy"
    label = "toy"
