from .guard import Classification, Level, NetworkRange, OnSight
from .incident import DataIncident, IncidentSort, IncidentState, Severity
from .review import AccessReview, ComplianceReport, LineState, Origin, ReviewLine
from .risk import Risk, RiskField, RiskState, Strategy
from .upkeep import ItemState, Signature

__all__ = [
    "AccessReview",
    "Classification",
    "ComplianceReport",
    "DataIncident",
    "IncidentSort",
    "IncidentState",
    "ItemState",
    "Level",
    "LineState",
    "NetworkRange",
    "OnSight",
    "Origin",
    "ReviewLine",
    "Risk",
    "RiskField",
    "RiskState",
    "Severity",
    "Signature",
    "Strategy",
]
