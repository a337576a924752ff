"""An OpenID provider on loopback, as small as the standard allows: it says of everybody what a test wants."""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, make_server

CLIENT = "doorstep"
SECRET = "between the two of us"


@dataclass
class Provider:
    """The provider, and what it says."""

    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "m-1", "email_verified": True})
    forges_nonce: bool = False
    forges_signature: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key, self._stranger = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
        self._server: BaseWSGIServer = make_server("127.0.0.1", 0, self)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __call__(self, environ: Any, start: Any) -> Any:
        """Answer a request."""
        request = Request(environ)
        answer = {
            "/.well-known/openid-configuration": self._discovery,
            "/authorize": self._authorize,
            "/token": self._token,
            "/jwks": self._jwks,
        }[request.path](request)
        return answer(environ, start)

    def _discovery(self, _request: Request) -> Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return Response(json.dumps(told), mimetype="application/json")

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.args)
        self.asked.append(asked)
        back = {"code": f"code-{len(self.asked)}", "state": asked["state"]}
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _token(self, request: Request) -> Response:
        asked = self.asked[-1]
        verifier = request.form["code_verifier"]
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        assert challenge == asked["code_challenge"], "whoever has the code alone gets nothing"
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        claims |= {"nonce": "another"} if self.forges_nonce else {}
        key = self._stranger if self.forges_signature else self._key
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.claims, key)
        told = {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token}
        return Response(json.dumps(told), mimetype="application/json")

    def _jwks(self, _request: Request) -> Response:
        return Response(json.dumps({"keys": [self._key.as_dict(private=False)]}), mimetype="application/json")
