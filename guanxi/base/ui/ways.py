"""Ways on that a request asks for: a path of ours, or home. What programs read differently is no path of ours."""

from __future__ import annotations

import re
from typing import Any

from django.utils.http import url_has_allowed_host_and_scheme

HOME = "/"
# One slash, then nothing that some browser reads as the name of a host; no blank, no sign that splits a header.
_OURS = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*")


def own_path(wanted: Any) -> str:
    text = str(wanted or "")
    is_ours = _OURS.fullmatch(text) and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_ours else HOME
