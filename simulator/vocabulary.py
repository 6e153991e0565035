"""The words of the invented world: countries, specialties, topics, products, names. Nobody here exists."""

import itertools

COUNTRIES = ["US", "GB", "DE", "FR", "NO", "ES", "IT", "CH", "NL", "SE"]
COUNTRY_SHARES = [0.45, 0.12, 0.12, 0.09, 0.04, 0.06, 0.06, 0.02, 0.02, 0.02]
UTC_OFFSETS = [-5, 0, 1, 1, 1, 1, 1, 1, 1, 1]
PACIFIC = -8
LANGUAGES = ["en", "en", "de", "fr", "no", "es", "it", "de", "nl", "sv"]
STATES = ["NY", "CA", "TX", "FL", "IL", "OH", "WA", "MA"]
TIME_ZONES = ["America/New_York", "Europe/London"] + ["Europe/Berlin"] * 8

SPECIALTIES = ["Cardiology", "Oncology", "Neurology", "Endocrinology", "Pulmonology", "Rheumatology"]
TAXONOMIES = [f"Allopathic & Osteopathic Physicians|Internal Medicine|{specialty}" for specialty in SPECIALTIES]
CREDENTIALS = ["MD", "DO", "NP", "PharmD"]
# two topics and one product for each specialty
TOPICS = [
    "Heart failure", "Lipids", "Breast cancer", "Lymphoma", "Migraine", "Multiple sclerosis",
    "Type 2 diabetes", "Obesity", "Asthma", "COPD", "Rheumatoid arthritis", "Lupus",
]  # fmt: skip
PRODUCTS = ["Cardexa", "Oncovil", "Neurasol", "Endomira", "Pulmovia", "Rheumora"]
CONTENT_TYPES = ["product", "disease", "education", "tools"]

CITY_STARTS = ["Alder", "Birch", "Cedar", "Dun", "Elm", "Fern", "Glen", "Hazel", "Iron", "Juniper"]
CITY_ENDS = ["ford", "haven", "stead", "wick", "mere"]
CITIES = [start + end for start in CITY_STARTS for end in CITY_ENDS]

# (given name, nickname); those without nickname repeat the name
GIVEN = [
    ("Robert", "Bob"), ("William", "Bill"), ("Elizabeth", "Liz"), ("Margaret", "Peggy"), ("Katherine", "Kate"),
    ("Michael", "Mike"), ("Thomas", "Tom"), ("Susan", "Sue"), ("Richard", "Rick"), ("James", "Jim"),
    ("Joseph", "Joe"), ("Andrew", "Andy"), ("Rebecca", "Becky"), ("Patricia", "Pat"), ("Daniel", "Dan"),
    ("Anna", "Anna"), ("Ingrid", "Ingrid"), ("Jürgen", "Jürgen"), ("Chloé", "Chloé"), ("Lucía", "Lucía"),
    ("Marco", "Marco"), ("Søren", "Søren"), ("Emma", "Emma"), ("Noah", "Noah"), ("Leila", "Leila"),
    ("Priya", "Priya"), ("Wei", "Wei"), ("Omar", "Omar"), ("Ada", "Ada"), ("Bo", "Bo"),
    ("Clara", "Clara"), ("Hugo", "Hugo"), ("Iris", "Iris"), ("Jonas", "Jonas"), ("Mila", "Mila"),
    ("Nora", "Nora"), ("Oscar", "Oscar"), ("Paula", "Paula"), ("Ruth", "Ruth"), ("Victor", "Victor"),
]  # fmt: skip
GIVEN_NAMES = [name for name, _ in GIVEN]
NICKNAMES = [nickname for _, nickname in GIVEN]
GIVEN_ASCII = [name.translate(str.maketrans("üéíø", "ueio")).lower() for name in GIVEN_NAMES]

_SYLLABLES = ["Bra", "Cal", "Dor", "Fen", "Gri", "Hol", "Jar", "Kel", "Lor", "Mon", "Nev", "Ost", "Per", "Quil", "Ras"]
_MIDDLES = ["an", "el", "im", "or", "un", "av", "ed", "ik", "os", "yr"]
_ENDINGS = [
    "berg",
    "dale",
    "feld",
    "ini",
    "low",
    "mann",
    "nova",
    "quist",
    "sen",
    "stone",
    "thal",
    "ulle",
    "vik",
    "wood",
]
FAMILY_NAMES = ["".join(parts) for parts in itertools.product(_SYLLABLES, _MIDDLES, _ENDINGS)]

FUNCTIONS = ["sales", "medical", "msl", "marketing"]
FUNCTION_SHARES = [0.6, 0.1, 0.2, 0.1]

OPERATOR = "Rapport"
COMPANIES = [
    ("100000900001", "Rapport Pharma Inc."), ("100000900002", "Example Biologics LLC"),
    ("100000900003", "Fictional Therapeutics Inc."), ("100000900004", "Invented Devices Co."),
]  # fmt: skip
PROVIDERS = ["0001234", "0005678", "0009012"]

SHARED_MAILBOXES = ["info@example.org", "reception@example.org", "unknown@example.org"]
