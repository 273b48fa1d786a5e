from django.urls import path
from django.views.decorators.http import require_POST

from guanxi.base.org.web import signed_in

from .screens import centre

app_name = "messaging"
urlpatterns = [
    path("messages", signed_in(centre.centre), name="centre"),
    path("messages/unread", signed_in(centre.unread), name="unread"),
    path("messages/read", signed_in(require_POST(centre.read)), name="read"),
]
