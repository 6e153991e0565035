"""The audit log: it only grows, and whatever is done to it afterwards is found."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest

from orchestration import audit
from orchestration.audit import Chain, record
from orchestration.settings import Settings
from tests.conftest import Home

KILLED_WHILE_WRITING = """
import os, signal
from orchestration import audit
from orchestration.settings import Settings
def die(descriptor, content):
    os.write(descriptor, content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
audit._write = die
audit.record(Settings.from_env(), "run", phase="started")
"""
MANY_AT_ONCE = """
from orchestration import audit
from orchestration.settings import Settings
for number in range(25):
    audit.record(Settings.from_env(), "run", number=number)
"""


@pytest.fixture
def log(home: Home) -> Settings:
    for number in range(5):
        record(
            home.settings, "gate", release=f"20260101T00000{number}Z-0123abcd", outcome="passed", blocked_by=["CMP-08"]
        )
    return home.settings


def lines(log: Settings) -> list[bytes]:
    return audit.log_of(log).read_bytes().splitlines()


def put(log: Settings, content: list[bytes]) -> None:
    audit.log_of(log).write_bytes(b"".join(line + b"\n" for line in content))


def chain(log: Settings) -> Chain:
    return audit.read(audit.log_of(log))


def test_each_line_says_when_and_what_and_bears_the_hash_of_the_one_before(log: Settings) -> None:
    found = [json.loads(line) for line in lines(log)]
    assert [line.keys() for line in found] == [{"at", "kind", "facts", "previous", "hash"}] * 5
    assert all(later["previous"] == earlier["hash"] for earlier, later in pairwise(found))
    assert [line["at"] for line in found] == sorted(line["at"] for line in found)
    assert audit.judge(log).is_whole
    assert audit.log_of(log).stat().st_mode & 0o777 == 0o600
    assert audit.log_of(log).with_suffix(".head").stat().st_mode & 0o777 == 0o600


def changed(content: list[bytes]) -> list[bytes]:
    return [*content[:2], content[2].replace(b"passed", b"failed"), *content[3:]]


TAMPERED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "changed": changed,
    "removed": lambda content: content[:1] + content[2:],
    "swapped": lambda content: [content[0], content[2], content[1], *content[3:]],
    "first removed": lambda content: content[1:],
    "tail cut": lambda content: content[:-2],
    "last changed": lambda content: [*content[:-1], content[-1].replace(b"passed", b"failed")],
    "emptied": lambda content: [],
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_line_changed_removed_or_moved_is_found_and_stays_found(how: str, log: Settings) -> None:
    put(log, TAMPERED[how](lines(log)))
    found = audit.judge(log)
    assert not found.is_whole
    assert "is not whole" in found.words
    record(log, "run", phase="started")
    assert not audit.judge(log).is_whole


def test_no_byte_of_a_log_can_be_another(log: Settings) -> None:
    path = audit.log_of(log)
    content = path.read_bytes()
    for at in range(len(content) - 1):  # without the last line's end, which a crash may have taken
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert not audit.judge(log).is_whole, at


def test_a_log_and_its_head_removed_together_are_missed_by_the_releases(log: Settings) -> None:
    kept = [("20260101T000001Z-0123abcd", audit.head_of(log))]
    assert audit.judge(log, kept).is_whole
    audit.log_of(log).unlink()
    audit.log_of(log).with_suffix(".head").unlink()
    assert "20260101T000001Z-0123abcd knows a line 5" in audit.judge(log, kept).words
    record(log, "run", phase="started")
    assert not audit.judge(log, kept).is_whole


def test_a_head_removed_alone_is_found(log: Settings) -> None:
    audit.log_of(log).with_suffix(".head").unlink()
    assert "missing" in audit.judge(log).words
    record(log, "run", phase="started")
    assert not audit.judge(log).is_whole


def test_a_line_cut_by_a_crash_stays_in_the_file_and_the_next_line_names_it(log: Settings) -> None:
    environment = {**os.environ, **log.environment()}
    done = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    rest = chain(log).rest
    assert rest and audit.judge(log).is_whole and f"{len(rest)} bytes" in audit.judge(log).words
    subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING], env=environment, check=False)  # and once more
    record(log, "run", phase="started")
    mended = chain(log).lines[-2]
    assert mended["kind"] == audit.MENDED and mended["facts"]["bytes"] > len(rest)
    assert rest in audit.log_of(log).read_bytes()
    assert audit.judge(log).is_whole and "cut by a crash" in audit.judge(log).words
    put(log, [line for line in lines(log) if rest not in line])
    assert not audit.judge(log).is_whole, "the rest of a line is evidence too"


def test_a_line_that_lost_only_its_end_is_a_line(log: Settings) -> None:
    path = audit.log_of(log)
    path.write_bytes(path.read_bytes()[:-1])
    assert audit.judge(log).is_whole
    record(log, "run", phase="started")
    assert audit.judge(log).is_whole and len(lines(log)) == 6


def test_writers_at_the_same_time_each_get_their_lines(log: Settings) -> None:
    environment = {**os.environ, **log.environment()}
    writers = [subprocess.Popen([sys.executable, "-c", MANY_AT_ONCE], env=environment) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert audit.judge(log).is_whole and len(lines(log)) == 5 + 3 * 25


@pytest.mark.parametrize(
    "value", ["ada.canary@example.org", "Ada Canary", "1234567893", "+1-555-0173 4417", ["Ada Canary"]]
)
def test_what_could_be_a_person_s_value_is_refused_without_repeating_it(value: audit.Fact, home: Home) -> None:
    with pytest.raises(ValueError, match="the fact who could be") as error:
        record(home.settings, "erasure", who=value)
    assert str(value) not in str(error.value)
    assert not audit.log_of(home.settings).exists()


def test_a_kind_that_nobody_knows_is_refused(home: Home) -> None:
    with pytest.raises(ValueError, match="no kind"):
        record(home.settings, "gossip")
