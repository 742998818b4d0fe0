"""What was found of one person, on which facts and under which article, in sentences that a lawyer or a clerk can check?

The decision note of a determination, in Japanese or English: paragraphs of plain text, without a code in them. The numbers in
brackets lead to the events on which a line rests; the last paragraph lists them. It is a pre-check (参考判定), never a decision.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from contracts import wording
from contracts.events.eligibility import ExemptionAssessed, ExemptionDecisionRecorded, FilingReceived, Role, TraceStep
from contracts.events.forms import ExemptionCancellation
from contracts.vocabulary import Month
from contracts.wording import Words

from eligibility.determine import Determination, assessed, reviewed
from eligibility.facts import Filing, Person
from eligibility.pre_check import MonthResult
from eligibility.premium_due import EXEMPT_IN_FULL, Due, due
from eligibility.premium_months import Line
from eligibility.reception import BY_NOTE, Reception, line_of_the_book
from eligibility.rules import cancellation
from eligibility.rules.papers import missing_papers
from eligibility.rules.parameters import Parameters
from eligibility.sources import Sources, told_of
from eligibility.speech import LAWS, Speech
from eligibility.timeline import Transition

Language = Literal["ja", "en"]


@dataclass(frozen=True)
class Paragraph:
    """A heading and its lines. A line that says more of the one above it is indented."""

    heading: str
    lines: tuple[str, ...]


def text(paragraphs: Iterable[Paragraph]) -> str:
    """The note as it is printed."""
    return "\n\n".join("\n".join([one.heading, *(f"  {line}" for line in one.lines)]) for one in paragraphs) + "\n"


def note(
    person: Person,
    found: Determination,
    day: dt.date,
    parameters: Parameters,
    language: Language,
    month: Month | None = None,
    reading: str = "",
) -> tuple[Paragraph, ...]:
    """The note of a determination as of a day. With a month: this month first, and of lines about months those that cover it.

    `reading` says in words which facts were used, where that is not simply all of them.
    """
    return _Note(person, found, day, parameters, Speech(language == "ja"), month, reading).paragraphs()


NOTED = (
    "insured_periods",
    "filings",
    "exemptions",
    "premiums",
    "incomes_over_the_line",
    "household_members",
    "hints",
)
"""What a note shows of somebody, as the access record has it."""
_REASON: Words = ("理由", "Reason")
_CERTAINTY: Words = ("確認", "Certainty")
_UNDER: Words = ("根拠条文", "Under")
_BASIS: Words = ("届出・決定", "Rests on")
_TO_CHECK: Words = ("要確認", "To be checked")
_DUE_BY: Words = ("期限", "Due by")

DEADLINE_ARTICLES = {
    "acquisition": "NPR 1条の4", "category_change": "NPR 6条の2", "loss": "NPR 3条", "death": "NPR 4条",
    "name_change": "NPR 7条", "address_change": "NPR 8条", "statutory_start": "NPR 75条", "statutory_end": "NPR 76条",
    "spouse_change": "NPR 77条の7の2", "farmers_pension": "NPR 78条の5",
}  # fmt: skip


class _Note:
    """One note in the making: what it is about, its language and its sources."""

    def __init__(
        self,
        person: Person,
        found: Determination,
        day: dt.date,
        parameters: Parameters,
        say: Speech,
        month: Month | None,
        reading: str,
    ) -> None:
        self.person, self.found, self.day, self.parameters = person, found, day, parameters
        self.say, self.month, self.reading = say, month, reading
        self.sources = Sources(say, told_of(person, say))

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Every paragraph that has something to say; the sources last, when all have been named."""
        say, month = self.say, self.month
        parts: list[tuple[str, Iterable[str]]] = [
            (self._title(), self._head()),
            (say("担当者が確かめること", "To be looked at"), self._doubts()),
            (
                "" if month is None else say(f"{say.month(month)}分の保険料", f"Premium of {say.month(month)}"),
                self._month(),
            ),
            (say("資格", "Insured status"), self._status()),
            (say("保険料の免除・猶予", "Exempt months"), self._exempt()),
            (say("付加保険料", "Additional premium"), self._additional()),
            (say("免除・猶予の申請の参考判定", "Pre-check of applications"), self._applications()),
            (say("継続審査の参考判定", "Pre-check of continued reviews"), self._reviews()),
            (say("日本年金機構の決定", "Decisions of the pension service"), self._decisions()),
            (say("届書・申請書・請求書の受付", "Filings and claims"), self._filings()),
            (say("案内すること", "To be told or looked into"), self._hints()),
        ]
        written = [Paragraph(heading, tuple(lines)) for heading, lines in parts]
        written.append(Paragraph(say("資料", "Sources"), tuple(self.sources.lines())))
        return tuple(one for one in written if one.lines)

    def _title(self) -> str:
        say, number = self.say, self.person.addressee
        title = say(
            f"参考判定（裁定ではありません）　宛名番号{number}", f"Pre-check, not a decision: addressee number {number}"
        )
        return title + (say(f"　{self.reading}", f", {self.reading}") if self.reading else "")

    def _head(self) -> Iterator[str]:
        say, born = self.say, self.person.birth_date
        birth = say("生年月日は不明", "date of birth not known") if born is None else say(f"{say.day(born)}生まれ", f"born {say.day(born)}")  # fmt: skip
        now = "" if self.day == dt.date.min else say(f"{say.day(self.day)}現在の判定", f"as of {say.day(self.day)}")
        yield say.sentence(say("、", ", ").join(part for part in (birth, now) if part))
        yield say(
            "市区町村が事実と法令に照らして行った参考判定です。決定（裁定）は日本年金機構が行います。",
            "The municipality's pre-check (参考判定) from facts and law. The decision (裁定) is the pension service's (日本年金機構).",
        )
        if not say.japanese:
            yield "; ".join(f"{short} = {name}" for short, name in reversed(LAWS)) + "."

    def _doubts(self) -> Iterator[str]:
        return (self.say.of(wording.DOUBTS, code) for code in self.person.needs_person)

    def _under(self, article: str, since: Month | dt.date | None = None, facts: Iterable[str] = ()) -> str:
        say = self.say
        return say.named(_UNDER, say.article(article) + say.in_force(since) + self.sources.cite(facts))

    # -- the insured status

    def _status(self) -> Iterator[str]:
        say = self.say
        if not self.found.transitions:
            yield say("被保険者の資格の記録も、見込みもありません。", "No insured status is known or expected.")
        for step in self.found.transitions:
            mark = step.mark
            yield say.row(say.day(step.on), self._change(step))
            yield say.named(_REASON, say.of(wording.TRANSITIONS, mark.reason))
            basis = say.of(wording.BASES, mark.basis)
            if mark.filing is not None:
                basis = basis[:-1] + say(f"（受付番号{mark.filing}）。", f" ({mark.filing}).")
            yield say.named(_CERTAINTY, say.sentence(say.of(wording.CERTAINTIES, step.certainty)), basis)
            yield self._under(mark.article, self._age_since(step), mark.facts)

    def _change(self, step: Transition) -> str:
        say = self.say
        before, after = (say.of(wording.CATEGORIES, category) for category in (step.before, step.after))
        if step.before is None:
            return say(f"{after}の資格を取得", f"{after} begins")
        if step.after is None:
            return say(f"{before}の資格を喪失", f"{before} ends")
        return say(f"{before}から{after}へ種別変更", f"{before} changes to {after}")

    def _age_since(self, step: Transition) -> Month | None:
        """Since when the age is in force that a step rests on."""
        ages = self.parameters.ages
        by_reason = {"age20": ages.acquisition_age, "age60": ages.loss_age, "age65": ages.voluntary_loss_age, "age70": ages.special_voluntary_loss_age}  # fmt: skip
        age = by_reason.get(step.mark.reason)
        return None if age is None else age.newest.since

    # -- months and the premium

    def _covers(self, first: Month, last: Month | None) -> bool:
        """Whether a line belongs in this note: without a month asked for, every line does."""
        return self.month is None or (first <= self.month and (last is None or self.month <= last))

    def _month(self) -> Iterator[str]:
        """The one state of the month asked for, in yen, and how far each scheme asked for is away."""
        if self.month is None:
            return
        say, one = self.say, due(self.found, self.month, self.parameters)
        yield say(
            f"この月の種別：{say.of(wording.CATEGORIES, one.category)}",
            f"Counts as: {say.of(wording.CATEGORIES, one.category)}",
        )
        yield self._under("NPA 11条, 11条の2")
        if one.yen is None:
            yield say(
                "納付を要する額：示せません。この年度の保険料改定率を登録していません。",
                "To be paid: can't be said. The rate of this fiscal year is not held here.",
            )
        else:
            yield say(f"納付を要する額：{say.yen(one.yen)}", f"To be paid: {say.yen(one.yen)}")
        yield self._why(one)
        if one.additional_yen:
            yield say(
                f"付加保険料：{say.yen(one.additional_yen)}", f"Additional premium: {say.yen(one.additional_yen)}"
            )
            yield self._under("NPA 87条の2第1項", self.parameters.premium.additional.at(one.month).since)
        if one.category is not None:
            yield say(
                "納付されたかどうかは、日本年金機構に確かめてください。",
                "Whether it was paid only the pension service knows.",
            )
        yield from self._scheme_by_scheme(one.month)

    def _why(self, one: Due) -> str:
        """Why a month costs what it costs."""
        say, claim = self.say, self.found.premium.state.get(one.month)
        if one.category is None:
            return say.named(_REASON, say("被保険者ではない月です。", "Not insured in this month."))
        if one.category in (2, 3):
            why = say(
                "第2号・第3号被保険者の月の保険料は徴収されません。", "No premium is collected for category 2 or 3."
            )
            return say.named(_REASON, why, self._cited("NPA 94条の6"))
        if one.state in EXEMPT_IN_FULL:
            line = next(line for line in self.found.premium.exempt if line.claim == claim)
            return say.named(
                _REASON, say.sentence(say.of(wording.EXEMPTIONS, line.exemption)), self._cited(line.trace.article)
            )
        if one.state != "due":
            why, article = say.sentence(say.of(wording.EXEMPTIONS, one.state)), "NPA 87条3項, 90条の2第6項"
        elif claim is not None:
            why = say(
                "法定免除の月ですが、納付の申出があります。",
                "Exempt by statute, but it was declared that it will be paid.",
            )
            article = "NPA 87条3項, 89条2項"
        else:
            why, article = say("免除・猶予はありません。", "No exemption or deferral."), "NPA 87条3項"
        return say.named(_REASON, why, self._cited(article, one.since))

    def _cited(self, article: str, since: Month | dt.date | None = None) -> str:
        return self.say.article(article) + self.say.in_force(since)

    def _scheme_by_scheme(self, month: Month) -> Iterator[str]:
        say = self.say
        looked_at = (*self.found.assessments.items(), *self.found.reviews.items())
        for number, results in looked_at:
            for scheme, verdict in ((s, v) for one in results if one.month == month for s, v in one.verdicts.items()):
                name, finding = say.of(wording.EXEMPTIONS, scheme), say.of(wording.FINDINGS, verdict.outcome)
                over = ""
                if verdict.failed_by is not None and verdict.over_yen:
                    who, yen = say.of(wording.ROLES, verdict.failed_by), say.yen(verdict.over_yen)
                    over = say(
                        f"{who}の所得が基準額を{yen}超えています。", f"The income of the {who} is {yen} over the line."
                    )
                yield say.named((f"受付番号{number}　{name}", f"{number}, {name}"), say.sentence(finding), over).strip()

    def _exempt(self) -> Iterator[str]:
        say = self.say
        for line in self.found.premium.exempt:
            if not self._covers(line.first, line.last):
                continue
            open_end = say("理由が続く間", "while the ground lasts") if line.last is None else ""
            yield say.row(say.months(line.first, line.last), say.of(wording.EXEMPTIONS, line.exemption), open_end)
            yield self._rests_on(line)
            yield self._under(line.trace.article, self._exempt_since(line), line.trace.facts)
            if (cut := self._cut_by(line)) is not None:
                yield cut
            yield from (say.named(_TO_CHECK, say.of(wording.DOUBTS, code)) for code in line.claim.doubtful)

    def _rests_on(self, line: Line) -> str:
        say, claim = self.say, line.claim
        if claim.basis == "filing":
            return say.named(
                _BASIS,
                say(f"受付番号{claim.filing}の届出。", f"Filing {claim.filing}."),
                say("日本年金機構の決定はまだありません。", "The pension service has not decided yet."),
            )
        decision = next(one for one in self.person.decisions if one.decision == claim.decision)
        on, source = say.day(decision.decided_on), self._told_by(decision.decision)
        return say.named(
            _BASIS,
            say(
                f"日本年金機構の決定（決定番号{decision.decision}、{on}）{source}",
                f"Decision {decision.decision} of the pension service, {on}{source}",
            ),
        )

    def _told_by(self, decision: str) -> str:
        event = self.person.decided_by.get(decision)
        return "" if event is None else self.sources.cite((event,))

    def _exempt_since(self, line: Line) -> Month | None:
        """Since when the months are counted as they are; how a decision was reached is the pension service's to say."""
        counted = {
            "maternity": self.parameters.maternity.months_after,
            "childcare": self.parameters.childcare.months_at_most,
        }
        value = counted.get(line.exemption)
        return None if value is None else value.newest.since

    def _cut_by(self, line: Line) -> str | None:
        """A later filing that counts as the cancellation of what was decided for longer."""
        claim = line.claim
        decision = next((one for one in self.person.decisions if one.decision == claim.decision), None)
        if decision is None or line.last is None or line.last != claim.last or claim.last >= decision.last_month:
            return None
        for one in self.found.receptions:
            filing = one.filing
            ends = cancellation.ends_from(line.exemption, filing.content, filing.received_on) if one.accepted else None
            if filing.number in self.found.premium.effective and ends == line.last + 1:
                return self._cancelled(line, decision.last_month, ends, filing)
        return None

    def _cancelled(self, line: Line, decided_until: Month, ends: Month, filing: Filing) -> str:
        say, until, since = self.say, self.say.month(decided_until), self.say.month(ends)
        article = "NPR 77条の9" if line.exemption == "student" else "NPR 77条の8"
        how = say(
            f"受付番号{filing.number}により、{since}から取り消されます。",
            f"Filing {filing.number} cancels it from {since} on.",
        )
        if line.exemption != "student" and not isinstance(filing.content, ExemptionCancellation):
            article = "NPR 77条の8第3項"
            how = say(
                f"受付番号{filing.number}を取消しの申請とみなし、{since}から取り消されます。",
                f"Filing {filing.number} counts as the request to cancel it, from {since} on.",
            )
        decided = say(f"決定は{until}まででした。", f"The decision ran until {until}.")
        return say.named(("取消し", "Cancelled"), decided, how, self._cited(article) + self.sources.cite(filing.facts))

    def _additional(self) -> Iterator[str]:
        say, terms = self.say, self.parameters.premium.additional
        for line in self.found.premium.additional:
            if self._covers(line.first, line.last):
                value = terms.at(max(line.first, terms.first))  # the amount of older months was not seen
                each = say(
                    f"月額{say.yen(value.value)}を納めることができます", f"{say.yen(value.value)} a month may be paid"
                )
                yield say.row(say.months(line.first, line.last), each)
                yield say.named(_BASIS, say(f"受付番号{line.filing}の申出。", f"Filing {line.filing}."))
                yield self._under("NPA 87条の2第1項", value.since, self._facts_of(line.filing))
                if line.last is not None and self.found.premium.of(line.last + 1) == "childcare":
                    yield say.named(
                        _TO_CHECK,
                        say(
                            "続く育児免除の月は、改正後の条文を確認していないため、含めていません。",
                            "The childcare months that follow are left out: the amended article was not seen.",
                        ),
                    )

    def _facts_of(self, number: str) -> tuple[str, ...]:
        return next((filing.facts for filing in self.person.filings if filing.number == number), ())

    # -- applications and reviews

    def _applications(self) -> Iterator[str]:
        say = self.say
        for number, filing in self.found.applications.items():
            results = self.found.assessments[number]
            kind, on = say.of(wording.KINDS, filing.content.kind), say.day(filing.received_on)
            source = self.sources.cite(filing.facts)
            yield say(f"受付番号{number}　{kind}（{on}受付）{source}", f"{number}  {kind}, received {on}{source}")
            yield from self._lines(assessed(self.found, number, self.person), results)

    def _reviews(self) -> Iterator[str]:
        say = self.say
        for review in self.person.reviews:
            results, source = self.found.reviews[review.request], self.sources.cite((review.fact,))
            on = say.day(review.asked_on)
            yield say(f"依頼{review.request}（{on}）{source}", f"Request {review.request}, {on}{source}")
            yield from self._lines(reviewed(self.found, review, self.person), results)

    def _lines(self, lines: Iterable[ExemptionAssessed], results: Sequence[MonthResult]) -> Iterator[str]:
        say = self.say
        for line in lines:
            if not self._covers(line.first_month, line.last_month):
                continue
            scheme = "" if line.scheme is None else say.of(wording.EXEMPTIONS, line.scheme)
            outcome = say.of(wording.OUTCOMES, line.outcome)
            found = say(f"{scheme}の{outcome}" if scheme else outcome, f"{scheme}: {outcome}" if scheme else outcome)
            yield "  " + say.row(say.months(line.first_month, line.last_month), say.sentence(found))
            together = [one for one in results if line.first_month <= one.month <= line.last_month]
            incomes = [one.incomes for one in together]
            for need in line.needs:
                whose = self._income_of(need.role, need.income_year)
                source = self._income_told(need.role, need.income_year, incomes)
                why = say.of(wording.MISSING, need.why)
                yield "  " + say.named(("不足", "Missing"), say(f"{whose}。", f"{whose}."), why + source)
            yield from ("  " + say.named(_TO_CHECK, say.of(wording.DOUBTS, code)) for code in line.doubtful)
            yield from ("  " + more for more in self._schemes(together[0], incomes))
            if entries := [entry for one in together for entry in one.household]:
                at_the_end = say("各月の末日の住民記録によります。", "As the register has it at each month's end.")
                told = say("住民記録：世帯主", "resident register: the householder")
                yield "  " + say.named(("世帯", "Household"), at_the_end + self.sources.cite(entries, told))

    def _schemes(self, result: MonthResult, incomes: Sequence[Mapping[Role, str]]) -> Iterator[str]:
        """Scheme by scheme up to the one that is open, each with its steps; the steps alone where no scheme was looked at."""
        say = self.say
        if not result.verdicts:
            yield from (self._step(step, incomes) for step in result.trace)
        for scheme, verdict in result.verdicts.items():
            name, finding = say.of(wording.EXEMPTIONS, scheme), say.of(wording.FINDINGS, verdict.outcome)
            if verdict.failed_by is not None:
                who = say.of(wording.ROLES, verdict.failed_by)
                finding = say(f"{who}が{finding}", f"{finding} by the {who}")
            yield say.named((name, name.capitalize()), say.sentence(finding))
            yield from ("  " + self._step(step, incomes) for step in verdict.steps)
            if scheme == result.scheme:
                return

    def _income_of(self, role: Role, year: int | None) -> str:
        who = self.say.of(wording.ROLES, role)
        if year is None:
            return self.say(f"{who}の所得", f"income of the {who}")
        return self.say(f"{who}の{self.say.income_of(year)}", f"{self.say.income_of(year)} of the {who}")

    def _income_told(self, role: Role, year: int | None, incomes: Iterable[Mapping[Role, str]]) -> str:
        whose = self._income_of(role, year)
        told = self.say(f"課税の記録：{whose}", f"tax assessment: {whose}")
        return self.sources.cite((one[role] for one in incomes if role in one), told)

    def _step(self, step: TraceStep, incomes: Iterable[Mapping[Role, str]]) -> str:
        """What was found of one person under one article. The values are those of the month; the facts are tax assessments."""
        say = self.say
        who, source = wording.ROLES[step.role or "applicant"], self.sources.cite(step.facts)
        label = (who[0], who[1].capitalize())
        if step.income_year is not None and step.role is not None:
            year = say.income_of(step.income_year)
            label = (f"{label[0]}（{year}）", f"{label[1]}, {year}")
            source += self._income_told(step.role, step.income_year, incomes)
        since = None if step.parameters_from is None else _since(step.parameters_from)
        return say.named(label, say.of(wording.STEPS, step.reason), self._cited(step.article, since) + source)

    # -- what was decided, filed and is to be told

    def _decisions(self) -> Iterator[str]:
        say = self.say
        for one in self.found.decisions:
            if self._covers(one.first_month, one.last_month):
                yield self._decision(one)
                yield say.named(
                    ("参考判定との比較", "Beside our pre-check"), say.of(wording.AGREEMENTS, one.agrees), self._via(one)
                )

    def _decision(self, one: ExemptionDecisionRecorded) -> str:
        say, on, months = self.say, self.say.day(one.decided_on), self.say.months(one.first_month, one.last_month)
        what = say("却下", "refused") if one.scheme is None else say.of(wording.EXEMPTIONS, one.scheme)
        head = say(f"決定番号{one.decision}（{on}）", f"Decision {one.decision}, {on}")
        return say.row(head, months, what) + self._told_by(one.decision)

    def _via(self, one: ExemptionDecisionRecorded) -> str:
        if one.via_us:
            return self.say(f"受付番号{one.filing}に対する決定です。", f"It answers filing {one.filing}.")
        return self.say(
            "当方を経由した届出・申請に対する決定ではありません。", "It did not come of a filing that passed us."
        )

    def _filings(self) -> Iterator[str]:
        for one in self.found.receptions:
            yield from self._filing(one)

    def _filing(self, one: Reception) -> Iterator[str]:
        say, filing = self.say, one.filing
        line = line_of_the_book(self.person, one, self.parameters)
        kind, state = say.of(wording.KINDS, line.kind), say.of(wording.STATES, line.state)
        received = say(f"{say.day(line.received_on)}受付", f"received {say.day(line.received_on)}")
        number = say(f"受付番号{line.filing}", line.filing)
        if line.filing.startswith(BY_NOTE):
            number = say("転入届・転出届の付記（国民年金法12条3項）", "Note on a move filing (NPA 12条3項)")
        yield say.row(number, kind, received, state) + self.sources.cite(filing.facts)
        yield from (say.named(_REASON, say.of(wording.REASONS, code)) for code in line.reasons)
        if line.missing_papers:
            names = say("、", ", ").join(say.of(wording.PAPERS, paper) for paper in missing_papers(filing.content))
            yield say.named(("添付書類の不足", "Papers missing"), say.sentence(names))
        if isinstance(line, FilingReceived) and line.due_on is not None:
            yield self._deadline(line)
        if filing.processed is not None:
            on, result = say.day(filing.processed.processed_on), say.of(wording.RESULTS, filing.processed.result)
            yield say.named(("処理結果", "Pension service"), say(f"{result}（日本年金機構、{on}）", f"{result}, {on}"))

    def _deadline(self, line: FilingReceived) -> str:
        say, days = self.say, self.parameters.filing.days.newest
        assert line.due_on is not None
        late = say("期限内です。", "In time.")
        if line.late:
            late = say(
                f"{line.late}日遅れです。遅れても受け付けます。",
                f"{line.late} days late. A late filing is taken all the same.",
            )
        rule = say(f"事実から{days.value}日以内", f"within {days.value} days of the fact")
        cited = say.article(DEADLINE_ARTICLES[line.kind]) + say(
            f"（{rule}。{say.month(days.since)}から適用）", f" ({rule}, in force since {say.month(days.since)})"
        )
        return say.named(_DUE_BY, say.sentence(say.day(line.due_on)), late, cited)

    def _hints(self) -> Iterator[str]:
        say = self.say
        for hint in self.found.hints:
            whom = (
                ""
                if hint.person == self.person.addressee
                else say(f"（宛名番号{hint.person}の人へ）", f"(for addressee number {hint.person})")
            )
            yield say.row(
                say.day(hint.on), say.of(wording.HINTS, hint.hint) + ("" if say.japanese or not whom else " ") + whom
            )
            if hint.due_on is not None:
                yield say.named(_DUE_BY, say.day(hint.due_on))
            yield self._under(hint.article, None, hint.facts)


def _since(written: str) -> Month | dt.date:
    """The month, or the day, that a step of the trace names."""
    return Month.parse(written) if len(written) == len("YYYY-MM") else dt.date.fromisoformat(written)
