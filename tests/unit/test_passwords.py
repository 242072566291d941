"""Passwords: what is stored, what still opens the door, what the clock gives away, and what is refused.

The vectors come from passlib 1.7.4 and Werkzeug 3.1: tables move in and out of other software.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import argon2.low_level
import bcrypt
import pytest

from flask_headless_auth import passwords
from flask_headless_auth.passwords import Hashing, Policy, Verdict

QUICK = Hashing(bcrypt_cost=4)
OLD_PEPPER, NEW_PEPPER = b"o" * 32, b"n" * 32
SALT = "n79VH.0Q2TMWmt3Oqt9uku"
MATCH, STALE, REFUSED = Verdict(True, False), Verdict(True, True), Verdict(False, False)

PASSLIB = {
    "": "OCcex9ilTIPh5Byenoa0hw8nirQ8h5W",
    "password": "sdU2s51xApBVBMVw4RZiJY.7FC1fevu",
    "päßword ✓": "AyQsamhrn4mbKeKsYJ0mWzQOu3E7ylS",
    "a trailing ": "yqeaIcUwTUWoDw01nOioWYik4LZbwuK",
    "γειά σου κόσμε": "LO1jcFWuTWAKLdSfCX51kS471tXA30i",
    "x" * 72: "2SJooP3RRTM5BIugitqPJDASxl1prsW",
    "x" * 72 + "tail-one": "J0Zc7HyX75qPNGXckfZranCd.VuUfVG",
    "x" * 72 + "tail-two": "ZpzKLeAlHwoPXsIvoKAFmrI.k2zpgf6",
}
PASSLIB_AT_12 = f"$bcrypt-sha256$v=2,t=2b,r=12${SALT}$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2"
PASSLIB_V1 = [
    f"$bcrypt-sha256$2b,4${SALT}$218k5nCh3D4YqdpX.Zv79C4bjOSjWea",
    f"$bcrypt-sha256$2a,4${SALT}$218k5nCh3D4YqdpX.Zv79C4bjOSjWea",
]
PLAIN = f"04${SALT}Mtd1JXeM0BuVg72u1AjlHVi6ZSGhR/6"  # "password", after $2a$, $2b$ or $2y$
CUT_AT_72 = f"$2b$04${SALT}r/um9JnWOw/MPIWoaF.zDNJYMZPmnKC"  # 80 times "x", by a bcrypt that cut silently
WERKZEUG = [
    "scrypt:1024:8:1$9khNxCoDob5nkQ6B$"
    "f004b5ea6ea126c29005a70d258eee59ffd9445f425eda25c8b9823a08b299d7"
    "ff73a462592a383283eba021ee632569b51ef286b24bc8e0119d32b69c2b196f",
    "pbkdf2:sha256:1000$3bPKTS4hgRwJu1Sq$a81f0a2c13645a261fb21f6a5fc74b4f7355d5e750965a79fccbfab4865c8bc7",
    "pbkdf2:sha1:1000$wJuEo7nI4LVNYjqU$4eca50eecb8de7a660d5345254aec63385604516",
]
PASSLIB_ARGON2ID = (
    "$argon2id$v=19$m=64,t=1,p=1$770XotR6z/n/f28NAWAM4Q$Ylbxb5Kj4p/pB3vtRYm7ohcbAOIL+h207ngI1lliiVM"
)

MALFORMED = [
    "!",
    " ",
    "*",
    "$",
    "$$$$",
    "password",
    "\x00",
    "\ud800",
    "é" * 60,
    "$2b$",
    "$2b$04$",
    f"$2b$04${SALT}",
    f"$2b$xx${SALT}Mtd1JXeM0BuVg72u1AjlHVi6ZSGhR/6",
    f"$2b$٠٤${SALT}Mtd1JXeM0BuVg72u1AjlHVi6ZSGhR/6",
    f"$2b$03${SALT}Mtd1JXeM0BuVg72u1AjlHVi6ZSGhR/6",
    f"$2b$99${SALT}Mtd1JXeM0BuVg72u1AjlHVi6ZSGhR/6",
    f"$2c$04${SALT}Mtd1JXeM0BuVg72u1AjlHVi6ZSGhR/6",
    f"$2b$04${SALT[:-1]}vMtd1JXeM0BuVg72u1AjlHVi6ZSGhR/6",  # the salt's last character has stray bits
    f"$2b${PLAIN}\n",
    f"$2b${PLAIN}x",
    "$bcrypt-sha256$",
    f"$bcrypt-sha256$v=3,t=2b,r=4${SALT}$sdU2s51xApBVBMVw4RZiJY.7FC1fevu",
    f"$bcrypt-sha256$v=2,t=2b,r=4${SALT}$sdU2s51xApBVBMVw4RZiJY.7FC1fev",
    f"$bcrypt-sha256$v=2,t=2b,r=4${SALT}sdU2s51xApBVBMVw4RZiJY.7FC1fevu",
    f"$bcrypt-sha256$v=2,t=2b,r=4${SALT[:-1]}v$sdU2s51xApBVBMVw4RZiJY.7FC1fevu",
    f"$bcrypt-sha256-pepper$v=1,k=zzzzzzzz,t=2b,r=4${SALT}$sdU2s51xApBVBMVw4RZiJY.7FC1fevu",
    f"$bcrypt-sha256-pepper$v=1,k=00000000,t=2b,r=4${SALT}$sdU2s51xApBVBMVw4RZiJY.7FC1fevu",
    PASSLIB_AT_12[:-1],  # begins like a hash of today's, and is none
    "$argon2id$",
    "$argon2id$v=19$m=0,t=0,p=0$770XotR6z/n/f28NAWAM4Q$Ylbxb5Kj4p/pB3vtRYm7ohcbAOIL+h207ngI1lliiVM",
    "$argon2id$v=19$m=64,t=1,p=1$770XotR6z$Ylbxb5Kj4p/pB3vtRYm7ohcbAOIL+h207ngI1lliiVM",
    "$argon2id$v=19$m=64,t=1,p=1$770XotR6z/n/f28NAWAM4$Ylbxb5Kj4p/pB3vtRYm7ohcbAOIL+h207ngI1lliiVM",
    "$argon2id$v=19$m=64,t=1,p=16$770XotR6z/n/f28NAWAM4Q$Ylbxb5Kj4p/pB3vtRYm7ohcbAOIL+h207ngI1lliiVM",
    "$argon2i$v=19$m=64,t=1,p=1$770XotR6z/n/f28NAWAM4Q$Ylbxb5Kj4p/pB3vtRYm7ohcbAOIL+h207ngI1lliiVM",
    "scrypt:",
    "scrypt:1:8:1$salt$00",
    "scrypt:1000:8:1$salt$00",
    "scrypt:0:0:0$salt$00",
    "scrypt:1024:0:1$salt$00",
    "scrypt:1024:8:1$\ud800$00",
    "pbkdf2:sha256:0$salt$00",
    "pbkdf2:nohash:1000$salt$00",
    "pbkdf2:sha256$salt",
    "sha256$salt$00",
    "x" * 100_000,
    "$2b$" * 10_000,
]
ABSURD = [
    f"$2b$16${SALT}Mtd1JXeM0BuVg72u1AjlHVi6ZSGhR/6",
    f"$bcrypt-sha256$v=2,t=2b,r=31${SALT}$sdU2s51xApBVBMVw4RZiJY.7FC1fevu",
    PASSLIB_ARGON2ID.replace("m=64", "m=262145"),
    PASSLIB_ARGON2ID.replace("t=1", "t=999"),
    PASSLIB_ARGON2ID.replace("m=64", "m=9999").replace("p=1$", "p=255$"),
    "scrypt:1048576:8:1$salt$00",
    "pbkdf2:sha256:99999999$salt$00",
]

Work = Callable[[Hashing, str, "str | None"], int]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Counts the rounds of bcrypt that one verification asks for, without running the costly ones."""
    real, rounds = bcrypt.hashpw, []

    def counted(key: bytes, salt: bytes) -> bytes:
        rounds.append(2 ** int(salt[4:6]))
        return real(key, salt[:4] + b"04" + salt[6:])

    def measure(hashing: Hashing, password: str, stored: str | None) -> int:
        rounds.clear()
        assert not hashing.verify(password, stored).matches
        return sum(rounds)

    monkeypatch.setattr(bcrypt, "hashpw", counted)
    return measure


# -- What is stored


def test_a_new_hash_is_bcrypt_sha256_of_cost_12_and_opens_only_to_its_password() -> None:
    hashing = Hashing()

    stored = hashing.hash("correct horse battery staple lamp")

    assert stored.startswith("$bcrypt-sha256$v=2,t=2b,r=12$")
    assert hashing.verify("correct horse battery staple lamp", stored) == MATCH
    assert hashing.verify("correct horse battery staple lamb", stored) == REFUSED
    assert hashing.verify("password", PASSLIB_AT_12) == MATCH


@pytest.mark.parametrize("hashing", [QUICK, Hashing("argon2id"), Hashing("bcrypt", 4, (NEW_PEPPER,))])
def test_equal_passwords_are_stored_differently(hashing: Hashing) -> None:
    first, second = hashing.hash("password"), hashing.hash("password")

    assert first != second
    assert hashing.verify("password", first) == hashing.verify("password", second) == MATCH


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
@pytest.mark.parametrize("peppers", [(), (NEW_PEPPER,)], ids=["plain", "peppered"])
@pytest.mark.parametrize(
    ("password", "other"),
    [
        ("x" * 72 + "tail-one", "x" * 72 + "tail-two"),
        ("x" * 72 + "tail-one", "x" * 72),
        ("λ" * 36 + "tail-one", "λ" * 36 + "tail-two"),
        ("y" * 1023 + "1", "y" * 1023 + "2"),
        ("a\0b", "a\0c"),
        ("a\0b", "a"),
        (" lamp", "lamp"),
        ("lamp ", "lamp"),
        ("lamp\n", "lamp"),
        ("Lamp", "lamp"),
        ("é", "e\u0301"),
        ("\ud800", "\ud801"),
        ("\ud800", "?"),
        ("密码密码密码密码", "密码密码密码密"),
    ],
)
def test_every_octet_counts_exactly_as_received(
    scheme: Any, peppers: tuple[bytes, ...], password: str, other: str
) -> None:
    hashing = Hashing(scheme, 4, peppers)

    stored = hashing.hash(password)

    assert hashing.verify(password, stored) == MATCH
    assert hashing.verify(other, stored) == REFUSED


def test_a_cost_or_scheme_that_could_never_be_verified_is_refused_at_once() -> None:
    for wrong in ({"bcrypt_cost": 3}, {"bcrypt_cost": 16}, {"scheme": "md5"}, {"peppers": (b"",)}):
        with pytest.raises(ValueError, match="(?i)" + next(iter(wrong)).removesuffix("s")):
            Hashing(**wrong)


# -- Tables from elsewhere


@pytest.mark.parametrize("password", PASSLIB)
def test_hashes_of_passlib_verify_and_stay(password: str) -> None:
    stored = f"$bcrypt-sha256$v=2,t=2b,r=4${SALT}${PASSLIB[password]}"

    verdicts = {candidate: QUICK.verify(candidate, stored) for candidate in PASSLIB}

    assert verdicts.pop(password) == MATCH
    assert set(verdicts.values()) == {REFUSED}


@pytest.mark.parametrize(
    "stored", [*PASSLIB_V1, f"$2a${PLAIN}", f"$2b${PLAIN}", f"$2y${PLAIN}", *WERKZEUG, PASSLIB_ARGON2ID]
)
@pytest.mark.parametrize("hashing", [QUICK, Hashing("argon2id"), Hashing("bcrypt", 4, (NEW_PEPPER,))])
def test_hashes_of_other_software_verify_and_ask_for_a_rehash(hashing: Hashing, stored: str) -> None:
    assert hashing.verify("password", stored) == STALE
    assert hashing.verify("Password", stored) == REFUSED
    assert hashing.verify("", stored) == REFUSED


def test_a_password_that_an_older_bcrypt_cut_at_72_octets_still_opens_and_is_whole_after_its_rehash() -> None:
    password = "x" * 80

    verdict = QUICK.verify(password, CUT_AT_72)
    renewed = QUICK.hash(password)

    assert verdict == STALE
    assert QUICK.verify(password, renewed) == MATCH
    assert QUICK.verify("x" * 79, renewed) == REFUSED
    assert QUICK.verify("x" * 71, CUT_AT_72) == REFUSED


@pytest.mark.parametrize("cost", [5, 6])
def test_another_cost_asks_for_a_rehash_in_either_direction(cost: int) -> None:
    stored = Hashing(bcrypt_cost=5).hash("password")

    verdict = Hashing(bcrypt_cost=cost).verify("password", stored)

    assert verdict == Verdict(matches=True, needs_rehash=cost != 5)
    assert QUICK.verify("password", stored) == STALE


def test_a_refusal_never_asks_for_a_rehash_and_is_false() -> None:
    refused = QUICK.verify("wrong", f"$2b${PLAIN}")
    allowed = QUICK.verify("password", f"$2b${PLAIN}")

    assert (refused.matches, refused.needs_rehash, bool(refused)) == (False, False, False)
    assert (allowed.matches, allowed.needs_rehash, bool(allowed)) == (True, True, True)


# -- argon2id


def test_argon2id_is_the_standard_string_that_argon2_cffi_reads() -> None:
    hashing = Hashing("argon2id")

    stored = hashing.hash("password")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert argon2.PasswordHasher().verify(stored, "password")
    assert hashing.verify("password", stored) == MATCH


def test_changing_the_scheme_asks_for_a_rehash_both_ways() -> None:
    argon2id = Hashing("argon2id")

    assert QUICK.verify("password", argon2id.hash("password")) == STALE
    assert argon2id.verify("password", QUICK.hash("password")) == STALE


@pytest.mark.parametrize(
    "use",
    [
        lambda: Hashing("argon2id").hash("password"),
        lambda: Hashing("argon2id").verify("password", None),
        lambda: QUICK.verify("password", PASSLIB_ARGON2ID),
    ],
    ids=["hash", "unknown user", "stored"],
)
def test_without_argon2_cffi_the_error_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, use: Callable[[], object]
) -> None:
    real = builtins.__import__

    def without_argon2(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "argon2":
            raise ImportError(f"No module named {name!r}")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_argon2)

    with pytest.raises(ImportError, match=r"pip install flask-headless-auth\[argon2\]"):
        use()
    assert QUICK.verify("password", QUICK.hash("password")) == MATCH


# -- Peppers


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
def test_a_peppered_hash_names_its_pepper_and_shows_nothing_of_it(scheme: Any) -> None:
    hashing = Hashing(scheme, 4, (NEW_PEPPER,))

    stored = hashing.hash("password")

    assert "-pepper$" in stored
    assert "k=" in stored
    assert "nnn" not in stored
    assert NEW_PEPPER[:4].hex() not in stored
    assert "nnn" not in repr(hashing)
    assert hashing.verify("password", stored) == MATCH


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
def test_peppers_rotate_without_locking_anybody_out(scheme: Any) -> None:
    before = Hashing(scheme, 4, (OLD_PEPPER,))
    during = Hashing(scheme, 4, (NEW_PEPPER, OLD_PEPPER))
    after = Hashing(scheme, 4, (NEW_PEPPER,))
    old = before.hash("password")

    renewed = during.hash("password")

    assert during.verify("password", old) == STALE
    assert during.verify("wrong", old) == REFUSED
    assert during.verify("password", renewed) == after.verify("password", renewed) == MATCH
    assert after.verify("password", old) == REFUSED
    assert before.verify("password", renewed) == REFUSED


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
def test_the_same_password_under_another_pepper_does_not_match_even_when_the_name_is_forged(
    scheme: Any,
) -> None:
    ours, theirs = Hashing(scheme, 4, (NEW_PEPPER,)), Hashing(scheme, 4, (OLD_PEPPER,))
    our_name, their_name = (h.hash("password").split("k=")[1][:8] for h in (ours, theirs))

    forged = theirs.hash("password").replace(their_name, our_name)

    assert our_name != their_name
    assert ours.verify("password", forged) == REFUSED


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
def test_hashes_from_before_the_first_pepper_verify_and_ask_for_a_rehash(scheme: Any) -> None:
    stored = Hashing(scheme, 4).hash("password")

    verdict = Hashing(scheme, 4, (NEW_PEPPER,)).verify("password", stored)

    assert verdict == STALE


def test_a_peppered_hash_is_worthless_without_the_pepper() -> None:
    stored = Hashing("bcrypt", 4, (NEW_PEPPER,)).hash("password")

    assert QUICK.verify("password", stored) == REFUSED


# -- What never raises, and what the clock gives away


@pytest.mark.parametrize("hashing", [QUICK, Hashing("argon2id"), Hashing("bcrypt", 4, (NEW_PEPPER,))])
@pytest.mark.parametrize("stored", [None, "", *MALFORMED, *ABSURD], ids=lambda stored: repr(stored)[:40])
def test_nothing_unusable_or_malformed_matches_or_raises(hashing: Hashing, stored: str | None) -> None:
    for password in ("password", "", "!", "\ud800", "x" * 80, stored or "None"):
        assert hashing.verify(password, stored) == REFUSED


@pytest.mark.parametrize("stored", [None, "", *MALFORMED, *ABSURD], ids=lambda stored: repr(stored)[:40])
def test_a_refusal_without_a_usable_hash_costs_one_verification(work: Work, stored: str | None) -> None:
    hashing = Hashing()
    of_a_user = hashing.hash("password")

    for_a_user = work(hashing, "wrong", of_a_user)
    for_nobody = work(hashing, "wrong", stored)

    assert for_a_user == 2**12
    assert for_nobody >= for_a_user
    if not (stored or "").startswith(("$2b$04", "$bcrypt-sha256$v=2,t=2b,r=4", "$2b$03")):
        assert for_nobody == for_a_user  # bcrypt itself, and not our reading, refuses the others


@pytest.mark.parametrize("peppers", [(), (NEW_PEPPER,)], ids=["plain", "peppered"])
def test_the_first_refusal_of_a_process_costs_what_the_later_ones_cost(
    work: Work, peppers: tuple[bytes, ...]
) -> None:
    hashing = Hashing(peppers=peppers)

    first, second = work(hashing, "wrong", None), work(hashing, "wrong", None)

    assert first == second == 2**12


@pytest.mark.parametrize(
    "stored",
    [f"$2b${PLAIN}", *PASSLIB_V1, f"$bcrypt-sha256$v=2,t=2b,r=4${SALT}${PASSLIB['password']}"],
)
def test_a_wrong_password_against_a_cheaper_bcrypt_hash_costs_exactly_the_present_cost(
    work: Work, stored: str
) -> None:
    assert work(Hashing(), "wrong", stored) == work(Hashing(), "wrong", None) == 2**12
    assert work(Hashing(bcrypt_cost=14), "wrong", stored) == 2**14


@pytest.mark.parametrize("stored", [*WERKZEUG, PASSLIB_ARGON2ID])
def test_a_wrong_password_against_a_foreign_hash_costs_no_less_than_an_unknown_user(
    work: Work, stored: str
) -> None:
    assert work(Hashing(), "wrong", stored) == work(Hashing(), "wrong", None)


def test_under_argon2id_every_refusal_computes_argon2id_at_the_present_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashing, asked = Hashing("argon2id"), []
    stored = hashing.hash("password")

    def counted(stored: bytes, *rest: Any, real: Any = argon2.low_level.verify_secret) -> Any:
        asked.append(stored)
        return real(stored, *rest)

    monkeypatch.setattr(argon2.low_level, "verify_secret", counted)

    for refused in (None, "!", stored, *MALFORMED[:9], *ABSURD, f"$2b${PLAIN}", *WERKZEUG):
        asked.clear()
        assert hashing.verify("wrong", refused) == REFUSED
        assert [h[:31] for h in asked] == [b"$argon2id$v=19$m=19456,t=2,p=1$"]


@pytest.mark.parametrize("stored", ABSURD)
def test_an_absurd_cost_is_never_computed(monkeypatch: pytest.MonkeyPatch, stored: str) -> None:
    def exploding(*_: object) -> None:
        raise AssertionError("computed")

    def at_most_12(key: bytes, salt: bytes, real: Any = bcrypt.hashpw) -> bytes:
        assert int(salt[4:6]) == 4
        return real(key, salt)  # type: ignore[no-any-return]

    monkeypatch.setattr(passwords, "check_password_hash", exploding)
    monkeypatch.setattr("argon2.low_level.verify_secret", exploding)
    monkeypatch.setattr(bcrypt, "hashpw", at_most_12)

    assert QUICK.verify("password", stored) == REFUSED


# -- What a new password must be


@pytest.mark.parametrize("length", [0, 1, 4, 7])
def test_too_short_is_said_with_the_length_that_is_wanted(length: int) -> None:
    password = "zqvjxkwy"[:length]

    assert Policy().problems(password) == ["Use at least 8 characters."]
    assert Policy(min_length=15).problems("zqvjxk" + password)[0] == "Use at least 15 characters."


def test_length_counts_characters_and_not_octets() -> None:
    assert Policy().problems("λόγος密碼") == ["Use at least 8 characters."]
    assert Policy().problems("λόγος密碼🔑") == []


def test_too_long_is_the_only_thing_said() -> None:
    problems = Policy(max_length=20).problems("password" * 3, is_breached=lambda password: True)

    assert problems == ["Use at most 20 characters."]
    assert Policy().problems("Kz8 " * 256) == []
    assert Policy().problems("Kz8 " * 256 + "!") == ["Use at most 1024 characters."]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple lamp",
        "Kz8 " * 16,
        "όμορφη μέρα στη θάλασσα",
        "美しい日本語の密碼",
        "        lamp        ",
        "zqvjxkwy",
        "ZQVJXKWY",
        "38461950277304",
        "dragon84719263",
        "dragonhazel",
        "lamp\0stand",
        "\ud800lampstand",
    ],
)
def test_good_passwords_need_no_mixture_of_kinds(password: str) -> None:
    assert Policy(context=("Skerryvore",)).problems(password, about=("ada@example.com", "Ada")) == []


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "12345678",
        "11111111",
        "qwertyuiop",
        "iloveyou1",
        "password1",
        "PASSWORD",
        "Password1!",
        "passw0rd!!",
        "Password2024!",
        "Monkey123456",
        "12345678!",
        "qwerty2024",
        "letmein!!",
        "Password①",
    ],
)
def test_common_passwords_are_refused_in_any_case_and_with_any_short_tail(password: str) -> None:
    [problem] = Policy().problems(password)

    assert "common" in problem
    assert Policy(refuse_common=False).problems(password) == []


def test_the_list_holds_ten_thousand_and_enough_that_are_long_enough() -> None:
    common = passwords._common_passwords()

    assert len(common) == 10_000
    assert sum(len(password) >= 8 for password in common) > 3_000  # ASVS 6.2.4
    assert all(password == password.casefold() == password.strip() for password in common)
    assert passwords._common_passwords() is common


@pytest.mark.parametrize(
    "password",
    [
        "skerryvore",
        "Skerryvore!",
        "SKERRYVORE24!",
        "123skerryvore",
        "skerryvoreskerryvore",
        "ada.lovelace@example.com",
        "ada.lovelace",
        "AdaLovelace1",
        "Lovelace123",
        "lovelace-1",
        "skerryvore-lovelace",
        "ruth-ruth",
        "straßburg1",
    ],
)
def test_a_password_that_is_little_more_than_a_context_word_is_refused(password: str) -> None:
    policy = Policy(context=("Skerryvore",))

    problems = policy.problems(
        password, about=["ada.lovelace@example.com", "Ada", "Lovelace", "Strassburg", "Ruth"]
    )

    assert len(problems) == 1
    assert "your name" in problems[0]


@pytest.mark.parametrize("password", ["skerryvore4711", "my--lovelace", "ada-ada-ada", "grace hopper"])
def test_four_more_characters_or_a_word_shorter_than_four_are_enough(password: str) -> None:
    policy = Policy(context=("Skerryvore", ""))

    assert policy.problems(password, about=("", "@", "Ada", "Lovelace")) == []


def test_the_breach_service_is_asked_last_and_only_about_an_otherwise_good_password() -> None:
    asked: list[str] = []

    def is_breached(password: str) -> bool:
        asked.append(password)
        return password == "zqvjxkwy"

    assert len(Policy().problems("short", is_breached=is_breached)) == 1
    assert len(Policy().problems("Password1!", is_breached=is_breached)) == 1
    assert asked == []
    [problem] = Policy().problems("zqvjxkwy", is_breached=is_breached)
    assert "breach" in problem
    assert Policy().problems("zqvjxkwz", is_breached=is_breached) == []


def test_everything_wrong_is_said_at_once() -> None:
    problems = Policy(min_length=9, context=("password",)).problems("Password")

    assert len(problems) == 3
    assert all(problem.endswith(".") for problem in problems)
