"""Which topics exist, what is on them, and how are they laid out?

The catalogue (decision 10). Record key = subject; the partitioner is murmur2, Kafka's default. Topics are plain, not
compacted. A prefix per deployment lets one cluster serve many municipalities.
"""

from dataclasses import dataclass
from functools import cache

from contracts.events import eligibility, filing, income, notice, operations, registry, terminal, welfare
from contracts.vocabulary import SERVICES, Model

BY_RESIDENT = 24
"""Partitions of every topic keyed by resident: equal counts keep a resident's records in one process."""
RETENTION_DAYS = 35
"""Longest retention in production; audit keeps the archive. The demo and the tests keep everything."""


@dataclass(frozen=True)
class Topic:
    name: str
    says: str
    events: tuple[type[Model], ...]
    partitions: int = BY_RESIDENT
    retention_days: int = RETENTION_DAYS
    residents_only: bool = True
    """Its subjects are addressee numbers and nothing else, where it is keyed by resident."""

    @property
    def by_resident(self) -> bool:
        """Keyed by addressee number; the others have one partition and a subject of their own."""
        return self.partitions == BY_RESIDENT


INCOMING = (
    Topic(
        "resident-changes",
        "住民異動: the whole register entry after a change; corrections and annulments; 住登外者; 名寄せ",
        (
            registry.ResidentChanged,
            registry.ResidentChangeAnnulled,
            registry.NonResidentRecorded,
            registry.AddresseesMerged,
            registry.AddresseesSplit,
        ),
    ),
    Topic("tax-assessments", "住民税: the income record of one person and tax year", (income.TaxAssessed,)),
    Topic("welfare-changes", "生活保護: start, change and end of assistance by kind", (welfare.AssistanceChanged,)),
    Topic(
        "filings",
        "届出・申出・申請・請求: entered, checked by another person, decided to be sent, withdrawn, returned; memos of the portable terminal",
        (
            filing.FilingEntered,
            filing.FilingChecked,
            filing.FilingSendDecided,
            filing.FilingWithdrawn,
            filing.FilingReturned,
            terminal.PensionRecordTranscribed,
            terminal.TranscriptionChecked,
        ),
    ),
    Topic(
        "pension-service-notices",
        "日本年金機構: numbers, memberships, processing results, decisions, income requests",
        (
            notice.BasicPensionNumberAssigned,
            notice.MembershipNotified,
            notice.FilingProcessed,
            notice.ExemptionDecided,
            notice.IncomeRequested,
            notice.IdentityDataNotified,
        ),
    ),
    Topic("calendar", "a civil day began", (operations.BusinessDayStarted,), partitions=1),
)

DERIVED = (
    Topic(
        "residents",
        "resident and household by date, as numbers; 統合宛名番号",
        (registry.ResidentUpdated, registry.UnifiedNumberGiven),
    ),
    Topic("persons-concerned", "whose data the ward may hold, and why", (income.PersonConcerned,)),
    Topic("incomes", "assessed income per person and income year", (income.IncomeAssessed,)),
    Topic(
        "income-needs",
        "whose incomes we may hold and want to be sent; an income that a case uses and nobody told us",
        (income.IncomesWanted, income.IncomeNeeded),
    ),
    Topic(
        "eligibility-events",
        "資格取得・喪失・種別変更, expected or confirmed; 付加保険料; filings received; hints",
        (
            eligibility.InsuredStatusAcquired,
            eligibility.InsuredStatusLost,
            eligibility.CategoryChanged,
            eligibility.AdditionalPremiumSet,
            eligibility.FilingReceived,
            eligibility.HintRaised,
        ),
    ),
    Topic(
        "exemption-events",
        "参考判定 and 裁定結果 of exemptions, and the months they leave exempt",
        (eligibility.ExemptionAssessed, eligibility.ExemptionDecisionRecorded, eligibility.MonthsExempted),
    ),
    Topic(
        "claim-events",
        "裁定請求 and pensioners' papers: received, and whose affair they are",
        (eligibility.ClaimReceived,),
    ),
    Topic("insured-status", "for 総合窓口課: five items of category 1", (eligibility.InsuredStatusPublished,)),
    Topic("income-answers", "answers to income requests", (income.IncomeAnswered,)),
    Topic(
        "transmittals",
        "進達 batches: sealed, and every step until the pension service has them; items taken out before",
        (operations.BatchSealed, operations.BatchAdvanced, operations.ItemPulled),
        partitions=1,
    ),
    Topic(
        "access-records", "who saw, changed, printed, exported what", (operations.AccessRecorded,), residents_only=False
    ),
    Topic(
        "accounts",
        "accounts and terminals of the ward's register, as two people set them",
        (operations.AccountSet, operations.TerminalSet),
        partitions=1,
    ),
    Topic(
        "erasures",
        "nothing of a person is kept any longer; what each service erased",
        (operations.PersonErased, operations.ErasureCarriedOut),
        partitions=1,
    ),
    Topic("access-findings", "accesses that somebody should look at", (operations.AccessSuspected,), partitions=1),
    Topic("audit-checkpoints", "signed tree heads", (operations.TreeHeadSigned,), partitions=1),
)

SET_ASIDE = tuple(
    Topic(
        f"{service}.set-aside",
        f"what {service} could not use, with reason and without content",
        (operations.RecordSetAside, operations.SetAsideReleased),
        partitions=1,
    )
    for service in SERVICES
)

TOPICS = {topic.name: topic for topic in (*INCOMING, *DERIVED, *SET_ASIDE)}

EVENT_TYPES: dict[str, type[Model]] = {event.__name__: event for topic in TOPICS.values() for event in topic.events}


def version_of(data: type[Model]) -> int:
    """The current version of an event type's shape."""
    return int(data.VERSION)  # type: ignore[attr-defined]


@cache
def dataschema(data: type[Model]) -> str:
    """`kokunen:<type>/<version>`, the envelope's `dataschema` of an event type."""
    return f"kokunen:{data.__name__}/{version_of(data)}"
