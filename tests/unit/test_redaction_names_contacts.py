"""E-mail and web addresses as said and as Whisper writes them; user names, handles, passwords, security answers."""

from __future__ import annotations

import pytest
from talk import left


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("It's sunny days eighty eight at gmail dot com.",), "sunny days eighty gmail com."),
        (("p r i y a dot nair at the rate yahoo dot co dot in",), "p y nair yahoo in"),
        (("Write to anna.kovac@proton.me today.",), "anna.kovac@proton.me"),
        (("Visit blue harbor dot com slash help dash desk then.",), "blue harbor com help desk"),
        (("It's w w w dot janes pottery dot co dot uk.",), "w janes pottery uk."),
        (("send it to info at northlake dot ac dot uk please",), "info northlake uk"),
        (("Follow @sunny_tokyo or tell her.",), "@sunny_tokyo"),
        (("My insta is travel dot with dot zoe.",), "travel zoe."),
        (("My username is mthorne88, if that helps.",), "mthorne88,"),
        (("User ID is jdoe underscore ninety one.",), "jdoe ninety one."),
        (("I logged in as kwisniewski yesterday.",), "kwisniewski"),
        (("The password was sunflower giraffe forty two.",), "sunflower giraffe forty two."),
        (("Could you tell me the passphrase?", "Sure. Correct horse battery staple."), "horse battery staple."),
        (("What's your mother's maiden name?", "Uh, it's Pendergast."), "Pendergast."),
        (("And the name of your first pet?", "Biscuit."), "Biscuit."),
        (("The city you were born in?", "Um, Leeds."), "Leeds."),
        (("can you verify your security password", "um yeah its rainbow forty two"), "rainbow forty two"),
    ],
)
def test_contacts_and_credentials_go(lines: tuple[str, ...], gone: str) -> None:
    rest = left(*lines).split()
    assert not [word for word in gone.split() if word in rest]


@pytest.mark.parametrize(
    "lines",
    [
        ("My password is not working.", "The password is case sensitive."),
        ("Did you reset your password?", "Yes, I changed it last week."),
        ("The wifi password is on the back of the router.", "Right."),
        ("I can't log in, it says the session expired.", "My login is blocked."),
        ("I use Outlook.", "You can follow the order on Instagram or Facebook."),
        ("I'm with Verizon and my Outlook is broken.", "Mine too."),
        ("Your username should be your email.", "I see."),
        ("I will handle that for you.", "The handle is broken."),
    ],
)
def test_talk_about_credentials_that_tells_none_stays_readable(lines: tuple[str, ...]) -> None:
    assert left(*lines) == "\n".join(lines)
