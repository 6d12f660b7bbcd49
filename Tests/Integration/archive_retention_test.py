"""Retention against LocalStack, which keeps to it where moto does not: COMPLIANCE cannot be shortened.

LocalStack needs a newer Python than Debian has; `localstack.txt` says how to give it one. Without, these are skipped,
and `archive_s3_test.py` says what moto and what stands in front of it see.
"""

import os
import socket
import subprocess
from datetime import datetime, timedelta, timezone

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from archive_s3_test import SETTINGS, send_large, words
from archive_test import said
from docket import Docket, eventually
from ledger_test import send
from strict_store import ACCESS, REGION, SECRET

PYTHON = os.environ.get("LOCALSTACK_PYTHON")
pytestmark = pytest.mark.skipif(not PYTHON, reason="LOCALSTACK_PYTHON names no Python with LocalStack")
BUCKET = "archive-of-docket"


@pytest.fixture(scope="module")
def localstack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("localstack")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "SERVICES": "s3",
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DISABLE_EVENTS": "1",
        "DNS_ADDRESS": "0",
        "FILESYSTEM_ROOT": str(folder),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "localstack.runtime.main"], env={**os.environ, **settings}, stdout=log, stderr=log, cwd=folder
        )
    url = f"http://127.0.0.1:{port}"

    def is_ready():
        try:
            return requests.get(f"{url}/_localstack/health", timeout=5).ok
        except requests.ConnectionError:
            return False

    try:
        eventually(is_ready, "LocalStack", 120)
        yield url
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def store(localstack, monkeypatch):
    monkeypatch.setenv("DOCKET_TEST_ACCESS", ACCESS)
    monkeypatch.setenv("DOCKET_TEST_SECRET", SECRET)
    client = boto3.client(
        "s3", endpoint_url=localstack, region_name=REGION, aws_access_key_id=ACCESS, aws_secret_access_key=SECRET
    )
    for name, lock in ((BUCKET, True), ("keys-of-docket", False)):
        client.create_bucket(
            Bucket=name, ObjectLockEnabledForBucket=lock, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    return client


def versions(client):
    return client.list_object_versions(Bucket=BUCKET).get("Versions", [])


def test_nothing_is_deleted_or_shortened_before_its_time(store, localstack, tmp_path):
    with Docket(tmp_path / "docket", settings=SETTINGS.format(url=localstack, region=REGION)) as docket:
        send(docket, 10)
        send_large(docket, [os.urandom(450_000).hex() for _ in range(14)])
        eventually(lambda: docket.metrics()["docket_archive_records_total"] >= 24, "24 records in the bucket")
        found = versions(store)
        sizes = [entry["Size"] for entry in found]
        assert max(sizes) > 5 << 20, "one object came in parts"
        soon = datetime.now(timezone.utc) + timedelta(hours=1)
        for entry in found:
            one = {"Bucket": BUCKET, "Key": entry["Key"], "VersionId": entry["VersionId"]}
            for bypass in (False, True):
                with pytest.raises(ClientError, match="AccessDenied"):
                    store.delete_object(**one, BypassGovernanceRetention=bypass)
            for mode in ("COMPLIANCE", "GOVERNANCE"):
                with pytest.raises(ClientError, match="AccessDenied"):
                    store.put_object_retention(**one, Retention={"Mode": mode, "RetainUntilDate": soon})
            kept = store.get_object_retention(**one)["Retention"]
            assert kept["Mode"] == "COMPLIANCE" and kept["RetainUntilDate"] > soon + timedelta(hours=46)
        assert "24 records, 24 opened and compared: nothing was changed" in said(0, "verify", *words(docket))
