"""NPA 12条4項, NPR 9条 and NPO 1条の2 (市町村長が行う事務): whose affair is a filing, and how does it reach the pension service?

*report*: items of the filing within 14 days. *send*: the paper itself, after its facts were checked. *forward*: the pension office's
affair, which a ward may pass on as a courtesy. *keep*: nothing goes out.
"""

from typing import Literal, NamedTuple

from contracts.events.forms import BasicPension, FilingContent, FirstVisitAs
from contracts.vocabulary import IdentityDataHeld

Way = Literal["report", "send", "forward", "keep"]


class Route(NamedTuple):
    way: Way
    article: str


_BY_KIND: dict[str, Route] = {
    "acquisition": Route("report", "NPA 12条4項, NPR 9条1項"),
    "category_change": Route("report", "NPA 12条4項, NPR 9条1項"),
    "loss": Route("report", "NPA 12条4項, NPR 9条1項"),
    "death": Route("report", "NPA 105条4項, NPR 9条1項"),
    "voluntary_entry": Route("send", "NPO 1条の2第1号"),
    "voluntary_withdrawal": Route("send", "NPO 1条の2第1号"),
    "number_notice_reissue": Route("forward", "NPR 11条; NPO 1条の2第2号 (deleted)"),
    "maternity": Route("send", "NPA 105条1項, NPO 1条の2第10号"),
    "childcare": Route("send", "NPA 105条1項, NPO 1条の2第10号"),
    "statutory_start": Route("send", "NPA 105条1項, NPO 1条の2第10号"),
    "statutory_end": Route("send", "NPA 105条1項, NPO 1条の2第10号"),
    "pay_despite_exemption": Route("send", "NPO 1条の2第8号"),
    "exemption": Route("send", "NPO 1条の2第9号"),
    "student": Route("send", "NPO 1条の2第9号"),
    "exemption_cancellation": Route("send", "NPO 1条の2第9号"),
    "student_end": Route("send", "NPR 77条の9, NPO 1条の2第10号"),
    "spouse_change": Route("send", "NPR 77条の7の2, NPO 1条の2第10号"),
    "additional_start": Route("send", "NPO 1条の2第7号"),
    "additional_stop": Route("send", "NPO 1条の2第7号"),
    "farmers_pension": Route("forward", "NPR 78条の5, 78条の6"),
    "widows_pension_claim": Route("send", "NPO 1条の2第3号ホ"),
    "death_lump_sum_claim": Route("send", "NPO 1条の2第3号ヘ"),
    "special_disability_claim": Route("send", "特別障害給付金法6条3項, 特別障害給付金法施行令11条"),
}
_MUNICIPAL_FIRST_VISITS: frozenset[FirstVisitAs] = frozenset({"category1", "age_60_64_in_japan", "before_20"})
_DIRECT_TO_MINISTER = frozenset({"yearly_income"})


def route(content: FilingContent, identity_data_held: IdentityDataHeld | None = None) -> Route:
    """The way of a filing with the provision that says so. Whether the pension service holds the person's identity data, the form says, or
    else what the pension service itself told us."""
    match content.kind:
        case "name_change" | "address_change":
            article = "NPR 7条1項, 9条1項" if content.kind == "name_change" else "NPR 8条1項, 9条1項"
            held = content.identity_data_held
            told = identity_data_held if held == "unknown" else held
            return Route("keep" if told == "yes" else "report", article)
        case "old_age_claim":
            return _ours(content.other_periods == "no", "NPO 1条の2第3号イ")
        case "disability_claim":
            return _ours(content.first_visit_as in _MUNICIPAL_FIRST_VISITS, "NPO 1条の2第3号ハ")
        case "survivors_claim":
            return _ours(content.deceased_as == "category1", "NPO 1条の2第3号ニ")
        case "unpaid_pension_claim":
            return _ours(_pensioner_is_municipal(content.pension, content.first_visit_as), "NPO 1条の2第4号")
        case "recipient":
            number = {"amount_revision": "6号", "choice": "5号", "whereabouts": "5号"}.get(content.about, "10号")
            ours = _pensioner_is_municipal(content.pension, content.first_visit_as)
            if content.about == "amount_revision":
                ours = ours and content.pension == "disability"
            return _ours(ours, f"NPO 1条の2第{number}")
        case "welfare_old_age":
            return _ours(content.about not in _DIRECT_TO_MINISTER, "老齢福祉年金支給規則2条–13条")
        case "support_benefit_claim":
            return _ours(content.tied_to_municipal_pension == "yes", "年金生活者支援給付金法施行令15条1項")
        case kind:
            return _BY_KIND[kind]


def _ours(municipal: bool, article: str) -> Route:
    return Route("send" if municipal else "forward", article)


def _pensioner_is_municipal(pension: BasicPension, first_visit_as: FirstVisitAs | None) -> bool:
    """Pensions of NPO 1条の2第4号イ–ハ: disability (first visit as category 3 included), survivors, widow's; not old age."""
    if pension == "disability":
        return first_visit_as in _MUNICIPAL_FIRST_VISITS | {"category3"}
    return pension in ("survivors", "widow")
