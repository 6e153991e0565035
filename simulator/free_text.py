"""What people write: remarks, questions and comments, some of them a safety case or a patient's data. All of it invented.

One sentence per text, made of a template and words. The truth says of each what it is, and whether a pattern could find it:
some are told in words that only a reader understands. Near misses speak of the same things and tell of no case.
"""

from dataclasses import dataclass

import pyarrow as pa

from simulator import text
from simulator import vocabulary as words
from simulator.plan import Bools, Ints, Plan
from simulator.truth import Truth

CASE, PATIENT, NOTHING = "adverse_event", "patient_identifier", "none"
SHARES = {CASE: 0.2, PATIENT: 0.2, "near miss": 0.3, "everyday": 0.3}
HARD = "?"  # begins a template that no pattern can be expected to find

WORDS = {
    "complaint": ["a skin rash", "severe dizziness", "nausea", "blurred vision", "chest pain", "a persistent cough", "swollen ankles",
                  "palpitations", "joint pain", "two seizures", "sleeplessness", "hives on both arms", "bloody stools and fever"],
    "klage": ["Hautausschlag", "starken Schwindel", "Übelkeit", "Atemnot", "Kopfschmerzen"],
    "plainte": ["une éruption cutanée", "des vertiges", "des nausées", "un œdème du visage"],
    "queja": ["una erupción", "mareos", "náuseas", "dolor de pecho"],
    "product": words.PRODUCTS,
    "ordinal": ["first", "second", "third"],
    "time": ["two days", "three weeks", "an hour", "10 days"],
    "given": ["Clara", "Theo", "Mina", "Ruben"],
    "family": ["Vandermeer", "Okonjo", "Lindqvist", "Brandauer"],
    "topic": words.TOPICS,
    "day": ["14", "3", "27", "9"],
    "month": ["March", "May", "October", "January"],
    "year": ["1948", "1955", "1961", "1972"],
    "four": ["1120", "4487", "9031", "2216"],
    "digits": ["448812", "730019", "551204", "902277"],
}  # fmt: skip

TEMPLATES: dict[str, list[tuple[str, str]]] = {
    CASE: [(CASE, t) for t in (
        "Patient developed {complaint} after the {ordinal} dose of {product}.",
        "She told me that one of her patients had {complaint} and stopped taking {product}.",
        "A patient on {product} was hospitalised with {complaint}.",
        "Asked what to do: her patient reports {complaint} since starting {product} {time} ago.",
        "Discontinued {product} in one man because of {complaint}.",
        "Mentioned {complaint} {time} after the injection, resolved without treatment.",
        "One elderly patient died {time} after the last infusion, cause unknown.",
        "Patient took twice the prescribed dose of {product} by mistake.",
        "A woman became pregnant while taking {product}.",
        "{product} did not work in two patients, both got worse.",
        "Nurse reported an allergic reaction with {complaint}.",
        "Liver enzymes went up in a patient on {product}.",
        "Since the switch to {product} his patient complains of {complaint}.",
        "Could not tolerate {product}, {complaint}.",
        "Patientin entwickelte {klage} nach der zweiten Dosis {product}.",
        "{product} wegen {klage} abgesetzt.",
        "Patient lag mit {klage} im Krankenhaus.",
        "La patiente a présenté {plainte} après la première injection.",
        "Traitement arrêté à cause d'un effet indésirable grave.",
        "El paciente tuvo {queja} después de la segunda dosis.",
        "Paciente hospitalizada por {queja} durante el tratamiento.",
        HARD + "Mr A has not been himself since the change of tablets.",
        HARD + "After {product} nothing stayed down for {time}.",
    )],
    PATIENT: [(f"{PATIENT}:{item}", t) for item, t in (
        ("A", "Patient {given} {family} asks for a leaflet."),
        ("A", "Saw Mrs. {family} in the waiting room, she wants the brochure."),
        ("A", "Frau {family} wünscht einen Rückruf der Praxis."),
        ("B", "Patient lives at 12 {family} Street."),
        ("C", "DOB {day}/4/{year}, starts next week."),
        ("C", "Patient born {day} {month} {year}."),
        ("C", "Surgery on {month} {day}th, then back on {product}."),
        ("C", "A 93-year-old on {product}, doing well."),
        ("D", "Call the patient on 212-555-{four} in the afternoon."),
        ("D", "Patient's phone +44 20 7946 0{digits}."),
        ("F", "Send the card to {given}.{family}@example.org, a patient."),
        ("G", "SSN 078-05-{four} on the form."),
        ("H", "MRN {digits}, please check with pharmacy."),
        ("H", "Patient ID {digits} is enrolled."),
        ("I", "Health plan number W{digits}12 covers it."),
        ("J", "Refund to account no. {digits}88."),
        ("K", "Driver's licence D{digits} copied."),
        ("M", "Pump serial no. SN-{digits} was exchanged."),
        ("N", "Photos are at https://patients.example.org/{digits}."),
        ("R", "A 72-year-old woman, stable on {product}."),
        ("R", "Patientin, 58 Jahre, gut eingestellt."),
        ("R", "Un patient de 67 ans, stable."),
        ("A", HARD + "{family}, the baker from next door, is on {product} as well."),
        ("C", HARD + "Her birthday is the day after Christmas, she turns eighty."),
    )],
    "near miss": [(NOTHING, t) for t in (
        "No side effects reported with {product}.",
        "Asked about side effects of {product}.",
        "Reminded her of the adverse event reporting line.",
        "Patients tolerate {product} well, no adverse events.",
        "Wants data on {topic} in patients with headache.",
        "Does {product} cause nausea?",
        "Interested in the management of diarrhoea.",
        "The price is a headache for the pharmacy.",
        "A rash decision of the committee, he says.",
        "Discussed the safety profile of {product}.",
        "Reacted very positively to the slides.",
        "Stopped prescribing because of the price.",
        "Next call on 12 June at 10:00.",
        "Has 40 patients on {product}.",
        "Explained the patient support programme.",
        "Keine Nebenwirkungen berichtet.",
        "Frage nach Nebenwirkungen von {product}.",
        "Pas d'effets secondaires avec {product}.",
        "Preguntó por los efectos adversos de {product}.",
        "Which patients benefit most from {product}?",
        "What is the incidence of rash in the trial?",
        "She was sick last week, so the visit moved to May.",
        "Dr. {family} is on leave until 3 May.",
    )],
    "everyday": [(NOTHING, t) for t in (
        "Asked about dosing in renal impairment.",
        "Wants the {topic} slides by Friday.",
        "Very busy, ten minutes only.",
        "Prefers e-mail to visits.",
        "Compared {product} with the older treatment, liked the study.",
        "Invited to the {topic} symposium.",
        "Left two samples and a dosing card.",
        "Reimbursement is decided in autumn.",
        "New partner joins the practice in {month}.",
        "Would like fewer mails and more evidence.",
        "Bitte Unterlagen zu {topic} schicken.",
        "Souhaite une visite en {month}.",
        "Quiere más información sobre la dosis.",
        "Good talk, will try {product} in new patients.",
        "How is it stored after opening?",
        "Thank you, very clear.",
    )],
}  # fmt: skip


@dataclass(frozen=True)
class Notes:
    """Texts for some of the rows of a feed."""

    written: Bools
    texts: pa.Array
    kinds: list[str]
    items: list[str | None]
    findable: list[bool]

    def over(self, rows: Ints, otherwise: text.Column | str | None) -> text.Column:
        """The notes of these rows, and something else where there is none."""
        return text.where(self.written[rows], text.pick(self.texts, rows), otherwise)

    def text(self, row: int) -> str | None:
        """The note of one row."""
        value: str | None = self.texts[row].as_py()
        return value

    def tell(self, truth: Truth, feed: tuple[str, str, str], records: list[tuple[int, str]]) -> None:
        """What each is. `feed` is system, object and column; the records are row and id, as the scan joins ids."""
        told = [row for row, _ in records if self.written[row]]
        truth.add("free_texts", pa.table({
            "system": text.same(feed[0], len(told)),
            "object": text.same(feed[1], len(told)),
            "column_name": text.same(feed[2], len(told)),
            "record_id": pa.array([record_id for row, record_id in records if self.written[row]], pa.string()),
            "kind": pa.array([self.kinds[row] for row in told], pa.string()),
            "item": pa.array([self.items[row] for row in told], pa.string()),
            "is_findable": pa.array([self.findable[row] for row in told], pa.bool_()),
        }))  # fmt: skip


def write_notes(plan: Plan, stream: str, rows: int, share: float) -> Notes:
    """Notes on a share of so many rows. Each feed has a stream of its own, so that no other part of the world moves."""
    rng = plan.rng(f"free text: {stream}")
    written = rng.random(rows) < share
    sorts = rng.choice(list(SHARES), rows, p=list(SHARES.values())).tolist()
    drawn = rng.integers(0, 1 << 30, (rows, 4)).tolist()
    texts: list[str | None] = []
    kinds, items, findable = [], [], []
    for row in range(rows):
        templates = TEMPLATES[sorts[row]]
        label, template = templates[drawn[row][0] % len(templates)]
        kind, _, item = label.partition(":")
        chosen = {slot: choices[drawn[row][1 + len(slot) % 3] % len(choices)] for slot, choices in WORDS.items()}
        texts.append(template.removeprefix(HARD).format(**chosen) if written[row] else None)
        kinds.append(kind)
        items.append(item or None)
        findable.append(not template.startswith(HARD))
    return Notes(written, pa.array(texts, pa.string()), kinds, items, findable)
