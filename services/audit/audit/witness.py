"""Did the log that I saw yesterday grow into the one of today? A process of its own, with a key and a memory of its own, that signs if so.

    python -m audit.witness FOLDER POLICY [PORT]

Run by somebody else than the log's operator (the audit section), on another machine. POLICY is the log's (`kokunen audit policy`). FOLDER
holds its key and, for the log, size and root of the last checkpoint it signed. It speaks C2SP tlog-witness: `POST /add-checkpoint`. When
its memory is lost its key is worth nothing any more: it does not start; give it another folder, and the log its new key.
"""

import asyncio
import base64
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import uvicorn
from chassis import files
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from audit import notes, proofs
from audit.log_check import COSIGNATURE, EMPTY, Key, Policy, Wrong, consistent, parsed, policy_of, signers

MAX_BODY = 64 * 1024
MAX_PROOF = 63


class Refused(Exception):
    """A checkpoint that is not signed: (HTTP status, body)."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(body)
        self.status, self.body = status, body


class Witness:
    """Key and memory."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self.folder, self.policy = folder, policy
        key, seen = folder / "key", folder / "seen"
        if key.exists() != seen.exists():
            raise SystemExit(f"{folder}: key or memory is missing; a witness never begins again with the same key")
        if not key.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._remember(0, EMPTY)
            files.write(key, Ed25519PrivateKey.generate().private_bytes_raw())
        self._private = Ed25519PrivateKey.from_private_bytes(key.read_bytes())
        name = f"{policy.origin}/witness/{folder.name}"
        self.key = Key(name, self._private.public_key().public_bytes_raw(), COSIGNATURE)
        public = {"name": name, "public": base64.b64encode(self.key.public).decode()}
        files.write(folder / "public.json", json.dumps(public).encode())

    def add(self, body: str) -> str:
        """The cosignature line for a checkpoint; the request is as tlog-witness has it. Refused otherwise."""
        old, proof, note = request_of(body)
        try:
            text, checkpoint, _ = parsed(note)
            if checkpoint.origin != self.policy.origin:
                raise Refused(404, "this log is not known here\n")
            if not signers(note, self.policy.keys):
                raise Refused(403, "not signed by a key of this log\n")
        except Wrong as wrong:
            raise Refused(403, f"{wrong}\n") from None
        seen = json.loads((self.folder / "seen").read_text("utf-8"))
        if old != seen["size"]:
            raise Refused(409, f"{seen['size']}\n")
        if old > checkpoint.size:
            raise Refused(400, "the log is shorter than it was said to be\n")
        if old == checkpoint.size and checkpoint.root.hex() != seen["root"]:
            raise Refused(409, f"{seen['size']}\n")
        if not consistent(old, bytes.fromhex(seen["root"]), checkpoint.size, checkpoint.root, proof):
            raise Refused(422, "the log does not begin with what was seen before\n")
        self._remember(checkpoint.size, checkpoint.root)
        return notes.cosignature(text, self.key, self._private, int(time.time()))

    def _remember(self, size: int, root: bytes) -> None:
        files.write(self.folder / "seen", json.dumps({"size": size, "root": root.hex()}).encode())


def request_of(body: str) -> tuple[int, list[bytes], str]:
    """Old size, proof and checkpoint of an add-checkpoint request. Refused when it is none."""
    head, found, note = body.partition("\n\n")
    first, *lines = head.split("\n")
    try:
        proof = [base64.b64decode(line, validate=True) for line in lines]
        if not found or not first.startswith("old ") or len(proof) > MAX_PROOF:
            raise ValueError
        return int(first.removeprefix("old ")), proof, note
    except ValueError:
        raise Refused(400, "no add-checkpoint request\n") from None


def request(old: int, proof: Sequence[bytes], note: str) -> str:
    """An add-checkpoint request."""
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof)]
    return "\n".join(lines) + "\n\n" + note


async def ask(url: str, note: str, old: int, fetch: proofs.Fetch) -> tuple[str, str]:
    """The witness's name and signature line for a checkpoint. Wrong when it refuses or does not answer."""
    size = parsed(note)[1].size
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for _ in range(2):
            proof = await proofs.consistency(fetch, old, size)
            try:
                answer = await client.post(f"{url}/add-checkpoint", content=request(old, proof, note))
            except httpx.HTTPError as error:
                raise Wrong(f"the witness did not answer ({type(error).__name__})") from None
            if answer.status_code == 200:
                return answer.text.split(" ")[1], answer.text
            seen = answer.text.strip()
            if answer.status_code != 409 or not seen.isdecimal() or not old != int(seen) <= size:
                break
            old = int(seen)
    raise Wrong(f"the witness answered {answer.status_code}: {answer.text.strip()}")


def application(witness: Witness) -> Starlette:
    """The witness's only door."""
    one_at_a_time = asyncio.Lock()

    async def add(given: Request) -> Response:
        body = bytearray()
        async for part in given.stream():
            body += part
            if len(body) > MAX_BODY:
                return PlainTextResponse("too long\n", 413)
        try:
            async with one_at_a_time:
                return PlainTextResponse(await asyncio.to_thread(witness.add, body.decode("utf-8")))
        except UnicodeDecodeError:
            return PlainTextResponse("no text\n", 400)
        except Refused as refused:
            return PlainTextResponse(refused.body, refused.status)

    return Starlette(routes=[Route("/add-checkpoint", add, methods=["POST"])])


def main(folder: str, policy: str, port: str = "0") -> None:
    witness = Witness(Path(folder), policy_of(Path(policy).read_text("utf-8")))
    uvicorn.run(application(witness), host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
