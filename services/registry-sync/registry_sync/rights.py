"""Who may do what at the doors of registry-sync? Data; a role that is not here may do nothing."""

from registry_sync import linkage, vault_doors

RIGHTS: dict[str, frozenset[str]] = {
    "number-entry": frozenset({vault_doors.ENTER}),
    "number-clerk": frozenset({vault_doors.ENTER, vault_doors.SEARCH, vault_doors.CONFLICTS, linkage.USE}),
    "number-erasure": frozenset({vault_doors.ERASE}),
    "transmittal": frozenset({vault_doors.READ}),
}
"""number-entry 入力 (also contractors: they write numbers and never read one back, decision 37) · number-clerk 確認 · number-erasure 消去 ·
transmittal, the service that writes numbers on legal forms and media (decision 17)."""
