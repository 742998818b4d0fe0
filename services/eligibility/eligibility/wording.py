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
