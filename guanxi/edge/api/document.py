"""The OpenAPI document: served at /api/v1/openapi.json, and kept in the repository so that a change of it is seen.

`python manage.py openapi` writes the kept one anew.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

from .interface import api

PREFIX = "/api/v1/"
KEPT = Path(__file__).resolve().parents[3] / "docs/reference/openapi.json"


@lru_cache(maxsize=1)
def document_text() -> str:
    document: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def openapi_document(request: HttpRequest) -> HttpResponse:
    return HttpResponse(document_text(), content_type="application/json")
