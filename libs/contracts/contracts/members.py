"""What are the members of our events, and their values, called in Japanese? On the desk's screens and in a disclosure (開示) alike."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from contracts import wording
from contracts.era import japanese_day, japanese_month
from contracts.vocabulary import JST, Month
from contracts.wording import FILED

LABELS: dict[str, str] = {
    # who somebody is
    "name": "氏名", "name_kana": "フリガナ", "birth_date": "生年月日", "sex": "性別", "household": "世帯番号", "relation": "続柄",
    "residency": "住民区分", "became_resident_on": "住民となった日", "became_resident_by": "住民となった事由", "address": "住所",
    "previous_address": "前住所", "moved_in_from": "転入前住所", "moved_out_to": "転出先住所", "removed_on": "消除の日", "removed_by": "消除の事由",
    "nationality": "国籍・地域", "alias": "通称", "residence_status": "在留資格", "residence_until": "在留期間の満了日",
    "householder_name": "世帯主", "head_of_family_register": "戸籍の筆頭者", "filed_on": "届出日", "insured": "被保険者である旨の付記",
    "support_measure": "支援措置", "basic_pension_number": "基礎年金番号", "my_number_receipt": "個人番号の保管（受付番号）",
    "identity_data_held": "日本年金機構での基本情報の収録",
    # incomes
    "tax_year": "相当年度", "levied_in": "賦課年度", "income_year": "所得の年", "state": "申告の状況", "total_income_yen": "合計所得金額", "loss_carryover_yen": "繰越損失",
    "loss_carryover": "繰越損失", "public_pension_receipts_yen": "公的年金等の収入", "public_pension_income_yen": "公的年金等雑所得",
    "casualty_loss_yen": "雑損控除", "casualty_loss": "雑損控除", "medical_yen": "医療費控除", "medical": "医療費控除",
    "social_insurance_yen": "社会保険料控除", "social_insurance": "社会保険料控除",
    "small_enterprise_mutual_aid_yen": "小規模企業共済等掛金控除", "small_enterprise_mutual_aid": "小規模企業共済等掛金控除",
    "spouse_special_yen": "配偶者特別控除", "spouse_special": "配偶者特別控除", "specified_relative_special_yen": "特定親族特別控除",
    "specified_relative_special": "特定親族特別控除", "cattle_sale_yen": "肉用牛の売却による所得", "cattle_sale": "肉用牛の売却による所得",
    "deductible_spouse": "控除対象配偶者", "dependants_general": "一般扶養", "general": "一般扶養", "dependants_16_18": "うち16歳から18歳まで",
    "age_16_18": "うち16歳から18歳まで", "dependants_specific": "特定扶養", "specific_19_22": "特定扶養", "dependants_elderly": "老人扶養",
    "elderly_70plus": "老人扶養", "dependants_under_16": "16歳未満の扶養親族", "under_16": "16歳未満の扶養親族",
    "same_livelihood_spouse": "同一生計配偶者", "same_livelihood_spouse_70plus": "同一生計配偶者（70歳以上）",
    "disabled_dependants": "障害者である扶養親族", "disabled_count": "障害者の数", "special_disabled_dependants": "特別障害者である扶養親族",
    "special_disabled_count": "特別障害者の数", "self_disability": "本人の障害者控除", "widow": "寡婦", "single_parent": "ひとり親",
    "working_student": "勤労学生", "municipal_tax": "住民税", "local_tax_disabled": "住民税の障害者", "local_tax_widow": "住民税の寡婦",
    "local_tax_single_parent": "住民税のひとり親",
    # filings
    "kind": "種類", "filing": "受付番号", "received_on": "受付年月日", "office": "受付窓口", "channel": "受付の方法", "identity_check": "本人確認",
    "number_check": "番号確認", "filed_by": "届出人", "authority": "代理権の確認", "papers": "添付書類", "decided_on": "決定年月日",
    "withdrawn_on": "取下げ年月日", "returned_on": "返付年月日", "processed_on": "処理年月日", "result": "処理結果", "reason": "理由",
    "category": "被保険者種別", "membership": "任意加入の区分", "fact_on": "事実のあった日", "changed_on": "変更年月日", "arose_on": "該当年月日",
    "born_on": "出生年月日", "due_on": "出産予定日", "multiple": "多胎", "child_born_on": "子の生年月日", "care_from": "養育を始めた日",
    "ground": "該当事由", "ended_on": "消滅年月日", "first_month": "始期", "last_month": "終期", "schemes": "申請区分", "scheme": "区分",
    "has_spouse": "配偶者の有無", "married_on": "婚姻年月日", "continue_wish": "継続審査の希望", "school": "在学する学校", "on": "年月日",
    "role": "該当する者", "account_transfer": "口座振替", "event": "農業者年金の加入・喪失", "about": "届出の内容", "certificate": "証書の記号番号",
    "pension": "年金の種類", "start": "受給開始", "other_periods": "他の公的年金の期間", "tied_to_municipal_pension": "市町村の年金の有無",
    "basis": "請求の事由", "first_visit_on": "初診日", "first_visit_as": "初診日の加入状況", "deceased_as": "死亡した者の加入状況",
    "died_on": "死亡年月日", "formerly": "届出前の区分",
    # the pension service's records
    "acquired_on": "資格取得日", "lost_on": "資格喪失日", "decision": "決定番号", "request": "依頼番号", "purpose": "依頼の目的",
    "transcription": "転記番号", "case": "事件番号", "source": "転記元", "used_at": "照会日時", "what": "転記した事項", "months": "月数",
    "since": "始期", "until": "終期",
    # public assistance
    "assistance": "扶助の種類", "grant": "保護の番号", "valid_from": "開始日", "valid_to": "終了日", "equivalent_only": "保護に準ずる措置",
    "cancelled": "取消し", "withdrawn": "取消し",
}  # fmt: skip
_BY_MEMBER: dict[str, Mapping[Any, tuple[str, str]]] = {
    "kind": wording.KINDS, "category": wording.CATEGORIES, "membership": wording.CATEGORIES, "scheme": wording.EXEMPTIONS,
    "schemes": wording.EXEMPTIONS, "assistance": wording.ASSISTANCE, "papers": wording.PAPERS, "became_resident_by": wording.REGISTER_CHANGES,
    "removed_by": wording.REGISTER_CHANGES,
}  # fmt: skip
WORDS: dict[Any, str] = {
    **FILED,
    True: "はい", False: "いいえ", "unknown": "不明", "yes": "あり", "no": "なし", "none": "なし",
    "resident": "住民", "moved_out": "転出", "overseas": "国外転出", "deceased": "死亡", "removed": "消除",
    "child": "子", "child_spouse": "子の配偶者", "grandchild": "孫", "parent": "父母",
    "grandparent": "祖父母", "sibling": "兄弟姉妹", "other_relative": "その他の親族", "support_measure": "支援措置",
    "use_stopped": "利用停止", "self": "本人", "agent": "代理人", "statutory_agent": "法定代理人",
    "counter": "窓口", "branch": "出張所", "mail": "郵送", "online": "電子申請", "photo_id": "顔写真のある書類", "two_documents": "書類2点",
    "my_number_card": "個人番号カード", "my_number_notice": "個人番号の通知カード", "resident_record": "住民票", "family_register": "戸籍謄本等",
    "pension_number_notice": "基礎年金番号通知書", "power_of_attorney": "委任状", "accepted": "受理", "returned": "返戻",
    "death": "死亡", "illegible": "判読できない", "item_missing": "記載漏れ", "paper_missing": "書類の不足",
    "not_applicable": "該当しない", "not_competent": "管轄外",
    "normal": "65歳", "early": "繰上げ", "deferred": "繰下げ", "old_age": "老齢", "disability": "障害", "survivors": "遺族", "widow": "寡婦",
    "recognition_day": "認定日請求", "later_worsening": "事後重症請求", "combined": "初めて1・2級", "category1": "第1号被保険者", "category2": "第2号被保険者",
    "category3": "第3号被保険者", "age_60_64_in_japan": "60歳以上65歳未満で国内居住", "before_20": "20歳前", "formerly_60_64": "被保険者であった者（60歳以上65歳未満）",
    "old_age_25_years": "受給資格期間が25年以上の者", "student": "学生", "amount_revision": "額の改定", "income_report": "所得状況届",
    "current_state": "現況届", "yearly_income": "所得の届", "address": "住所", "name": "氏名", "choice": "選択", "claim": "請求", "unpaid": "未支給",
    "whereabouts": "所在不明", "disaster_relief": "災害の特例", "declared": "申告あり", "undeclared": "未申告", "not_required": "申告不要",
    "other_municipality": "他市区町村課税", "under_70": "あり", "from_70": "あり（70歳以上）", "ordinary": "障害者", "special": "特別障害者",
    "exempt": "非課税", "per_capita": "均等割のみ課税", "income_based": "所得割課税", "continued_review": "継続審査", "support_benefit": "支援給付金",
    "unpaid_premium": "未納者", "portable_terminal": "可搬型窓口装置", "number": "基礎年金番号", "months_paid": "納付月数", "months_exempt": "免除月数",
    "months_unpaid": "未納月数", "membership": "加入記録",
    **{code: words[0] for code, words in wording.REGISTER_CHANGES.items() if code not in ("death", "other")},
}  # fmt: skip
"""What codes are called, where the member does not say it better."""
_YEN = frozenset(
    {
        "loss_carryover", "casualty_loss", "medical", "social_insurance", "small_enterprise_mutual_aid", "spouse_special",
        "specified_relative_special", "cattle_sale",
    }
)  # fmt: skip


def in_words(member: str, value: Any) -> str:
    """A value as a person reads it; a text stays as somebody wrote it."""
    if value in (own := _BY_MEMBER.get(member, {})):
        return own[value][0]
    if isinstance(value, Month):
        return japanese_month(value)
    if isinstance(value, dt.date):  # a moment, too
        return japanese_day(value.astimezone(JST).date() if isinstance(value, dt.datetime) else value)
    if isinstance(value, bool) or (isinstance(value, str) and member not in TEXTS):
        return WORDS.get(value, str(value))
    return f"{value:,}円" if member in _YEN or member.endswith("_yen") else str(value)


TEXTS = frozenset(
    {
        "name", "name_kana", "address", "previous_address", "moved_in_from", "moved_out_to", "alias", "residence_status", "householder_name",
        "head_of_family_register", "filing", "school", "certificate", "decision", "request", "transcription", "case", "grant", "office",
        "basic_pension_number",
    }
)  # fmt: skip
"""Members that somebody wrote: never taken for a code."""
