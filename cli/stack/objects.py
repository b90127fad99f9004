"""The object store: SeaweedFS in one process, S3 on loopback, every write forced to disk, telemetry off.

Its admin worker stays on: `weed mini` has no switch for it (its web pages are off). `weed server` has no such worker,
but takes 15 seconds to stop, against one. While the worker is connected the master leaves reclaiming to it, and it does
so only where 30 % of a volume is deleted; so the stack asks for it itself, every few minutes and at a lower share.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.stack.binaries import WEED, find
from cli.stack.errors import StackError
from cli.stack.files import write_private
from cli.stack.health import answers_http
from cli.stack.layout import Layout
from cli.stack.parts import Part, bare_environment
from cli.stack.ports import GRPC_OFFSET, LOOPBACK, Ports
from cli.stack.process import bound_to_us
from storage.local import Bucket, ensure_bucket

NAME = "s3"
VOLUME_MB = 8192
"""Large, so that volumes stay writable: full ones get erasure-coded by the worker, and then give no bytes back."""
VOLUMES = 64
GARBAGE_SHARE = 0.02
RECLAIM_EVERY_S = 300.0
_SHELL_TIMEOUT_S = 60.0
_ROLES = {"master": "s3_master", "volume": "s3_volume", "filer": "s3_filer", "s3": "s3", "admin": "s3_admin"}
_FSYNC = "fs.configure -locationPrefix=/buckets/ -fsync -apply"


@dataclass(frozen=True, slots=True)
class Shell:
    """SeaweedFS's own administration shell, on our master."""

    weed: Path
    folder: Path
    master: str

    def run(self, *lines: str) -> str:
        """Run the lines and return what was printed.

        Raises:
            StackError: when the shell cannot be run or takes over a minute.
        """
        try:
            done = subprocess.run(  # noqa: S603 - our own program and lines
                bound_to_us([str(self.weed), "shell", f"-master={self.master}"]),
                input="\n".join(lines) + "\n",
                capture_output=True,
                text=True,
                timeout=_SHELL_TIMEOUT_S,
                check=True,
                env=bare_environment(self.folder),
                cwd=self.folder,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise StackError(f"`weed shell` failed ({type(error).__name__})") from None
        return done.stdout


def endpoint(port: int) -> str:
    """The S3 endpoint."""
    return f"http://{LOOPBACK}:{port}"


def objects_part(layout: Layout, ports: Ports, bucket: Bucket) -> Part:
    """The SeaweedFS of this data folder. Keys stand in a private file, not on the command line."""
    folder, weed = layout.folder("s3"), find(WEED).path
    _remove_sockets(ports)  # a stack that was killed could not
    return Part(
        name=NAME,
        argv=_argv(weed, layout, ports, _identities(layout, bucket)),
        env=bare_environment(folder),
        cwd=folder,
        log=layout.log(NAME),
        question=answers_http(ports["s3"], "/healthz"),
        prepare=_preparation(Shell(weed, folder, f"{LOOPBACK}:{ports['s3_master']}"), bucket),
        clean_up=lambda: _remove_sockets(ports),
        upkeep=lambda: reclaim(layout, ports),
        upkeep_every_s=RECLAIM_EVERY_S,
        stop_grace_s=20.0,
    )


def reclaim(layout: Layout, ports: Ports, garbage_share: float = GARBAGE_SHARE) -> None:
    """Give the bytes of deleted objects back to the disk, in every volume where they are over that share (0..1)."""
    shell = Shell(find(WEED).path, layout.folder("s3"), f"{LOOPBACK}:{ports['s3_master']}")
    shell.run("lock", f"volume.vacuum -garbageThreshold={garbage_share}", "unlock")


def _argv(weed: Path, layout: Layout, ports: Ports, identities: Path) -> tuple[str, ...]:
    folder, sockets = layout.folder("s3"), layout.socket_folder()
    return (
        *(str(weed), "-logtostderr", "mini", f"-dir={folder}"),
        *(f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}"),
        *("-disableHttp", "-webdav=false", "-admin.ui=false", "-s3.iam=false"),
        "-master.telemetry=false",
        *(f"-s3.port={ports['s3']}", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={identities}"),
        *(f"-master.port={ports['s3_master']}", f"-volume.port={ports['s3_volume']}"),
        *(f"-filer.port={ports['s3_filer']}", f"-admin.port={ports['s3_admin']}"),
        *(f"-filer.localSocket={sockets / 'filer.sock'}", f"-s3.localSocket={sockets / 's3.sock'}"),
        *(f"-master.volumeSizeLimitMB={VOLUME_MB}", f"-volume.max={VOLUMES}", "-volume.preStopSeconds=0"),
        *(f"-master.garbageThreshold={GARBAGE_SHARE}", "-master.vacuumIntervalSeconds=300"),
    )


def _identities(layout: Layout, bucket: Bucket) -> Path:
    file = layout.folder("s3") / "identities.json"
    credentials = {"accessKey": bucket.access_key, "secretKey": bucket.secret_key}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    document = {"identities": [{"name": "callward", "credentials": [credentials], "actions": actions}]}
    write_private(file, json.dumps(document), durable=False)
    return file


def _preparation(shell: Shell, bucket: Bucket) -> Callable[[], None]:
    def prepare() -> None:
        applied = shell.run(_FSYNC, "fs.configure")
        if '"fsync":true' not in "".join(applied.split()):
            raise StackError("SeaweedFS did not take the setting that forces writes to disk")
        ensure_bucket(bucket)

    return prepare


def _remove_sockets(ports: Ports) -> None:
    """Remove what SeaweedFS leaves in /tmp when it is killed; their place is fixed in its code."""
    for role, port in _ROLES.items():
        name = f"seaweedfs-{role}-grpc-{ports[port] + GRPC_OFFSET}.sock"
        Path("/tmp", name).unlink(missing_ok=True)  # noqa: S108 - not our choice of place; the name holds our own port
