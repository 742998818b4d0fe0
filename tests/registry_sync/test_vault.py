"""A number in the vault: readable in its place, by its key, and nowhere else; the key of the keys can be replaced and destroyed."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from contracts.my_number import check_digit
from cryptography.exceptions import InvalidTag
from registry_sync.key_port import FileKeys, KeyGone, create
from registry_sync.vault import Vault, folder_beside, open_vault

ONE = "90000000001" + str(check_digit("90000000001"))
OTHER = "90000000002" + str(check_digit("90000000002"))
"""Made up for this test: no municipality gives numbers that begin so."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(folder: Path) -> Vault:
    return open_vault(folder, new=True)


def test_what_was_sealed_opens_and_does_not_show(vault: Vault) -> None:
    sealed = vault.seal(10000001, 1, ONE)
    assert vault.open(sealed) == ONE
    assert ONE.encode() not in sealed.box + sealed.person_key
    assert vault.seal(10000001, 1, ONE).box != sealed.box


@pytest.mark.parametrize(
    "moved",
    [
        lambda one, other: replace(one, addressee=other.addressee),
        lambda one, other: replace(one, version=2),
        lambda one, other: replace(one, box=other.box),
        lambda one, other: replace(one, person_key=other.person_key),
        lambda one, other: replace(one, box=one.box[:-1] + bytes([one.box[-1] ^ 1])),
    ],
)
def test_a_box_that_was_moved_or_changed_does_not_open(vault: Vault, moved: object) -> None:
    one, other = vault.seal(10000001, 1, ONE), vault.seal(10000002, 1, OTHER)
    with pytest.raises(InvalidTag):
        vault.open(moved(one, other))  # type: ignore[operator]


def test_a_later_number_of_the_same_person_has_the_same_key(vault: Vault) -> None:
    """So that one key destroyed is everything of the person gone."""
    first = vault.seal(10000001, 1, ONE)
    second = vault.seal(10000001, 2, OTHER, first)
    assert vault.open(second) == OTHER
    assert vault.open(replace(second, person_key=first.person_key)) == OTHER


def test_the_look_up_is_the_same_for_one_number_and_needs_its_key(vault: Vault, tmp_path: Path) -> None:
    assert vault.look_up(ONE) == vault.look_up(ONE)
    assert vault.look_up(ONE) != vault.look_up(OTHER)
    assert open_vault(tmp_path / "another", new=True).look_up(ONE) != vault.look_up(ONE)


def test_the_key_of_the_keys_is_replaced_and_the_old_one_destroyed(vault: Vault, folder: Path) -> None:
    keys = FileKeys(folder)
    before = vault.seal(10000001, 1, ONE)
    assert keys.rotate() == "0002"
    assert vault.open(before) == ONE
    after = vault.rewrap(before)
    assert (before.key_id, after.key_id, after.box) == ("0001", "0002", before.box)
    keys.destroy("0001")
    assert vault.open(after) == ONE
    with pytest.raises(KeyGone):
        vault.open(before)


def test_keys_are_for_their_owner_alone_and_never_overwritten(vault: Vault, folder: Path) -> None:
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["0001.key", "index.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    with pytest.raises(FileExistsError):
        create(folder / "0001.key")
    assert sorted(folder.iterdir()) == files


def test_keys_that_should_be_there_are_not_made_anew(folder: Path) -> None:
    with pytest.raises(KeyGone, match="restore them"):
        open_vault(folder)
    open_vault(folder, new=True)
    (folder / "index.key").unlink()
    for new in (False, True):
        with pytest.raises(KeyGone, match="restore them"):
            open_vault(folder, new=new)


def test_the_keys_lie_beside_the_service_s_own() -> None:
    assert folder_beside(Path("keys/registry-sync.key")) == Path("keys/vault")
