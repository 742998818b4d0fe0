"""How does a code read to a clerk, wherever a person reads it? Japanese first, English beside it; what to do included where there is something to do."""

from typing import Literal

from contracts.events.eligibility import HintCode, Missing, Outcome, Role, TransitionReason
from contracts.events.forms import Paper
from contracts.events.operations import Action
from contracts.events.registry import ChangeReason
from contracts.vocabulary import Category, Certainty

Words = tuple[str, str]
"""Japanese, English."""
Finding = Literal["holds", "fails", "unknown"]

ACTIONS: dict[Action, str] = {
    "register": "登録", "update": "更新", "delete": "削除", "refer": "参照", "print": "印刷", "export": "出力", "login": "ログイン", "refuse": "拒否",
}  # fmt: skip
DEEDS: dict[str, str] = {
    "accounts.approve": "利用者台帳の変更の承認", "accounts.look": "利用者台帳", "accounts.propose": "利用者台帳の変更の提案",
    "addressees": "宛名", "addressees.match": "宛名の照合", "addressees.search": "宛名の検索", "households": "世帯",
    "audit.begin-anew": "記録簿の作り直し", "audit.investigate": "点検すべきものの調査", "audit.record": "点検・報告の記録", "replay": "記録の再送",
    "book": "受付処理簿", "counts": "受付件数", "forms": "申請書の案内", "hints": "お知らせ", "milestones": "年齢到達", "reviewed": "継続審査の結果",
    "corrections": "所得の更正", "needs": "足りない所得", "incomes.look": "所得", "incomes.held": "所得（開示）", "tax-flags.look": "課税区分",
    "tax-file.despite": "税情報の取込み（合計不一致のまま）", "explain": "判定の根拠", "note": "判定の根拠", "what-if": "試算",
    "filing": "届出", "filing.check": "届出の点検", "filing.decide": "送付の決裁", "filing.enter": "届出の入力", "filing.look": "届出の見込み",
    "filing.reach": "取下げの影響", "filing.return": "届出の返付", "filing.withdraw": "届出の取下げ",
    "findings": "点検すべきもの", "findings.settle": "点検の結果", "reviews.look": "点検・報告", "reviews.sign": "点検・報告の署名",
    "income-requests": "所得情報提供依頼", "income-requests.answer": "依頼への回答", "income-requests.import": "依頼の取込み",
    "income-requests.match": "依頼の照合", "income-requests.settle": "対象者の確定", "income-requests.unmatched": "要確認の行",
    "inquiry.number": "基礎年金番号による検索", "inquiry.view": "被保険者照会票", "lists": "一覧の出力", "snapshot": "現在の状態の提供",
    "log.accesses": "アクセス記録", "log.checkpoint": "記録簿の署名", "log.head": "記録簿の署名", "log.prove": "記録簿の証明",
    "my-numbers": "個人番号", "my-numbers.erase": "個人番号の廃棄", "vault.rotate": "保管庫の鍵の更新",
    "notes": "経過記録", "notes.write": "経過記録の記入", "transcriptions": "転記", "transcription.enter": "転記の入力", "transcription.check": "転記の点検",
    "operations.set-aside": "保留された記録", "operations.state": "運用の状態", "operations.try-again": "やり直し", "set-aside": "保留された記録",
    "papers": "書類の所在", "papers.filings": "届書の印刷", "papers.labels": "原本のラベル",
    "retention.approve": "消去の承認", "retention.certificate": "消去の証明", "retention.expired": "保存期間の満了", "retention.hold": "消去の留保",
    "retention.lift": "消去の留保の解除", "retention.propose": "消去の提案",
    "rights.decide": "開示等の決定", "rights.disclosure": "開示の案", "rights.extend": "開示等の延長", "rights.list": "開示等の請求", "rights.register": "開示等の登録",
    "takeover.compare": "移行の比較", "takeover.load": "移行の取込み", "terminal-reconcile": "窓口装置の突合", "terminal-register": "窓口装置の利用簿",
    "transmittal.appoint": "決裁者の指定", "transmittal.batches": "進達", "transmittal.checked": "進達の点検", "transmittal.confirmed": "封印の確認",
    "transmittal.decided": "進達の決裁", "transmittal.deliveries": "機構からの送付", "transmittal.delivery": "送付の登録", "transmittal.delivery-count": "送付の確認",
    "transmittal.delivery-import": "送付の取込み", "transmittal.delivery-rows": "送付の行", "transmittal.designate": "端末の指定", "transmittal.dispatched": "進達の発送",
    "transmittal.dispose": "媒体の廃棄", "transmittal.due": "進達すべきもの", "transmittal.files": "媒体のファイル", "transmittal.letter": "手紙",
    "transmittal.media": "媒体管理台帳", "transmittal.medium-in": "媒体の返却", "transmittal.medium-out": "媒体の持ち出し", "transmittal.password": "パスワード",
    "transmittal.permitted": "持ち出し許可", "transmittal.print": "帳票の印刷", "transmittal.print-register": "帳簿の印刷", "transmittal.pull": "進達からの除外",
    "transmittal.closed": "進達の完了", "transmittal.reissued": "進達の再発行", "transmittal.scanned": "原本の読取り", "transmittal.received": "受領", "transmittal.register": "媒体の登録", "transmittal.remind": "届出勧奨",
    "transmittal.reported": "進達の記録", "transmittal.reviewed": "後閲", "transmittal.scan": "原本のバーコード", "transmittal.seal": "封緘", "transmittal.show": "進達",
    "transmittal.voided": "進達の無効", "transmittal.written": "媒体への書込み",
}  # fmt: skip
"""What an access record says was done or looked at. A longer code says which of its kind: `lists.reception`."""


def deed(what: str) -> str:
    """The words for the `what` of an access record; its code, where there are none."""
    known = what
    while known not in DEEDS and "." in known:
        known = known.rpartition(".")[0]
    return DEEDS.get(known, what)


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

REASONS: dict[str, Words] = {
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

SET_ASIDE: dict[str, Words] = {
    "empty": ("内容がない", "nothing in it"),
    "too_long": ("大きすぎる", "too large"),
    "not_utf8": ("文字コードがUTF-8でない", "not UTF-8"),
    "too_deep": ("入れ子が深すぎる", "nested too deep"),
    "duplicate_key": ("同じ名前の項目が二つある", "a member twice"),
    "number": ("数の桁が多すぎる", "a number of too many digits"),
    "not_json": ("JSONとして読めない", "not JSON"),
    "not_an_object": ("JSONのオブジェクトでない", "not a JSON object"),
    "my_number": ("個人番号と思われる数字がある", "what may be a My Number"),
    "type": ("このトピックの種類でない", "no type of this topic"),
    "version": ("読めない版である", "a version that is not read here"),
    "schema": ("項目が決まりに合わない", "a member that breaks a rule"),
    "character": ("使えない文字がある", "a character that is not allowed"),
    "private_use": ("外字がある", "a private-use character"),
    "birth_date_uncertain": ("生年月日が不詳である", "a birth date that is not known"),
    "key": ("キーが長すぎる", "a key that is too long"),
    "municipality": ("別の市区町村の記録である", "of another municipality"),
    "id_reused": ("同じidで内容が違う", "one id with two contents"),
    "early": ("日付が先である", "of a day to come"),
    "failed": ("こちらの処理の誤り", "our own code failed"),
    "waiting": ("前の記録を待っている", "waits behind an earlier one"),
}
"""Why a record takes no effect now. Field and rule, in English, stand beside it."""

STATES: dict[str, Words] = {
    "waiting": ("確認待ち", "waiting"),
    "accepted": ("受理", "accepted"),
    "refused": ("不受理", "refused"),
    "withdrawn": ("取下げ", "withdrawn"),
    "returned": ("返付", "given back"),
}
"""What became of a filing at the counter."""

RESULTS: dict[str, Words] = {"accepted": ("受理", "accepted"), "returned": ("返戻", "returned")}
"""処理結果 of the pension service."""

FINDINGS_OF_ACCESS: dict[str, Words] = {
    "bulk": ("1時間に多数の者を照会", "many people within an hour"),
    "night": ("夜間・閉庁日の照会", "at night or on a closed day"),
    "refusals": ("短時間に繰り返し拒否", "refused again and again"),
    "own_record": ("本人の記録の照会", "one's own record"),
    "own_household": ("同一世帯・同一住所の者の照会", "one's own household or address"),
    "dormant_subject": ("1年以上利用のなかった者の照会", "somebody whom nobody had looked at for a year"),
}
"""Why an access should be looked at."""

BATCH_STATES: dict[str, Words] = {
    "sealed": ("封緘（点検待ち）", "sealed, to be checked"),
    "checked": ("点検済（決裁待ち）", "checked, to be decided"),
    "decided": ("決裁済（書込み待ち）", "decided, to be written"),
    "written": ("書込み済（持ち出し許可待ち）", "written, permission to carry out awaited"),
    "permitted": ("持ち出し許可済", "permitted to be carried out"),
    "confirmed": ("封印確認済（二人目待ち）", "seal confirmed by one, a second one awaited"),
    "dispatched": ("発送済（受領確認待ち）", "dispatched, receipt awaited"),
    "differs": ("件数差異あり", "counts differ"),
    "closed": ("完了", "closed"),
    "void": ("無効", "void"),
    "pending": ("進達待ち", "waiting for a batch"),
    "pulled": ("取下げ", "taken out"),
}
"""How far a batch (進達) is, and its items before it."""

KINDS: dict[str, Words] = {
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

EXEMPTIONS: dict[str, Words] = {
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

CATEGORIES: dict[Category | None, Words] = {
    None: ("被保険者ではない", "not insured"),
    1: ("第1号被保険者", "category 1"),
    2: ("第2号被保険者", "category 2"),
    3: ("第3号被保険者", "category 3"),
    "voluntary_20_59": ("任意加入被保険者（20歳以上60歳未満）", "voluntary member (20 to 59)"),
    "voluntary_60_64": ("任意加入被保険者（60歳以上65歳未満）", "voluntary member (60 to 64)"),
    "voluntary_overseas": ("任意加入被保険者（国外居住）", "voluntary member abroad"),
    "special_voluntary": ("特例任意加入被保険者", "special voluntary member"),
    "special_voluntary_overseas": ("特例任意加入被保険者（国外居住）", "special voluntary member abroad"),
}

TRANSITIONS: dict[TransitionReason, Words] = {
    "age20": ("20歳に達しました。", "20 was attained."),
    "entry_from_abroad": (
        "国外から転入し、国内に住所を有しました。",
        "An address in Japan was taken on entry from abroad.",
    ),
    "end_of_class2": (
        "退職等により、第2号被保険者でなくなりました。",
        "Category 2 ended: employment was left.",
    ),
    "end_of_class3": (
        "第2号被保険者の被扶養配偶者でなくなり、第3号被保険者の資格が終わりました。",
        "Category 3 ended: no longer the dependent spouse of a category 2 person.",
    ),
    "end_of_exclusion": ("適用を除外される事由がなくなりました。", "The ground for exclusion ended."),
    "acquired_by_pension_service": (
        "日本年金機構の記録では、この日に資格を取得しています。",
        "In the pension service's record the status begins on this day.",
    ),
    "moved_in_insured": (
        "転入届の付記に、被保険者であることが記載されています。",
        "The note on the move filing says that the person is insured.",
    ),
    "age60": ("60歳に達しました。", "60 was attained."),
    "death": ("死亡しました。", "The person died."),
    "departure_overseas": (
        "国外へ転出し、国内に住所を有しなくなりました。",
        "The address in Japan was given up on departure abroad.",
    ),
    "to_class2": ("厚生年金保険に加入し、第2号被保険者となりました。", "Employees' pension insurance began."),
    "to_class3": (
        "第2号被保険者の被扶養配偶者となり、第3号被保険者となりました。",
        "The person became the dependent spouse of a category 2 person.",
    ),
    "exclusion": ("適用を除外される事由に該当しました。", "A ground for exclusion arose."),
    "old_age_benefit_right": (
        "厚生年金保険法の老齢給付等を受けることができる人となりました。",
        "A right to an employees' old-age benefit arose.",
    ),
    "voluntary_entry": ("任意加入の申出がありました。", "Voluntary membership was applied for."),
    "voluntary_withdrawal": (
        "任意加入をやめる申出がありました。",
        "Withdrawal from the voluntary membership was filed.",
    ),
    "age65": ("65歳に達しました。", "65 was attained."),
    "age70": ("70歳に達しました。", "70 was attained."),
    "return_to_japan": (
        "国外の任意加入者が、国内に住所を有しました。",
        "A voluntary member abroad took an address in Japan.",
    ),
    "lost_by_pension_service": (
        "日本年金機構の記録では、この日に資格を喪失しています。",
        "In the pension service's record the status ends on this day.",
    ),
    "other": ("届書に記載されたその他の事由によります。", "Another reason, stated on the form."),
}
"""Why the insured status changed."""

CERTAINTIES: dict[Certainty, Words] = {
    "confirmed": ("確定", "confirmed"),
    "expected": ("見込み", "expected"),
}

BASES: dict[str, Words] = {
    "law": ("法律の規定によります。", "The law itself says so."),
    "filing": ("届出によります。", "A filing says so."),
    "notice": ("日本年金機構の通知によります。", "A notice of the pension service says so."),
    "move_note": ("転入届・転出届の付記によります。", "The note on a move filing says so."),
    "none": (
        "届出も日本年金機構の通知も、まだありません。",
        "Neither a filing nor a notice of the pension service has come.",
    ),
}
"""What confirms a change of the insured status; `none` = it is expected."""

OUTCOMES: dict[Outcome, Words] = {
    "pass": ("要件を満たします", "the requirements are met"),
    "refused": ("要件を満たしません", "the requirements are not met"),
    "undetermined": ("まだ判定できません", "it can't be said yet"),
    "needs_person": ("担当者の判断が必要です", "a person has to decide"),
}
"""The pre-check of an application's months."""

FINDINGS: dict[Finding, Words] = {
    "holds": ("要件を満たします", "the requirements are met"),
    "fails": ("要件を満たしません", "the requirements are not met"),
    "unknown": ("まだ判定できません", "it can't be said yet"),
}
"""What one scheme comes to."""

ROLES: dict[Role, Words] = {
    "applicant": ("本人", "applicant"),
    "spouse": ("配偶者", "spouse"),
    "householder": ("世帯主", "householder"),
}

MISSING: dict[Missing, Words] = {
    "undeclared": (
        "住民税が未申告です。所得がない場合も、申告を案内してください。",
        "It was not declared. Ask for a declaration of resident tax, also where there was no income.",
    ),
    "not_required": (
        "住民税の申告が不要とされた方で、所得の額が分かりません。所得の申立書を求めてください。",
        "No declaration was required, so the amount is not known. Ask for a statement of income.",
    ),
    "other_municipality": (
        "他の市区町村で課税されています。所得証明書を求めるか、その市区町村に照会してください。",
        "Another municipality assessed it. Ask for an income certificate, or ask that municipality.",
    ),
    "not_assessed": ("課税の情報がまだ届いていません。", "The tax assessment has not come yet."),
    "unknown_person": (
        "住民記録にない人です。宛名番号を確かめるか、所得証明書を求めてください。",
        "The resident register does not know the person. Check the number, or ask for an income certificate.",
    ),
}
"""Why an income is not known. None of these is an income of zero."""

STEPS: dict[str, Words] = {
    "income_within_limit": ("所得が基準額以下です。", "The income is within the limit."),
    "income_over_limit": ("所得が基準額を超えています。", "The income is over the limit."),
    "income_unknown": ("所得が分かりません。", "The income is not known."),
    "income_within_flat_line": (
        "障害者・寡婦・ひとり親で、所得がその基準額以下です。",
        "Disabled, a widow or a single parent, with an income within the line for them.",
    ),
    "income_over_flat_line": (
        "障害者・寡婦・ひとり親ですが、所得がその基準額を超えています。",
        "Disabled, a widow or a single parent, but with an income over the line for them.",
    ),
    "other_public_assistance": (
        "世帯に、生活扶助以外の扶助を受けている人がいます。所得は問いません。",
        "Public assistance other than livelihood aid is drawn in the household. The income plays no part.",
    ),
    "unemployed": (
        "失業、事業の廃止等がありました。所得は問いません。",
        "Work was lost or a business closed. The income plays no part.",
    ),
    "disaster": ("災害による損害を受けました。所得は問いません。", "A disaster did damage. The income plays no part."),
    "dv_excluded": (
        "配偶者から暴力を受けています。配偶者の所得は問いません。",
        "The spouse used violence. The spouse's income plays no part.",
    ),
    "special_disability_benefit": (
        "特別障害給付金を受けています。配偶者・世帯主も含め、所得は問いません。",
        "The special disability benefit is drawn. Nobody's income plays a part.",
    ),
    "below_age_limit": (
        "納付猶予の上限年齢に達する前の月です。",
        "The month lies before the one in which the age limit of deferral is attained.",
    ),
    "age_limit_reached": ("納付猶予の上限年齢に達しています。", "The age limit of deferral is reached."),
    "scheme_ended": ("納付猶予の制度が終わった後の月です。", "Deferral has ended before this month."),
    "law_not_held": (
        "この月の法令の基準額を登録していません。担当者が確かめてください。",
        "The values of the law for this month are not held here. A person has to look.",
    ),
    "outside_reach": (
        "この日の申請では対象にできない月です。",
        "An application of this day can't name this month.",
    ),
}
"""What was found at one step of the legal trace."""

_OF_A_PRE_CHECK: dict[str, Words] = {
    "household_changed_within_month": (
        "月の途中で世帯が変わりました。月末の世帯で判定しています。",
        "The household changed within the month. The one at its end was taken.",
    ),
    "spouse_not_declared": (
        "住民記録には配偶者がいますが、申請書に記載がありません。申請者に確かめてください。",
        "The register has a spouse whom the application does not name. Ask the applicant.",
    ),
    "householder_missing": (
        "世帯主が住民記録に見当たりません。世帯を確かめてください。",
        "The register shows no householder. Check the household.",
    ),
    "two_householders": (
        "一つの世帯に世帯主が2人います。世帯を確かめてください。",
        "One household has two householders. Check the household.",
    ),
    "no_approval_known": (
        "6月までの承認の記録がありません。日本年金機構に確かめてください。",
        "No approval that runs until June is known. Ask the pension service.",
    ),
    "not_open_to_review": (
        "6月までの承認は、継続審査の対象となるものではありません。",
        "The approval that runs until June is of a kind that is not reviewed without a new application.",
    ),
    "childcare_text_not_seen": (
        "育児免除の条文は未確認です。日本年金機構の案内によっています。",
        "The article on the childcare exemption was not seen. This follows the pension service's page.",
    ),
}
_OF_THE_REGISTER_OR_THE_TAX: dict[str, Words] = {
    "version_used_twice": (
        "同じ版番号で内容の異なる記録があります。元の記録を確かめてください。",
        "Two records of different content bear one version number. Check the source.",
    ),
    "dependants_16_18_unknown": (
        "16歳以上19歳未満の扶養親族の数が分かりません。0人として計算しています。",
        "The number of dependants from 16 to 18 is not known. It was taken as 0.",
    ),
    "merged_incomes_differ": (
        "名寄せした二つの宛名番号で所得の額が異なります。税務の担当に確かめてください。",
        "The two numbers of this person have different incomes. Ask the tax desk.",
    ),
    "merged_twice": (
        "この宛名番号は二つの番号に名寄せされています。どちらが正しいか確かめてください。",
        "This number was merged into two others. Settle which one is right.",
    ),
    "merged_in_a_circle": (
        "名寄せが循環しています。誤った名寄せを取り消してください。",
        "The merges lead in a circle. Take back the one that is wrong.",
    ),
    "move_in_without_origin": ("転入元の記録がない転入があります。", "A move in has no place of origin."),
    "moved_in_twice": (
        "転出の記録がないまま、転入が2回記録されています。",
        "Two moves in are recorded without a move out between them.",
    ),
    "change_after_death": ("死亡の後の日付の異動があります。", "A change is dated after the death."),
    "death_annulled": (
        "死亡の記録が取り消されました。送付済みの届書がないか確かめてください。",
        "A death was taken back. Check whether anything was sent because of it.",
    ),
    "supersedes_unknown_change": (
        "訂正・取消しの対象となる異動が届いていません。",
        "A correction or annulment names a change that has not arrived.",
    ),
    "corrected_after_two_years": (
        "2年より前の異動が訂正されました。時効により納付できない月がないか確かめてください。",
        "What lies more than two years back was corrected. Check for months that can no longer be paid.",
    ),
    "move_out_annulled_after_departure": (
        "転出の日を過ぎてから、転出が取り消されました。",
        "A move out was taken back after its day.",
    ),
}
_OF_FILINGS_OR_NOTICES: dict[str, Words] = {
    "two_basic_pension_numbers": (
        "基礎年金番号が2つ通知されています。日本年金機構に確かめてください。",
        "Two basic pension numbers were notified. Ask the pension service.",
    ),
    "checked_by_who_entered": (
        "入力した人が自分で点検した届書があります。別の担当者が点検してください。",
        "A filing was checked by the person who entered it. Another person has to check it.",
    ),
    "revision_used_twice": (
        "同じ入力回数で内容の異なる届書があります。届書と見比べてください。",
        "Two entries of different content bear one revision number. Compare with the paper.",
    ),
}
DOUBTS: dict[str, Words] = (
    _OF_A_PRE_CHECK | _OF_THE_REGISTER_OR_THE_TAX | _OF_FILINGS_OR_NOTICES | {"outside_reach": STEPS["outside_reach"]}
)
"""What a person has to look at."""

HINTS: dict[HintCode, Words] = {
    "acquisition_filing_due": (
        "第1号被保険者となる見込みです。資格取得届または種別変更届を案内してください。",
        "Category 1 is expected. Ask for the filing of acquisition or change of category.",
    ),
    "loss_filing_due": (
        "国外への転出により資格を喪失する見込みです。資格喪失届を案内してください。",
        "The status is expected to end with the departure abroad. Ask for the filing of loss.",
    ),
    "death_filing_due": (
        "死亡の届出が期間内にありませんでした。被保険者死亡届を案内してください。",
        "The death was notified too late to do without it. Ask for the filing of the insured person's death.",
    ),
    "status_check_due": (
        "転入した人の資格の記録がありません。年金の加入状況を確かめてください。",
        "Nothing is known of the status of a person who moved in. Ask about it.",
    ),
    "absent_member": (
        "被保険者の住民票が職権で消除されました。日本年金機構に知らせてください。",
        "An insured person was struck off the resident register. Tell the pension service.",
    ),
    "voluntary_overseas_possible": (
        "日本国籍の人は、国外で任意加入することができます。",
        "Voluntary membership abroad is open to Japanese nationals.",
    ),
    "special_voluntary_possible": (
        "65歳以後も特例任意加入ができる場合があります。受給権の有無を日本年金機構に確かめてください。",
        "Special voluntary membership from 65 may be open. Ask the pension service whether there is a right to a pension.",
    ),
    "widows_pension_possible": (
        "寡婦年金を請求できる場合があります。納付月数は日本年金機構に確かめてください。",
        "A widow's pension may be claimed. The months paid are the pension service's to confirm.",
    ),
    "death_lump_sum_possible": (
        "死亡一時金を請求できる場合があります。納付月数は日本年金機構に確かめてください。",
        "A lump sum on death may be claimed. The months paid are the pension service's to confirm.",
    ),
    "survivors_pension_possible": (
        "遺族基礎年金を請求できる場合があります。納付要件は日本年金機構に確かめてください。",
        "A survivors' basic pension may be claimed. The months paid are the pension service's to confirm.",
    ),
    "unpaid_pension_possible": ("未支給年金を請求できる場合があります。", "An unpaid pension may be claimed."),
    "maternity_possible": ("産前産後免除の届出ができます。", "A maternity exemption may be filed."),
    "maternity_longer_possible": (
        "実際の出産日によると、産前産後免除がより早い月から始まります。本人に案内してください。",
        "By the actual day of birth the maternity exemption begins in an earlier month. Tell the mother.",
    ),
    "childcare_possible": ("育児免除の届出ができます。", "A childcare exemption may be filed."),
    "childcare_by_pension_service": (
        "産前産後免除に続く育児免除は、日本年金機構が行う見込みです。届出は不要です。",
        "The pension service is expected to grant the childcare exemption after the maternity months. No filing is needed.",
    ),
    "statutory_exemption_proposed": (
        "生活扶助が始まりました。法定免除該当届を案内してください。",
        "Livelihood aid began. Ask for the filing of the statutory exemption.",
    ),
    "statutory_end_filing_due": (
        "生活扶助が終わりました。法定免除消滅届、または期限までの免除等の申請を案内してください。",
        "Livelihood aid ended. Ask for the filing of its end, or for an application by the due day.",
    ),
    "application_ground_possible": (
        "生活保護に準ずる保護が始まりました。法定免除には該当しませんが、免除申請の事由となります。",
        "Protection equivalent to livelihood aid began. It is no statutory exemption, but a ground for an application.",
    ),
}
"""Something to look at or to tell somebody: a proposal, never a change."""

AGREEMENTS: dict[bool | None, Words] = {
    True: ("当方の参考判定と一致しています。", "As our pre-check said."),
    False: ("当方の参考判定と一致していません。", "Other than our pre-check said."),
    None: ("比べる参考判定はありません。", "There is no pre-check to compare it with."),
}
"""The pension service's decision beside our pre-check."""

REGISTER_CHANGES: dict[ChangeReason, Words] = {
    "move_in": ("転入", "move in"),
    "move_in_overseas": ("国外からの転入", "move in from abroad"),
    "move_within": ("転居", "move within the municipality"),
    "move_out": ("転出", "move out"),
    "move_out_overseas": ("国外への転出", "move abroad"),
    "death": ("死亡", "death"),
    "birth": ("出生", "birth"),
    "name_change": ("氏名の変更", "change of name"),
    "household_change": ("世帯の変更", "change of household"),
    "ex_officio_entry": ("職権記載", "entered ex officio"),
    "ex_officio_removal": ("職権消除", "struck off ex officio"),
    "ex_officio_restoration": ("職権回復", "restored ex officio"),
    "other": ("その他の異動", "other change"),
}
"""異動事由 of the resident register."""

ASSISTANCE: dict[str, Words] = {
    "livelihood": ("生活扶助", "livelihood aid"),
    "education": ("教育扶助", "education aid"),
    "housing": ("住宅扶助", "housing aid"),
    "medical": ("医療扶助", "medical aid"),
    "care": ("介護扶助", "care aid"),
    "maternity": ("出産扶助", "maternity aid"),
    "occupation": ("生業扶助", "occupational aid"),
    "funeral": ("葬祭扶助", "funeral aid"),
}
"""Kinds of public assistance (生活保護法11条)."""

PAPERS: dict[Paper, Words] = {
    "account_proof": ("口座を確認できる書類", "proof of the account"),
    "birth_proof": ("出生を証する書類", "proof of birth"),
    "certificate_of_residence_abroad": ("在留・本籍を証する書類", "proof of residence abroad"),
    "child_relation_proof": ("子との関係を証する書類", "proof of the relation to the child"),
    "death_proof": ("死亡を証する書類", "proof of death"),
    "disaster_proof": ("罹災を証する書類", "proof of the disaster"),
    "due_date_proof": ("出産予定日を証する書類", "proof of the expected day"),
    "end_of_exclusion_proof": ("適用除外の終了を証する書類", "proof that the exclusion ended"),
    "family_register": ("戸籍謄本等", "family register"),
    "first_visit_proof": ("初診日を証する書類", "proof of the first visit"),
    "income_certificate": ("所得証明書", "certificate of income"),
    "income_report": ("所得状況届", "income report"),
    "job_loss_proof": ("離職票等", "proof of lost work"),
    "livelihood_proof": ("生計同一関係を証する書類", "proof of common livelihood"),
    "medical_certificate": ("診断書", "medical certificate"),
    "medical_history_statement": ("病歴・就労状況等申立書", "medical history"),
    "multiple_pregnancy_proof": ("多胎妊娠を証する書類", "proof of a multiple pregnancy"),
    "pension_certificate": ("年金証書", "pension certificate"),
    "pension_number_proof": ("基礎年金番号を明らかにする書類", "proof of the basic pension number"),
    "relation_proof": ("身分関係を証する書類", "proof of relation"),
    "school_course_proof": ("修業年限を証する書類", "proof of the course"),
    "spouse_statement": ("配偶者についての申立書", "statement about the spouse"),
    "student_proof": ("学生証の写し等", "proof of being a student"),
    "violence_certificate": ("配偶者からの暴力に関する証明書", "certificate about violence"),
}
"""添付書類: what came with a form, or should have."""

TRANSCRIPTIONS: dict[str, Words] = {
    "checked": ("確認済", "confirmed"),
    "second_person": ("点検者の確認待ち", "waits for a second person"),
    "checked_by_who_wrote": ("転記した者が点検しています", "checked by who wrote it"),
    "entry_and_check_differ": ("転記と点検の内容が異なります", "memo and check differ"),
}
"""Whether a memo of the portable terminal was checked."""

DELIVERIES: dict[str, Words] = {
    "results": ("処理結果一覧", "results"),
    "decisions": ("決定結果", "decisions"),
    "numbers": ("基礎年金番号の付番", "numbers given"),
    "memberships": ("第2号・第3号及び20歳の一覧", "categories 2 and 3, and age 20"),
    "absentees": ("不在者一覧", "absentees"),
}
"""Kinds of files that come back from the pension service."""

DELIVERY_OUTCOMES: dict[str, Words] = {
    "told": ("反映", "taken"),
    "not_via_us": ("反映（当方を経由しないもの）", "taken, not by way of us"),
    "twice": ("重複", "twice"),
    "nobody": ("該当者なし", "nobody of ours"),
    "for_a_person": ("要確認", "for a person"),
}
"""What became of a row that came back."""

MEDIA: dict[str, Words] = {
    "optical_disc": ("光ディスク", "optical disc"),
    "magneto_optical_disc": ("光磁気ディスク", "magneto-optical disc"),
}
DISPOSALS: dict[str, Words] = {
    "shredded": ("破砕", "shredded"),
    "broken": ("切断", "broken"),
    "left_with_recipient": ("送付先で廃棄", "left with the recipient"),
}
"""How a medium ends."""

INCOME_REQUESTS: dict[str, Words] = {
    "continued_review": ("継続免除審査対象者", "for the continued review"),
    "unpaid_premium": ("未納者対策対象者", "with unpaid premiums"),
    "support_benefit": ("年金生活者支援給付金対象者", "for the support benefit"),
}
"""Lists of the pension service that ask for incomes (所得情報提供依頼)."""

RIGHTS_REQUESTS: dict[str, Words] = {
    "disclosure": ("開示請求", "disclosure"),
    "correction": ("訂正請求", "correction"),
    "suspension": ("利用停止請求", "suspension of use"),
    "inquiry": ("問合せ", "question"),
}
"""Requests of a person about the own records."""
