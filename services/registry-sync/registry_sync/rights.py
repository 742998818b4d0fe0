"""Who may do what at the doors of registry-sync? Data; a role that is not here may do nothing."""

from registry_sync import addressee_doors, linkage, vault_doors

RIGHTS: dict[str, frozenset[str]] = {
    "number-entry": frozenset({vault_doors.ENTER}),
    "number-clerk": frozenset({vault_doors.ENTER, vault_doors.SEARCH, vault_doors.CONFLICTS, linkage.USE}),
    "number-viewer": frozenset({vault_doors.SHOW}),
    "number-erasure": frozenset({vault_doors.ERASE}),
    "clerk": frozenset({addressee_doors.LOOK, addressee_doors.SEARCH, addressee_doors.HOUSEHOLDS}),
    "desk-head": frozenset({addressee_doors.LOOK, addressee_doors.SEARCH, addressee_doors.HOUSEHOLDS}),
    "eligibility": frozenset({addressee_doors.LOOK, addressee_doors.HOUSEHOLDS}),
    "tax-income": frozenset({addressee_doors.MATCH, addressee_doors.LOOK}),
    "audit": frozenset({addressee_doors.HOUSEHOLDS}),
    "transmittal": frozenset({vault_doors.READ, addressee_doors.LOOK, addressee_doors.PROTECTED}),
}
"""number-entry 入力 (also contractors: they write numbers and never read one back, decision 37) · number-clerk 確認 · number-viewer 表示 · number-erasure 消去 ·
clerk 照会 · desk-head 係長 · eligibility, whose inquiry shows them · audit, which looks for those who look at their own · tax-income, the service that answers the pension service's lists · transmittal, the service that writes numbers, names and
addresses on legal forms and media, those of protected persons among them, marked (decisions 16, 17, 24)."""
