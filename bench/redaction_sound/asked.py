"""How items are asked for, how the answers begin, and what people say without being asked."""

from __future__ import annotations

Ask = tuple[tuple[str, ...], tuple[str, ...]]
ASKS: dict[str, Ask] = {
    "CREDIT_CARD": (
        (
            "And the sixteen digits across the front, when you are ready.",
            "Right, card number please.",
            "Go ahead with the card.",
        ),
        (
            "Sure, so that is",
            "Let me get it out of my purse. Okay,",
            "It says",
            "Yes.",
        ),
    ),
    "CARD_CVV": (
        (
            "And the three digits on the back?",
            "What is the security code on it?",
        ),
        (
            "That would be",
            "It is",
            "",
        ),
    ),
    "PHONE_NUMBER": (
        (
            "In case we get cut off, what number are you on?",
            "Is there a mobile I can note down for you?",
            "And a daytime number?",
        ),
        (
            "Sure, ring me on",
            "Mine is",
            "Use",
            "My work one is",
        ),
    ),
    "EMAIL_ADDRESS": (
        (
            "Where should I mail the receipt?",
            "And your e-mail?",
        ),
        (
            "Try",
            "Um, it is",
            "That is",
        ),
    ),
    "PERSON": (
        (
            "Who am I speaking to?",
            "And the name on the policy?",
            "Can I take your name?",
        ),
        (
            "This is",
            "You are talking to",
            "It should be under",
            "",
            "Yes, I am",
        ),
    ),
    "SPELLED_NAME": (
        (
            "Could you spell that for me?",
            "Sorry, how is that written?",
        ),
        (
            "Of course.",
            "Yes, so it is",
            "",
        ),
    ),
    "DATE_OF_BIRTH": (
        (
            "And your birthday?",
            "I also need your date of birth for security.",
        ),
        (
            "Right,",
            "Yes it is",
            "",
        ),
    ),
    "CODE": (
        (
            "There should be a text with six digits on your phone now.",
            "Please read me the passcode.",
        ),
        (
            "Hold on. Okay,",
            "I got",
            "It says",
        ),
    ),
    "ADDRESS": (
        (
            "What is the first line of your address?",
            "Where do we deliver it to?",
        ),
        (
            "We live at",
            "Send it to",
            "Yes,",
        ),
    ),
    "BANK_ACCOUNT": (
        (
            "Which account do we pay that into?",
            "Account number please.",
        ),
        (
            "The number of it is",
            "It is",
            "",
        ),
    ),
    "PASSPORT": (
        (
            "And your passport number, please.",
            "Could you read out your member number?",
        ),
        (
            "One second, it is",
            "That is",
            "",
        ),
    ),
    "VEHICLE_PLATE": (
        (
            "What is the registration of the vehicle?",
            "And the plate of the car?",
        ),
        (
            "It is",
            "The car is",
            "",
        ),
    ),
}
"""Kind → how it is asked for, how the answer begins. None of it stands in bench.speech or in the rules."""
TOLD = {
    "PERSON": ("Hello, my name is", "Hi there, this is"),
    "PHONE_NUMBER": ("By the way, text me on", "If the line drops my number is"),
    "ADDRESS": ("We have moved house, we are at", "The parcel went to"),
    "BANK_ACCOUNT": ("I want the refund in my savings, that is",),
}
"""What people say without being asked."""
