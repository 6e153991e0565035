"""The patterns of the free-text scan as regular expressions: what the seeds in `seeds/safety` say, put together.

A pattern names word sets in braces (`{person}`); the words of all languages stand in a seed of their own, so that a word is
written once. The words for what may befall a patient are many, and stand in most patterns: the scan puts a mark in their
place first, and the patterns read the mark. One expression per item, because an engine compiles a constant once and a
column's value row by row.
"""

import csv
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "seeds" / "safety"
WORD_SET = re.compile(r"\{([a-z_]+)\}")
MARKS = {"adverse": "zza", "event": "zze", "symptom": "zzs"}  # in the order in which the scan puts them
READ_AS = {"symptom": "zz[se]"}  # what happened in a moment is a symptom too


@cache
def expressions(folder: Path = FOLDER) -> dict[str, str]:
    """One regular expression per item of the patterns, in small letters, and one per word set that becomes a mark."""
    words: dict[str, list[str]] = {}
    for row in _rows(folder / "safety_words.csv"):
        words.setdefault(row["word_set"], []).append(row["words"])
    sets = {name: f"(?:{'|'.join(parts)})" for name, parts in words.items()}
    found = {name: [rf"(?i:\b{sets[name]}\b)"] for name in MARKS}
    sets |= MARKS | READ_AS
    for row in _rows(folder / "safety_patterns.csv"):
        pattern = WORD_SET.sub(lambda name: sets[name[1]], row["pattern"])
        flags = "" if row["is_case_sensitive"] == "true" else "i"
        found.setdefault(row["item"].lower(), []).append(f"(?{flags}:{pattern})")
    return {item: "|".join(parts) for item, parts in found.items()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
