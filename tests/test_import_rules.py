"""Who may import whom? The table of CONTRIBUTING and the architecture, read off the code's own imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVICES = ("registry_sync", "tax_income", "eligibility", "transmittal", "audit", "console")
OURS = {"contracts", "chassis", "cli", *SERVICES}
SHELLS = {
    "__main__",
    "handlers",
    "store",
    "broker",
    "verify",
    "weekly",
    "cover_sheet",
    "paper",
    "typesetting",
    "parameter_files",
    "vault",
    "key_port",
    "addressee_doors",
    "request_desk",
    "request_doors",
    "paper_desk",
    "record_desk",
    "ticks",
    "guarded",
    "vault_doors",
    "linkage",
    "rights",
    "deliveries",
    "desk",
    "mail",
    "media_ledger",
    "doors",
    "due_list",
    "medium",
    "medium_check",
    "copy",
    "notary",
    "proofs",
    "signer",
    "witness",
    "account_desk",
    "retention_desk",
    "review_desk",
    "rights_desk",
    "list_desk",
    "snapshot_desk",
    "overseer",
    "counter_desk",
    "asked",
    "screens",
    "signing_in",
    "web",
}
"""Modules of services, and folders of them, that do I/O; every other module of a service is pure."""
PURE_LIBRARIES = {"pydantic", "pydantic_core", "contracts", "barcode", "cryptography", "jinja2"}


def imported(file: Path) -> set[str]:
    """Dotted names of every module a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules(package: str) -> list[Path]:
    return sorted(path for path in ROOT.glob(f"*/*/{package}/**/*.py"))


def ours(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(file)} & OURS


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("contracts", {"contracts"}),
        ("chassis", {"chassis", "contracts"}),
        *((service, {service, "chassis", "contracts"}) for service in SERVICES),
    ],
)
def test_a_package_imports_only_what_it_may(package: str, allowed: set[str]) -> None:
    files = modules(package)
    assert files
    assert {file: names for file in files if (names := ours(file) - allowed)} == {}


def is_pure(file: Path) -> bool:
    return file.stem not in SHELLS and file.parent.name not in SHELLS


@pytest.mark.parametrize("service", SERVICES)
def test_pure_modules_know_neither_database_nor_clock(service: str) -> None:
    from sys import stdlib_module_names

    forbidden_standard = {"asyncio", "logging", "os", "socket", "sqlite3", "subprocess", "time", "random"}
    broken = {}
    for file in modules(service):
        if not is_pure(file):
            continue
        for name in imported(file):
            top = name.split(".")[0]
            inside = top == service and (len(name.split(".")) < 2 or name.split(".")[1] not in SHELLS)
            library = top in PURE_LIBRARIES or (top in stdlib_module_names and top not in forbidden_standard)
            if not (inside or library):
                broken[file.relative_to(ROOT)] = name
    assert broken == {}


def test_the_oracle_shares_no_delivery_code_with_the_services() -> None:
    names = imported(ROOT / "libs/cli/cli/oracle.py")
    shells = {f"{service}.{shell}" for service in SERVICES for shell in SHELLS - {"parameter_files"}}
    assert not names & shells
    assert "chassis" not in {name.split(".")[0] for name in names}


def test_the_check_sees_a_forbidden_import(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("import asyncpg\nfrom tax_income.store import QUERIES\n")
    assert imported(bad) >= {"asyncpg", "tax_income.store"}
    assert ours(bad) == {"tax_income"}


def test_the_stand_in_for_the_pension_service_knows_what_an_outsider_knows() -> None:
    from sys import stdlib_module_names

    allowed = set(stdlib_module_names) | {"pyzipper", "cryptography"}
    own = {"cli.counterpart_decides"}
    modules = [ROOT / "libs" / "cli" / "cli" / f"{name}.py" for name in ("counterpart", "counterpart_decides")]
    names = {name for module in modules for name in imported(module)}
    found = {name.split(".")[0] for name in names if not any(name.startswith(one) for one in own)}
    outsider = {name.split(".")[0] for name in imported(ROOT / "services/transmittal/transmittal/medium_check.py")}
    assert found - allowed == set()
    assert outsider - allowed == set()
