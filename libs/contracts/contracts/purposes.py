"""What may anybody ask for, or do, and for which affair of the law (事務)? A call names its purpose; what the purpose does not need it does not open.

A role says who may use a right at all (`rights` of each service), a purpose what for. Both must allow it; what stands here nowhere is for
nobody. `kokunen access-matrix` shows the product of the two.
"""

from typing import NamedTuple, get_args

from contracts.events.forms import BenefitForm, PremiumForm, StatusForm
from contracts.events.operations import TerminalClass


class Purpose(NamedTuple):
    """A purpose (事務コード)."""

    title: str
    basis: str
    """Provision under which the ward does this."""
    rights: frozenset[str]


_WHO = frozenset({"addressees.look", "addressees.search", "households.look"})
_SHEET = _WHO | {"inquiry.look", "inquiry.numbers"}
_COUNTER = frozenset(
    {
        "book.look",
        "filings.enter",
        "filings.check",
        "filings.decide",
        "papers.print",
        "notes.keep",
        "terminal.transcribe",
    }
)
_LISTS = _SHEET | _COUNTER | {"lists.export"}
_LOG = frozenset({"log.head", "log.prove", "log.accesses"})
PURPOSES: dict[str, Purpose] = {
    "status": Purpose("資格の得喪・種別変更に関する事務", "国民年金法12条、105条", _LISTS),
    "exemption": Purpose("保険料の免除・納付猶予に関する事務", "国民年金法89条–90条の3、109条の10", _SHEET | _COUNTER | {"inquiry.note", "incomes.look"}),
    "claim": Purpose("給付の裁定請求に関する事務", "国民年金法16条、国民年金法施行令1条の2", _SHEET | _COUNTER),
    "support-benefit": Purpose(
        "年金生活者支援給付金の認定に関する事務", "年金生活者支援給付金法39条", _SHEET | _COUNTER | {"incomes.flags"}
    ),
    "disclosure": Purpose(
        "本人の開示・訂正・利用停止の請求に関する事務", "個人情報保護法76条、90条、98条",
        _SHEET | {"rights.manage", "rights.decide", "incomes.held", "transmittal.reported", "log.accesses"},
    ),
    "number-check": Purpose(
        "個人番号の確認に関する事務", "番号法16条",
        _WHO | {"my-numbers.enter", "my-numbers.search", "my-numbers.show", "my-numbers.conflicts"},
    ),
    "erasure": Purpose("個人番号の廃棄に関する事務", "番号法20条", frozenset({"my-numbers.erase"})),
    "retention": Purpose(
        "保存期間の満了した記録の消去に関する事務", "番号法20条、個人情報保護法66条",
        frozenset({"retention.look", "retention.propose", "retention.approve"}),
    ),
    "transmittal": Purpose(
        "日本年金機構への報告・送付に関する事務", "国民年金法12条4項、国民年金法施行令1条の2",
        frozenset(
            {
                "addressees.look", "incomes.look", "my-numbers.read", "log.head", "transmittal.due", "transmittal.seal", "transmittal.check",
                "transmittal.decide", "transmittal.write", "transmittal.permit", "transmittal.dispatch", "transmittal.receive",
                "transmittal.void", "transmittal.pull", "transmittal.print", "transmittal.returns", "transmittal.media",
            }
        ),
    ),
    "income-request": Purpose(
        "日本年金機構の所得情報提供依頼に関する事務", "国民年金法108条", frozenset({"addressees.match", "addressees.look", "income-requests"})
    ),
    "linkage": Purpose("情報提供ネットワークシステムの利用（当方では行わない）", "番号法19条8号", frozenset({"linkage"})),
    "accounts": Purpose(
        "利用者・端末の管理に関する事務", "個人情報保護法66条、番号法12条",
        frozenset({"accounts.look", "accounts.propose", "accounts.approve"}),
    ),
    "subscription": Purpose(
        "庁内システムへの資格・免除の情報の提供に関する事務（根拠は提供先ごとに確認する）", "個人情報保護法69条、番号法9条2項", frozenset({"snapshot.read"})
    ),
    "operations": Purpose("情報システムの運用に関する事務", "個人情報保護法66条", frozenset({"operations.look", "operations.mend"})),
    "audit": Purpose("記録の点検・監査に関する事務", "個人情報保護法66条", _LOG | {"log.acknowledge", "accounts.look", "findings.look", "findings.settle", "reviews.look", "reviews.sign", "reviews.accept", "households.look"}),
}  # fmt: skip


def _kinds(forms: object) -> list[str]:
    return [form.model_fields["kind"].annotation.__args__[0] for form in get_args(forms)]


_OF_STATUS = frozenset({"additional_start", "additional_stop", "farmers_pension"})
PURPOSE_OF: dict[str, str] = {
    **dict.fromkeys(_kinds(StatusForm), "status"),
    **{kind: "status" if kind in _OF_STATUS else "exemption" for kind in _kinds(PremiumForm)},
    **dict.fromkeys(_kinds(BenefitForm), "claim"),
    "support_benefit_claim": "support-benefit",
}
"""For which affair each kind of filing is dealt with; 付加保険料 goes with the insured status."""


WRITE_ONLY = frozenset({"my-numbers.enter"})
"""Rights with which nothing is read back: all that a contractor's account may have (decision 37)."""
ONLY_AT: dict[str, TerminalClass] = {
    "my-numbers.enter": "number",
    "my-numbers.search": "number",
    "my-numbers.show": "number",
    "my-numbers.erase": "number",
    "transmittal.write": "media",
    "lists.export": "media",
}
"""Rights that are used at terminals of one class alone."""


def opens(purpose: str, right: str) -> bool:
    """Whether a purpose needs a right. One that we do not know needs none."""
    known = PURPOSES.get(purpose)
    return known is not None and right in known.rights
