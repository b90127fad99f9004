"""MongoDB: a mongod of our own, a replica set of one (transactions need one), behind passwords of its own."""

from __future__ import annotations

from functools import partial

from cli.stack.binaries import MONGOD, find
from cli.stack.health import answers_tcp
from cli.stack.layout import Layout
from cli.stack.parts import Part, bare_environment
from cli.stack.ports import LOOPBACK
from storage.local import MongoAccounts, prepare_replica_set

NAME = "mongo"
REPLICA_SET = "rs0"
CACHE_GB = 0.25
OPLOG_MB = 256


def mongo_url(port: int, accounts: MongoAccounts) -> str:
    """The address for Callward's own account."""
    return f"mongodb://{accounts.user}:{accounts.password}@{LOOPBACK}:{port}/?replicaSet={REPLICA_SET}&authSource=admin"


def mongo_part(layout: Layout, port: int, accounts: MongoAccounts) -> Part:
    """The mongod of this data folder.

    Its log never holds a query: slow operations are not logged, because their text would carry what was asked for.
    """
    folder = layout.folder("mongo")
    argv = (
        str(find(MONGOD).path),
        *("--dbpath", str(folder)),
        *("--bind_ip", LOOPBACK),
        *("--port", str(port)),
        "--nounixsocket",
        *("--replSet", REPLICA_SET),
        *("--keyFile", str(layout.mongo_key_file)),
        *("--wiredTigerCacheSizeGB", str(CACHE_GB)),
        *("--oplogSize", str(OPLOG_MB)),
        *("--slowOpSampleRate", "0"),
        "--quiet",
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
    )
    return Part(
        name=NAME,
        argv=argv,
        env=bare_environment(folder),
        cwd=folder,
        log=layout.log(NAME),
        question=answers_tcp(port),
        prepare=partial(prepare_replica_set, port, accounts, name=REPLICA_SET),
        stop_grace_s=20.0,
        hint="The wheel's mongod needs Linux x86-64 with OpenSSL 3; elsewhere put a mongod from version 6 on the PATH "
        "or set CALLWARD_MONGO_URL.",
    )
