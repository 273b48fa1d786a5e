"""The published JSON schema, made from the same shapes that read the file (docs/reference/rulebook.schema.json)."""

from __future__ import annotations

import json

from .catalogue import Catalogue
from .reader import rulebook_shape


def schema_text(catalogue: Catalogue) -> str:
    """`catalogue` gives the kinds of evidence; names that differ between companies are plain strings."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Guanxi rulebook",
        "description": "A company's written rules, made executable. YAML; every key is listed here.",
        **rulebook_shape(catalogue).schema(),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
