"""How figures, days and phones are written. The same in both languages wherever that reads well."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.phone import mask_phone

WEEKDAYS = (
    lambda: _("Monday"),
    lambda: _("Tuesday"),
    lambda: _("Wednesday"),
    lambda: _("Thursday"),
    lambda: _("Friday"),
    lambda: _("Saturday"),
    lambda: _("Sunday"),
)
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€"}


def day(value: date | datetime | None) -> str:
    """2026-11-21; a moment is read in company time."""
    if value is None:
        return ""
    return (value.astimezone(clock.ZONE) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def moment(value: datetime | None) -> str:
    """2026-11-21 14:05."""
    return value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if value else ""


def long_day(value: date | None) -> str:
    """2026年11月21日 星期六, or Saturday, 2026-11-21."""
    if value is None:
        return ""
    names = {"year": value.year, "month": value.month, "day": value.day, "weekday": WEEKDAYS[value.weekday()]()}
    return _("%(weekday)s, %(year)d-%(month)02d-%(day)02d") % names


def near_day(value: date | datetime | None) -> str:
    """Today, yesterday, tomorrow; 11-18 within the year; else the whole date."""
    if value is None:
        return ""
    on = clock.local_date(value) if isinstance(value, datetime) else value
    today = clock.today()
    match (on - today).days:
        case -1:
            return _("Yesterday")
        case 0:
            return _("Today")
        case 1:
            return _("Tomorrow")
    return f"{on.month:02}-{on.day:02}" if on.year == today.year else day(on)


def near(value: datetime | None) -> str:
    """A moment as people say it: just now, 5 min ago, today 14:05, yesterday 09:00, 11-18 10:00."""
    if value is None:
        return ""
    ago = clock.now() - value
    if timedelta() <= ago < timedelta(minutes=1):
        return _("Just now")
    if timedelta() <= ago < timedelta(hours=1):
        return _("%(minutes)d min ago") % {"minutes": ago // timedelta(minutes=1)}
    local = value.astimezone(clock.ZONE)
    if local.year != clock.today().year and abs(ago) > timedelta(days=2):
        return day(local)
    return f"{near_day(local)} {local.hour:02}:{local.minute:02}"


def due(value: date | datetime | None) -> str:
    """How a deadline stands: 3 d late, today, tomorrow, in 5 d, then the date."""
    if value is None:
        return ""
    on = last_day(value)
    distance = (on - clock.today()).days
    if distance < 0:
        return _("%(days)d d late") % {"days": -distance}
    if distance <= 1:
        return _("Today") if distance == 0 else _("Tomorrow")
    return _("in %(days)d d") % {"days": distance} if distance <= 14 else near_day(on)


def last_day(value: date | datetime) -> date:
    """A deadline at 24:00 belongs to the day that ends then."""
    return clock.local_date(value - timedelta(seconds=1)) if isinstance(value, datetime) else value


def is_late(value: date | datetime | None) -> bool:
    if value is None:
        return False
    return value <= clock.now() if isinstance(value, datetime) else value < clock.today()


def number(value: int | float | Decimal | None, places: int | None = None) -> str:
    """12,345; with `places` a fixed number of decimals."""
    if value is None:
        return ""
    return f"{value:,}" if places is None else f"{value:,.{places}f}"


def money(value: Decimal | int | None, currency: str = "CNY") -> str:
    """¥1,234.50; whole amounts keep their two decimals so that columns line up."""
    if value is None:
        return ""
    sign = "-" if value < 0 else ""
    return f"{sign}{SIGNS.get(currency, currency + ' ')}{abs(value):,.2f}"


def percent(share: float | Decimal | None) -> str:
    """0.923 is 92.3%; None (nothing to count) is a dash."""
    return "–" if share is None else f"{share * 100:.1f}".rstrip("0").rstrip(".") + "%"


def masked_phone(value: Any) -> str:
    """138****1234: enough to recognise, too little to dial."""
    return mask_phone(str(value or ""))


def phone(value: Any) -> str:
    """138 1234 5678 for mobiles, others as they are."""
    text = str(value or "")
    return f"{text[:3]} {text[3:7]} {text[7:]}" if len(text) == 11 and text.startswith("1") else text


def size(octets: int | None) -> str:
    """12.5 MB."""
    amount = float(octets or 0)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


FILTERS = {
    "date": day,
    "datetime": moment,
    "long_date": long_day,
    "near_date": near_day,
    "near": near,
    "due": due,
    "is_late": is_late,
    "number": number,
    "money": money,
    "percent": percent,
    "masked_phone": masked_phone,
    "phone": phone,
    "size": size,
}
