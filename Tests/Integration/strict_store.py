"""A store that speaks S3: moto, and in front of it what moto lets pass.

Moto checks neither signatures nor Content-MD5, takes a retention that is over, and lets COMPLIANCE be shortened. What
stands in front of it does: each request's signature is made again by botocore, digests are compared, clocks too. It also
fails on demand.
"""

import base64
import hashlib
import io
import logging
import re
import socket
import threading
from datetime import datetime, timedelta, timezone

import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from moto.moto_api._internal import moto_api_backend
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

ACCESS, SECRET = "AKIAEXAMPLEEXAMPLE00", "example/secret+key/0123456789abcdefghij"
REGION = "eu-central-1"


# A line for each request would hide what a test says.
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)


class Refusal(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


def signature_of(method, url, headers, body, authorization):
    """What botocore signs a request with that has these fields."""
    names = re.search(r"SignedHeaders=([^,]+)", authorization)[1].split(";")
    request = AWSRequest(method=method, url=url, data=body)
    for name in names:
        request.headers[name] = headers[name]
    request.context["timestamp"] = headers["x-amz-date"]
    signer = S3SigV4Auth(Credentials(ACCESS, SECRET), "s3", REGION)
    signed = HTTPHeaders()
    for name in names:
        signed[name] = headers[name]
    signer.headers_to_sign = lambda request: signed
    canonical = signer.canonical_request(request)
    return signer.signature(signer.string_to_sign(request, canonical), request)


class StrictStore:
    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.requests = []  # (method, path, query) of all that were signed well
        self.refused = []
        self.faults = []  # [predicate, what, how often]
        self.losing = None
        self.occupying = None
        self.lost = 0
        self.server = make_server("127.0.0.1", 0, self.answer, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join(20)
        # What moto keeps is the process's and not the server's.
        moto_api_backend.reset()

    def client(self):
        return boto3.client(
            "s3", endpoint_url=self.url, region_name=REGION, aws_access_key_id=ACCESS, aws_secret_access_key=SECRET
        )

    def make_bucket(self, name, lock=True):
        self.client().create_bucket(
            Bucket=name, ObjectLockEnabledForBucket=lock, CreateBucketConfiguration={"LocationConstraint": REGION}
        )

    def fail(self, what, times=1, when=lambda method, path, query: method == "PUT"):
        """`what`: a status and a code, or `drop`: read half of the body, then close the connection."""
        self.faults.append([when, what, times])

    def lose(self, times, when):
        """Does what is asked and closes the connection instead of saying so."""
        self.losing = [when, times]

    def occupy(self, when):
        """Puts something else under the name that is asked for next, as if somebody had been faster."""
        self.occupying = when

    # Answering

    def answer(self, environ, start):
        size = int(environ.get("CONTENT_LENGTH") or 0)
        headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        target = environ["REQUEST_URI"]
        path, _, query = target.partition("?")
        method = environ["REQUEST_METHOD"]
        for fault in self.faults:
            if fault[2] > 0 and fault[0](method, path, query):
                fault[2] -= 1
                if fault[1] == "drop":
                    environ["wsgi.input"].read(size // 2)
                    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                    raise ConnectionResetError
                environ["wsgi.input"].read(size)
                return self.refuse(start, *fault[1])
        body = environ["wsgi.input"].read(size)
        try:
            if "boto" not in headers.get("user-agent", "").lower():
                self.check(method, target, headers, body)
                self.requests.append((method, path, query))
        except Refusal as refusal:
            self.refused.append((method, target, refusal.code))
            return self.refuse(start, refusal.status, refusal.code)
        environ["wsgi.input"] = io.BytesIO(body)
        if self.occupying and self.occupying(method, path):
            self.occupying = None
            bucket, _, name = path[1:].partition("/")
            self.client().put_object(Bucket=bucket, Key=name, Body=b"something else")
        if self.losing and self.lost < self.losing[1] and self.losing[0](method, path):
            self.lost += 1
            list(self.moto(environ, lambda *_: None))
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError
        return self.moto(environ, start)

    @staticmethod
    def refuse(start, status, code, more=()):
        body = f"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        start(f"{status} No", [("Content-Type", "application/xml"), ("Content-Length", str(len(body))), *more])
        return [body]

    def check(self, method, target, headers, body):
        authorization = headers.get("authorization", "")
        if not authorization.startswith("AWS4-HMAC-SHA256 "):
            raise Refusal(403, "AccessDenied")
        wanted = signature_of(method, f"http://{headers['host']}{target}", headers, body, authorization)
        if not authorization.endswith(f"Signature={wanted}"):
            raise Refusal(403, "SignatureDoesNotMatch")
        now = datetime.now(timezone.utc)
        sent = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if abs(now - sent) > timedelta(minutes=15):
            raise Refusal(403, "RequestTimeTooSkewed")
        if headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
            raise Refusal(400, "XAmzContentSHA256Mismatch")
        for name, digest in (("content-md5", hashlib.md5), ("x-amz-checksum-sha256", hashlib.sha256)):
            if name in headers and base64.b64decode(headers[name]) != digest(body).digest():
                raise Refusal(400, "BadDigest")
        if until := headers.get("x-amz-object-lock-retain-until-date"):
            if datetime.fromisoformat(until) <= now:
                raise Refusal(400, "InvalidArgument")
            if method == "PUT" and "content-md5" not in headers and "x-amz-checksum-sha256" not in headers:
                raise Refusal(400, "InvalidRequest")
