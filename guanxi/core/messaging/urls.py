from django.urls import path
from django.views.decorators.http import require_POST

from guanxi.base.org.web import signed_in

from .screens import centre, channels

app_name = "messaging"
urlpatterns = [
    path("messages", signed_in(centre.centre), name="centre"),
    path("messages/unread", signed_in(centre.unread), name="unread"),
    path("messages/read", signed_in(require_POST(centre.read)), name="read"),
    path("channels", channels.channels, name="channels"),
    path("channels/new", channels.new, name="channel-new"),
    path("channels/<int:channel_id>", channels.channel, name="channel"),
    path("channels/<int:channel_id>/test", channels.test, name="channel-test"),
    path("channels/<int:channel_id>/remove", channels.remove, name="channel-remove"),
    path("settings/mail", channels.own_mail, name="own-mail"),
]
