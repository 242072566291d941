"""Passwords: hashed so that a stolen table is of little use, verified at one cost, chosen with care.

`Hashing` makes and verifies what is stored, `Policy` says what is wrong with a new password.
Both are plain values: they read no settings, no database and no request.

A password is what was typed, as UTF-8: never stripped, folded, normalised or cut (ASVS 6.2.8).

What `Hashing.verify` understands, and what `Hashing.hash` makes of it at the next sign-in:

=============================================  ====================================================
stored                                         origin
=============================================  ====================================================
``$bcrypt-sha256$v=2,t=2b,r=12$…``             made here without a pepper; the same as passlib's
``$bcrypt-sha256-pepper$v=1,k=…,t=2b,r=12$…``  made here with a pepper; ``k`` names the pepper
``$argon2id$v=19$m=19456,t=2,p=1$…``           made here without a pepper; the same everywhere
``$argon2id-pepper$k=…$v=19$m=…``              made here with a pepper
``$bcrypt-sha256$2b,12$…``                     passlib before 1.7.3
``$2a$ $2b$ $2y$``                             bcrypt as other software stores it
``scrypt:…`` ``pbkdf2:…``                      Werkzeug's ``generate_password_hash``
=============================================  ====================================================
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import bcrypt
from werkzeug.security import check_password_hash

# OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_LANES = 19 * 1024, 2, 1

# What a stored hash may ask of this machine. Whoever can write one row of the users table could
# otherwise keep a worker busy for hours, or exhaust its memory, with a single sign-in.
MAX_BCRYPT_COST = 15
MAX_ARGON2_MEMORY_KIB, MAX_ARGON2_PASSES, MAX_ARGON2_LANES = 256 * 1024, 20, 16
MAX_SCRYPT_MEMORY = 256 * 1024 * 1024
MAX_PBKDF2_ITERATIONS = 5_000_000

_COST = r"(?P<cost>[0-9]{1,2})"
_SALT = r"(?P<salt>[./A-Za-z0-9]{22})"
_DIGEST = r"(?P<digest>[./A-Za-z0-9]{31})"
_PEPPER = r"k=(?P<pepper>[0-9a-f]{8})"
_BCRYPT_FORMS = {
    "plain": re.compile(rf"\$(?P<ident>2[aby])\${_COST}\${_SALT}{_DIGEST}"),
    "sha256": re.compile(rf"\$bcrypt-sha256\$v=2,t=(?P<ident>2b),r={_COST}\${_SALT}\${_DIGEST}"),
    "sha256-v1": re.compile(rf"\$bcrypt-sha256\$(?P<ident>2[ab]),{_COST}\${_SALT}\${_DIGEST}"),
    "pepper": re.compile(
        rf"\$bcrypt-sha256-pepper\$v=1,{_PEPPER},t=(?P<ident>2b),r={_COST}\${_SALT}\${_DIGEST}"
    ),
}
_ARGON2_FORM = re.compile(
    rf"\$argon2id(?:-pepper\${_PEPPER})?"
    r"(?P<rest>\$v=19\$m=(?P<memory>[0-9]{1,7}),t=(?P<passes>[0-9]{1,3}),p=(?P<lanes>[0-9]{1,3})"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,86})\$[A-Za-z0-9+/]{22,86})"
)
_SCRYPT_FORM = re.compile(r"scrypt:([0-9]{1,8}):([0-9]{1,3}):([0-9]{1,3})\$[^$]+\$[0-9a-f]+")
_PBKDF2_FORM = re.compile(r"pbkdf2:[a-z0-9_]+:([0-9]{1,8})\$[^$]+\$[0-9a-f]+")


class Verdict(NamedTuple):
    """What comparing a password with a stored hash said; true exactly when the password matches."""

    matches: bool
    needs_rehash: bool = False
    """True only beside a match: the stored hash is not what `Hashing.hash` makes now, so replace it."""

    def __bool__(self) -> bool:
        # A tuple's own truth would let everybody in through `if hashing.verify(…)`.
        return self.matches


@dataclass(frozen=True)
class Hashing:
    """How passwords are hashed: scheme, cost, peppers.

    `bcrypt_cost` is the base-2 logarithm of the rounds, 4 to 15: 12 takes about a quarter of a second.
    `peppers` are secrets kept outside the database (NIST SP 800-63B-4 §3.1.1.2), best 32 random bytes each.
    The first one hashes, the others still verify. A pepper taken out of the tuple locks out everyone
    whose stored hash names it: put the new one in front, and drop the old one when no hash names it.
    """

    scheme: Literal["bcrypt", "argon2id"] = "bcrypt"
    bcrypt_cost: int = 12
    peppers: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.scheme not in ("bcrypt", "argon2id"):
            raise ValueError(f"scheme is bcrypt or argon2id, not {self.scheme!r}.")
        if not 4 <= self.bcrypt_cost <= MAX_BCRYPT_COST:
            raise ValueError(f"bcrypt_cost is between 4 and {MAX_BCRYPT_COST}, not {self.bcrypt_cost}.")
        if not all(self.peppers):
            raise ValueError("A pepper is never empty.")

    def hash(self, password: str, *, salt: bytes | None = None) -> str:
        """Make what is stored for this password; every octet of it counts, however long it is.

        *salt*, 16 octets, makes it the same each time; without it each has a random one.

        Raises `ImportError` for argon2id where argon2-cffi is not installed.
        """
        if self.scheme == "argon2id":
            return self._argon2_hash(_octets(password), salt or secrets.token_bytes(16))
        written = _bcrypt_salt(salt)
        form = "pepper" if self.peppers else "sha256"
        key = _bcrypt_key(form, _octets(password), written, self.peppers[0] if self.peppers else b"")
        return f"{self._prefix}{written}${_bcrypt_digest(key, '2b', self.bcrypt_cost, written)}"

    def verify(self, password: str, stored: str | None) -> Verdict:
        """Say whether this is the password, at the cost of a real verification even when there is none.

        Without a hash (`None`, empty, unusable like `"!"`), with a malformed one, one whose pepper is not
        known, or one of an absurd cost, an invented hash is verified in its place and nothing matches: so
        the clock does not tell who has an account (ASVS 6.3.8). A wrong password against a hash of a lower
        bcrypt cost is made up to the present cost; against a hash of a foreign scheme it costs that scheme
        *and* the invented hash, and against a higher cost what that cost asks. A refusal is never cheaper
        than the one for an unknown user, but until such accounts have signed in once it may be dearer.

        Trap: software before bcrypt 5 cut passwords at 72 octets, so a plain `$2b$` hash is compared with the
        first 72 of what is given. The match asks for a rehash, after which every octet counts.

        Raises `ImportError` where argon2id is asked for and argon2-cffi is not installed; nothing else.
        """
        stored = stored or ""
        is_current = stored.startswith(self._prefix)
        matches = self._matches(password, stored)
        if matches:
            return Verdict(matches=True, needs_rehash=not is_current)
        if matches is None or not is_current:
            self._make_up_the_cost(password, stored, was_computed=matches is not None)
        return Verdict(matches=False)

    @cached_property
    def _prefix(self) -> str:
        """How every hash begins that `hash` makes now; any other beginning asks for a rehash."""
        pepper = f"k={_pepper_id(self.peppers[0])}" if self.peppers else ""
        if self.scheme == "argon2id":
            cost = f"$v=19$m={ARGON2_MEMORY_KIB},t={ARGON2_PASSES},p={ARGON2_LANES}$"
            return f"$argon2id-pepper${pepper}{cost}" if pepper else f"$argon2id{cost}"
        if pepper:
            return f"$bcrypt-sha256-pepper$v=1,{pepper},t=2b,r={self.bcrypt_cost}$"
        return f"$bcrypt-sha256$v=2,t=2b,r={self.bcrypt_cost}$"

    @cached_property
    def _invented(self) -> str:
        """A hash of no password: well-formed, so that verifying it costs what a real one costs."""
        if self.scheme == "argon2id":
            return f"{self._prefix}{_base64(secrets.token_bytes(16))}${_base64(secrets.token_bytes(32))}"
        return f"{self._prefix}{_bcrypt_salt()}${_bcrypt_salt()}{_bcrypt_salt()[:9]}"

    def _matches(self, password: str, stored: str) -> bool | None:
        """Compare by the form of the stored hash; None: nothing was computed."""
        try:
            if stored.startswith(("scrypt:", "pbkdf2:")):
                return _werkzeug_matches(password, stored)
            if stored.startswith("$argon2id"):
                return self._argon2_matches(_octets(password), stored)
            return self._bcrypt_matches(_octets(password), stored)
        except ValueError:  # bcrypt, hashlib and Werkzeug refuse a malformed salt or parameter this way
            return None

    def _make_up_the_cost(self, password: str, stored: str, *, was_computed: bool) -> None:
        """Bring a refusal to at least what one for an unknown user costs."""
        cheaper = _read_bcrypt(stored) if was_computed and self.scheme == "bcrypt" else None
        if cheaper is None:
            self._matches(password, self._invented)
            return
        # 2^r + (2^r + 2^(r+1) + … + 2^(c-1)) = 2^c: exactly the rounds of the present cost.
        for cost in range(int(cheaper[1]["cost"]), self.bcrypt_cost):
            _bcrypt_digest(b"", "2b", cost, _bcrypt_salt())

    def _pepper_named(self, name: str) -> bytes | None:
        return next((pepper for pepper in self.peppers if _pepper_id(pepper) == name), None)

    def _bcrypt_matches(self, password: bytes, stored: str) -> bool | None:
        read = _read_bcrypt(stored)
        if read is None:
            return None
        form, found = read
        pepper = self._pepper_named(found["pepper"]) if form == "pepper" else b""
        if pepper is None or int(found["cost"]) > MAX_BCRYPT_COST:
            return None
        key = _bcrypt_key(form, password, found["salt"], pepper)
        digest = _bcrypt_digest(key, found["ident"], int(found["cost"]), found["salt"])
        return hmac.compare_digest(digest, found["digest"])

    def _argon2_hash(self, password: bytes, salt: bytes) -> str:
        argon2 = _argon2()
        if self.peppers:
            password = _peppered(self.peppers[0], _base64(salt), password)
        cost = (ARGON2_PASSES, ARGON2_MEMORY_KIB, ARGON2_LANES)
        made = argon2.low_level.hash_secret(password, salt, *cost, 32, argon2.Type.ID).decode("ascii")
        return self._prefix + "$".join(made.split("$")[-2:])

    def _argon2_matches(self, password: bytes, stored: str) -> bool | None:
        found = _ARGON2_FORM.fullmatch(stored)
        if found is None:
            return None
        memory, passes, lanes = int(found["memory"]), int(found["passes"]), int(found["lanes"])
        if memory > MAX_ARGON2_MEMORY_KIB or passes > MAX_ARGON2_PASSES or lanes > MAX_ARGON2_LANES:
            return None
        if found["pepper"]:
            pepper = self._pepper_named(found["pepper"])
            if pepper is None:
                return None
            password = _peppered(pepper, found["salt"], password)
        argon2 = _argon2()
        standard = f"$argon2id{found['rest']}".encode("ascii")
        try:
            return bool(argon2.low_level.verify_secret(standard, password, argon2.Type.ID))
        except argon2.exceptions.VerifyMismatchError:
            return False
        except argon2.exceptions.Argon2Error:  # parameters that argon2 itself refuses
            return None


@dataclass(frozen=True)
class Policy:
    """What a new password must be: long enough, and not one that is guessed first.

    There is no rule about kinds of characters, and every character is welcome (ASVS 6.2.5, 6.2.9;
    NIST SP 800-63B-4 §3.1.1.2). Lengths count code points. `context` are words that everybody knows
    about this service, such as its name (ASVS 6.2.11).
    """

    min_length: int = 8
    max_length: int = 1024
    refuse_common: bool = True
    context: tuple[str, ...] = ()

    def problems(
        self,
        password: str,
        *,
        about: Iterable[str] = (),
        is_breached: Callable[[str], bool] | None = None,
    ) -> list[str]:
        """Say in sentences for the person what is wrong with this password; nothing wrong, an empty list.

        Common: the password, in any case, is one of the 10,000 commonest, or becomes one when digits and
        signs are taken off its end, as long as these are no more than half of it: `Password1!` is common.

        Context: `about` are words of this person (e-mail, its local part, names). When these, the words of
        `context`, and the parts of both between spaces and signs (each of at least four characters) are taken
        out of the password and fewer than four characters are left, it is refused.

        `is_breached` is asked last, and only about a password that is otherwise good (ASVS 6.2.12). What it
        raises is raised here: whether a silent breach service refuses or admits is the caller's choice.
        """
        if len(password) > self.max_length:
            return [f"Use at most {self.max_length} characters."]
        found = []
        if len(password) < self.min_length:
            found.append(f"Use at least {self.min_length} characters.")
        if self.refuse_common and _is_common(password):
            found.append("This password is one of the most common, or very close to one.")
        if _is_mostly(password, _words((*self.context, *about))):
            found.append("This password is little more than your name, your e-mail address or our name.")
        if not found and is_breached is not None and is_breached(password):
            found.append("This password has appeared in a data breach, so others know it.")
        return found


def _octets(password: str) -> bytes:
    """UTF-8 exactly as received; a lone surrogate, which JSON can carry, is encoded too and never raises."""
    return password.encode("utf-8", "surrogatepass")


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).rstrip(b"=").decode("ascii")


_TO_BCRYPT = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)
"""From the alphabet of base64 to the one that bcrypt writes its salts in."""


def _bcrypt_salt(octets: bytes | None = None) -> str:
    return _base64(octets or secrets.token_bytes(16)).translate(_TO_BCRYPT)


def _bcrypt_digest(key: bytes, ident: str, cost: int, salt: str) -> str:
    return bcrypt.hashpw(key, f"${ident}${cost:02}${salt}".encode("ascii"))[-31:].decode("ascii")


def _bcrypt_key(form: str, password: bytes, salt: str, pepper: bytes) -> bytes:
    """What bcrypt is given: 44 characters of base64, since it reads 72 octets at most."""
    if form == "plain":
        return password[:72]
    if form == "pepper":
        return base64.b64encode(_peppered(pepper, salt, password))
    if form == "sha256":
        return base64.b64encode(hmac.digest(salt.encode("ascii"), password, "sha256"))
    return base64.b64encode(hashlib.sha256(password).digest())


def _read_bcrypt(stored: str) -> tuple[str, re.Match[str]] | None:
    matches = ((form, pattern.fullmatch(stored)) for form, pattern in _BCRYPT_FORMS.items())
    return next(((form, match) for form, match in matches if match), None)


def _peppered(pepper: bytes, salt: str, password: bytes) -> bytes:
    """Keyed with the pepper; the salt keeps equal passwords from having equal keys."""
    return hmac.digest(pepper, salt.encode("ascii") + password, "sha256")


def _pepper_id(pepper: bytes) -> str:
    """Eight hex digits that name a pepper and do not reveal it. The spaces keep it apart from any salt."""
    return hmac.digest(pepper, b"the id of this pepper", "sha256")[:4].hex()


def _argon2() -> Any:
    try:
        import argon2
        import argon2.low_level
    except ImportError as missing:
        raise ImportError(
            "argon2id passwords need argon2-cffi: pip install flask-headless-auth[argon2]"
        ) from missing
    return argon2


def _werkzeug_matches(password: str, stored: str) -> bool | None:
    if found := _SCRYPT_FORM.fullmatch(stored):
        n, r, p = map(int, found.groups())
        is_bearable = 128 * n * r * p <= MAX_SCRYPT_MEMORY
    elif found := _PBKDF2_FORM.fullmatch(stored):
        is_bearable = int(found[1]) <= MAX_PBKDF2_ITERATIONS
    else:
        return None
    return check_password_hash(stored, password) if is_bearable else None


@cache
def _common_passwords() -> frozenset[str]:
    packed = (files("flask_headless_auth") / "data" / "common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").split("\n")) - {""}


def _is_common(password: str) -> bool:
    common, folded = _common_passwords(), password.casefold()
    if folded in common:
        return True
    for end in range(len(folded) - 1, (len(folded) - 1) // 2, -1):
        if folded[end].isalpha():
            return False
        if folded[:end] in common:
            return True
    return False


def _words(given: Iterable[str]) -> list[str]:
    """Each word, its parts, itself without spaces and signs; so for an e-mail's local part. Longest first."""
    words = set()
    folded = [word.casefold().strip() for word in given]
    for phrase in (*folded, *(word.partition("@")[0] for word in folded)):
        parts = re.findall(r"[^\W_]+", phrase)
        words |= {phrase, "".join(parts), *parts}
    return sorted((word for word in words if len(word) >= 4), key=lambda word: (-len(word), word))


def _is_mostly(password: str, words: Iterable[str]) -> bool:
    folded = left = password.casefold()
    for word in words:
        left = left.replace(word, "")
    return left != folded and len(left) < 4
