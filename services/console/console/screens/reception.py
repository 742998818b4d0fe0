"""Receiving a filing: which form, what stands on it, what would become of it; then it is entered, once, however often the button is pressed.

One reception opens all forms of an application at once, a form for each yearly cycle; what they share is typed once.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts import wording
from contracts.doors.counter import AskForms, AskLook, FormsOffered, Looked
from contracts.doors.filings import EnterFiling
from contracts.era import read_day
from contracts.events.filing import Evidence
from contracts.events.forms import FilingContent
from contracts.purposes import PURPOSE_OF
from cryptography.exceptions import InvalidTag
from pydantic import ValidationError
from starlette.responses import Response

from console import doors, forms
from console.asked import FORMS, LOOK
from console.screens import common
from console.store import QUERIES
from console.web import Refusal, Screen, Visit

BY_CYCLE = ("exemption", "student")
DRAFTS_STAY = dt.timedelta(days=14)
"""A draft that nobody went on with for so long leaves."""


async def choose(visit: Visit) -> Response:
    """Which form is it? Those of the affair for which the person is looked at stand first."""
    who = visit.unseal(visit.request.path_params["who"])
    person = (await common.names(visit, [who["a"]], who["p"])).get(who["a"])
    return visit.page(
        "choose_form.html",
        who=visit.request.path_params["who"],
        person=person,
        groups=forms.kinds(),
        kinds=wording.KINDS,
        suggested=[kind for kind, purpose in PURPOSE_OF.items() if purpose == who["p"]],
    )


@dataclass
class Sheet:
    """A form on the screen: what was typed, and what is to be said of it."""

    kind: str
    addressee: int
    draft: str
    version: int = 0
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    contents: list[FilingContent] = field(default_factory=list)
    evidence: Evidence | None = None
    received_on: dt.date | None = None
    offered: FormsOffered | None = None
    filing: str | None = None
    revision: int | None = None

    @property
    def purpose(self) -> str:
        return PURPOSE_OF[self.kind]

    def label_of(self, name: str) -> str:
        """What a box is called."""
        return forms.label_of(self.kind, name)

    def text(self, name: str) -> str:
        """What stands in a box."""
        return next(iter(self.typed.get(name, ())), "")

    def has(self, name: str, value: str) -> bool:
        """Whether a choice of a box is ticked."""
        return value in self.typed.get(name, ())


async def form(visit: Visit) -> Response:
    """The form, empty or as a draft has it; a look at what was typed; or its entry."""
    who, kind = visit.unseal(visit.request.path_params["who"]), visit.request.path_params["kind"]
    if kind not in forms.FORMS:
        raise Refusal("no_such_form", "その様式はありません。", 404)
    sheet = Sheet(kind, who["a"], visit.typed("draft") or str(uuid.uuid4()), filing=who.get("f"), revision=who.get("r"))
    do = visit.typed("do")
    if visit.request.method == "GET":
        await _begin(visit, sheet, who)
        return await _shown(visit, sheet, who)
    sheet.typed, sheet.version = visit.boxes(), common.number_of(visit, "version")
    _read(sheet)
    if do == "keep":
        return await _keep(visit, sheet)
    await _offer(visit, sheet)
    looked = [] if sheet.errors else [await _look(visit, sheet, content) for content in sheet.contents]
    if do == "enter" and not sheet.errors:
        return await _enter(visit, sheet)
    if visit.partial:
        return visit.page(
            "looked.html", sheet=sheet, looked=list(zip(sheet.contents, looked, strict=False)), wording=wording
        )
    return await _shown(visit, sheet, who, looked, 422 if sheet.errors else 200)


async def _begin(visit: Visit, sheet: Sheet, who: Mapping[str, Any]) -> None:
    """Something stands in a new form: the day, the draft's content, or what was entered before."""
    draft = visit.request.query_params.get("draft", "")
    row = await visit.desk.pool.fetchrow(QUERIES["draft"], _uuid(draft), visit.session.account) if draft else None
    if row is not None:
        sheet.draft, sheet.version = draft, row["version"]
        sheet.typed = _opened(visit, draft, row["content"])
    else:
        today = (await common.today(visit)).isoformat()
        begins = {"received_on": [today], "channel": ["counter"], "office": [visit.office]}
        sheet.typed = begins | (who.get("t") or forms.defaults(sheet.kind))
    _read_day(sheet)
    await _offer(visit, sheet)


def _read_day(sheet: Sheet) -> None:
    try:
        sheet.received_on = read_day(sheet.text("received_on"))
    except ValueError as error:
        sheet.errors["received_on"] = str(error)


def _read(sheet: Sheet) -> None:
    """What was typed, as far as it can be read; a sentence for the rest."""
    _read_day(sheet)
    sheet.evidence, wrong = forms.read_evidence(sheet.typed)
    sheet.errors |= wrong
    if sheet.text("channel") not in dict(forms.CHANNELS):
        sheet.errors["channel"] = forms.ERRORS["literal_error"]
    cycles = [cycle.partition("/") for cycle in sheet.typed.get("cycle", ())]
    for months in [{"first_month": [first], "last_month": [last]} for first, _, last in cycles] or [{}]:
        typed = forms.read(sheet.kind, {**sheet.typed, **months})
        if typed.content is not None:
            sheet.contents.append(typed.content)
        sheet.errors |= typed.errors


async def _offer(visit: Visit, sheet: Sheet) -> None:
    """The cycles that may be applied for, where the form is one for each cycle."""
    if sheet.kind in BY_CYCLE and sheet.received_on is not None and sheet.filing is None:
        asked = AskForms(addressee=sheet.addressee, received_on=sheet.received_on, student=sheet.kind == "student")
        sheet.offered = await visit.ask(FORMS, asked, sheet.purpose)


async def _look(visit: Visit, sheet: Sheet, content: FilingContent) -> Looked:
    assert sheet.received_on is not None
    asked = AskLook(addressee=sheet.addressee, received_on=sheet.received_on, evidence=sheet.evidence, content=content)
    return await visit.ask(LOOK, asked, sheet.purpose)


async def _shown(
    visit: Visit, sheet: Sheet, who: Mapping[str, Any], looked: Sequence[Looked] = (), status: int = 200
) -> Response:
    person = (await common.names(visit, [who["a"]], sheet.purpose)).get(who["a"])
    return visit.page(
        "form.html",
        status,
        sheet=sheet,
        person=person,
        boxes=forms.boxes(sheet.kind),
        evidence_boxes=forms.EVIDENCE,
        ground_boxes=forms.GROUND_BOXES,
        grounds=range(forms.GROUNDS),
        channels=forms.CHANNELS,
        looked=list(zip(sheet.contents, looked, strict=False)),
        wording=wording,
        by_cycle=sheet.kind in BY_CYCLE and sheet.filing is None,
    )


async def _keep(visit: Visit, sheet: Sheet) -> Response:
    """What was typed so far is kept as a draft. Refusal where the same draft was changed in another window."""
    draft, account = _uuid(sheet.draft), visit.session.account
    typed = {name: texts for name, texts in sheet.typed.items() if name not in ("csrf", "do", "version", "draft")}
    content = visit.desk.sealer.seal(json.dumps(typed, ensure_ascii=False).encode(), f"draft/{sheet.draft}")
    async with visit.desk.pool.acquire() as connection:
        version = await connection.fetchval(
            QUERIES["keep_draft"], draft, account, sheet.addressee, sheet.kind, content, sheet.version, DRAFTS_STAY
        )
    if version is None:
        raise Refusal("draft_changed", "この下書きは別の画面で変更されています。開き直してください。", 409)
    return visit.page("kept.html", version=version)


async def _enter(visit: Visit, sheet: Sheet) -> Response:
    assert sheet.received_on is not None
    entered = []
    for place, content in enumerate(sheet.contents):
        try:
            body = EnterFiling(
                draft=str(uuid.uuid5(uuid.UUID(sheet.draft), str(place))),
                addressee=sheet.addressee,
                filing=sheet.filing,
                revision=sheet.revision,
                received_on=sheet.received_on,
                received_by=visit.session.account,
                office=sheet.text("office") if sheet.text("office") in visit.desk.offices else visit.office,
                channel=sheet.text("channel"),  # type: ignore[arg-type]
                evidence=sheet.evidence,
                content=content,
            )
        except ValidationError:
            raise Refusal("not_readable", "入力の内容を確かめてください。", 422) from None
        entered.append(await visit.act(doors.ENTER_DOOR, body, sheet.purpose))
    await visit.desk.pool.execute(QUERIES["end_draft"], _uuid(sheet.draft), visit.session.account)
    done = visit.seal(a=sheet.addressee, k=sheet.kind, f=[(one.filing, one.revision) for one in entered])
    return visit.goto(f"/reception/done/{done}")


async def done(visit: Visit) -> Response:
    """The reception numbers, to be written on the papers."""
    what = visit.unseal(visit.request.path_params["what"])
    person = (await common.names(visit, [what["a"]], PURPOSE_OF[what["k"]])).get(what["a"])
    return visit.page(
        "entered.html",
        filings=[(one[0], one[1], visit.seal(a=what["a"], f=one[0], p=PURPOSE_OF[what["k"]])) for one in what["f"]],
        kind=wording.KINDS[what["k"]],
        person=person,
        done=visit.request.path_params["what"],
        with_income=what["k"] in BY_CYCLE,
    )


async def drafts(visit: Visit) -> Response:
    """Half-finished entries of whoever asks."""
    rows = await visit.desk.pool.fetch(QUERIES["drafts"], visit.session.account)
    by_purpose: dict[str, list[int]] = {}
    for row in rows:
        by_purpose.setdefault(PURPOSE_OF[row["kind"]], []).append(row["addressee"])
    known: dict[int, common.Name] = {}
    for purpose, numbers in by_purpose.items():
        known |= await common.names(visit, numbers, purpose)
    return visit.page(
        "drafts.html",
        drafts=[
            (row, known.get(row["addressee"]), visit.seal(a=row["addressee"], p=PURPOSE_OF[row["kind"]]))
            for row in rows
        ],
        kinds=wording.KINDS,
    )


def _opened(visit: Visit, draft: str, content: bytes) -> dict[str, list[str]]:
    try:
        found: dict[str, list[str]] = json.loads(visit.desk.sealer.open(content, f"draft/{draft}"))
    except (InvalidTag, ValueError):
        raise Refusal("draft_unreadable", "この下書きは読めません。", 500) from None
    return found


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refusal("no_draft", "その下書きはありません。", 404) from None


SCREENS = (
    Screen("/reception/drafts", "filings.enter", common.CLERKS, drafts, title="下書き"),
    Screen("/reception/done/{what}", "filings.enter", common.CLERKS, done),
    Screen("/reception/{who}", "filings.enter", common.CLERKS, choose),
    Screen("/reception/{who}/{kind}", "filings.enter", common.CLERKS, form, ("GET", "POST")),
)
