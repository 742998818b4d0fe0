"""Do proofs and signatures hold, and no others: against their own definitions and against vectors that others published?"""

import base64
from collections.abc import Callable

import pytest
from audit import notes
from audit.log_check import (
    EMPTY,
    Key,
    Wrong,
    consistency_ranges,
    consistent,
    included,
    inclusion_ranges,
    leaf_hash,
    parsed,
    range_hash,
    signed_by,
    signed_by_arithmetic,
    together,
)
from audit.merkle import root
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.test_merkle import INPUTS, ROOTS


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@given(st.integers(1, 300), st.data())
def test_proofs_hold_and_no_other_does(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(index.to_bytes(2, "big")) for index in range(size)]
    whole = root(leaves)

    def node(level: int, at: int) -> bytes:
        return together(leaves[at << level : (at + 1) << level])

    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    proof = [range_hash(*span, node) for span in inclusion_ranges(index, size)]
    assert included(leaves[index], index, size, proof, whole)
    grown = [range_hash(*span, node) for span in consistency_ranges(old, size)]
    assert consistent(old, root(leaves[:old]), size, whole, grown)
    other = data.draw(st.sampled_from(["leaf", "hash", "more", "fewer", "root"]))
    for hashes, holds in (
        (proof, lambda p, r: included(leaves[index], index, size, p, r)),
        (grown, lambda p, r: 0 < old < size and consistent(old, root(leaves[:old]), size, r, p)),
    ):
        if other == "hash" and hashes:
            at = data.draw(st.integers(0, len(hashes) - 1))
            assert not holds([*hashes[:at], flip(hashes[at], 5), *hashes[at + 1 :]], whole)
        elif other == "more":
            assert not holds([*hashes, bytes(32)], whole)
        elif other == "fewer" and hashes:
            assert not holds(hashes[:-1], whole)
        elif other == "root":
            assert not holds(hashes, flip(whole, 0))
    if other == "leaf":
        assert not included(bytes(32), index, size, proof, whole)
    assert not included(leaves[index], size, size, proof, whole)


def test_an_empty_root_and_leaf_prove_nothing() -> None:
    assert not included(b"", 0, 1, [], b"")
    assert not consistent(1, b"", 1, b"", [])
    assert included(leaf_hash(b""), 0, 1, [], leaf_hash(b""))


@pytest.mark.parametrize("is_signed_by", [signed_by, signed_by_arithmetic])
@pytest.mark.parametrize(
    ("secret", "public", "message", "signature"),
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ],
)
def test_signatures_are_those_of_rfc_8032(
    secret: str, public: str, message: str, signature: str, is_signed_by: Callable[[bytes, bytes, bytes], bool]
) -> None:
    key, text, signed = (bytes.fromhex(part) for part in (public, message, signature))
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(text) == signed
    assert is_signed_by(key, text, signed)
    assert not is_signed_by(key, text + b"x", signed)
    for at in (0, 31, 32, 63):
        assert not is_signed_by(key, text, flip(signed, at))
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(signed[32:], "little") + order  # the same signature, written otherwise
    assert not is_signed_by(key, text, signed[:32] + larger.to_bytes(32, "little"))


def test_the_published_signed_note_is_ours() -> None:
    """The example of the reference implementation (golang.org/x/mod/sumdb/note)."""
    secret, public = (
        base64.b64decode(text)[1:]
        for text in (
            "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
            "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        )
    )
    key = Key("PeterNeumann", public)
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = notes.signature(text, key, Ed25519PrivateKey.from_private_bytes(secret))
    assert key.hint.hex() == "c74f20a3"
    assert line == (
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "hashes"),
    [
        (1, 1, []),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_published_consistency_proofs(old: int, new: int, hashes: list[str]) -> None:
    """The test vectors of Certificate Transparency's reference implementation."""
    leaves = [leaf_hash(data) for data in INPUTS[:new]]
    proof = [
        range_hash(*span, lambda level, at: together(leaves[at << level : (at + 1) << level]))
        for span in consistency_ranges(old, new)
    ]
    assert [one.hex() for one in proof] == hashes
    assert consistent(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), proof)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "origin\n1\n",
        f"origin\n01\n{base64.b64encode(EMPTY).decode()}\n\n— a AAAA\n",
        f"origin\n1\n{base64.b64encode(EMPTY).decode()}\nmore\n\n— a AAAA\n",
        f"origin\n1\n{base64.b64encode(EMPTY[:31]).decode()}\n\n— a AAAA\n",
        f"origin\n1\n{base64.b64encode(EMPTY).decode()}\n\n- a AAAA\n",
        f"origin\n1\n{base64.b64encode(EMPTY).decode()}\n\n— a AAAA",
    ],
)
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(Wrong, match="can't be read"):
        parsed(note)
