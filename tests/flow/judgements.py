"""Labelled judgements: conditions as authors write them, and what callers say.

Each case: conditions by id, what the agent asked, and pairs of (words, id of what they meet or
None).
"""

from __future__ import annotations

Case = tuple[dict[str, str], str, list[tuple[str, str | None]]]

CASES: list[Case] = [
    (
        {
            "yes": "User agrees to book an appointment",
            "no": "User declines or is not interested",
            "human": "User asks to speak to a human",
        },
        "Would you like to book a check-up?",
        [
            ("yes please", "yes"),
            ("Yeah, sure, that would be great.", "yes"),
            ("no thanks", "no"),
            ("I'm not interested", "no"),
            ("No, I don't want that.", "no"),
            ("can I talk to a real person", "human"),
            ("let me speak with someone", "human"),
            ("okay", "yes"),
            ("sounds good", "yes"),
            ("not right now, I'm busy", "no"),
            ("the weather is lovely in Spain", None),
        ],
    ),
    (
        {
            "book": "User wants to book an appointment",
            "cancel": "User wants to cancel an appointment",
            "hours": "User asks about opening hours",
            "price": "User asks about prices",
        },
        "How can I help you?",
        [
            ("I'd like to make an appointment", "book"),
            ("I need to see the dentist next week", "book"),
            ("can I schedule a visit", "book"),
            ("I have to cancel my appointment for tomorrow", "cancel"),
            ("I can't make it on Friday, please call it off", "cancel"),
            ("when are you open", "hours"),
            ("what time do you close on saturdays", "hours"),
            ("how much is a cleaning", "price"),
            ("what does it cost", "price"),
            ("my dog ate a shoe", None),
        ],
    ),
    (
        {
            "when": "User gives a day or a time",
            "unsure": "User does not know yet",
            "none": "User says no day works",
        },
        "Which day suits you?",
        [
            ("tomorrow at three pm", "when"),
            ("how about next Tuesday", "when"),
            ("half past two would be good", "when"),
            ("I don't know yet", "unsure"),
            ("I'm not sure", "unsure"),
        ],
    ),
    (
        {
            "name": "User gives their name",
            "repeat": "User asks to repeat the question",
            "why": "User asks why the name is needed",
        },
        "What is your name?",
        [
            ("Anna Smith", "name"),
            ("it's Bob", "name"),
            ("sorry, what did you say", "repeat"),
            ("can you say that again", "repeat"),
            ("why do you need that", "why"),
        ],
    ),
    (
        {
            "parking": "User asks where to park",
            "duration": "User asks how long it takes",
            "bye": "User says goodbye or has no more questions",
        },
        "Do you have any questions?",
        [
            ("is there a car park nearby", "parking"),
            ("where can I leave my car", "parking"),
            ("how long will I be there", "duration"),
            ("how much time does it need", "duration"),
            ("no that's all thank you", "bye"),
            ("goodbye", "bye"),
            ("no", "bye"),
            ("nope, bye bye", "bye"),
        ],
    ),
    (
        {
            "right": "User confirms the details are correct",
            "wrong": "User says something is incorrect",
        },
        "So that is Tuesday at three. Is that right?",
        [
            ("yes that's right", "right"),
            ("correct", "right"),
            ("no, that's wrong", "wrong"),
            ("no it should be Wednesday", "wrong"),
            ("perfect", "right"),
        ],
    ),
    (
        {
            "ok": "The function call succeeded",
            "bad": "The function call failed or the slot is not available",
        },
        "",
        [
            ('The function call succeeded. {"status":"booked"}', "ok"),
            ("The function call failed. Connection refused", "bad"),
        ],
    ),
    (
        {
            "broken": "User reports a broken device",
            "billing": "User has a question about an invoice",
            "sales": "User is interested in buying a new product",
        },
        "What are you calling about?",
        [
            ("my router stopped working", "broken"),
            ("the machine won't turn on", "broken"),
            ("I was charged twice on my bill", "billing"),
            ("why is my bill so high", "billing"),
            ("I'd like to order one of your new phones", "sales"),
            ("it is raining cats and dogs", None),
        ],
    ),
]
