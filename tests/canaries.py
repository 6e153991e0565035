"""Canaries: a simulated landing folder whose every personal value is one that can be recognised wherever it turns up.

The registry says which columns hold identifiers or free text. In each of their cells, in empty columns of that kind, in
columns that no registry knows, in rows that no type fits, and in files that are refused, stands a string that nobody else has.
The same value gets the same canary in every feed, so that people still link, merge, consent and answer.
"""

import csv
import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from orchestration.settings import PROJECT_DIR
from simulator.text import npis

# What every canary holds in some form; a hit counts only if it is one of those planted (a hash may look alike).
REST = rb"[\w@.:/-]*"
# One by one and in small letters: each begins with letters of its own, which a search finds fast.
MARKS = [re.compile(start + REST) for start in (
    b"zaqx", rb"2999\d{6}(?!\d)", rb"7788\d{8}", rb"\+1-555-0199-", b"2001:db8::7a71:"
)]  # fmt: skip
EMAIL, DIGITS, NPI = re.compile(r".+@.+\..+"), re.compile(r"\d{5,}"), re.compile(r"[12]\d{9}")
PERSON_ID = re.compile(r"(001|003|005)[A-Za-z0-9]{12,15}")
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
REFERENCE = re.compile(r"(id|account|contact|master|parent|user|owner|name)(_vod__c)?$", re.IGNORECASE)
LABELS = {"domain", "title", "question", "name_of_field"}
FILLED = 60  # rows of a file whose empty cells are filled
LETTERS = "bcdfghjklmnprstv"


class Canaries:
    """Which value became which canary."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}
        self.texts = 0

    @cached_property
    def cores(self) -> tuple[str, ...]:
        """How each of them begins, in lower case: enough to know it, and there even when a table cuts it off."""
        marks = {mark for value in self.of.values() for mark in _marks(value.encode())}
        return tuple({mark[:6] if mark.startswith("zaqx") else mark for mark in marks})

    def __call__(self, value: str, column: str = "") -> str:
        """The canary of a value; values that differ in case or blanks alone share one, in their own case."""
        plain = value.strip().lower()
        if plain not in self.of:
            self.of[plain] = self._made(value.strip(), column.lower(), len(self.of))
        canary = self.of[plain]
        return canary.upper() if value.isupper() and "@" in value else canary

    def _made(self, value: str, column: str, number: int) -> str:
        code = "".join(LETTERS[number >> shift & 15] for shift in (16, 12, 8, 4, 0))
        shapes = (
            (EMAIL.fullmatch(value), f"zaqx.{code}@example.org"),
            (PERSON_ID.fullmatch(value), f"{value[:3]}EXZAQX{code.upper()}{number % 10}"),
            (NPI.fullmatch(value), str(npis(np.array([299_900_000 + number]))[0])),
            (DIGITS.fullmatch(value), f"7788{number:08d}"),
            (ADDRESS.fullmatch(value), f"2001:db8::7a71:{number:x}"),
            (value.startswith("http"), f"https://www.example.org/zaqx{code}/{number}"),
            ("phone" in column or "mobile" in column, f"+1-555-0199-{number:05d}"),
        )
        return next((canary for is_so, canary in shapes if is_so), f"Zaqx{code}")

    def text(self) -> str:
        """A sentence about a patient, with a record number and a telephone number."""
        self.texts += 1
        who, record = self(f"patient {self.texts}"), self(f"{60_000_000 + self.texts}0")
        return f"Patient {who}, MRN {record}, felt dizzy; call {self(f'number {self.texts}', 'phone')}"


def columns_of(kind: str) -> dict[tuple[str, str], set[str]]:
    """The columns of each object that the registry tags as such: `identifier` or `free_text`; names and last steps of paths."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted((PROJECT_DIR / "models" / "staging").glob("*/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text())["sources"]:
            for table in source.get("tables", []):
                tagged = found.setdefault((source["name"], table["name"]), set())
                for column in table.get("columns", []):
                    meta = column.get("config", {}).get("meta", {})
                    if meta.get(kind):
                        tagged |= {column["name"], re.split(r"[.\[\]?]+", meta.get("path", "").rstrip("[]?"))[-1]} - {
                            ""
                        }
    return found


def plant(landing: Path) -> Canaries:
    """Rewrites every delivery of a landing folder in place, and adds some that must be refused."""
    canaries = Canaries()
    identifiers, free_texts, published = columns_of("identifier"), columns_of("free_text"), columns_of("published")
    strict = {target: names | columns_of("type")[target] for target, names in columns_of("values").items()}
    for folder in sorted(path for path in landing.glob("*/*") if path.is_dir()):
        target = (folder.parent.name, folder.name)
        personal, told = identifiers.get(target, set()), free_texts.get(target, set())
        typed, shown = strict.get(target, set()), published.get(target, set())
        files = sorted(folder.iterdir())
        for path in files:
            if path.suffix == ".csv":
                _plant_csv(path, canaries, personal, told, (typed, shown) if path == files[-1] else None)
            else:
                lines = path.suffix == ".jsonl"
                text = path.read_text(encoding="utf-8")
                answers = [json.loads(line) for line in text.splitlines()] if lines else json.loads(text)
                planted = _plant_json(answers, canaries, personal, told)
                written = (
                    "\n".join(json.dumps(row) for row in planted) if lines else json.dumps(planted, ensure_ascii=False)
                )
                path.write_text(written + "\n", encoding="utf-8")
        _plant_refused(files[-1], canaries)
    for target in sorted(identifiers):
        if not (landing / target[0] / target[1]).is_dir():
            _plant_new(landing.joinpath(*target), canaries, identifiers[target] | free_texts[target])
    return canaries


def _plant_new(folder: Path, canaries: Canaries, columns: set[str]) -> None:
    """An object that the simulation does not know: some rows of personal columns alone, and a key that is nobody's."""
    folder.mkdir(parents=True)
    header = sorted({"Id"} | columns)
    rows = [
        [canaries(f"{folder.name} {c} {number}", c) if c in columns else f"{folder.name}-{number}" for c in header]
        for number in range(3)
    ]
    with (folder / "20260101T010000Z.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def _plant_csv(
    path: Path, canaries: Canaries, personal: set[str], told: set[str], odd: tuple[set[str], set[str]] | None
) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    if not rows or len(rows[0]) < 2 or rows[0][1] == "":  # a report of many tables: every cell speaks for itself
        planted = [[_cell(cell, canaries) for cell in row] for row in rows]
    else:
        header = [*rows[0], *sorted((personal | told) - set(rows[0])), "Zq_Remark__c"]
        filled = {place for row in rows[1:] for place, cell in enumerate(row) if cell}
        planted = [header]
        for number, row in enumerate(rows[1:]):
            cells = row + [""] * (len(header) - len(row))
            for place, column in enumerate(header):
                is_free = place not in filled and not REFERENCE.search(column) and not column.lower().endswith("_on")
                if column in told or column == "Zq_Remark__c":
                    cells[place] = canaries.text() if number < FILLED else ""
                elif column in personal and cells[place]:
                    cells[place] = _identifier(cells[place], canaries, column)
                elif column in personal and is_free and number < FILLED:
                    cells[place] = canaries(f"{column} {number}", column)
                else:
                    cells[place] = _cell(cells[place], canaries)
            planted.append(cells)
        if odd and len(planted) > 1:
            typed, shown = odd
            example = planted[-1]
            planted.append([*example, canaries.text(), canaries.text()])  # too many fields
            planted.append([canaries.text()])  # too few
            known = next(value for value in canaries.of.values() if "@" in value)
            for place, column in enumerate(header):
                # a value that no type and no closed list knows; a person's address where a published word should be
                if column in typed | shown:
                    planted.append(
                        [*example[:place], canaries.text() if column in typed else known, *example[place + 1 :]]
                    )
            planted.append(example)  # the last of a key counts
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(planted)


def _identifier(cell: str, canaries: Canaries, column: str) -> str:
    if ":" in cell and len(cell.split(":", 1)[0]) == len("NY"):  # a licence: state and number
        return f"{cell[:3]}{canaries(cell[3:])}"
    return canaries(cell, column)


def _cell(cell: str, canaries: Canaries) -> str:
    is_known = cell.strip().lower() in canaries.of and not cell.isdigit()
    return canaries(cell) if is_known or EMAIL.fullmatch(cell) or PERSON_ID.fullmatch(cell) else cell


def _plant_json(node: Any, canaries: Canaries, personal: set[str], told: set[str], key: str = "") -> Any:
    if isinstance(node, list):
        return [_plant_json(each, canaries, personal, told, key) for each in node]
    if isinstance(node, dict):
        below = {"value", "answer", "response", "email", "name"} if key in personal | told else set()
        planted = {
            name: _plant_json(each, canaries, personal | below, told, name)
            for name, each in node.items()
            if name not in LABELS
        }
        planted |= {name: each for name, each in node.items() if name in LABELS}
        if personal & set(node):
            planted["zqRemark"] = canaries.text()
            planted |= {name: canaries.text() for name in told - set(node) if not name[0].isupper()}
        return planted
    if isinstance(node, bool) or node is None or node == "":
        return node
    if key in told and isinstance(node, str):
        return canaries.text()
    if key in personal:
        return canaries(str(node), key)
    return _cell(node, canaries) if isinstance(node, str) else node


def _plant_refused(example: Path, canaries: Canaries) -> None:
    """Deliveries that nobody can use: cut off, without the columns that it takes, in another encoding."""
    ending = example.suffix
    start = example.name[:9] + "2359{:02d}Z"
    if ending == ".csv":
        texts = [f'{canaries.text()}|a,"{canaries.text()}', f"{canaries('stray@example.org')},b\n{canaries.text()},c\n"]
    else:
        texts = [f'{{"{canaries.text()}": "{canaries.text()}', f'["{canaries.text()}"]']
    for number, text in enumerate(texts):
        (example.parent / (start.format(number) + ending)).write_text(text, encoding="utf-8")
    header = example.read_bytes()[:200].split(b"\n")[0]
    (example.parent / (start.format(7) + ending)).write_bytes(header + b"\n" + canaries.text().encode() + b"\xff\xfe\n")


def found_in(canaries: Canaries, content: bytes) -> set[str]:
    """The planted strings of which a piece stands in some bytes."""
    return {hit for hit in _marks(content) if hit.startswith(canaries.cores)}


def _marks(content: bytes) -> Iterator[str]:
    content = content.lower()
    for pattern in MARKS:
        for match in pattern.finditer(content):
            at = match.start()
            if not (content.startswith(b"2999", at) and content[at - 1 : at].isdigit()):  # within a longer number
                yield match.group().decode(errors="ignore")
