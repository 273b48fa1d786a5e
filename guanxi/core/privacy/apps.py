from django.apps import AppConfig


class Privacy(AppConfig):
    name = "guanxi.core.privacy"
    label = "privacy"

    def ready(self) -> None:
        from . import personal, registration

        personal.register()
        registration.register()
