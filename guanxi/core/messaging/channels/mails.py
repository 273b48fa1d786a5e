"""E-mail to one person: text and HTML, through the SMTP server of the settings."""

from __future__ import annotations

import smtplib
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.org.actions.reading import EMAIL

from .papers import Paper, plain, plain_lines
from .robots import Outcome, Result

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def is_set_up() -> bool:
    return bool(settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL)


def is_address(text: str) -> bool:
    return bool(EMAIL.fullmatch(text)) and len(text) <= 120


def send(to: str, paper: Paper, *, key: str) -> Result:
    """`key` is the same at every try, so that a mail program shows it once."""
    if not is_set_up():
        return Result(Outcome.FAILED, "SMTP is not set up")
    if not is_address(to):
        return Result(Outcome.FAILED, "no address")
    try:
        with get_connection(BACKEND, **_server()) as connection:
            message_for(to, paper, key=key, connection=connection).send()
    except (smtplib.SMTPException, OSError) as refused:
        return _meant(refused)
    return Result(Outcome.SENT, "250")


def message_for(to: str, paper: Paper, *, key: str, connection: object = None) -> EmailMultiAlternatives:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    message = EmailMultiAlternatives(
        subject=plain(paper.title),
        body="\n".join([plain(paper.title), "", *plain_lines(paper), "", *([paper.link] if paper.link else [])]),
        from_email=formataddr((_("Guanxi"), settings.DEFAULT_FROM_EMAIL)),
        to=[to],
        connection=connection,
        headers={"Message-ID": f"<{key}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(ui.render("messaging/mail.html", {"paper": paper}), "text/html")
    return message


def _server() -> dict[str, object]:
    return {
        "host": settings.EMAIL_HOST,
        "port": settings.EMAIL_PORT,
        "username": settings.EMAIL_HOST_USER,
        "password": settings.EMAIL_HOST_PASSWORD,
        "use_tls": settings.EMAIL_SECURITY == "starttls",
        "use_ssl": settings.EMAIL_SECURITY == "tls",
        "timeout": settings.EMAIL_TIMEOUT,
    }


def _meant(refused: Exception) -> Result:
    """4xx: later. 5xx about the recipient or the message: never. A wrong password may be put right meanwhile."""
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        code = next(iter(refused.recipients.values()))[0]
        return Result(Outcome.RETRY if code < 500 else Outcome.FAILED, str(code))
    if isinstance(refused, smtplib.SMTPAuthenticationError):
        return Result(Outcome.RETRY, str(refused.smtp_code))
    if isinstance(refused, smtplib.SMTPResponseException):
        return Result(Outcome.RETRY if refused.smtp_code < 500 else Outcome.FAILED, str(refused.smtp_code))
    return Result(Outcome.RETRY, type(refused).__name__)
