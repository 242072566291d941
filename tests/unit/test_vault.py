"""What the database keeps and nobody should read there."""

import base64

import pytest

from flask_headless_auth.vault import Unsealable, Vault

OLD, NEW = b"o" * 32, b"n" * 32
CONTENTS = [
    {},
    {"email": "ada@example.com"},
    ["a", 1, None, True, 1.5],
    "text",
    0,
    None,
    {"deep": {"er": ["é", "日本", "\u0000", "😀"]}},
]


@pytest.mark.parametrize("content", CONTENTS, ids=repr)
def test_what_is_sealed_can_be_opened(content: object) -> None:
    vault = Vault((NEW,))

    assert vault.open("mail", vault.seal("mail", content)) == content


def test_a_seal_says_nothing_of_what_is_in_it_and_is_never_the_same_twice() -> None:
    # given one content
    vault = Vault((NEW,))

    # when it is sealed many times
    sealed = {vault.seal("mail", {"code": "123456"}) for _ in range(20)}

    # then no seal is like another and none shows it
    assert len(sealed) == 20
    assert all(b"123456" not in base64.urlsafe_b64decode(one) for one in sealed)
    assert "n" * 32 not in repr(vault)


def test_what_is_sealed_for_one_purpose_opens_for_no_other() -> None:
    # given something sealed for a purpose
    vault = Vault((NEW,))
    sealed = vault.seal("voucher/reset", {"email": "ada@example.com"})

    # then it opens for nothing else, and the refusal does not show it
    for purpose in ("voucher/magic_link", "voucher", "", "voucher/reset ", "mail"):
        with pytest.raises(Unsealable, match=f"^{purpose}$") as refused:
            vault.open(purpose, sealed)
        assert "ada" not in str(refused.value)


SPOILT = {
    "cut": lambda sealed: sealed[:-4],
    "another last letter": lambda sealed: sealed[:-3] + ("A" if sealed[-3] != "A" else "B") + sealed[-2:],
    "another first letter": lambda sealed: "h" + sealed[1:],
    "in the middle": lambda sealed: sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:],
    "empty": lambda sealed: "",
    "text": lambda sealed: "not sealed at all",
    "other scripts": lambda sealed: "ключ",
}


@pytest.mark.parametrize("name", SPOILT)
def test_an_altered_seal_is_refused(name: str) -> None:
    # given a seal that somebody altered
    vault = Vault((NEW,))
    spoilt = SPOILT[name](vault.seal("mail", {"code": "123456"}))

    # then it can be neither opened nor sealed anew
    with pytest.raises(Unsealable):
        vault.open("mail", spoilt)
    with pytest.raises(Unsealable):
        vault.reseal("mail", spoilt)


def test_keys_are_changed_without_losing_what_was_sealed() -> None:
    # given something sealed and marked under the old key
    before, after, done = Vault((OLD,)), Vault((NEW, OLD)), Vault((NEW,))
    sealed, mark = before.seal("mail", "text"), before.mark("address", "ada@example.com")

    # when a new key comes before it
    # then the old seal opens, and the old mark is among those that are looked for
    assert after.open("mail", sealed) == "text"
    assert mark in after.marks("address", "ada@example.com")
    assert mark != after.mark("address", "ada@example.com")

    # and what is sealed anew opens without the old key, which nothing else does
    assert done.open("mail", after.reseal("mail", sealed)) == "text"
    with pytest.raises(Unsealable):
        done.open("mail", sealed)


def test_a_mark_is_the_same_for_the_same_and_differs_for_everything_else() -> None:
    # given marks of texts, for purposes, under keys
    vault = Vault((NEW,))
    marks = [
        vault.mark("address", "ada@example.com"),
        vault.mark("address", "Ada@example.com"),
        vault.mark("address", ""),
        vault.mark("code", "ada@example.com"),
        Vault((OLD,)).mark("address", "ada@example.com"),
    ]

    # then each is of its own, of 64 digits, and the same the next time
    assert len(set(marks)) == len(marks)
    assert all(len(one) == 64 and int(one, 16) >= 0 for one in marks)
    assert (
        vault.mark("address", "ada@example.com")
        == marks[0]
        == Vault((NEW,)).mark("address", "ada@example.com")
    )


@pytest.mark.parametrize("text", ["\x00", "\ud800", "日本", "a" * 100_000])
def test_any_text_can_be_marked(text: str) -> None:
    assert len(Vault((NEW,)).mark("address", text)) == 64


def test_a_seal_is_no_mark_and_no_key_is_shared() -> None:
    # given one root
    vault = Vault((NEW,))

    # then the key of a seal is not that of a mark of the same name, nor of another purpose
    with pytest.raises(Unsealable):
        vault.open("code", vault.mark("code", "123456"))
    ciphers = [vault._cipher(one)._fernets[0] for one in ("mail", "code")]  # type: ignore[attr-defined]
    assert ciphers[0]._signing_key != ciphers[1]._signing_key
    assert ciphers[0]._encryption_key != ciphers[1]._encryption_key
