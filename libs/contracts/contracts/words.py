"""What are codes of events called in Japanese, wherever a person reads them? On forms and in disclosures alike."""

from contracts.events.operations import Action

ACTIONS: dict[Action, str] = {
    "register": "登録", "update": "更新", "delete": "削除", "refer": "参照", "print": "印刷", "export": "出力", "login": "ログイン", "refuse": "拒否",
}  # fmt: skip
FILED: dict[str, str] = {
    # of people
    "male": "男", "female": "女", "applicant": "本人", "spouse": "配偶者", "householder": "世帯主",
    # reasons of acquisition, change and loss
    "age20": "20歳到達", "entry_from_abroad": "国外からの転入", "end_of_exclusion": "適用除外でなくなった", "other": "その他",
    "left_employment": "退職", "spouse_left_employment": "配偶者の退職", "spouse_attained_65": "配偶者の65歳到達",
    "dependency_ended": "扶養から外れた", "divorce": "離婚", "spouse_died": "配偶者の死亡", "departure_overseas": "国外への転出",
    "old_age_benefit_right": "老齢給付の受給権の取得", "exclusion": "適用除外",
    # grounds of the premium filings
    "disability_pension": "障害年金の受給権", "livelihood_aid": "生活扶助", "sanatorium": "療養所への入所",
    "mother": "実母", "father": "実父", "adoptive_parent": "養親", "wished": "希望する", "good_cause": "正当な理由がある",
    "lost": "紛失", "damaged": "き損", "joined": "加入", "left": "喪失",
    "unemployed": "失業・事業の廃止", "disaster": "災害", "dv_excluded": "配偶者からの暴力", "other_public_assistance": "生活扶助以外の扶助",
    "special_disability_benefit": "特別障害給付金の受給",
}  # fmt: skip
"""Answers in the boxes of a form."""
