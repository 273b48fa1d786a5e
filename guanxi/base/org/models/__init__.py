from .access import Absence, Departure, Grant, Permit, PermitRequest, Reach, Restriction, Role
from .account import Account, ApiToken, SignInAttempt
from .calendar import CalendarDay
from .registration import RegistrationRequest
from .staff import Post, Staff, Unit
from .stamp import Stamp

__all__ = [
    "Absence",
    "Account",
    "ApiToken",
    "CalendarDay",
    "Departure",
    "Grant",
    "Permit",
    "PermitRequest",
    "Post",
    "Reach",
    "RegistrationRequest",
    "Restriction",
    "Role",
    "SignInAttempt",
    "Staff",
    "Stamp",
    "Unit",
]
