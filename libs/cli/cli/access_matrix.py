"""Who may ask what at which door, and what for? The product of the rights of each service and of the purposes, as a page (docs/access-matrix.md)."""

from collections.abc import Iterator

from contracts.purposes import PURPOSES, opens

from cli.catalogue import EVERY


def page() -> str:
    """The matrix: a line for each door, then what each purpose is."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (
        "# Who may do what",
        "",
        "Made from the doors and rights of the services and from `libs/contracts/contracts/purposes.py` by `make docs`. A call is answered when one of the",
        "caller's roles *and* the purpose of the call allow it; every other call is refused and on record. A service has its own name as its role.",
    )
    for name, service in EVERY.items():
        yield from ("", f"## {name}", "", "| Door | Right | Roles | Purposes |", "|---|---|---|---|")
        for door in service.doors:
            roles = sorted(role for role, rights in service.rights.items() if door.right in rights)
            purposes = [purpose for purpose in PURPOSES if opens(purpose, door.right)]
            yield f"| `{door.path}` | `{door.right}` | {', '.join(roles)} | {', '.join(purposes)} |"
    yield from ("", "## Purposes (事務)", "", "| Purpose | What it is | Provision |", "|---|---|---|")
    for purpose, one in PURPOSES.items():
        yield f"| `{purpose}` | {one.title} | {one.basis} |"
