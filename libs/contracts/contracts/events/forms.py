"""What does each form (届書・申出書・申請書・請求書) say? One shape per legal form: its items, and no others.

Names, addresses, diagnoses and bank accounts stay on the paper and in the resident register (decision 16): the person is the
event's subject, everybody else on the form an addressee number. The number on a form is a basic pension number, or a My Number
that went to the vault and left a receipt (decision 17).
"""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.events.eligibility import Role
from contracts.vocabulary import (
    AddresseeNumber,
    BasicPensionNumber,
    Code,
    Date,
    IdentityDataHeld,
    Model,
    Month,
    Scheme,
    Voluntary,
)

Paper = Literal[
    "account_proof",
    "birth_proof",
    "certificate_of_residence_abroad",
    "child_relation_proof",
    "death_proof",
    "disaster_proof",
    "due_date_proof",
    "end_of_exclusion_proof",
    "family_register",
    "first_visit_proof",
    "income_certificate",
    "income_report",
    "job_loss_proof",
    "livelihood_proof",
    "medical_certificate",
    "medical_history_statement",
    "multiple_pregnancy_proof",
    "pension_certificate",
    "pension_number_proof",
    "relation_proof",
    "school_course_proof",
    "spouse_statement",
    "student_proof",
    "violence_certificate",
]
"""添付書類: papers that came with the form, by what they prove."""


class Form(Model):
    """Common to every form: one number of the person, and the papers that came with it."""

    basic_pension_number: BasicPensionNumber | None = None
    my_number_receipt: Annotated[Code | None, Field(description="opaque receipt of the vault's door")] = None
    papers: Annotated[tuple[Paper, ...], Field(strict=False, max_length=20)] = ()


# ---- insured status (資格) -------------------------------------------------------------------------------------------


class AcquisitionFiling(Form):
    """資格取得届 (NPR 1条の4): a person who was not insured becomes category 1."""

    kind: Literal["acquisition"]
    reason: Literal["age20", "entry_from_abroad", "end_of_exclusion", "other"]
    fact_on: Annotated[Date, Field(description="国外転入日, day on which the exclusion ended, day 20 was attained …")]


class CategoryChangeFiling(Form):
    """種別変更届 (NPR 6条の2): from category 2 or 3 to category 1, by leaving work or because the spouse's support ended."""

    kind: Literal["category_change"]
    reason: Literal[
        "left_employment",
        "spouse_left_employment",
        "spouse_attained_65",
        "dependency_ended",
        "divorce",
        "spouse_died",
    ]
    fact_on: Annotated[Date, Field(description="the last working day 退職日; else the day of the fact")]


class LossFiling(Form):
    """資格喪失届 (NPR 3条); never for death, age 60 or a change to category 2 or 3."""

    kind: Literal["loss"]
    reason: Literal["departure_overseas", "old_age_benefit_right", "exclusion", "other"]
    fact_on: Date


class VoluntaryEntry(Form):
    """任意加入・特例任意加入申出 (NPR 2条): counts from the day of reception, never back."""

    kind: Literal["voluntary_entry"]
    membership: Voluntary
    account_transfer: Annotated[
        Literal["wished", "good_cause"] | None,
        Field(description="口座振替 (附則5条2項 and the like, NPR 2条の2), asked of those in Japan"),
    ] = None

    @model_validator(mode="after")
    def _transfer_where_asked(self) -> "VoluntaryEntry":
        asked = self.membership in ("voluntary_20_59", "voluntary_60_64", "special_voluntary")
        if (self.account_transfer is not None) != asked:
            raise PydanticCustomError(
                "account_transfer", "account transfer is asked of voluntary members in Japan, and only of them"
            )
        return self


class VoluntaryWithdrawal(Form):
    """任意加入被保険者資格喪失申出 (NPR 6条): takes effect on the day of reception."""

    kind: Literal["voluntary_withdrawal"]


class DeathFiling(Form):
    """被保険者死亡届 (NPR 4条), where it is not omitted."""

    kind: Literal["death"]
    died_on: Date


class NameChangeFiling(Form):
    """氏名変更届 (NPR 7条). The names themselves come from the resident register when it is sent."""

    kind: Literal["name_change"]
    changed_on: Date
    identity_data_held: IdentityDataHeld


class AddressChangeFiling(Form):
    """住所変更届 (NPR 8条). The addresses themselves come from the resident register when it is sent."""

    kind: Literal["address_change"]
    changed_on: Date
    identity_data_held: IdentityDataHeld


class NumberNoticeReissue(Form):
    """基礎年金番号通知書再交付申請 (NPR 11条): the pension service's affair, taken and passed on as a courtesy."""

    kind: Literal["number_notice_reissue"]
    reason: Literal["lost", "damaged"]


# ---- premiums (保険料) -----------------------------------------------------------------------------------------------


class MaternityFiling(Form):
    """産前産後免除該当届 (NPR 73条の7): before the birth the expected day, after it the day of birth."""

    kind: Literal["maternity"]
    due_on: Annotated[Date | None, Field(description="出産予定日")] = None
    born_on: Annotated[Date | None, Field(description="出産日, where the child was born before the filing")] = None
    multiple: bool = False

    @model_validator(mode="after")
    def _one_day(self) -> "MaternityFiling":
        if (self.due_on is None) == (self.born_on is None):
            raise PydanticCustomError("one_day", "either the expected day or the day of birth")
        return self


class ChildcareFiling(Form):
    """育児免除該当届 (NPA 88条の3, from 2026-10-01). The ordinance's items were not seen; these are provisional."""

    kind: Literal["childcare"]
    child_born_on: Date
    relation: Literal["mother", "father", "adoptive_parent"]
    care_from: Annotated[Date | None, Field(description="day of adoption; null = from birth")] = None

    @model_validator(mode="after")
    def _care_after_birth(self) -> "ChildcareFiling":
        if (self.care_from is not None) != (self.relation == "adoptive_parent"):
            raise PydanticCustomError("care_from", "an adoptive parent states the day of adoption, the others none")
        if self.care_from is not None and self.care_from < self.child_born_on:
            raise PydanticCustomError("care_from", "care can't begin before the birth")
        return self


class StatutoryExemptionStart(Form):
    """法定免除該当届 (NPR 75条): a ground of NPA 89条1項1–3号 arose."""

    kind: Literal["statutory_start"]
    ground: Literal["disability_pension", "livelihood_aid", "sanatorium"]
    arose_on: Date


class StatutoryExemptionEnd(Form):
    """法定免除消滅届 (NPR 76条)."""

    kind: Literal["statutory_end"]
    ground: Literal["disability_pension", "livelihood_aid", "sanatorium"]
    ended_on: Date


class PayDespiteExemption(Form):
    """保険料免除期間納付申出 (NPA 89条2項, NPR 75条の2): these months of a statutory exemption will be paid."""

    kind: Literal["pay_despite_exemption"]
    first_month: Month
    last_month: Month | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "PayDespiteExemption":
        if self.last_month is not None:
            _in_order(self.first_month, self.last_month)
        return self


class Hardship(Model):
    """A ground other than income that the form claims for one person, with its evidence seen at the counter.

    失業・事業の廃止, 災害, 配偶者からの暴力 (claimed of the spouse who did it), 生活扶助以外の扶助, 特別障害給付金.
    """

    ground: Literal["unemployed", "disaster", "dv_excluded", "other_public_assistance", "special_disability_benefit"]
    role: Role
    on: Annotated[Date | None, Field(description="last day of work (離職日・廃業日) or day of the disaster")] = None

    @model_validator(mode="after")
    def _whose_and_when(self) -> "Hardship":
        if (self.on is not None) != (self.ground in ("unemployed", "disaster")):
            raise PydanticCustomError("hardship_on", "loss of work and disaster have a day, the other grounds none")
        if self.ground == "dv_excluded" and self.role != "spouse":
            raise PydanticCustomError("hardship_role", "violence is claimed of the spouse")
        if self.ground == "special_disability_benefit" and self.role != "applicant":
            raise PydanticCustomError("hardship_role", "特別障害給付金 is a ground of the applicant alone")
        return self


Hardships = Annotated[tuple[Hardship, ...], Field(strict=False, max_length=10)]


class ExemptionApplication(Form):
    """保険料免除・納付猶予申請 (NPR 77条, 77条の3, 77条の5): one form per July–June cycle."""

    kind: Literal["exemption"]
    first_month: Month
    last_month: Month
    schemes: Annotated[tuple[Scheme, ...], Field(strict=False, min_length=1)] = (
        "full",
        "deferral",
        "three_quarter",
        "half",
        "quarter",
    )
    spouse: Annotated[AddresseeNumber | None, Field(description="配偶者, also when living elsewhere")] = None
    has_spouse: bool = False
    hardships: Hardships = ()
    continue_wish: Annotated[bool, Field(description="継続審査の希望 (NPR 77条3項, 77条の5第3項)")] = False

    @model_validator(mode="after")
    def _within_one_cycle(self) -> "ExemptionApplication":
        _same_cycle(self.first_month, self.last_month, starts_in=7)
        if "student" in self.schemes:
            raise PydanticCustomError("scheme", "a student applies with a filing of kind 'student'")
        if self.spouse is not None and not self.has_spouse:
            raise PydanticCustomError("spouse", "a spouse's number needs has_spouse")
        return self


class StudentApplication(Form):
    """学生納付特例申請 (NPR 77条の4): one form per April–March year, own income only."""

    kind: Literal["student"]
    first_month: Month
    last_month: Month
    school: Code
    hardships: Hardships = ()

    @model_validator(mode="after")
    def _within_one_cycle(self) -> "StudentApplication":
        _same_cycle(self.first_month, self.last_month, starts_in=4)
        if any(hardship.role != "applicant" for hardship in self.hardships):
            raise PydanticCustomError("hardship_role", "only a student's own grounds count")
        return self


def _in_order(first: Month, last: Month) -> None:
    if last < first:
        raise PydanticCustomError("month_order", "last_month must not lie before first_month")


def _same_cycle(first: Month, last: Month, starts_in: int) -> None:
    _in_order(first, last)
    if (int(first) - starts_in + 1) // 12 != (int(last) - starts_in + 1) // 12:
        raise PydanticCustomError("one_cycle", "one form covers months of one yearly cycle only")


class ExemptionCancellation(Form):
    """免除取消申請 (NPR 77条の8): the holder no longer wants the exemption."""

    kind: Literal["exemption_cancellation"]


class StudentEnd(Form):
    """学生納付特例不該当届 (NPR 77条の9): no longer a student, other than by graduating."""

    kind: Literal["student_end"]


class SpouseChange(Form):
    """配偶者変更届 (NPR 77条の7の2): a person under 継続審査 married, or a marriage ended."""

    kind: Literal["spouse_change"]
    changed_on: Date
    spouse: AddresseeNumber | None = None
    has_spouse: bool


class AdditionalPremiumStart(Form):
    """付加保険料納付申出 (NPR 78条の3)."""

    kind: Literal["additional_start"]


class AdditionalPremiumStop(Form):
    """付加保険料納付辞退申出 (NPR 78条の4)."""

    kind: Literal["additional_stop"]


class FarmersPensionNotice(Form):
    """農業者年金加入・喪失による付加保険料の届 (NPR 78条の5, 78条の6): goes to the pension service."""

    kind: Literal["farmers_pension"]
    event: Literal["joined", "left"]
    on: Date


# ---- benefits (給付) -------------------------------------------------------------------------------------------------

Survivor = Literal["spouse", "child", "parent", "grandchild", "grandparent", "sibling", "other_relative"]
BasicPension = Literal["old_age", "disability", "survivors", "widow"]
YesNoUnknown = Literal["yes", "no", "unknown"]


class OldAgeClaim(Form):
    """老齢基礎年金裁定請求 (NPR 16条)."""

    kind: Literal["old_age_claim"]
    other_periods: Annotated[
        YesNoUnknown, Field(description="any period of category 2 or 3, 合算対象期間 or 離婚時みなし期間")
    ]
    start: Literal["normal", "early", "deferred"] = "normal"


FirstVisitAs = Literal["category1", "age_60_64_in_japan", "before_20", "category2", "category3"]


class DisabilityClaim(Form):
    """障害基礎年金裁定請求 (NPR 31条). The diagnosis stays on the paper."""

    kind: Literal["disability_claim"]
    first_visit_on: Annotated[Date, Field(description="初診日")]
    first_visit_as: FirstVisitAs
    basis: Literal["recognition_day", "later_worsening", "combined"] = "recognition_day"


class SurvivorsClaim(Form):
    """遺族基礎年金裁定請求 (NPR 39条)."""

    kind: Literal["survivors_claim"]
    deceased: AddresseeNumber | None = None
    died_on: Date
    deceased_as: Literal["category1", "formerly_60_64", "old_age_25_years", "other"]
    relation: Literal["spouse", "child"]


class WidowsPensionClaim(Form):
    """寡婦年金裁定請求 (NPR 60条の2)."""

    kind: Literal["widows_pension_claim"]
    deceased: AddresseeNumber | None = None
    died_on: Date
    married_on: Annotated[Date, Field(description="de facto marriages included (NPA 5条7項)")]


class DeathLumpSumClaim(Form):
    """死亡一時金裁定請求 (NPR 61条)."""

    kind: Literal["death_lump_sum_claim"]
    deceased: AddresseeNumber | None = None
    died_on: Date
    relation: Survivor


class UnpaidPensionClaim(Form):
    """未支給年金請求 (NPA 19条): what a pensioner had not yet drawn."""

    kind: Literal["unpaid_pension_claim"]
    pensioner: AddresseeNumber | None = None
    died_on: Date
    relation: Survivor
    pension: BasicPension
    first_visit_as: Annotated[FirstVisitAs | None, Field(description="of a disability pension")] = None


class WelfareOldAgeFiling(Form):
    """老齢福祉年金 (昭60改正法附則32条; 老齢福祉年金支給規則): the last holders' papers that go through the mayor."""

    kind: Literal["welfare_old_age"]
    certificate: Annotated[Code, Field(description="国民年金証書の記号番号")]
    about: Literal["claim", "disaster_relief", "name", "address", "death", "unpaid", "yearly_income"]


class SpecialDisabilityBenefitClaim(Form):
    """特別障害給付金請求 (特定障害者に対する特別障害給付金の支給に関する法律6条3項)."""

    kind: Literal["special_disability_claim"]
    formerly: Literal["student", "spouse"]
    first_visit_on: Date


class SupportBenefitClaim(Form):
    """年金生活者支援給付金認定請求 (年金生活者支援給付金の支給に関する法律施行令15条)."""

    kind: Literal["support_benefit_claim"]
    pension: Literal["old_age", "disability", "survivors"]
    tied_to_municipal_pension: YesNoUnknown


class RecipientFiling(Form):
    """受給者の届出・申請 (NPA 105条3・4項, 20条2項, 34条, 41条の2): pensioners of the municipal basic pensions."""

    kind: Literal["recipient"]
    about: Literal[
        "amount_revision", "income_report", "current_state", "choice", "whereabouts", "name", "address", "death"
    ]
    pension: BasicPension
    first_visit_as: Annotated[FirstVisitAs | None, Field(description="of a disability pension")] = None


BenefitForm = (
    OldAgeClaim | DisabilityClaim | SurvivorsClaim | WidowsPensionClaim | DeathLumpSumClaim | UnpaidPensionClaim
    | WelfareOldAgeFiling | SpecialDisabilityBenefitClaim | SupportBenefitClaim | RecipientFiling
)  # fmt: skip
StatusForm = (
    AcquisitionFiling | CategoryChangeFiling | LossFiling | VoluntaryEntry | VoluntaryWithdrawal | DeathFiling
    | NameChangeFiling | AddressChangeFiling | NumberNoticeReissue
)  # fmt: skip
PremiumForm = (
    MaternityFiling | ChildcareFiling | StatutoryExemptionStart | StatutoryExemptionEnd | PayDespiteExemption
    | ExemptionApplication | StudentApplication | ExemptionCancellation | StudentEnd | SpouseChange
    | AdditionalPremiumStart | AdditionalPremiumStop | FarmersPensionNotice
)  # fmt: skip
FilingContent = Annotated[StatusForm | PremiumForm | BenefitForm, Discriminator("kind")]
