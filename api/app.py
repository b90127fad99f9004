"""The application: built by a factory, so that tests and processes bring their own stores."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from fastapi_offline import FastAPIOffline

from api.answers import ProblemOut
from api.auth import utc_now
from api.keys import KeyStore
from api.middleware import BodyLimit, RequestContext
from api.openapi import keyless
from api.problems import install_problems
from api.routers import (
    accounts,
    audit,
    call_logs,
    callbacks,
    calls,
    cdrs,
    consents,
    content,
    corpus,
    corpus_files,
    corpus_releases,
    corpus_review,
    corpus_revocations,
    disclosures,
    health,
    holds,
    imports,
    incidents,
    jobs,
    matches,
    metrics,
    minors,
    objections,
    officers,
    opt_outs,
    parties,
    people_requests,
    platform_keys,
    privacy,
    receipts,
    redaction,
    restrictions,
    retention,
    sources,
    transcriptions,
    vcons,
    waivers,
    why,
    workspaces,
)
from ingest.pokes import Pokes
from storage.migrations import migrate
from storage.recent import Recent
from storage.resources import Resources
from storage.settings import Settings

DESCRIPTION = """Recordings in, redacted transcripts and audio out.

Send a key as `Authorization: Bearer cw_…`. Errors are problem documents (RFC 9457): `what_to_do` says how to go on.
"""


def create_app(settings: Settings) -> FastAPI:
    """Return the API over the stores that the settings name; they are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        resources = Resources.open(settings)
        try:
            await migrate(resources.database, now=utc_now())
            await resources.objects.create_bucket_if_missing()
            if settings.bootstrap_key is not None:
                await KeyStore(resources).register_bootstrap(settings.bootstrap_key.get_secret_value(), now=utc_now())
            app.state.resources = resources
            yield
            await app.state.pokes.close(resources)
        finally:
            resources.close()

    app: FastAPI = FastAPIOffline(title="Callward", version="0.1.0", description=DESCRIPTION, lifespan=lifespan)
    # A redirect would be followed without the body, and behind a proxy to http, with the key in clear.
    app.router.redirect_slashes = False
    app.state.pokes = Pokes()
    app.state.recent = Recent()
    install_problems(app)
    for router in (
        workspaces.router,
        calls.router,
        parties.router,
        call_logs.router,
        cdrs.router,
        imports.router,
        sources.router,
        callbacks.router,
        content.router,
        transcriptions.router,
        redaction.router,
        vcons.router,
        privacy.router,
        receipts.router,
        holds.router,
        restrictions.router,
        retention.router,
        accounts.router,
        opt_outs.router,
        consents.router,
        objections.router,
        minors.router,
        waivers.router,
        incidents.router,
        disclosures.router,
        people_requests.router,
        officers.router,
        audit.router,
        why.router,
        corpus.router,
        corpus_releases.router,
        corpus_review.router,
        corpus_files.router,
        corpus_revocations.router,
        platform_keys.router,
        jobs.router,
        matches.router,
        health.router,
        metrics.router,
    ):
        app.include_router(router)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestContext)
    cast("Any", app).openapi = lambda: _openapi(app)
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document: problems as schema, and each route's scope spelt out."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        components["ProblemOut"] = ProblemOut.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            components.pop(name, None)
        for operations in schema["paths"].values():
            for operation in operations.values():
                unprocessable = operation.get("responses", {}).get("422", {})
                if "HTTPValidationError" in str(unprocessable.get("content", {}).get("application/json", "")):
                    unprocessable["content"].pop("application/json")
                    if not unprocessable["content"]:
                        operation["responses"].pop("422")
                if "requestBody" in operation:
                    operation["responses"].setdefault("413", keyless("too-large")[413])
        for path, method, scopes in scoped_routes(app):
            operation = schema["paths"].get(path, {}).get(method.lower())
            if operation is not None and scopes:
                operation["x-callward-scopes"] = list(scopes)
                told = " or ".join(f"`{scope}`" for scope in scopes)
                operation["description"] = f"{operation.get('description', '')}\n\nScope: {told}."
        app.openapi_schema = schema
    return app.openapi_schema


def scoped_routes(app: FastAPI) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (path, method, scopes) of every route, included routers too; without scopes no key is asked for."""
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for route in iter_route_contexts(app.routes):
        dependant: Any = getattr(route, "dependant", None)
        scopes: tuple[str, ...] = ()
        pending = list(dependant.dependencies) if dependant is not None else []
        while pending:
            one = pending.pop()
            scopes += tuple(scope.value for scope in getattr(one.call, "scopes", ()))
            pending.extend(one.dependencies)
        found.extend((route.path or "", method, scopes) for method in sorted(route.methods or ()))
    return found
