"""The registers and lists on paper: 送付内容内訳書, 受付処理簿, 持ち出し記録簿, 記録媒体管理台帳. Pure: rows in, a table ready to print out."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.era import japanese_day
from contracts.vocabulary import JST
from contracts.wording import DISPOSALS, MEDIA
from pydantic import TypeAdapter

from transmittal.due import KINDS, Kind, Received
from transmittal.report_forms import TITLES, Sheet
from transmittal.ruled import Widths, in_pages, ruled

LINES = 33
"""On a page, those of the column titles among them."""
ABOVE = 4
"""Lines that title and municipality take on the first page."""
NOTE = 80
"""Characters of a note that are surely on one line."""

LINE: TypeAdapter[Received] = TypeAdapter(Received)
_RECEIVED = {"waiting": "確認中", "accepted": "受理", "refused": "不受理", "withdrawn": "取下げ", "returned": "返付"}
_STATES = {
    "pending": "進達待ち", "sealed": "進達済", "accepted": "受理", "returned": "返戻", "voided": "無効", "withdrawn": "取下げ",
}  # fmt: skip


class Column(NamedTuple):
    title: str
    width: float
    """Of its text, in em; a page has room for some 80."""


class Page(NamedTuple):
    """A table ready to print."""

    title: str
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: list[list[str]]

    def data(self, municipality: str, on: dt.date, widths: Widths) -> dict[str, Any]:
        """What the template takes."""
        room = [column.width for column in self.columns]
        head = ruled([[column.title for column in self.columns]], room, widths)
        further = LINES - sum(head.heights)
        first = further - ABOVE - sum(1 + len(note) // NOTE for note in self.notes)
        return {
            "title": self.title,
            "municipality": municipality,
            "on": japanese_day(on),
            "notes": self.notes,
            "widths": room,
            "head": head.data(),
            "pages": [page.data() for page in in_pages(self.rows, room, widths, first, further)],
        }


def content_list(batch: int, sheets: Sequence[Sheet]) -> Page:
    """送付内容内訳書: every item of a batch with its pages, and the counts by kind."""
    counts = Counter(sheet.kind for sheet in sheets)
    kinds: list[Kind] = [kind for kind in KINDS if counts[kind]]
    notes = [f"進達番号　第{batch}号　　合計　{len(sheets):,}件　{len(sheets):,}枚"]
    notes += [f"{TITLES[kind][0]}　{counts[kind]:,}件　{counts[kind]:,}枚" for kind in kinds]
    columns = (
        Column("番号", 4), Column("帳票", 20), Column("区分", 3), Column("基礎年金番号", 8), Column("氏名", 20), Column("受付番号", 16),
        Column("受付年月日", 9), Column("枚数", 3),
    )  # fmt: skip
    rows = [[str(s.line), s.title, s.mark, s.pension_number, s.name, s.filing, s.received_on, "1"] for s in sheets]
    return Page("送付内容内訳書", tuple(notes), columns, rows)


def reception(rows: Iterable[Mapping[str, Any]]) -> Page:
    """受付処理簿: everything received, how it stands, and when it was sent (処理基準). Nobody is named; the number leads to the person."""
    columns = (
        Column("受付年月日", 9), Column("受付番号", 16), Column("宛名番号", 6), Column("種類", 20), Column("受付", 4), Column("進達", 5),
        Column("進達番号", 6), Column("進達年月日", 9),
    )  # fmt: skip
    made = []
    for row in rows:
        line = LINE.validate_json(row["line"])
        made.append(
            [
                japanese_day(line.received_on), line.filing, str(row["addressee"]), TITLES[line.kind][0],
                "取下げ" if line.withdrawn else _RECEIVED[line.state], "" if row["attempt"] is None else _STATES[row["attempt"]],
                "" if row["batch"] is None else f"第{row['batch']}号", _day(row["dispatched_at"]),
            ]
        )  # fmt: skip
    return Page("受付処理簿", (), columns, made)


def carry_outs(rows: Iterable[Mapping[str, Any]]) -> Page:
    """持ち出し記録簿: what was carried out, by whom, with whose permission, under which seal."""
    columns = (
        Column("番号", 2.5), Column("進達番号", 6.5), Column("媒体", 7), Column("持ち出し先", 8), Column("持ち出す者", 8), Column("許可者", 8),
        Column("許可日時", 8), Column("鞄", 5), Column("封印", 6), Column("確認者", 9), Column("発送日時", 8), Column("備考", 3),
    )  # fmt: skip
    made = [
        [
            str(row["carry_out"]), f"第{row['batch']}号" + ("（再）" if row["number"] > 1 else ""), row["medium"] or "",
            row["destination"] or "", row["carrier"] or "", row["permitted_by"] or "", _moment(row["permitted_at"]), row["bag"] or "",
            row["bag_seal"] or "", "・".join(who for who in (row["confirmed_by"], row["dispatched_by"]) if who),
            _moment(row["dispatched_at"]), "無効" if row["voided_at"] else "",
        ]
        for row in rows
    ]  # fmt: skip
    return Page("持ち出し記録簿", (), columns, made)


def media(rows: Iterable[Mapping[str, Any]]) -> Page:
    """記録媒体管理台帳: every medium, where it is, what is on it, and its end."""
    columns = (
        Column("番号", 5.5), Column("製造番号", 6), Column("種類", 5), Column("保管場所", 6), Column("使用期限", 8), Column("内容", 4),
        Column("出", 8), Column("出先", 7), Column("返却期限", 8), Column("入", 8), Column("廃棄", 8), Column("方法", 4),
        Column("証明書", 4),
    )  # fmt: skip
    made = [
        [
            row["code"], row["serial"], MEDIA[row["kind"]][0], row["place"], _day(row["valid_until"]),
            "" if row["batch"] is None else f"第{row['batch']}号", _day(row["out_at"]), row["destination"] or "",
            "" if row["due_back"] is None else japanese_day(row["due_back"]), _day(row["in_at"]), _day(row["disposed_at"]),
            DISPOSALS[row["disposal"]][0] if row["disposal"] else "", row["certificate"] or "",
        ]
        for row in rows
    ]  # fmt: skip
    return Page("記録媒体管理台帳", (), columns, made)


def _day(moment: dt.datetime | None) -> str:
    return "" if moment is None else japanese_day(moment.astimezone(JST).date())


def _moment(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{_day(moment)} {moment.astimezone(JST):%H:%M}"
