"""The sample of a release, for the person who approves or rejects it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse

from api.auth import CorpusManager, Stores, platform_only, utc_now
from api.keys import Caller
from api.openapi import errors
from api.review_answers import ReviewOut, review_out
from corpus.gates.marking import Sheet, page_of
from storage.resources import Resources

router = APIRouter(prefix="/v1/corpus/releases", tags=["corpus"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/{number}/review", summary="Look at a release's sample", responses=errors("not-found", "conflict"))
async def read_sample(number: Number, caller: CorpusManager, stores: Stores) -> ReviewOut:
    """Return the items that were drawn for a person to look at, with marks around what was made up.

    Read them through before you approve or reject. Items that left since are not among them. Audited.
    """
    return review_out(await _sheet(number, caller, stores))


@router.get(
    "/{number}/review/text",
    summary="Look at a release's sample, as a page of text",
    response_class=PlainTextResponse,
    responses=errors("not-found", "conflict"),
)
async def read_sample_page(number: Number, caller: CorpusManager, stores: Stores) -> PlainTextResponse:
    """Return the same sample as plain text, to be read through. Audited."""
    return PlainTextResponse(page_of(await _sheet(number, caller, stores)))


async def _sheet(number: int, caller: Caller, stores: Resources) -> Sheet:
    from corpus.gates.review import sheet_of  # noqa: PLC0415 - pyarrow is loaded by who reviews, not by every API process

    platform_only(caller)
    sheet = await sheet_of(stores, number)
    detail = {"release": number, "items": len(sheet.items)}
    await stores.audit.append(None, "corpus:release:sampled", actor=caller.key_id, now=utc_now(), detail=detail)
    return sheet
