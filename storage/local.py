"""Bring the services of one machine into the state the rest of Callward expects. For the embedded stack only.

Plain blocking functions, called by the supervisor before any store is opened; each is safe to run again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

LOOPBACK = "127.0.0.1"
_UNAUTHORIZED = 13
_ALREADY_INITIALIZED = 23
_USER_EXISTS = 51003
_POLL_S = 0.03
_APP_ROLES = ("readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterMonitor")

Client = MongoClient[dict[str, Any]]


class LocalServiceError(Exception):
    """A service of this machine is there but not in a state that can be used."""


@dataclass(frozen=True, slots=True)
class MongoAccounts:
    """The two accounts of an embedded mongod: one that administers it, one that Callward works with."""

    password: str = field(repr=False)
    admin_password: str = field(repr=False)
    user: str = "callward"
    admin: str = "callward_admin"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket and the keys to it."""

    endpoint: str
    name: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)


@contextlib.contextmanager
def mongo_client(url: str, *, timeout_s: float = 5.0) -> Iterator[Client]:
    """A blocking client that is closed at the end. Waits at most `timeout_s` seconds for a server."""
    client: Client = MongoClient(url, serverSelectionTimeoutMS=int(timeout_s * 1000), tz_aware=True)
    with client:
        yield client


def ping_mongo(url: str, *, timeout_s: float = 2.0) -> None:
    """See that a server answers and takes the account.

    Raises:
        LocalServiceError: naming the kind of trouble, never the address's password.
    """
    try:
        with mongo_client(url, timeout_s=timeout_s) as client:
            client.admin.command("hello")
    except PyMongoError as error:
        raise LocalServiceError(f"MongoDB does not answer as it should ({type(error).__name__})") from None


def prepare_replica_set(port: int, accounts: MongoAccounts, *, name: str, timeout_s: float = 30.0) -> None:
    """Make the mongod on this loopback port the primary of a replica set of one, with both accounts in place.

    A first start goes through mongod's localhost exception, which closes with the first account. A mongod whose port
    has changed since is told its new address.

    Raises:
        LocalServiceError: when it is not a primary with our accounts after `timeout_s` seconds.
    """
    address, deadline = f"{LOOPBACK}:{port}", time.monotonic() + timeout_s
    try:
        with _direct(port) as client:
            fresh = _initiate(client, address, name)
            if fresh:
                _wait_primary(client, deadline)
                _create_first_user(client, accounts)
        with _direct(port, accounts) as client:
            _follow_address(client, address)
            _wait_primary(client, deadline)
            _create_app_user(client, accounts)
    except PyMongoError as error:
        code = f", code {error.code}" if isinstance(error, OperationFailure) else ""
        raise LocalServiceError(f"MongoDB could not be prepared ({type(error).__name__}{code})") from None


@contextlib.contextmanager
def s3_client(bucket: Bucket, *, timeout_s: float = 10.0) -> Iterator[Any]:
    """A blocking S3 client with these keys, closed at the end. Each call may take `timeout_s` seconds."""
    client = boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        config=Config(
            connect_timeout=timeout_s,
            read_timeout=timeout_s,
            retries={"total_max_attempts": 2},
            s3={"addressing_style": "path"},
        ),
    )
    try:
        yield client
    finally:
        client.close()


def ensure_bucket(bucket: Bucket, *, timeout_s: float = 15.0) -> None:
    """See that the keys open the bucket, making it if it is not there; wait while the store still comes up.

    Raises:
        LocalServiceError: when the keys are refused or the bucket is not there after `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    with s3_client(bucket) as client:
        while True:
            try:
                _head_or_create(client, bucket)
            except (ClientError, BotoCoreError) as error:
                if time.monotonic() >= deadline:
                    raise LocalServiceError(f"the bucket cannot be used ({_s3_reason(error)})") from None
                time.sleep(_POLL_S * 5)
            else:
                return


def _head_or_create(client: Any, bucket: Bucket) -> None:
    try:
        client.head_bucket(Bucket=bucket.name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:  # noqa: PLR2004 - HTTP's number for "not there"
            raise
        where = {"LocationConstraint": bucket.region}
        client.create_bucket(Bucket=bucket.name, CreateBucketConfiguration=where)
        client.head_bucket(Bucket=bucket.name)


def _s3_reason(error: ClientError | BotoCoreError) -> str:
    return str(error.response["Error"].get("Code")) if isinstance(error, ClientError) else type(error).__name__


@contextlib.contextmanager
def _direct(port: int, accounts: MongoAccounts | None = None) -> Iterator[Client]:
    login: dict[str, Any] = (
        {"username": accounts.admin, "password": accounts.admin_password, "authSource": "admin"} if accounts else {}
    )
    client: Client = MongoClient(
        LOOPBACK, port, directConnection=True, serverSelectionTimeoutMS=10_000, tz_aware=True, **login
    )
    with client:
        yield client


def _initiate(client: Client, address: str, name: str) -> bool:
    """Start the replica set; False when an earlier start did it and made an account."""
    try:
        client.admin.command("replSetInitiate", {"_id": name, "members": [{"_id": 0, "host": address}]})
    except OperationFailure as error:
        if error.code == _UNAUTHORIZED:
            return False
        if error.code != _ALREADY_INITIALIZED:
            raise
    return True


def _create_first_user(client: Client, accounts: MongoAccounts) -> None:
    """Make the administrator, unless there is one: an earlier start may have been cut short just after."""
    try:
        client.admin.command("createUser", accounts.admin, pwd=accounts.admin_password, roles=["root"])
    except OperationFailure as error:
        if error.code not in {_UNAUTHORIZED, _USER_EXISTS}:
            raise


def _create_app_user(client: Client, accounts: MongoAccounts) -> None:
    try:
        client.admin.command("createUser", accounts.user, pwd=accounts.password, roles=list(_APP_ROLES))
    except OperationFailure as error:
        if error.code != _USER_EXISTS:
            raise


def _follow_address(client: Client, address: str) -> None:
    config = client.admin.command("replSetGetConfig")["config"]
    if config["members"][0]["host"] == address:
        return
    config["members"][0]["host"] = address
    config["version"] += 1
    client.admin.command("replSetReconfig", config, force=True)


def _wait_primary(client: Client, deadline: float) -> None:
    while time.monotonic() < deadline:
        with contextlib.suppress(AutoReconnect):  # an election closes connections
            if client.admin.command("hello").get("isWritablePrimary"):
                return
        time.sleep(_POLL_S)
    raise LocalServiceError("MongoDB did not become the primary of its replica set in time")
