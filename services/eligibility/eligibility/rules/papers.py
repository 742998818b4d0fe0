"""NPR 1条の4–78条の6, 16条–63条: which papers (添付書類) must come with a form?

Only those that follow from the form itself. What the pension service or the ward can see in its own registers need not be brought
(NPR 85条, 85条の2), so birth, residence and income certificates are not asked for here.
"""

from contracts.events.forms import FilingContent, Paper

_ALWAYS: dict[str, tuple[Paper, ...]] = {
    "student": ("student_proof",),
    "disability_claim": ("medical_certificate", "medical_history_statement", "first_visit_proof"),
    "survivors_claim": ("family_register", "livelihood_proof"),
    "widows_pension_claim": ("family_register", "livelihood_proof"),
    "death_lump_sum_claim": ("family_register", "livelihood_proof"),
    "unpaid_pension_claim": ("family_register", "livelihood_proof"),
    "special_disability_claim": ("medical_certificate", "medical_history_statement", "first_visit_proof"),
}
_BY_ABOUT: dict[str, tuple[Paper, ...]] = {
    "amount_revision": ("medical_certificate",),
    "income_report": ("income_report",),
    "disaster_relief": ("disaster_proof",),
}
_BY_GROUND: dict[str, Paper] = {
    "unemployed": "job_loss_proof",
    "disaster": "disaster_proof",
    "dv_excluded": "violence_certificate",
}


def missing_papers(content: FilingContent) -> tuple[Paper, ...]:
    """The papers a form of this content needs and did not come with, in order of the form."""
    needed = [*_ALWAYS.get(content.kind, ())]
    if content.kind == "acquisition" and content.reason == "end_of_exclusion":
        needed.append("end_of_exclusion_proof")
    elif content.kind == "maternity":
        needed += ["due_date_proof"] if content.due_on is not None else []
        needed += ["multiple_pregnancy_proof"] if content.multiple else []
    elif content.kind == "voluntary_entry" and content.membership in (
        "voluntary_overseas",
        "special_voluntary_overseas",
    ):
        needed.append("certificate_of_residence_abroad")
    elif content.kind in ("exemption", "student"):
        needed += [_BY_GROUND[claimed.ground] for claimed in content.hardships if claimed.ground in _BY_GROUND]
    elif content.kind in ("recipient", "welfare_old_age"):
        needed += _BY_ABOUT.get(content.about, ())
    elif content.kind == "old_age_claim" and content.other_periods == "unknown":
        needed.append("pension_number_proof")
    return tuple(paper for paper in dict.fromkeys(needed) if paper not in content.papers)
