"""The revocation feed, signed, and the keys that it and the manifests are signed with."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.answers import Answer
from api.auth import CorpusFollower, CorpusManager, Stores, utc_now
from api.openapi import errors
from api.routers.corpus_files import of_the_platform
from corpus.revocations import MOST_AT_ONCE, RevocationStore
from corpus.signing import SigningKeys
from domain.proofs import (
    KEY_HEADER,
    REVOCATION_CHAIN,
    REVOCATION_FIELDS,
    SIGNATURE_HEADER,
    Signed,
    canonical,
)
from storage.mongo import Document

router = APIRouter(prefix="/v1/corpus", tags=["corpus"])


class SigningKeyOut(Answer):
    """The public half of a key. `voucher` is the Ed25519 signature of the key before over this one."""

    id: str
    number: int
    algorithm: str
    public_key: str
    fingerprint: str
    created_at: datetime
    vouched_by: str | None
    voucher: str | None


@router.get(
    "/revocations",
    summary="Follow who left",
    response_class=Response,
    responses={
        200: {"description": "A page of the feed, signed in the headers", "content": {"application/json": {}}},
        **errors(),
    },
)
async def read_revocations(
    caller: CorpusFollower,
    stores: Stores,
    after: Annotated[int, Query(ge=0, description="The sequence number of the last row you have.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = MOST_AT_ONCE,
) -> Response:
    """Return rows behind `after`: items of all releases that may not be trained on any more, and the reason's word.

    Each row holds the hash of the one before; `head` is the newest row of all, so that a page that keeps rows back
    shows. `Callward-Signature` is Ed25519 over these bytes. Keep the last number and ask again with it.
    """
    of_the_platform(caller)
    now, feed = utc_now(), RevocationStore(stores)
    head = await feed.head(now=now)  # before the rows: what is appended meanwhile is on the next page
    rows = [one for one in await feed.page(after=after, limit=limit) if one["sequence"] <= head.sequence]
    page = {
        "chain": REVOCATION_CHAIN,
        "after": after,
        "rows": [_row(one) for one in rows],
        "head": {"sequence": head.sequence, "hash": head.hash},
        "served_at": now,
    }
    body = canonical(page)
    signature = await SigningKeys(stores).sign(Signed.FEED, body, now=now)
    headers = {KEY_HEADER: signature.key_id, SIGNATURE_HEADER: signature.value}
    return Response(body, media_type="application/json", headers=headers)


def _row(stored: Document) -> Document:
    return {name: stored[name] for name in (*REVOCATION_FIELDS, "hash")}


def _key(stored: Document) -> SigningKeyOut:
    return SigningKeyOut.model_validate({"id": stored["_id"], **{name: stored[name] for name in _SHOWN}})


_SHOWN = ("number", "algorithm", "public_key", "fingerprint", "created_at", "vouched_by", "voucher")


@router.get("/signing-keys", summary="List the signing keys", responses=errors())
async def list_signing_keys(caller: CorpusFollower, stores: Stores) -> list[SigningKeyOut]:
    """Return the public halves, the first one first. Trust the first, or one whose fingerprint you were told.

    Each later one is vouched for by the key before it; the last is the one in force.
    """
    of_the_platform(caller)
    return [_key(one) for one in await SigningKeys(stores).all()]


@router.post("/signing-keys", status_code=201, summary="Put a new signing key in force", responses=errors("too-large"))
async def rotate_signing_key(caller: CorpusManager, stores: Stores) -> SigningKeyOut:
    """Make a new key, vouched for by the one in force, whose private half is destroyed. Old signatures stay valid."""
    of_the_platform(caller)
    now = utc_now()
    made = await SigningKeys(stores).rotate(now=now)
    detail = {"key_id": made["_id"], "number": made["number"]}
    await stores.audit.append(None, "corpus:signing_key:rotated", actor=caller.key_id, now=now, detail=detail)
    return _key(made)
