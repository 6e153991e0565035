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

# Given names, the commonest first, each with the short forms that some of its bearers use. Invented people, living names.
_FEMALE = """
Mary:Molly Patricia:Pat,Patty,Tricia Jennifer:Jen,Jenny Elizabeth:Liz,Beth,Betsy Susan:Sue,Susie Anna Jessica:Jess
Sarah:Sally Margaret:Peggy,Maggie,Meg Katherine:Kate,Kathy,Katie Nancy Deborah:Deb,Debbie Sandra:Sandy Maria Linda
Rebecca:Becky,Becca Barbara:Barb Laura Angela:Angie Stephanie:Steph Christine:Chris,Chrissy Christina:Tina Emma Julia
Amanda:Mandy Kimberly:Kim Cynthia:Cindy Jacqueline:Jackie Victoria:Vicky Pamela:Pam Theresa:Terri Judith:Judy Janet:Jan
Frances:Fran Abigail:Abby Hannah Marie Eva Sofia Elena Ingrid Chloé Lucía Leila Priya Ada Clara Iris Mila Nora Paula Ruth
Katharina:Kathi Dolores:Lola Birgit Astrid Yasmin Mei Aisha Grace Helen Alice Karen Donna Michelle:Shelly Lisa Ursula:Uschi
"""
_MALE = """
James:Jim,Jimmy John:Jack,Johnny Robert:Bob,Rob,Bobby Michael:Mike,Mick William:Bill,Will,Billy David:Dave Richard:Rick,Dick
Joseph:Joe,Joey Thomas:Tom,Tommy Charles:Charlie,Chuck Christopher:Chris Daniel:Dan,Danny Matthew:Matt Anthony:Tony Mark Paul
Steven:Steve Andrew:Andy,Drew Joshua:Josh Kenneth:Ken,Kenny Kevin Edward:Ed,Ned,Eddie Timothy:Tim Jeffrey:Jeff Jacob:Jake
Nicholas:Nick Gregory:Greg Benjamin:Ben Samuel:Sam Alexander:Alex Frank Raymond:Ray Patrick:Pat Peter:Pete Henry:Hank,Harry
Philip:Phil Lawrence:Larry Walter:Walt,Wally Theodore:Teddy,Ted Omar Wei Noah Hugo Oscar Victor:Vic Jonas Marco Søren Lars
Jürgen:Juergen Wolfgang:Wolf Johannes:Hans Joachim:Jochen Maximilian:Max Tobias:Toby Giuseppe:Beppe Giovanni:Gianni Eric Erik
Francisco:Paco José:Pepe Manuel:Manolo Enrique:Quique Ulrich:Uli Pierre Luc Rajesh:Raj Ahmed Kenji Bo
"""


def _forms(names: str) -> list[tuple[str, list[str]]]:
    pairs = [entry.partition(":") for entry in names.split()]
    return [(name, short.split(",") if short else []) for name, _, short in pairs]


FEMALE, MALE = len(_forms(_FEMALE)), len(_forms(_MALE))
_GIVEN = _forms(_FEMALE) + _forms(_MALE)
GIVEN_NAMES = [name for name, _ in _GIVEN]
NICKNAMES = [short for _, forms in _GIVEN for short in forms]
NICKNAME_COUNTS = [len(forms) for _, forms in _GIVEN]  # NICKNAMES holds so many in a row for each given name
GIVEN_ASCII = [name.translate(str.maketrans("üéíø", "ueio")).lower() for name in GIVEN_NAMES]
# names that twins are given, and that a careless reader takes for one
ALIKE = [
    ("Anna", "Hannah"),
    ("Maria", "Marie"),
    ("Eric", "Erik"),
    ("Christine", "Christina"),
    ("Mark", "Marco"),
    ("Julia", "Judith"),
]

_STARTS = """
Ack Alm Bar Ben Berg Blom Bol Bran Brin Cal Car Clem Cor Dahl Den Dor Dun Eck Eld Elm Fal Far Fen Ford Gar Gil Gran Gref Hag Hal
Har Hed Hol Ing Jar Kal Kel Kir Kol Lan Lin Lor Lund Mal Mar Mel Mon Nev Nor Ost Per Quil Ras Ros Sal Sten Tor Ull Vel Wes
"""
_ENDINGS = """
acre aro bach beck berg bury by dahl dale den dorf el ell er es feld ford gren ham hart hoff holm ing ini kamp ki ley lin low
mann mark mont nova oni ov quist rup sen skov son stad stone strand thal ton ulle vik ward wick wood
"""
_BRIDGES = ["an", "el", "im", "or", "is", "un"]


def _spread(names: list[str], step: int) -> list[str]:
    """The same names in an order without pattern: names of one beginning are not all common."""
    return [names[place * step % len(names)] for place in range(len(names))]


# Common names first, rare ones with one syllable more; how common each is follows its rank.
FAMILY_NAMES = _spread([a + z for a, z in itertools.product(_STARTS.split(), _ENDINGS.split())], 1_237)
FAMILY_NAMES += _spread(["".join(p) for p in itertools.product(_STARTS.split(), _BRIDGES, _ENDINGS.split())], 7_919)
SUFFIXES = ["Sr", "Jr"]
HANDLES = ["bluetide", "nightowl", "greenleaf", "oldoak", "redkite", "stillwater", "sunnyside", "tallship"]

FUNCTIONS = ["sales", "medical", "msl", "marketing"]
FUNCTION_SHARES = [0.6, 0.1, 0.2, 0.1]

OPERATOR = "Rapport"
COMPANIES = [
    ("100000900001", "Rapport Pharma Inc."), ("100000900002", "Example Biologics LLC"),
    ("100000900003", "Fictional Therapeutics Inc."), ("100000900004", "Invented Devices Co."),
]  # fmt: skip
PROVIDERS = ["0001234", "0005678", "0009012"]

SHARED_MAILBOXES = ["info@example.org", "reception@example.org", "unknown@example.org"]
