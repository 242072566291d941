"""Each part of an answer that is not as it should be is refused, and no refusal says which it was (R61)."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import flask
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.passkeys.people import add, refused, rows, sign_in, to_add, to_sign_in
from tests.support.apps import Person
from tests.support.authenticator import BE, BS, ED, UP, Answer, Authenticator, Key, decoded, encoded

WRONG_CONTEXT: dict[str, dict[str, Any]] = {
    "an origin of somebody else": {"origin": "https://evil.example"},
    "an origin that begins like ours": {"origin": "http://localhost.evil.example"},
    "an origin that ends like ours": {"origin": "http://notlocalhost"},
    "another port": {"origin": "http://localhost:8080"},
    "another scheme": {"origin": "https://localhost"},
    "an origin with a path": {"origin": "http://localhost/"},
    "an opaque origin": {"origin": "null"},
    "no origin": {"origin": "left out"},
    "an origin that is a list": {"origin": ["http://localhost"]},
    "an origin that is a number": {"origin": 1},
    "a challenge of our own invention": {"challenge": encoded(secrets.token_bytes(32))},
    "an empty challenge": {"challenge": ""},
    "no challenge": {"challenge": "left out"},
    "a challenge that is null": {"challenge": None},
    "a challenge that is a list": {"challenge": ["x"]},
    "a challenge that is no Unicode": {"challenge": "\ud800"},
    "the type of another ceremony": {"type": "payment.get"},
    "no type": {"type": "left out"},
    "a page inside another site's": {"cross_origin": True},
    "a word for being inside one": {"cross_origin": "true"},
    "the name of the page around it": {"besides": {"topOrigin": "https://evil.example"}},
    "a token binding that failed": {"besides": {"tokenBinding": {}}},
    "another relying party": {"rp_id": "evil.example"},
    "a subdomain as relying party": {"rp_id": "app.localhost"},
    "nobody was present": {"clear": UP},
    "backed up, and not eligible for it": {"clear": BE, "set": BS},
    "extensions that are not there": {"set": ED},
}
"""What is wrong with what the browser or the authenticator say, in both ceremonies."""


@pytest.mark.parametrize("wrong", WRONG_CONTEXT.values(), ids=WRONG_CONTEXT)
def test_a_passkey_that_says_something_wrong_does_not_sign_in(app: flask.Flask, wrong: Answer) -> None:
    # given somebody with a passkey
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()
    add(ada, device)

    # when it answers with one thing wrong
    answer = sign_in(ada, device, **dict(wrong))

    # then it is refused, and the next, right answer is not
    assert refused(answer)
    assert rows(app)[0].last_used_at is None
    assert sign_in(ada, device).json["status"] == "signed_in"


@pytest.mark.parametrize("wrong", WRONG_CONTEXT.values(), ids=WRONG_CONTEXT)
def test_a_passkey_that_says_something_wrong_is_not_added(app: flask.Flask, wrong: Answer) -> None:
    # given somebody who is signed in
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()

    # when a new passkey answers with one thing wrong
    answer = ada.post("/passkeys/register", {"credential": device.create(to_add(ada), **dict(wrong))})

    # then it is refused, and a right one is not
    assert refused(answer)
    assert rows(app) == []
    add(ada, Authenticator())


def flipped(text: str, place: int) -> str:
    """The same bytes with one bit turned over."""
    raw = bytearray(decoded(text))
    raw[place % len(raw)] ^= 1
    return encoded(bytes(raw))


@pytest.mark.parametrize("place", [0, 31, 32, 33, 36, -1])
@pytest.mark.parametrize("member", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
def test_one_bit_of_an_answer_is_enough_to_refuse_it(app: flask.Flask, member: str, place: int) -> None:
    # given somebody with a passkey, and a right answer of it
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()
    add(ada, device)
    answer = device.get(to_sign_in(ada))

    # when one bit of it is turned over
    answer["response"][member] = flipped(answer["response"][member], place)

    # then it is refused
    assert refused(ada.post("/passkeys/login", {"credential": answer}))


SPOILT: dict[str, Callable[[Answer], object]] = {
    "no handle": lambda one: one["response"].update(userHandle=None),
    "an empty handle": lambda one: one["response"].update(userHandle=""),
    "a handle that is no Unicode": lambda one: one["response"].update(userHandle="\ud800"),
    "padding": lambda one: one["response"].update(signature=one["response"]["signature"] + "="),
    "line breaks": lambda one: one["response"].update(signature=one["response"]["signature"] + "\n"),
    "another alphabet": lambda one: one["response"].update(clientDataJSON="+/+/"),
    "a signature of nothing": lambda one: one["response"].update(signature=""),
    "an unknown credential": lambda one: one.update(id=encoded(bytes(32)), rawId=encoded(bytes(32))),
    "another raw id": lambda one: one.update(rawId=encoded(bytes(32))),
    "no id": lambda one: one.update(id="", rawId=""),
    "another type": lambda one: one.update(type="password"),
    "truncated data": lambda one: one["response"].update(authenticatorData=encoded(bytes(36))),
    "more data": lambda one: one["response"].update(
        authenticatorData=encoded(decoded(one["response"]["authenticatorData"]) + b"\xa0")
    ),
    "client data that is no JSON": lambda one: one["response"].update(clientDataJSON=encoded(b"{")),
    "client data that is a list": lambda one: one["response"].update(clientDataJSON=encoded(b"[]")),
    "client data nested deep": lambda one: one["response"].update(clientDataJSON=encoded(b"[" * 9000)),
    "client data in another encoding": lambda one: one["response"].update(
        clientDataJSON=encoded(decoded(one["response"]["clientDataJSON"]).decode().encode("utf-16"))
    ),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_an_answer_that_is_put_together_wrongly_is_refused(
    app: flask.Flask, spoil: Callable[[Answer], object]
) -> None:
    # given somebody with a passkey, and a right answer of it
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()
    add(ada, device)
    answer = device.get(to_sign_in(ada))

    # when it is spoilt on its way
    spoil(answer)

    # then it is refused
    assert refused(ada.post("/passkeys/login", {"credential": answer}))


def _cose(**changes: Any) -> bytes:
    return cbor2.dumps({**Key().cose(), **{int(name[1:]): value for name, value in changes.items()}})


def _attested(identity: bytes, key: bytes) -> bytes:
    return bytes(16) + len(identity).to_bytes(2, "big") + identity + key


ID = secrets.token_bytes(32)
UNFIT: dict[str, dict[str, Any]] = {
    "an algorithm that was not offered": {"key": Key("ES384")},
    "a curve that is not its algorithm's": {"key": Key("ES256 on P-384")},
    "an RSA key that is too short": {"key": Key("RS256 of 1024 bits")},
    "no credential at all": {"clear": 0x40, "attested": b""},
    "no key": {"credential_id": ID, "attested": _attested(ID, b"")},
    "a key that is cut off": {"credential_id": ID, "attested": _attested(ID, _cose()[:-9])},
    "a key that is no map": {"credential_id": ID, "attested": _attested(ID, b"\x04")},
    "a key that is a list": {"credential_id": ID, "attested": _attested(ID, b"\x80")},
    "a point that is not on the curve": {
        "credential_id": ID, "attested": _attested(ID, cbor2.dumps({**Key().cose(), -2: bytes(32)})),
    },
    "a compressed point": {
        "credential_id": ID, "attested": _attested(ID, cbor2.dumps({**Key().cose(), -3: True})),
    },
    "a kind of key that nobody knows": {
        "credential_id": ID, "attested": _attested(ID, cbor2.dumps({**Key().cose(), 1: 9})),
    },
    "another id than the one it names": {"attested": _attested(ID, _cose())},
    "an id that is too long": {"credential_id": bytes(1024)},
    "bytes behind the end": {"extensions": b"\xa0"},
    "a signed attestation that is none": {"attestation": {"fmt": "none", "attStmt": {"sig": b"x"}}},
    "an attestation that was not asked for": {"attestation": {"fmt": "tpm", "attStmt": {}}},
    "an attestation of android": {"attestation": {"fmt": "android-safetynet", "attStmt": {"response": b"x"}}},
    "a self-attestation that does not hold": {
        "attestation": {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x"}}
    },
    "an attestation without a statement": {"attestation": {"fmt": "packed", "attStmt": None}},
    "a format that is a list": {"attestation": {"fmt": ["none"], "attStmt": {}}},
    "an object that is cut off": {"spoil_attestation": lambda raw: raw[:-40]},
    "an object that is a list": {"spoil_attestation": lambda raw: cbor2.dumps([raw])},
    "an object of nothing": {"spoil_attestation": lambda raw: b""},
    "an object nested deep": {"spoil_attestation": lambda raw: b"\x81" * 9000},
    "an object that says it is endless": {"spoil_attestation": lambda raw: b"\x5b" + b"\xff" * 8},
    "a key twice": {"spoil_attestation": lambda raw: b"\xa4" + raw[1:] + b"\x63fmt\x64none"},
}  # fmt: skip


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_a_credential_that_is_not_fit_is_not_added(app: flask.Flask, unfit: Answer) -> None:
    # given somebody who is signed in
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()

    # when their authenticator makes something else than a passkey
    answer = ada.post("/passkeys/register", {"credential": device.create(to_add(ada), **dict(unfit))})

    # then it is refused, and nothing is kept
    assert refused(answer)
    assert rows(app) == []


def test_a_signature_of_another_key_is_refused(app: flask.Flask) -> None:
    # given somebody with a passkey, and a thief who knows everything of it but the key
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()
    add(ada, device)

    # when the thief signs with a key of their own
    answer = sign_in(ada, device, sign=Key().sign)

    # then it is refused
    assert refused(answer)


def test_a_passkey_that_changes_its_kind_is_refused(app: flask.Flask) -> None:
    # given a passkey that cannot be backed up
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    device.is_backup_eligible = device.is_backed_up = False
    ada.sign_up()
    add(ada, device)

    # when it says that it can
    device.is_backup_eligible = True
    answer = sign_in(ada, device)

    # then it is refused (WebAuthn L3 §7.2 step 18)
    assert refused(answer)


def test_the_list_follows_whether_a_passkey_is_backed_up(app: flask.Flask) -> None:
    # given a passkey that may be backed up and is not
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator(is_backed_up=False)
    ada.sign_up()
    assert add(ada, device)["is_backed_up"] is False

    # when it is, at the next sign-in
    device.is_backed_up = True
    assert sign_in(ada, device).status_code == 200

    # then the list says so
    assert ada.get("/passkeys").json["items"][0]["is_backed_up"] is True


def test_a_self_attestation_that_holds_is_taken(app: flask.Flask) -> None:
    # given an authenticator that signs for itself, as browsers let it
    ada, device, key = Person(app, "bearer", "ada@example.com"), Authenticator(), Key()
    ada.sign_up()
    options = to_add(ada)
    plain = device.create(options, credential_id=ID, key=key)
    data = cbor2.loads(decoded(plain["response"]["attestationObject"]))["authData"]
    signed = key.sign(data + hashlib.sha256(decoded(plain["response"]["clientDataJSON"])).digest())
    statement = {"fmt": "packed", "attStmt": {"alg": -7, "sig": signed}, "authData": data}
    plain["response"]["attestationObject"] = encoded(cbor2.dumps(statement))

    # when its passkey is added
    answer = ada.post("/passkeys/register", {"credential": plain})

    # then it is there
    assert answer.status_code == 201


def test_an_attestation_of_a_maker_is_not_taken_though_it_holds(app: flask.Flask) -> None:
    # given a U2F key whose maker signs for it, and all of it is right
    ada, device, key = Person(app, "bearer", "ada@example.com"), Authenticator(), Key()
    ada.sign_up()
    made = device.create(to_add(ada), credential_id=ID, key=key)
    data = cbor2.loads(decoded(made["response"]["attestationObject"]))["authData"]
    maker, point = ec.generate_private_key(ec.SECP256R1()), key.cose()
    signed = b"\0" + data[:32] + hashlib.sha256(decoded(made["response"]["clientDataJSON"])).digest()
    signed += ID + b"\4" + point[-2] + point[-3]
    statement = {"sig": maker.sign(signed, ec.ECDSA(hashes.SHA256())), "x5c": [certificate_of(maker)]}
    attested = {"fmt": "fido-u2f", "attStmt": statement, "authData": data}
    made["response"]["attestationObject"] = encoded(cbor2.dumps(attested))

    # when its passkey is added
    answer = ada.post("/passkeys/register", {"credential": made})

    # then it is refused: nobody asked for it, and nobody would check whose maker that is
    assert refused(answer)


def certificate_of(maker: ec.EllipticCurvePrivateKey) -> bytes:
    """A certificate that a maker of authenticators gives itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A maker")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, maker.public_key(), 1, now, now + timedelta(days=1))
    return built.sign(maker, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
