"""The search behind an erasure: whatever way a file holds a string, it is found, and nothing else is."""

import bz2
import gzip
import io
import json
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erasure import scan
from erasure.scan import Needles, Search

NAME, ADDRESS, NPI = "Žofie Quillfeather", "zofie.canary@example.org", "1912345679"
STRINGS = (NAME, ADDRESS, NPI)


def searched(folder: Path, *strings: str) -> Search:
    search = Search()
    search.run([folder], Needles(strings or STRINGS))
    return search


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.csv", content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        f"id,email\n1,{ADDRESS}\n".encode(),
        f"ID,EMAIL\n1,{ADDRESS.upper()}\n".encode(),
        f"x{NAME}".encode("utf-16-le"),
        f"xy{NAME}".encode("utf-16-be"),
        b"\0" + NAME.encode("utf-16"),
        "Žofie Quillfeather".encode("windows-1252"),
        json.dumps({"name": NAME}).encode(),
        b"https://example.org/?to=zofie.canary%40example.org",
        gzip.compress(f"{NPI}\n".encode()),
        b"x" * 7 + NPI.encode(),
    ],
    ids=["utf-8", "upper case", "utf-16-le", "utf-16-be", "bom", "windows-1252", "json", "link", "gzip", "last bytes"],
)
def test_a_string_is_found_in_every_spelling_of_a_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert list(searched(tmp_path).hits.values()) == [1]


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-20], lambda data: data[:-8] + b"\0" * 8, lambda data: data + b"tail"]
)
def test_a_packed_file_that_is_cut_or_spoilt_is_searched_as_far_as_it_unpacks(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "file").write_bytes(spoil(gzip.compress(f"{NAME},{ADDRESS}\n{os.urandom(99).hex()}".encode())))
    assert list(searched(tmp_path).hits.values()) == [2]


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress, zipped], ids=["bz2", "xz", "zip"])
def test_other_packings_are_opened_too(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(f"{NAME},{ADDRESS}\n".encode() * 99)
    (tmp_path / "whole").write_bytes(packed)
    (tmp_path / "cut").write_bytes(packed[:-1])
    assert searched(tmp_path).hits[tmp_path / "whole"] == 2


def test_a_packed_file_of_several_parts_is_searched_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "CHUNK", 64)
    (tmp_path / "file").write_bytes(
        b"".join(gzip.compress(f"{text} {os.urandom(99).hex()}\n".encode()) for text in STRINGS)
    )
    assert list(searched(tmp_path).hits.values()) == [3]


def test_cells_of_parquet_and_duckdb_files_are_searched_one_by_one(tmp_path: Path) -> None:
    rows = f"select * from (values ('{ADDRESS}', {NPI}, [{{'name': '{NAME}'}}])) as t (a, b, c)"
    with duckdb.connect(str(tmp_path / "work.duckdb")) as connection:
        connection.execute(f"create schema deep; create table deep.held as {rows}")
        connection.execute(f"copy (from deep.held) to '{tmp_path / 'held.parquet'}' (format parquet, compression zstd)")
    assert {path.name: count for path, count in searched(tmp_path).hits.items()} == {
        "work.duckdb": 3,
        "held.parquet": 3,
    }


def test_long_tables_are_searched_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "FEW", 10)
    monkeypatch.setattr(scan, "BATCH", 2048)
    file = tmp_path / "long.parquet"
    duckdb.execute(
        f"copy (select case when i = 4999 then '{ADDRESS}' else 'x' || i end as a from range(5000) t(i)) to '{file}'"
    )
    assert list(searched(tmp_path).hits) == [file]


def test_two_cells_never_make_a_third(tmp_path: Path) -> None:
    duckdb.execute(
        f"copy (select '19123' as a, '45679' as b union all select '45679', '19123') to '{tmp_path / 'x.parquet'}'"
    )
    assert searched(tmp_path).hits == {}


def test_two_numbers_of_a_database_never_make_a_third(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "work.duckdb")) as connection:
        connection.execute("create table held as select '19123' || (i % 2) as a, '5679' as b from range(9000) t(i)")
        connection.execute("create table beside as select column0 from (values ('1912345'), ('679')) t(column0)")
    data = (tmp_path / "work.duckdb").read_bytes()
    assert b"6791912345" in data or b"1912345679" in data, "the bytes must hold what no cell does"
    assert searched(tmp_path, NPI, "6791912345").hits == {}


@pytest.mark.parametrize(
    "content, count",
    [(f"9{NPI}", 0), (f"{NPI}7", 0), (f"0.{NPI}", 0), (f"{NPI}.25", 0), (f"d0a7b062{NPI}e8a7b0623cbe", 0), (f"fee{NPI}f", 1),
     (f"NPI{NPI}.", 1), (f"9{NPI} or {NPI}", 1)],
)  # fmt: skip
def test_a_number_within_a_longer_one_or_within_a_hash_says_nothing(tmp_path: Path, content: str, count: int) -> None:
    (tmp_path / "log.txt").write_text(content)
    assert sum(searched(tmp_path, NPI).hits.values()) == count


def test_bytes_that_a_database_no_longer_shows_are_found(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "work.duckdb")) as connection:
        connection.execute(f"create table held as select '{ADDRESS}' as a union all select 'somebody else'")
        connection.execute("checkpoint")
        connection.execute("delete from held where a like 'zofie%'")
        connection.execute("checkpoint")
        assert connection.execute("select count(*) from held").fetchall() == [(1,)]
    assert list(searched(tmp_path).hits.values()) == [1]


def test_shorter_strings_say_nothing_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("Ada met Ada")
    assert searched(tmp_path, "Ada", "Ada met").hits == {}


def test_links_are_not_followed_and_what_is_set_apart_is_not_searched(tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.write_text(ADDRESS)
    (tmp_path / "link").symlink_to(held)
    search = Search()
    search.run([tmp_path], Needles(STRINGS), apart={held})
    assert (search.files, search.hits) == (0, {})


def test_a_second_search_looks_at_what_has_changed_and_forgets_what_is_gone(tmp_path: Path) -> None:
    kept, changed, gone = (tmp_path / name for name in ("kept", "changed", "gone"))
    for path in (kept, changed, gone):
        path.write_text("nothing to see")
    gone.write_text(ADDRESS)
    search = Search()
    search.run([tmp_path], Needles(STRINGS))
    gone.unlink()
    changed.write_text(f"now {ADDRESS}")
    looked_at: list[Path] = []
    search.run([tmp_path], Needles(STRINGS), progress=looked_at.append)
    assert (looked_at, search.hits, search.files) == ([changed], {changed: 1}, 2)


@settings(deadline=None)
@given(
    noise=st.binary(max_size=300),
    place=st.integers(0, 300),
    strings=st.lists(
        st.text(st.characters(codec="utf-8"), min_size=8, max_size=30).filter(lambda text: not text.isdigit()),
        min_size=1,
        max_size=5,
        unique=True,
    ),
    chunk=st.integers(64, 200),
)
def test_wherever_a_string_stands_it_is_found(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int, strings: list[str], chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("files")
    (folder / "file").write_bytes(noise[:place] + strings[0].encode() + noise[place:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "CHUNK", chunk)
        assert searched(folder, *strings).hits.get(folder / "file", 0) >= 1
