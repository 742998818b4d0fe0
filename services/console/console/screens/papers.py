"""What is printed of a filing: the form with its incomes, letters about it, labels for its original."""

from collections.abc import Sequence
from typing import get_args

from contracts.doors.papers import LetterKind, PrintFilings, PrintLabels, PrintLetter
from contracts.purposes import PURPOSE_OF
from starlette.responses import Response

from console import asked
from console.screens import common
from console.web import Refusal, Screen, Visit, made

LETTERS: dict[LetterKind, str] = {
    "receipt": "受付控",
    "missing-papers": "添付書類のお願い",
    "returned": "返戻のお知らせ",
    "income-statement": "所得の申立書",
}


async def printed(visit: Visit) -> Response:
    """A document of a filing, made now."""
    what = visit.unseal(visit.request.path_params["what"])
    named, purpose, filing = {"filing": what["f"], "addressee": what["a"]}, what["p"], what["f"]
    do = visit.typed("do")
    if do in ("form", "applicant"):
        return await _forms(visit, what["a"], (filing,), purpose, for_applicant=do == "applicant")
    if do == "labels":
        labels = made(PrintLabels, **named, sheets=common.number_of(visit, "sheets"))
        files = (await visit.ask(asked.PRINT_LABELS, labels, purpose, filing)).files
    elif do in get_args(LetterKind):
        mail = {"mail_name": visit.typed("mail_name") or None, "mail_address": visit.typed("mail_address") or None}
        if (mail["mail_name"] is None) != (mail["mail_address"] is None):
            raise Refusal("mail_to", "送付先は、氏名と住所の両方を入力してください。", 422)
        letter = made(PrintLetter, **named, letter=do, **mail)
        files = (await visit.ask(asked.PRINT_LETTER, letter, purpose, filing)).files
    else:
        raise Refusal("no_such_step", "選んだ操作が分かりません。", 422)
    return common.document(dict(files), f"{do}-{filing}")


async def received(visit: Visit) -> Response:
    """The papers of one reception, in order, as one document."""
    what = visit.unseal(visit.request.path_params["what"])
    filings = tuple(filing for filing, _ in what["f"])
    for_applicant = visit.typed("do") == "applicant"
    return await _forms(visit, what["a"], filings, PURPOSE_OF[what["k"]], for_applicant=for_applicant)


async def _forms(
    visit: Visit, addressee: int, filings: Sequence[str], purpose: str, *, for_applicant: bool
) -> Response:
    wanted = made(PrintFilings, addressee=addressee, filings=filings, for_applicant=for_applicant)
    files = (await visit.ask(asked.PRINT_FILINGS, wanted, purpose, filings[0])).files
    return common.document(dict(files), f"{'applicant' if for_applicant else 'form'}-{filings[0]}")


SCREENS = (
    Screen("/filings/{what}/print", "papers.print", common.CLERKS, printed, ("POST",)),
    Screen("/reception/done/{what}/print", "papers.print", common.CLERKS, received, ("POST",)),
)
