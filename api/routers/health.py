"""Health for load balancers, and what each problem code means. No key is needed: nothing here is anybody's."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.auth import Stores
from api.openapi import keyless
from api.problem_table import PROBLEMS
from api.problems import problem_response
from domain.errors import NotFound

router = APIRouter(tags=["health"])


@router.get("/health/live", summary="Is the process there?")
async def live() -> dict[str, str]:
    """Answer that the process runs."""
    return {"status": "ok"}


@router.get("/health/ready", summary="Can it serve?", response_model=dict[str, str], responses=keyless("unavailable"))
async def ready(request: Request, stores: Stores) -> JSONResponse:
    """Answer ok when MongoDB and the object store answer; otherwise name the one that does not."""
    for name, ping in (("mongodb", stores.database.ping), ("object store", stores.objects.ping)):
        try:
            await ping()
        except Exception:  # whatever the driver raises, the part does not answer  # noqa: BLE001
            return problem_response("unavailable", f"the {name} does not answer", request=request)
    return JSONResponse({"status": "ok"})


@router.get(
    "/problems/{code}",
    summary="What a problem means",
    response_model=dict[str, str | int],
    responses=keyless("not-found"),
)
async def explain(code: str) -> dict[str, str | int]:
    """Explain a problem code: the `type` of a problem document leads here."""
    problem = PROBLEMS.get(code)
    if problem is None:
        raise NotFound("no such problem code")
    return {"code": code, "status": problem.status, "title": problem.title, "what_to_do": problem.what_to_do}
