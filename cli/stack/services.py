"""Which of the three services the stack starts, which the environment names, and the variables that result."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cli.stack.broker import broker_part, broker_url
from cli.stack.layout import Layout, StackState
from cli.stack.mongo import mongo_part, mongo_url
from cli.stack.objects import endpoint, objects_part
from cli.stack.parts import Part
from cli.stack.ports import LOOPBACK, Ports
from storage.local import Bucket, MongoAccounts

MONGO_URL = "CALLWARD_MONGO_URL"
S3_ENDPOINT = "CALLWARD_S3_ENDPOINT"
BROKER_URL = "CALLWARD_BROKER_URL"
DATABASE = "callward"
BUCKET = "callward"
REGION = "ap-south-1"


@dataclass(frozen=True, slots=True)
class Services:
    """The parts to start and the variables that lead to all three services, started here or not."""

    parts: tuple[Part, ...]
    env: Mapping[str, str]


def build_services(layout: Layout, state: StackState, ports: Ports, given: Mapping[str, str] | None = None) -> Services:
    """Describe the services. One that `given` (the process's environment) names already is not started."""
    given = os.environ if given is None else given
    env = _own_variables(layout, ports)
    env |= {name: value for name, value in given.items() if name.startswith("CALLWARD_") and name not in _OURS}
    parts: list[Part] = []
    if MONGO_URL not in given:
        accounts = MongoAccounts(state.secret("mongo_password"), state.secret("mongo_admin_password"))
        parts.append(mongo_part(layout, ports["mongo"], accounts))
        env[MONGO_URL] = mongo_url(ports["mongo"], accounts)
    if S3_ENDPOINT not in given:
        bucket = _bucket(state, ports, env)
        parts.append(objects_part(layout, ports, bucket))
        env |= {
            S3_ENDPOINT: bucket.endpoint,
            "CALLWARD_S3_ACCESS_KEY": bucket.access_key,
            "CALLWARD_S3_SECRET_KEY": bucket.secret_key,
        }
    if BROKER_URL not in given:
        password = state.secret("broker_password")
        parts.append(broker_part(layout, ports["broker"], password))
        env[BROKER_URL] = broker_url(ports["broker"], password)
    return Services(tuple(parts), env)


_OURS = {
    "CALLWARD_API_HOST",
    "CALLWARD_API_PORT",
    "CALLWARD_PUBLIC_URL",
    "CALLWARD_DATA_DIR",
    "CALLWARD_ROOT_KEY_FILE",
}
"""Set by the stack whatever the caller's environment says: they follow from its folder and its ports."""


def _own_variables(layout: Layout, ports: Ports) -> dict[str, str]:
    return {
        "CALLWARD_MONGO_DATABASE": DATABASE,
        "CALLWARD_S3_BUCKET": BUCKET,
        "CALLWARD_S3_REGION": REGION,
        "CALLWARD_ROOT_KEY_FILE": str(layout.root_key_file),
        "CALLWARD_API_HOST": LOOPBACK,
        "CALLWARD_API_PORT": str(ports["api"]),
        "CALLWARD_PUBLIC_URL": f"http://{LOOPBACK}:{ports['api']}",
        "CALLWARD_DATA_DIR": str(layout.root),
    }


def _bucket(state: StackState, ports: Ports, env: Mapping[str, str]) -> Bucket:
    def access_key() -> str:
        return base64.b32encode(secrets.token_bytes(10)).decode()

    return Bucket(
        endpoint=endpoint(ports["s3"]),
        name=env["CALLWARD_S3_BUCKET"],
        region=env["CALLWARD_S3_REGION"],
        access_key=state.secret("s3_access_key", access_key),
        secret_key=state.secret("s3_secret_key"),
    )
