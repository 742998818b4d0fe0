"""What is printed of a filing: the form with its incomes, letters about it, labels for its original."""

from typing import get_args

from contracts.doors.papers import LetterKind, PrintFiling, PrintLabels, PrintLetter
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
        form = made(PrintFiling, **named, for_applicant=do == "applicant")
        files = (await visit.ask(asked.PRINT_FILING, form, purpose, filing)).files
    elif do == "labels":
        sheets = visit.typed("sheets")
        labels = made(PrintLabels, **named, sheets=int(sheets) if sheets.isascii() and sheets.isdigit() else 0)
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


SCREENS = (Screen("/filings/{what}/print", "papers.print", common.CLERKS, printed, ("POST",)),)
