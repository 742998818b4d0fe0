"""How does an access record read in the format of security tools? ArcSight Common Event Format, one line each. Pure.

Nobody is named in it: `externalId` is the leaf of the log, which leads an auditor to whom the access was about.
"""

from contracts.doors.log import AccessShown

SEVERITY = {"refer": 3, "login": 3, "register": 4, "update": 4, "delete": 6, "print": 5, "export": 6, "refuse": 7}


def line(one: AccessShown) -> str:
    """CEF:0|vendor|product|version|what|action|severity|extension. Every value is a code or a number: nothing needs escaping."""
    said = {
        "rt": int(one.at.timestamp() * 1000),
        "suser": one.account,
        "shost": one.terminal,
        "cs1Label": "purpose",
        "cs1": one.purpose,
        "cs2Label": "case",
        "cs2": one.case,
        "cs3Label": "fields",
        "cs3": ",".join(one.fields),
        "cnt": one.persons,
        "outcome": one.result,
        "cn1Label": "counter",
        "cn1": one.counter,
        "externalId": one.index,
    }
    extension = " ".join(f"{name}={value}" for name, value in said.items())
    return f"CEF:0|kokunen|{one.service}|1|{one.what}|{one.action}|{SEVERITY[one.action]}|{extension}"
