"""A small OpenID Connect provider on loopback, which can be told to do things wrong."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

KINDS = {
    "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


def public(kind, key, name):
    """As a key set has it."""
    algorithm = jwt.get_algorithm_by_name(kind)
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": name, "alg": kind, "use": "sig"}


class Provider:
    client, secret = "docket", "s3cret/with: signs"

    def __init__(self, kind="RS256"):
        self.kind, self.name = kind, "key-1"
        self.key = KINDS[kind]()
        self.published = [(kind, self.key, self.name)]
        self.person = {
            "sub": "person-1", "email": "anna@example.com", "email_verified": True, "name": "Anna", "groups": ["soc"],
        }
        self.inUserinfo = []  # claims that are in userinfo and not in the token
        self.change = lambda claims: claims
        self.sign = lambda claims: jwt.encode(claims, self.key, algorithm=self.kind, headers={"kid": self.name})
        self.codes, self.asked, self.problems = {}, [], []
        self.methods = ["client_secret_basic", "client_secret_post"]
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                provider.answer(self, urlsplit(self.path).path, dict(
                    (name, values[0]) for name, values in parse_qs(urlsplit(self.path).query).items()))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                provider.answer(self, self.path, {name: values[0] for name, values in parse_qs(body).items()})

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def rotate(self):
        self.name, self.key = f"key-{len(self.published) + 1}", KINDS[self.kind]()
        self.published = [(self.kind, self.key, self.name)]

    # Requests

    def answer(self, request, path, query):
        self.asked.append(path)
        status, headers, body = 404, {}, {"error": "not here"}
        if path == "/.well-known/openid-configuration":
            status, body = 200, {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo", "end_session_endpoint": f"{self.url}/out",
                "token_endpoint_auth_methods_supported": self.methods,
                "authorization_response_iss_parameter_supported": True,
            }
        elif path == "/keys":
            status, body = 200, {"keys": [{"kty": "oct", "k": "AA", "kid": "odd"}] + [public(*one) for one in self.published]}
        elif path == "/authorize":
            assert query["response_type"] == "code" and query["client_id"] == self.client, query
            assert query["code_challenge_method"] == "S256" and "openid" in query["scope"].split()
            code = f"code-{len(self.codes)}"
            self.codes[code] = query
            status, body = 303, {}
            headers["location"] = query["redirect_uri"] + "?" + urlencode(
                {"code": code, "state": query["state"], "iss": self.url})
        elif path == "/token":
            status, body = self.token(request, query)
        elif path == "/userinfo":
            known = request.headers["authorization"] == "Bearer access-1"
            status, body = (200, {"sub": self.person["sub"], **{name: self.person[name] for name in self.inUserinfo}}) if known else (401, {})
        content = json.dumps(body).encode()
        request.send_response(status)
        for name, value in {**headers, "content-type": "application/json", "content-length": len(content)}.items():
            request.send_header(name, str(value))
        request.end_headers()
        request.wfile.write(content)

    def token(self, request, form):
        asked = self.codes.pop(form.get("code"), None)
        if "client_secret_basic" in self.methods:
            pair = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
            shown = tuple(unquote(part) for part in pair.split(":"))
        else:
            shown = (form["client_id"], form["client_secret"])
        if shown != (self.client, self.secret):
            return 401, {"error": "invalid_client"}
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if digest != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": self.client, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            **{name: value for name, value in self.person.items() if name not in self.inUserinfo},
        }
        return 200, {"id_token": self.sign(self.change(claims)), "access_token": "access-1", "token_type": "Bearer"}
