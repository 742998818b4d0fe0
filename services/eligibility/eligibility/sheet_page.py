"""The sheet of a person as one page that needs nothing beside it: who, what over time, and each line with the event that says so.

Pure: the answer of the inquiry's door becomes the text of an HTML file, to be looked at, printed or filed. What somebody wrote is escaped.
"""

from functools import cache

from contracts import wording
from contracts.doors.inquiry import PersonSeen, View
from contracts.era import japanese_day
from contracts.sheet import drawn, reading_in_words, row
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

ROLES = {"self": "本人", "spouse": "配偶者", "householder": "世帯主", "child": "子", "member": "世帯員"}
MUNICIPAL_TAX = {"exempt": "住民税非課税", "per_capita": "均等割のみ課税", "income_based": "住民税課税", None: "不明"}


def page(view: View, asked: str) -> str:
    """The page of an answer; `asked` says who asked, where, what for and when."""
    drawing = drawn(view.lines, view.day)
    return _template().render(
        sheet={
            "addressee": view.addressee,
            "reading": reading_in_words(view),
            "on": japanese_day(view.on) if view.on is not None else "",
            "asked": asked,
            "protected": view.persons[0].protected,
            "persons": [_person(one) for one in view.persons],
            "height": drawing.height,
            "ticks": drawing.ticks,
            "lanes": drawing.lanes,
            "needs": "、".join(view.needs_person),
            "rows": [row(line) for line in view.lines],
        }
    )


@cache
def _template() -> Template:
    surroundings = Environment(loader=PackageLoader("eligibility"), autoescape=True, undefined=StrictUndefined)
    return surroundings.get_template("sheet.html")


def _person(one: PersonSeen) -> tuple[str, ...]:
    entry = one.entry
    record = None if entry is None else entry.resident or entry.outside
    income = ""
    if one.income is not None:
        told = one.income.record
        state = one.income.state or "not_assessed"
        stated = "" if state == "declared" else wording.MISSING[state][0]
        income = f"合計所得金額 {told.total_income_yen:,}円" if told is not None else stated
    if one.tax is not None:
        income = MUNICIPAL_TAX[one.tax.municipal_tax]
    born = japanese_day(one.birth_date) if one.birth_date is not None else ""
    return (ROLES[one.role], str(one.addressee), one.name or "", born, (record.address or "") if record else "", income)
