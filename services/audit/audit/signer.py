"""Who may sign the next head of the log? The holder of the key, and only forward: what it signed last is kept beside the key, outside the
database, and nothing is signed that does not begin with it. So neither a backup that was put back nor a second copy of the log becomes
two histories that are both signed.

    KEYS/audit-log/key-1       the private key (Ed25519, 32 bytes), for its owner alone
    KEYS/audit-log/signed      size and root of the last head that was signed
    KEYS/audit-log/policy.json the public keys with the sizes that each may sign, for whoever checks the log
    KEYS/audit-log/2/…         the same of the log that was begun anew when the first one had lost its end
"""

import base64
import fcntl
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chassis import files
from chassis.settings import Settings
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import notes
from audit.log_check import Checkpoint, Key, Policy, Wrong, consistent, ending, handover, policy_of

POLICY = "policy.json"


class Signer:
    """The log's keys and what they signed last."""

    def __init__(self, folder: Path, origin: str) -> None:
        self._first_folder, self._first_origin = folder, origin

    @property
    def folder(self) -> Path:
        return newest(self._first_folder)

    @property
    def origin(self) -> str:
        folder = self.folder
        return self._first_origin if folder == self._first_folder else f"{self._first_origin}/{folder.name}"

    def begin(self) -> None:
        """Make the first key of a log that has none. A folder of another log is refused."""
        if not (self.folder / POLICY).exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            public = _new_key(self._file(1))
            _write(self.folder, _policy(self.origin, public, 0))
        if self.policy.origin != self.origin:
            raise Wrong(f"the keys in {self.folder} are of the log {self.policy.origin}, not {self.origin}")
        self._destroy_former()

    @property
    def policy(self) -> Policy:
        """Whose word counts; for auditors, too."""
        return policy_of((self.folder / POLICY).read_text("utf-8"))

    @property
    def quorum(self) -> int:
        """So many witnesses must have seen a checkpoint; none of a log that was never signed."""
        file = self.folder / POLICY
        return int(json.loads(file.read_text("utf-8"))["quorum"]) if file.exists() else 0

    @property
    def last(self) -> Checkpoint:
        """The last head that was signed."""
        try:
            said = json.loads((self.folder / "signed").read_text("utf-8"))
        except FileNotFoundError:
            return Checkpoint(self.origin, 0, b"")
        return Checkpoint(self.origin, said["size"], bytes.fromhex(said["root"]))

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> str:
        """The signed checkpoint of a head that begins with the last one; `proof` shows that it does. Wrong when it does not."""
        self.follows(size, root, proof)
        _remember(self.folder, size, root)  # first: a signature that is lost can be made again, and no other
        text = notes.text_of(Checkpoint(self.origin, size, root))
        lines = [
            notes.signature(text, key, self._private(number))
            for number, key in enumerate(self.policy.keys, 1)
            if self._file(number).exists()
        ]
        self._hand_over(size)
        return notes.note(text, *lines)

    def follows(self, size: int, root: bytes, proof: Sequence[bytes]) -> None:
        """Wrong when a head does not begin with the last one that was signed."""
        last = self.last
        if last.size > size:
            raise Wrong(f"the log has {size} leaves, and {last.size} were signed: a backup was put back")
        if last.size and not consistent(last.size, last.root, size, root, proof):
            raise Wrong(f"the log of {size} leaves does not begin with the {last.size} that were signed")

    def rotate(self) -> None:
        """Let a new key take over: the next checkpoint bears both signatures, then the old private key is destroyed."""
        with self._changing() as given:
            number = len(given["keys"])
            if given["keys"][-1]["last"] is None and number > 1 and self._file(number - 1).exists():
                raise Wrong("a new key waits for its first checkpoint already")
            old = self._private(number)
            public = _new_key(self._file(number + 1))
            handed_on = old.sign(handover(self.origin, base64.b64decode(public)))
            given["keys"].append(
                {
                    "name": self.origin,
                    "public": public,
                    "first": self.last.size,
                    "last": None,
                    "handed_on": base64.b64encode(handed_on).decode(),
                }
            )

    def begin_anew(self, size: int, root: bytes) -> None:
        """Another log, of another name, for one whose end is lost: it has the first leaves of that one, as it was when `root` was its head.

        The old key says so last, and is destroyed. Witnesses are named anew: what they have seen is of the other log.
        """
        with self._changing() as given:
            ended, folder = self.last, self.folder
            number = 2 if folder == self._first_folder else int(folder.name) + 1
            origin, after = f"{self._first_origin}/{number}", self._first_folder / str(number)
            old = self._private(len(given["keys"]))
            shutil.rmtree(after, ignore_errors=True)  # begun and not ended
            after.mkdir(mode=0o700)
            public = _new_key(after / "key-1")
            _remember(after, size, root)
            for key in given["keys"]:
                key["last"] = ended.size if key["last"] is None else key["last"]
            policy = _policy(origin, public, size) | {
                "before": {
                    "policy": given,
                    "size": ended.size,
                    "root": base64.b64encode(ended.root).decode(),
                    "signature": base64.b64encode(old.sign(ending(ended, origin, base64.b64decode(public)))).decode(),
                }
            }
            _write(after, policy)  # from here on this is the log
        self._destroy_former()

    def _destroy_former(self) -> None:
        for file in self._first_folder.rglob("key-*"):
            if file.parent != self.folder:
                files.remove(file)

    def add_witness(self, witness: Key, quorum: int) -> None:
        """From now on a checkpoint counts when so many witnesses saw it."""
        with self._changing() as given:
            given["witnesses"] = [one for one in given["witnesses"] if one["name"] != witness.name]
            given["witnesses"].append({"name": witness.name, "public": base64.b64encode(witness.public).decode()})
            given["quorum"] = quorum

    def _hand_over(self, size: int) -> None:
        """After the checkpoint that both keys signed the old one signs nothing more."""
        if not any(self._file(number).exists() for number in range(1, len(self.policy.keys))):
            return
        with self._changing() as given:
            for key in given["keys"][:-1]:
                if key["last"] is None:
                    key["last"] = size
        for number in range(1, len(given["keys"])):
            files.remove(self._file(number))

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The policy, to be changed by one at a time: the notary and a command are two processes. Written unless refused."""
        folder = self.folder
        with (folder / ".changing").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            given: dict[str, Any] = json.loads((folder / POLICY).read_text("utf-8"))
            yield given
            _write(folder, given)

    def _file(self, number: int) -> Path:
        return self.folder / f"key-{number}"

    def _private(self, number: int) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._file(number).read_bytes())


def _new_key(file: Path) -> str:
    private = Ed25519PrivateKey.generate()
    files.write(file, private.private_bytes_raw())
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()


def _policy(origin: str, public: str, first: int) -> dict[str, Any]:
    keys = [{"name": origin, "public": public, "first": first, "last": None}]
    return {"origin": origin, "keys": keys, "witnesses": [], "quorum": 0}


def _remember(folder: Path, size: int, root: bytes) -> None:
    files.write(folder / "signed", json.dumps({"size": size, "root": root.hex()}).encode())


def _write(folder: Path, policy: dict[str, Any]) -> None:
    files.write(folder / POLICY, json.dumps(policy, indent=1, ensure_ascii=False).encode())


def signer_of(settings: Settings) -> Signer:
    """The signer of a deployment's log."""
    return Signer(
        folder_beside(settings.key_file, settings.prefix), f"kokunen/audit/{settings.prefix}{settings.municipality}"
    )


def newest(folder: Path) -> Path:
    """Where the keys of the log lie that goes on: the first one, or the last that was begun anew."""
    begun = {int(file.parent.name): file.parent for file in folder.glob(f"[1-9]*/{POLICY}")}
    return begun[max(begun)] if begun else folder


def folder_beside(key_file: Path, prefix: str) -> Path:
    """Where the log's keys lie, beside the service's sealing key."""
    return key_file.with_name(f"audit-log-{prefix}" if prefix else "audit-log")
