"""A person signs up, in and out."""

from tests.support.apps import Person


def test_somebody_signs_up_is_known_signs_out_and_is_known_no_more(ada: Person) -> None:
    # given somebody who has signed up
    assert ada.me().json["user"]["email"] == "ada@example.com"

    # when they sign out
    assert ada.sign_out().status_code == 200

    # then nobody is signed in, and they can sign in again
    assert ada.me().status_code == 401
    assert ada.sign_in().json["status"] == "signed_in"
    assert ada.me().status_code == 200
