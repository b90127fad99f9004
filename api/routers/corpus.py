"""For the ML team: what could be in a training corpus, and why the rest could not. Counts only."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import CorpusReader, Stores, utc_now, workspace_of
from api.openapi import errors
from corpus.candidates import count_candidates
from domain.training import TrainingReason

router = APIRouter(prefix="/v1/corpus", tags=["corpus"])


@router.get("/candidates", summary="Count what could be trained on", responses=errors())
async def read_candidates(caller: CorpusReader, stores: Stores) -> dict[TrainingReason, int]:
    """Return how many calls may enter a training corpus, and how many each reason keeps out.

    There are no releases to pull yet. Until the parties' own consent to training is recorded, no call is allowed in.
    """
    return await count_candidates(stores, workspace_of(caller), now=utc_now())
