#!/usr/bin/env python3
"""Writes requests to a store and what botocore signs them with, one a line.

    python3 generate.py [HOW_MANY [SEED]] > requests.ndjson

The paths, queries and fields are random and odd: spaces, percent signs, slashes, letters of other alphabets. Needs
botocore, which Tests/Integration/requirements.txt pins.
"""

import json
import random
import sys
from urllib.parse import quote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

LETTERS = "abcXYZ019-._~ /%+&=?#@!$'()*,;:[]äß漢😀"


def text(dice, least=0, most=12, letters=LETTERS):
    return "".join(dice.choice(letters) for _ in range(dice.randint(least, most)))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    dice = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 4)
    for _ in range(count):
        method = dice.choice(["GET", "PUT", "POST", "HEAD", "DELETE"])
        host = dice.choice(["bucket.s3.eu-central-1.amazonaws.com", "127.0.0.1:9000", "s3.example.com"])
        path = "/" + text(dice, 0, 24)
        query = sorted({text(dice, 1): text(dice) for _ in range(dice.randint(0, 3))}.items())
        headers = {"host": host}
        for name in dice.sample(["x-amz-meta-a", "content-md5", "if-none-match", "x-amz-object-lock-mode"], dice.randint(0, 3)):
            headers[name] = text(dice, 1, 20, "ab  c=*/+0")
        region = dice.choice(["us-east-1", "eu-central-1"])
        secret = text(dice, 16, 40, "abc/+XYZ0")
        token = text(dice, 20, 40, "abc/+=XYZ") if dice.random() < 0.3 else None
        payload = "%064x" % dice.getrandbits(256)
        date = "2026%02d%02dT%02d%02d%02dZ" % (dice.randint(1, 12), dice.randint(1, 28), dice.randint(0, 23), dice.randint(0, 59), dice.randint(0, 59))
        signed = {**headers, "x-amz-date": date, "x-amz-content-sha256": payload}
        if token:
            signed["x-amz-security-token"] = token
        url = f"https://{host}{quote(path, safe='/~')}"
        if query:
            url += "?" + "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in query)
        request = AWSRequest(method=method, url=url)
        fields = HTTPHeaders()
        for name, value in signed.items():
            request.headers[name] = value
            fields[name] = value
        request.context["timestamp"] = date
        signer = S3SigV4Auth(Credentials("AKIAEXAMPLE", secret, token), "s3", region)
        signer.headers_to_sign = lambda request: fields
        canonical = signer.canonical_request(request)
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        print(json.dumps({
            "method": method, "path": path, "query": query, "headers": sorted(headers.items()), "payload": payload,
            "date": date, "region": region, "secret": secret, "token": token, "signature": signature,
        }, ensure_ascii=False))


main()
