"""What is said in an invented service call: lines with gaps for a name, a thing, a town, a day."""

from __future__ import annotations

AGENT = (
    "Good morning, thank you for calling, how can I help you today?",
    "Thank you for waiting, I have found your order in our system.",
    "Let me have a look at that for you, it will only take a moment.",
    "I am sorry to hear that, I will do my best to put it right.",
    "The {thing} was sent from our warehouse in {town} on {day}.",
    "Could you tell me when you first noticed the problem with the {thing}?",
    "I can see that the payment went through, but the receipt was never sent.",
    "Would you prefer a refund or a new {thing}?",
    "The engineer can come on {day} in the morning or on {other_day} after lunch.",
    "I have made a note of that and passed it on to the team in {town}.",
    "Please switch the {thing} off at the wall, wait a minute and switch it on again.",
    "Is there anything else that I can do for you?",
    "You should receive a letter from us by the end of the week.",
    "I understand, and I would be annoyed as well if that happened to me.",
    "The contract runs until {month}, and after that you can leave whenever you like.",
    "I will send the form to your home address, and you only need to sign it.",
    "Our shop in {town} is open until late on {day}.",
    "There is no charge for this, because the {thing} is still under guarantee.",
    "I am going to put you on hold for a short while, is that all right?",
    "That is everything that I need, thank you very much for your patience.",
    "We had a storm in {town} last night, and some lines are still down.",
    "The price will stay the same until {month}, I can promise you that.",
    "May I ask why you would like to change to a different plan?",
    "It looks as though somebody typed the wrong address into the computer.",
    "Your account is in good order, nothing is outstanding.",
    "I have just spoken to my manager, and she agrees with you.",
)
CONTACT = (
    "Hello, I am calling about the {thing} that I bought from you in {month}.",
    "It arrived on {day}, but it does not work at all.",
    "I have already tried that twice, and nothing happened.",
    "I waited at home the whole day and nobody came.",
    "Could somebody call me back when you know more about it?",
    "My husband opened the box and there was no {thing} inside.",
    "I would like to cancel the contract before the end of {month}.",
    "We moved to {town} in the summer and the bill still goes to the old house.",
    "That sounds fine to me, thank you.",
    "The line is very bad, could you say that once more please?",
    "I was told last week that it would be delivered on {day}.",
    "How long does it usually take until the money is back?",
    "I am afraid I cannot find the letter that you sent me.",
    "The red light on the {thing} keeps blinking, and the screen stays black.",
    "To be honest, I am not very happy with how this was handled.",
    "My daughter uses the {thing} for school, so we really need it soon.",
    "I will be away until {other_day}, so please leave it with the neighbours.",
    "Then I would rather have a refund, if that is possible.",
    "Can you send the invoice to my office in {town} instead?",
    "I only want to know whether the appointment on {day} is still on.",
    "It made a strange noise, then there was smoke, and I pulled the plug.",
    "The man in the shop in {town} said that you would pay for the repair.",
    "I have been with your company for many years and never had any trouble.",
    "Sorry, the dog is barking, please go on.",
    "No, that was all, thank you for your help.",
    "Right, I have got a pen, what do I need to write down?",
)
SHORT = (
    "Yes.",
    "Okay.",
    "No.",
    "Right.",
    "I see.",
    "Of course.",
    "Yes, please.",
    "Thank you.",
    "All right.",
    "Not at all.",
    "Exactly.",
)
THINGS = (
    "printer",
    "kettle",
    "washing machine",
    "telephone",
    "camera",
    "router",
    "heater",
    "keyboard",
    "mattress",
    "radio",
)
TOWNS = ("Bristol", "Leeds", "Boston", "Denver", "Chicago", "Glasgow", "Mumbai", "Delhi", "Cambridge", "Oxford")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
ASKS = {
    "CREDIT_CARD": ("Could you read me the long number on the card?", "The card number is"),
    "PHONE_NUMBER": ("What is the best number to call you back on?", "You can reach me on"),
    "EMAIL_ADDRESS": ("Which email address may I send it to?", "Please send it to"),
    "PERSON": ("May I have your full name, please?", "My name is"),
    "SPELLED_NAME": ("How do you spell your surname?", "It is spelled"),
    "DATE_OF_BIRTH": ("What is your date of birth?", "I was born on"),
    "CODE": ("We have sent you a code, what does it say?", "The code is"),
}
"""Kind of item → how it is asked for and how the answer begins."""
FOREIGN = {
    "es": (
        "Espera un momento, por favor, tengo que preguntar a mi hermano.",
        "No encuentro la factura, creo que está en la cocina.",
        "Dile que vuelvo a llamar mañana por la mañana.",
    ),
    "de": (
        "Warte bitte einen Moment, ich muss erst meinen Bruder fragen.",
        "Ich kann die Rechnung nicht finden, sie liegt wohl in der Küche.",
        "Sag ihm, dass ich morgen früh noch einmal anrufe.",
    ),
    "hi": (
        "एक मिनट रुकिए, मुझे अपने भाई से पूछना है।",
        "मुझे बिल नहीं मिल रहा है, शायद रसोई में है।",
        "उसको बोलो कि मैं कल सुबह फिर फ़ोन करूँगा।",
    ),
}
