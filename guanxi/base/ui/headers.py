"""What every answer says about itself, whoever made it: a page, a part, a file, an error page, a static file."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Respond = Callable[[HttpRequest], HttpResponse]
NOTHING_OF = [
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
]
# Keys and passkeys are asked for on our own pages, by us.
OURS = {"fullscreen", "publickey-credentials-create", "publickey-credentials-get"}
USUAL = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=({'self' * (name in OURS)})" for name in NOTHING_OF),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Static files bring their own word; everything else may hold a person.
    "Cache-Control": "no-store",
    # The server program would put its own name here.
    "Server": "web",
}


class Headers:
    """Outermost but for the log, so that nothing is answered without them."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        for name, value in USUAL.items():
            response.headers.setdefault(name, value)
        return response
