"""A caller is whom a token speaks of, if a key we know says so; anything not wholly right is nobody."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from chassis.callers import Caller, Callers, NotKnown, own_token
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey

NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def city() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "city"})


@pytest.fixture(scope="module")
def transmittal() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "transmittal"})


@pytest.fixture
def callers(tmp_path: Path, city: OKPKey, transmittal: OKPKey) -> Callers:
    return Callers(known(tmp_path, city=city, transmittal=transmittal))


def known(folder: Path, **keys: OKPKey) -> Path:
    file = folder / "callers.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False) | {"iss": name} for name, key in keys.items()]}))
    return file


def token(key: Any, *, alg: str = "Ed25519", kid: str = "city", **claims: Any) -> str:
    given = {"iss": "city", "sub": "clerk-1", "aud": "registry-sync", "exp": NOW + 300, "roles": ["number-clerk"]}
    given = {name: value for name, value in {**given, **claims}.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": kid}, given, key, algorithms=[alg])


def test_a_clerk_with_the_city_s_token_has_the_roles_it_names(callers: Callers, city: OKPKey) -> None:
    assert callers.caller(token(city), "registry-sync", NOW) == Caller(
        "clerk-1", frozenset({"number-clerk"}), logged_in_at=NOW + 300
    )
    several = token(city, aud=["console", "registry-sync"])
    assert callers.caller(several, "registry-sync", NOW).account == "clerk-1"


@pytest.mark.parametrize(
    ("claims", "at"),
    [({"auth_time": NOW - 3_600, "iat": NOW}, NOW - 3_600), ({"iat": NOW}, NOW), ({}, NOW + 300)],
)
def test_a_token_says_when_its_owner_logged_in(callers: Callers, city: OKPKey, claims: Any, at: float) -> None:
    assert callers.caller(token(city, **claims), "registry-sync", NOW).logged_in_at == at


def test_a_service_is_itself_and_nothing_more(tmp_path: Path, transmittal: OKPKey, callers: Callers) -> None:
    signing = tmp_path / "transmittal.signing"
    signing.write_text(json.dumps(transmittal.as_dict(private=True)))
    own = own_token("transmittal", "registry-sync", signing)
    assert callers.caller(own, "registry-sync") == Caller("transmittal", frozenset({"transmittal"}), is_service=True)
    as_service = {"iss": "transmittal", "kid": "transmittal", "roles": ["number-clerk"]}
    found = callers.caller(token(transmittal, sub="transmittal", **as_service), "registry-sync", NOW)
    assert found.roles == {"transmittal"}
    with pytest.raises(NotKnown, match="nobody but itself"):
        callers.caller(token(transmittal, sub="clerk-1", **as_service), "registry-sync", NOW)


def test_people_never_have_a_service_s_role_or_name(callers: Callers, city: OKPKey) -> None:
    assert callers.caller(token(city, roles=["transmittal", "x"]), "registry-sync", NOW).roles == {"x"}
    with pytest.raises(NotKnown, match="service's name"):
        callers.caller(token(city, sub="transmittal"), "registry-sync", NOW)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "transmittal"}, "not for registry-sync"),
        ({"aud": None}, "not for registry-sync"),
        ({"iss": "transmittal"}, "not the one its key speaks for"),
        ({"exp": NOW - 61}, "expired"),
        ({"exp": NOW + 661}, "longer than 600 s"),
        ({"exp": None}, "until when"),
        ({"exp": "soon"}, "until when|not signed"),
        ({"nbf": NOW + 61}, "not valid yet"),
        ({"sub": None}, "no account"),
        ({"sub": "田中"}, "no account"),
        ({"sub": "a b"}, "no account"),
        ({"auth_time": "this morning"}, "does not say when"),
        ({"roles": "number-clerk"}, "list of names"),
    ],
)
def test_a_claim_that_is_not_right_makes_nobody(callers: Callers, city: OKPKey, claims: Any, why: str) -> None:
    with pytest.raises(NotKnown, match=why):
        callers.caller(token(city, **claims), "registry-sync", NOW)


@pytest.mark.parametrize("ends", [NOW - 59, NOW + 660])
def test_clocks_may_differ_by_a_minute(callers: Callers, city: OKPKey, ends: float) -> None:
    assert callers.caller(token(city, exp=ends), "registry-sync", NOW).account == "clerk-1"


def test_another_key_an_unknown_key_or_no_signature_make_nobody(callers: Callers, city: OKPKey) -> None:
    stranger = OKPKey.generate_key("Ed25519")
    good = token(city)
    head, body, _ = good.split(".")
    unsigned = f"{head}.{body}."
    for bad in (token(stranger), token(stranger, kid="stranger"), unsigned, "x", "a.b.c", "", good[:-2]):
        with pytest.raises(NotKnown):
            callers.caller(bad, "registry-sync", NOW)


def test_an_algorithm_that_the_key_is_not_for_makes_nobody(callers: Callers, city: OKPKey) -> None:
    """A public key taken for a shared secret is the oldest trick."""
    public = json.dumps(city.as_dict(private=False)).encode()
    for key, alg in ((OctKey.import_key(public), "HS256"), (ECKey.generate_key("P-256"), "ES256")):
        with pytest.raises(NotKnown):
            callers.caller(token(key, alg=alg), "registry-sync", NOW)


def test_a_key_is_replaced_while_serving(tmp_path: Path, city: OKPKey, callers: Callers) -> None:
    assert callers.caller(token(city), "registry-sync", NOW)
    successor = OKPKey.generate_key("Ed25519", {"kid": "city-2"})
    time.sleep(0.01)
    known(tmp_path, city=successor)
    with pytest.raises(NotKnown):
        callers.caller(token(city), "registry-sync", NOW)
    assert callers.caller(token(successor, kid="city-2"), "registry-sync", NOW)


def test_without_a_list_of_callers_everybody_is_unknown(tmp_path: Path, city: OKPKey) -> None:
    with pytest.raises(NotKnown, match="missing"):
        Callers(tmp_path / "none.json").caller(token(city), "registry-sync", NOW)


@pytest.mark.parametrize(
    ("shown", "enough"),
    [(["hwk", "pwd"], True), (["pwd", "hwk", "mfa"], True), (["pwd"], False), ([], False), (None, False), ("hwk pwd", False), ([["hwk"]], False)],
)  # fmt: skip
def test_factors_that_are_asked_for_were_shown(tmp_path: Path, city: OKPKey, shown: Any, enough: bool) -> None:
    asking = Callers(known(tmp_path, city=city), frozenset({"hwk", "pwd"}))
    if enough:
        assert asking.caller(token(city, amr=shown), "registry-sync", NOW).account == "clerk-1"
    else:
        with pytest.raises(NotKnown, match="every factor"):
            asking.caller(token(city, amr=shown), "registry-sync", NOW)


def test_a_service_shows_no_factor(tmp_path: Path, transmittal: OKPKey) -> None:
    asking = Callers(known(tmp_path, transmittal=transmittal), frozenset({"hwk", "pwd"}))
    signing = tmp_path / "transmittal.signing"
    signing.write_text(json.dumps(transmittal.as_dict(private=True)))
    own = own_token("transmittal", "registry-sync", signing)
    assert asking.caller(own, "registry-sync").is_service
