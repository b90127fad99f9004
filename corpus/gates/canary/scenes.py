"""What canaries say: the ways in which people tell who they are on the phone. `>` speaks the agent, `<` the caller."""

from __future__ import annotations

from typing import Final

SCENES: Final = (
    """
    > Thank you for calling, my name is Daniel, may I have your full name please?
    < Yes, my name is {given} {surname}.
    > Thank you {given}. And what is the best number to reach you?
    < It's {us_phone:said}.
    > So that is {us_phone:said}?
    < Yes, that's right.
    """,
    """
    > Could you spell your last name for me?
    < Sure, it's {surname:spelled}.
    > Thank you, {surname}. And your e-mail address?
    < It is {given:lower} dot {surname:lower} at example dot com.
    > I have sent the form to {email}.
    """,
    """
    < I would like to pay with my card.
    > Of course. What is the card number?
    < {card:said4}
    > Thank you. And the name on the card?
    < {given} {surname}.
    """,
    """
    > Can I take your account number please?
    < Yes, it is {account:said}.
    > And your date of birth?
    < {born}.
    > Thank you, Ms {surname}.
    """,
    """
    > Which address should we send it to?
    < {house} {street} Road, please.
    > And the name of the person who is at home?
    < That would be my husband, {given} {surname}.
    """,
    """
    < Hello, this is {given} {surname}, I called you yesterday.
    > Hello {given}, do you have the reference number?
    < The reference number is {reference:said}.
    > {reference}, I have found it.
    """,
    """
    < Please call me back on my mobile.
    > What is the number?
    < {uk_phone:pairs}.
    > I will call {uk_phone} this afternoon.
    < Ask for {given}.
    """,
    """
    > To which account should the money go?
    < The IBAN is {iban:fours}.
    > And who is the holder of the account?
    < The account is in the name of {given} {surname}.
    """,
    """
    < My phone number is {us_phone:dashed} and my e-mail is {email}.
    > Thank you. And your name?
    < I'm {given}, {given} {surname}.
    """,
    """
    > Am I speaking with {given} {surname}?
    < Speaking.
    > For security, could you confirm the last payment card we have?
    < It's {card:fours}.
    """,
)
TALK: Final = (
    "< The delivery was late again and I am not happy with it.\n> I am sorry to hear that, let me have a look.",
    "< I wanted to ask about the bill for last month.\n> Sure, one moment please.",
    "> The line was not very good, can you hear me now?\n< Yes, much better, thank you.",
    "< Can I change the plan to the smaller one?\n> Yes, that works from the next month on.",
)
"""Harmless talk around a scene."""
END: Final = "> Is there anything else I can do for you?\n< No, that was all, thank you.\n> Have a nice day."
