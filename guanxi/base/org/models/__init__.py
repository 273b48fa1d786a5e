from .access import Absence, Departure, Grant, Permit, PermitRequest, Reach, Restriction, Role
from .account import Account, ApiBudget, ApiToken, RecoveryCode, SecondFactor, SessionOf, SignInAttempt, Tally
from .calendar import CalendarDay
from .registration import RegistrationRequest
from .staff import Post, Staff, Unit
from .stamp import Stamp

__all__ = [
    "Absence",
    "Account",
    "ApiBudget",
    "ApiToken",
    "CalendarDay",
    "Departure",
    "Grant",
    "Permit",
    "PermitRequest",
    "Post",
    "Reach",
    "RecoveryCode",
    "RegistrationRequest",
    "Restriction",
    "Role",
    "SecondFactor",
    "SessionOf",
    "SignInAttempt",
    "Staff",
    "Stamp",
    "Tally",
    "Unit",
]
