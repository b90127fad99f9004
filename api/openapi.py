"""What every route's documentation says of its errors."""

from __future__ import annotations

from typing import Any

from api.problem_table import PROBLEMS
from api.problems import MEDIA_TYPE


def errors(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route: these problems, and those that every route with a key can answer."""
    return keyless("unauthenticated", "forbidden", "invalid", "malformed", "unavailable", *codes)


def keyless(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that asks for no key: these problems."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        problem = PROBLEMS[code]
        entry = found.setdefault(
            problem.status,
            {
                "description": "",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}, "examples": {}}},
            },
        )
        entry["description"] = " · ".join(part for part in (entry["description"], problem.title) if part)
        entry["content"][MEDIA_TYPE]["examples"][code] = {
            "value": {
                "type": f"/problems/{code}",
                "title": problem.title,
                "status": problem.status,
                "detail": problem.title,
                "what_to_do": problem.what_to_do,
            }
        }
    return found
