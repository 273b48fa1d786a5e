"""常用语: stock phrases that help to write a note. A note made of them alone is as short as it looks."""

from django.utils.translation import gettext_lazy as _

PHRASES = [
    _("Takes the product as advised."),
    _("Asked for a call next week."),
    _("Family answered the phone."),
    _("Feels better than last time."),
    _("Has a question about the dosage."),
    _("Wants to come to the next event."),
]
