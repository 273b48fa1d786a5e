from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.urls import get_resolver

from guanxi.edge.api.document import KEPT, document_text


class Command(BaseCommand):
    help = "Write docs/reference/openapi.json anew."

    def handle(self, *args: Any, **options: Any) -> None:
        # Reading the addresses mounts every operation.
        assert get_resolver().url_patterns
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        KEPT.write_text(document_text(), "utf-8")
