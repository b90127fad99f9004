"""What every route's documentation says of its errors."""

from __future__ import annotations

from typing import Any

from api.problems import MEDIA_TYPE, PROBLEMS


def errors(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route: these problems, and those that every route can answer."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in ("unauthenticated", "forbidden", "invalid", "malformed", "unavailable", *codes):
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
