"""Which requirements there are, and which of them this release claims to carry out as a whole.

What a test is marked with and is not claimed here counts as partly carried out: the rest waits for rooms to come.
"""

from __future__ import annotations

# Area to the number of its requirements, which are numbered without gaps.
AREAS = {
    "ACT": 24, "CAR": 32, "CLS": 22, "CON": 8, "CTR": 14, "CUS": 28, "DAT": 19, "DOC": 13, "EVT": 18, "FIL": 16,
    "FLD": 10, "INS": 11, "KPI": 20, "MSG": 16, "OPP": 19, "OPS": 20, "ORG": 18, "POL": 11, "POR": 8, "PRO": 22,
    "REG": 11, "RPT": 12, "SAL": 13, "SEC": 12, "SHR": 10, "SUR": 16, "SVC": 27, "TEL": 29, "TRN": 5, "VAL": 6,
    "VIP": 38, "WFL": 15,
}  # fmt: skip
# Shipped rulebooks to the number of their clauses.
CLAUSES = {"21": 19}
WHOLE = {
    "ACT-05",
    "CAR-02",
    "CAR-03",
    "CAR-04",
    "CAR-05",
    "CAR-06",
    "CAR-07",
    "CAR-30",
    "CAR-32",
    "CUS-03",
    "CUS-04",
    "CUS-22",
    "CUS-27",
    "DAT-02",
    "DOC-12",
    "FIL-01",
    "FIL-02",
    "FIL-03",
    "FIL-04",
    "FIL-05",
    "FIL-06",
    "FIL-07",
    "FIL-08",
    "FIL-09",
    "FIL-10",
    "FIL-11",
    "FIL-12",
    "FIL-13",
    "FIL-14",
    "KPI-11",
    "KPI-19",
    "ORG-03",
    "ORG-06",
    "ORG-10",
    "POL-01",
    "POL-04",
    "POL-05",
    "POL-06",
    "POL-09",
    "POL-10",
    "OPS-11",
    "OPS-12",
    "OPS-13",
    "OPS-14",
    "SEC-01",
    "SEC-02",
    "SEC-03",
    "SEC-04",
    "SEC-05",
    "SEC-06",
    "SEC-07",
    "SEC-08",
    "SEC-09",
    "SEC-10",
    "SEC-11",
    "SEC-12",
    *(f"RB-21.{number}" for number in range(1, CLAUSES["21"] + 1)),
}


def all_ids() -> list[str]:
    areas = [f"{area}-{number:02}" for area, count in AREAS.items() for number in range(1, count + 1)]
    return areas + [f"RB-{book}.{number}" for book, count in CLAUSES.items() for number in range(1, count + 1)]
