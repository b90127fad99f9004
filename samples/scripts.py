# ruff: noqa: INP001 - a folder of sound files with the program that makes them, not a package
"""What is said in the sample calls: invented people, reserved numbers, example.com addresses, test card numbers.

A line is `party: words`. Personal data stands as `{ENTITY_TYPE|value|as spoken}`; each such phrase is synthesised on
its own, so that its place in the sound is known exactly. `...` alone on a line is a longer pause.
"""

from __future__ import annotations

from typing import Any

SCRIPTS: dict[str, dict[str, Any]] = {
    "card_payment": {
        "file": "card_payment.wav",
        "direction": "inbound",
        "caller": "+14155550132",
        "callee": "+14155550100",
        "agent_name": "Maya Brooks",
        "contact_name": "Priya Raman",
        "setup_time": "2026-03-02T09:14:05-08:00",
        "dual_channel": True,
        "voices": {"agent": "deep", "contact": "heart"},
        "lines": """
agent: Thank you for calling Northwind Energy, this is {PERSON|Maya Brooks|Maya Brooks}. How can I help?
contact: Hi Maya, my name is {PERSON|Priya Raman|Priya Raman}. I would like to pay my electricity bill.
agent: Of course. What is the best phone number for you?
contact: It is {PHONE_NUMBER|+14155550132|four one five, five five five, zero one three two}.
agent: Thank you. And the card number, please?
contact: Sure, it is \
{CREDIT_CARD|5200828282828210|five two zero zero, eight two eight two, eight two eight two, eight two one zero}.
agent: Got it. Where should we send the receipt?
contact: Please send it to {EMAIL_ADDRESS|priya.raman@example.com|priya dot raman, at example dot com}.
agent: Perfect. Your payment of sixty two dollars went through. Have a lovely day.
contact: Thank you, goodbye.
""",
    },
    "mobile_callback": {
        "file": "mobile_callback.m4a",
        "direction": "outbound",
        "caller": "+447700900100",
        "callee": "+447700900461",
        "agent_name": "Owen Clarke",
        "contact_name": "Helen Marsh",
        "setup_time": "2026-03-03T16:40:30+00:00",
        "dual_channel": False,
        "voices": {"agent": "deep", "contact": "light"},
        "lines": """
agent: Good afternoon, this is {PERSON|Owen Clarke|Owen Clarke} from the clinic. You asked for a call back.
contact: Yes, hello. I need to move my appointment to another day.
agent: No problem. Could you tell me your full name and date of birth?
contact: My name is {PERSON|Helen Marsh|Helen Marsh}, \
and I was born on {DATE_OF_BIRTH|1984-06-14|the fourteenth of June, nineteen eighty four}.
agent: Thank you. We have a free place on Thursday morning. Would that work for you?
contact: That works well. Can you text me a reminder?
agent: Yes. Which number should I use?
contact: Yes, use {PHONE_NUMBER|+447700900461|zero, seven, seven zero zero. nine zero zero. four six one}.
agent: Lovely, you will get a message this evening. Goodbye.
contact: Thank you very much. Bye.
""",
    },
    "support_long": {
        "file": "support_long.ogg",
        "direction": "inbound",
        "caller": "+14155550178",
        "callee": "+14155550100",
        "agent_name": "Daniel Ortiz",
        "contact_name": "Susan Walker",
        "setup_time": "2026-03-04T11:02:00-05:00",
        "dual_channel": True,
        "voices": {"agent": "heart", "contact": "deep"},
        "lines": """
agent: Hello, you have reached the support desk. This call may be recorded for quality and training. \
My name is {PERSON|Daniel Ortiz|Daniel Ortiz}.
contact: Hello Daniel. I ordered a washing machine two weeks ago, and it still has not arrived.
agent: I am sorry to hear that. I will look into it right away. May I have your name, please?
contact: It is {PERSON|Susan Walker|Susan Walker}.
agent: Thank you. And do you have the order in front of you?
contact: I think so. Give me a moment, I need to find the letter.
...
contact: Here it is. The order was placed at the end of January, and they promised delivery within five days.
agent: I can see it now. It seems that the driver could not find the house. Can you confirm your address?
contact: Yes, it is {ADDRESS|42 Maple Street, Springfield|forty two Maple Street, Springfield}.
agent: I see. The label had a different street on it, so that explains the problem. I will correct it now.
contact: That would be great. How long will it take from here?
agent: The machine is back in the warehouse, so we can bring it to you on Tuesday or on Wednesday.
contact: Wednesday is better for me. Somebody will be at home the whole day.
agent: Wednesday it is. The driver will ring before he comes. Which phone number should he call?
contact: The best number is {PHONE_NUMBER|+14155550178|four one five, five five five, zero one seven eight}.
agent: Very good. Did you also buy the protection plan with the machine?
contact: Yes, I did. The policy number is {POLICY_NUMBER|8306-2714|eight three zero six, two seven one four}.
agent: Thank you, I have added it to the order. The plan starts on the day of the delivery, \
so you do not lose any time.
contact: That is good to know. Will they also take the old machine away?
agent: Yes, they can do that for free. Please make sure that it is empty and that the water is turned off.
contact: I will. Could you send me all of that in writing?
agent: Certainly. Which e-mail address may I use?
contact: Please use {EMAIL_ADDRESS|susan.walker@example.com|susan dot walker, at example dot com}.
agent: Done. You will have the message in a few minutes. Is there anything else that I can do for you today?
contact: No, that was everything. Thank you for your help.
agent: You are welcome. Have a nice evening, and enjoy the new machine.
contact: Thanks. Goodbye.
""",
    },
}
