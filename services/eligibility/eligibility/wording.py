"""How does a reason code read to a clerk? Japanese first, English beside it; what to do included where there is something to do."""

REASONS: dict[str, tuple[str, str]] = {
    # a filing waits
    "second_person": (
        "別の担当者による点検がまだ済んでいません。",
        "Another person has not checked it yet.",
    ),
    "checked_by_who_entered": (
        "入力した人と点検した人が同じです。別の担当者が点検してください。",
        "The person who entered it also checked it. Another person has to check it.",
    ),
    "entry_and_check_differ": (
        "入力の内容と点検の内容が一致していません。届書と見比べて、入力し直すか点検し直してください。",
        "Entry and check differ. Compare with the paper, then enter or check it again.",
    ),
    "evidence_missing": (
        "本人確認（番号確認・身元確認）の記録がありません。",
        "There is no record of how number and person were checked.",
    ),
    "authority_missing": (
        "代理権の確認の記録がありません（委任状、法定代理人は戸籍等）。世帯主による届出には不要です。",
        "There is no record of the authority to act: a power of attorney, or the family register of a statutory agent.",
    ),
    "received_in_future": (
        "受付日が入力日より後になっています。日付を確かめてください。",
        "It was received after the day of its entry. Check the date.",
    ),
    "fact_in_future": (
        "届出の事実の日が受付日より後になっています。日付を確かめてください。",
        "The fact lies after the day of reception. Check the date.",
    ),
    "person_unknown": (
        "この宛名番号の人が住民記録にありません。番号を確かめるか、住民記録の連携を待ってください。",
        "The resident register has not told of this addressee number. Check the number, or wait for the register.",
    ),
    # a filing is refused
    "age_outside": (
        "その日の年齢では、この届出・申出の対象になりません。",
        "At the age on that day, this filing is not open to the person.",
    ),
    "born_after_cohort": (
        "特例任意加入の対象となる生年月日ではありません（昭和50年4月1日以前生まれの人まで）。",
        "The special voluntary membership is open to earlier years of birth only.",
    ),
    "residence_does_not_fit": (
        "住所が国内か国外かが、申出の種類と合っていません。",
        "Living in Japan or abroad does not fit the kind of membership applied for.",
    ),
    "already_insured": (
        "すでに被保険者の資格があるため、任意加入できません。",
        "The person is already insured and can't join voluntarily.",
    ),
    "not_insured": (
        "喪失する資格が見当たりません。資格の記録を確かめてください。",
        "There is no insured status to lose. Check the record.",
    ),
    "not_voluntary": (
        "任意加入していないため、資格喪失の申出はできません。",
        "There is no voluntary membership to withdraw from.",
    ),
    "not_category1": (
        "対象の月に第1号被保険者の期間がありません。資格の記録を確かめてください。",
        "There is no month of category 1 among those named. Check the record.",
    ),
    "maternity_too_early": (
        "産前産後免除の届出は、出産予定日の6か月前から受け付けます（国民年金法施行規則73条の7第3項）。",
        "The maternity filing is taken from six months before the expected day (NPR 73条の7第3項).",
    ),
    "childcare_not_before": (
        "育児免除の届出は、令和8年10月1日から受け付けます。",
        "The childcare filing is taken from 1 October 2026.",
    ),
    "not_exempt": (
        "納付を申し出た月に法定免除の月がありません。",
        "None of the months to be paid is under a statutory exemption.",
    ),
    "nothing_to_cancel": (
        "取り消す免除・猶予の承認がありません。",
        "There is no approved exemption to cancel.",
    ),
    "additional_not_open": (
        "付加保険料は、第1号被保険者と65歳未満の任意加入者だけが納めることができます（国民年金法87条の2、附則5条9項）。",
        "Only category 1 and voluntary members below 65 may pay the additional premium (NPA 87条の2, 附則5条9項).",
    ),
    "exempt_in_month": (
        "免除・猶予を受けている月は、付加保険料を納めることができません（国民年金法87条の2第1項）。",
        "Whoever is exempt or deferred in a month can't pay the additional premium for it (NPA 87条の2第1項).",
    ),
    "no_additional_premium": (
        "付加保険料の納付申出がないため、辞退できません。",
        "There is no additional premium to stop.",
    ),
}

STATES: dict[str, tuple[str, str]] = {
    "waiting": ("確認待ち", "waiting"),
    "accepted": ("受理", "accepted"),
    "refused": ("不受理", "refused"),
    "withdrawn": ("取下げ", "withdrawn"),
    "returned": ("返付", "given back"),
}
"""What became of a filing at the counter."""

RESULTS: dict[str, tuple[str, str]] = {"accepted": ("受理", "accepted"), "returned": ("返戻", "returned")}
"""処理結果 of the pension service."""

KINDS: dict[str, tuple[str, str]] = {
    "acquisition": ("資格取得届", "acquisition"),
    "category_change": ("種別変更届", "change of category"),
    "loss": ("資格喪失届", "loss"),
    "voluntary_entry": ("任意加入申出", "voluntary membership"),
    "voluntary_withdrawal": ("任意加入資格喪失申出", "withdrawal from voluntary membership"),
    "death": ("死亡届", "death"),
    "name_change": ("氏名変更届", "change of name"),
    "address_change": ("住所変更届", "change of address"),
    "number_notice_reissue": ("基礎年金番号通知書再交付申請", "new notice of the basic pension number"),
    "maternity": ("産前産後免除該当届", "maternity exemption"),
    "childcare": ("育児免除該当届", "childcare exemption"),
    "statutory_start": ("法定免除該当届", "statutory exemption begins"),
    "statutory_end": ("法定免除消滅届", "statutory exemption ends"),
    "pay_despite_exemption": ("免除期間納付申出", "wish to pay despite the statutory exemption"),
    "exemption": ("免除・納付猶予申請", "application for exemption or deferral"),
    "student": ("学生納付特例申請", "application for student deferral"),
    "exemption_cancellation": ("免除取消申請", "cancellation of an exemption"),
    "student_end": ("学生納付特例不該当届", "no longer a student"),
    "spouse_change": ("配偶者変更届", "change of spouse"),
    "additional_start": ("付加保険料納付申出", "additional premium"),
    "additional_stop": ("付加保険料納付辞退申出", "end of the additional premium"),
    "farmers_pension": ("農業者年金に係る付加の届", "farmers' pension"),
    "old_age_claim": ("老齢基礎年金裁定請求", "old-age basic pension"),
    "disability_claim": ("障害基礎年金裁定請求", "disability basic pension"),
    "survivors_claim": ("遺族基礎年金裁定請求", "survivors' basic pension"),
    "widows_pension_claim": ("寡婦年金裁定請求", "widow's pension"),
    "death_lump_sum_claim": ("死亡一時金裁定請求", "lump sum on death"),
    "unpaid_pension_claim": ("未支給年金請求", "unpaid pension"),
    "welfare_old_age": ("老齢福祉年金の届", "welfare old-age pension"),
    "special_disability_claim": ("特別障害給付金請求", "special disability benefit"),
    "support_benefit_claim": ("年金生活者支援給付金請求", "support benefit"),
    "recipient": ("受給者の届", "paper of a pensioner"),
}
"""The forms, as the reception book names them."""

EXEMPTIONS: dict[str, tuple[str, str]] = {
    "maternity": ("産前産後免除", "maternity exemption"),
    "childcare": ("育児免除", "childcare exemption"),
    "statutory": ("法定免除", "statutory exemption"),
    "full": ("全額免除", "full exemption"),
    "three_quarter": ("4分の3免除", "three-quarter exemption"),
    "half": ("半額免除", "half exemption"),
    "quarter": ("4分の1免除", "quarter exemption"),
    "deferral": ("納付猶予", "deferral"),
    "student": ("学生納付特例", "student deferral"),
}
"""Why a month need not be paid, or not in full."""
