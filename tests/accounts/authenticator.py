"""A passkey made of software: it signs what a browser would have a phone sign."""

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

HOST = "testserver"
ADD = "/accounts/2fa/webauthn/add/"
LOGIN = "/accounts/2fa/webauthn/login/"
FLAGS = AuthenticatorData.FLAG


class Authenticator:
    """One passkey, which can be set up on an account once and then log in to it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.user_handle = ""  # As the browser gets it: base64url.
        self.counter = 0

    def register(self, client: Client) -> "Answer":
        """Set it up, as the page "Add a passkey" does."""
        options = client.get(ADD).context["js_data"]["creation_options"]["publicKey"]
        self.user_handle = options["user"]["id"]
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, _public(self.key))
        data = AuthenticatorData.create(
            hashlib.sha256(HOST.encode()).digest(), FLAGS.UP | FLAGS.UV | FLAGS.AT, 0, credential
        )
        response = {
            "clientDataJSON": websafe_encode(self._client_data("webauthn.create", options["challenge"])),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        form = {"name": "Phone", "passwordless": "on", "credential": self._credential(response)}
        return client.post(ADD, form)

    def log_in(self, client: Client) -> "Answer":
        """Log in with it alone."""
        return client.post(LOGIN, {"credential": self.answer(client)})

    def answer(self, client: Client) -> str:
        """What the browser would send to log in."""
        page = client.get(LOGIN, headers={"accept": "application/json"})
        challenge = page.json()["request_options"]["publicKey"]["challenge"]
        self.counter += 1
        data = AuthenticatorData.create(hashlib.sha256(HOST.encode()).digest(), FLAGS.UP | FLAGS.UV, self.counter)
        client_data = self._client_data("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user_handle,
        }
        return self._credential(response)

    @staticmethod
    def _client_data(kind: str, challenge: Any) -> bytes:
        text = challenge if isinstance(challenge, str) else websafe_encode(challenge)
        return json.dumps({"type": kind, "challenge": text, "origin": f"http://{HOST}"}).encode()

    def _credential(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.id)
        extensions = {"credProps": {"rk": True}}
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": extensions,
            }
        )


def _public(key: ec.EllipticCurvePrivateKey) -> Any:
    """The public half, in the form that authenticators send."""
    return ES256.from_cryptography_key(key.public_key())  # type: ignore[no-untyped-call]  # fido2 has none here
