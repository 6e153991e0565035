"""What a person reads on the first day with their own files: the answer of `rapport check`, and what `rapport init` made."""

from collections import Counter
from pathlib import Path

import yaml
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from deliveries.registry import FORMATS, Registry
from orchestration.findings import STOP, Feed, Report, plural
from orchestration.settings import Settings

ORDER = ("accepted", "superseded", "duplicate", "deleted", "quarantined")

FEEDS = """\
# How this company's files differ from what the vendors document. Nothing needs to stand here while `rapport check` is content.
# The form is  system: {object: {setting: value}}  with folder names of landing; the examples are commented out.
#
# sfmc:
#   Sent:
#     encoding: windows-1252        # of the file; default utf-8, also utf-16, utf-16-le, utf-16-be
#     delimiter: ";"                # of a CSV; default a comma; a tab is "\\t"
#     time_zone: America/New_York   # of instants without one; default as the vendor documents it
#     null_words: [NULL, "--"]      # words that mean `nothing`, in every column; or per column: {Domain: ["n/a"]}
#
# veeva_crm:
#   Call2_vod__c:
#     columns: {Status_vod__c: Call_State__c}            # ours: theirs
#     picklists: {Status_vod__c: [Archived_vod]}         # values that your organisation added to a list
#
# cme_lms:
#   credit:
#     provider: your-provider                            # the provider as share consents name it
"""


def print_report(report: Report, settings: Settings, console: Console) -> None:
    """Feed by feed what would load and what would not; then what is missing, and the lines for feeds.yml."""
    if not report.feeds:
        console.print(f"There is no finished file in {settings.landing}.", soft_wrap=True)
        console.print(
            "Put them under <system>/<object>/<YYYYMMDDTHHMMSSZ>.csv; `rapport init` lists systems and objects."
        )
        return
    for feed in report.feeds:
        _print_feed(feed, console)
    if report.missing:
        console.print("\nNot delivered, and so:")
        for place, without in report.missing:
            console.print(Padding(f"{place}: {without}", (0, 0, 0, 2)), highlight=False)
    if report.settings:
        target = settings.home / "feeds.yml"
        console.print(f"\nLines for {target}, if you agree with each:\n", soft_wrap=True)
        text = yaml.safe_dump(report.settings, sort_keys=False, allow_unicode=True, default_flow_style=False)
        console.print(Padding(escape(text), (0, 0, 0, 2)), highlight=False, soft_wrap=True)
    rows = sum((feed.dispositions for feed in report.feeds), Counter[str]())
    stops = sum(finding.kind == STOP for feed in report.feeds for finding in feed.findings)
    files = sum(feed.files for feed in report.feeds)
    console.print(
        f"{files:,} files, {sum(feed.rows for feed in report.feeds):,} rows: {_shares(rows) or 'none usable'}."
    )
    console.print(
        "All would load: `rapport run` publishes it."
        if report.would_all_load
        else f"{plural(stops, 'finding')} (marked x): files or rows stay out. Mend them and check again; nothing was published."
    )


def _print_feed(feed: Feed, console: Console) -> None:
    shares = f", {plural(feed.rows, 'row')}: {_shares(feed.dispositions)}" if feed.dispositions else ""
    console.print(f"[bold]{escape(feed.place)}[/bold]  {plural(feed.files, 'file')}{shares}", highlight=False)
    for finding in feed.findings:
        mark = "x" if finding.kind == STOP else "-"
        console.print(Padding(f"{mark} {escape(finding.words)}", (0, 0, 0, 2)), highlight=False)
        for way_out in finding.ways_out:
            console.print(Padding(f"-> {escape(way_out)}", (0, 0, 0, 4)), highlight=False)


def _shares(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[name]:,} {name}" for name in ORDER if counts[name])


def make_feeds_file(path: Path) -> bool:
    """Write `feeds.yml` with an example of each setting, unless there is one."""
    try:
        with path.open("x") as file:
            file.write(FEEDS)
    except FileExistsError:
        return False
    return True


def print_next_steps(settings: Settings, registry: Registry, made: list[str], console: Console) -> None:
    """Where files go, what comes next, what to back up, and what production asks for."""
    console.print(f"Made: {', '.join(made)}." if made else "Everything was there already; nothing was changed.")
    console.print(
        f"\nHome      {settings.home}\nLanding   {settings.landing}\nKey       {settings.key_file}\n"
        f"Feeds     {settings.home / 'feeds.yml'}\n\n"
        "1. Put the vendors' files, as they come, into <landing>/<system>/<object>/<YYYYMMDDTHHMMSSZ>.<ending>:\n"
        "   the instant of the extract in UTC. `_full` after it marks a full extract, `_deletes` a file of keys to\n"
        "   delete; `.gz` may follow. Files that end in .tmp or .part are left alone until they are renamed.",
        soft_wrap=True, highlight=False,
    )  # fmt: skip
    console.print(f"\n{settings.landing}/", soft_wrap=True, highlight=False)
    systems: dict[str, list[str]] = {}
    for o in registry.objects:
        systems.setdefault(o.system, []).append(f"{o.name} (.{FORMATS[o.format][0]})")
    for system, objects in systems.items():
        console.print(f"  {system}/", highlight=False)
        console.print(Padding("  ".join(objects), (0, 0, 0, 4)), highlight=False)
    console.print(
        "\n2. `rapport check` says what would load, what would not and why, and writes nothing.\n"
        f"   Where your files differ from the vendors' documents: {settings.home / 'feeds.yml'}.\n"
        "3. `rapport run` publishes a release; `rapport status` says how the feeds fare; `rapport dev` runs it daily.\n\n"
        f"Back up  {settings.key_file.parent}/ apart from the data: without the pseudonym key every pseudonym changes, without\n"
        "         tombstone.key an erased person comes back with the next old file, and nobody can make either again;\n"
        "         feeds.yml; landing or raw (raw/rapport always: it holds what no delivery brings back); state/ with the\n"
        "         audit log. Note the log's last hash, which `rapport verify` prints, outside this machine. All else is built\n"
        "         from these. After `rapport rotate-key` or `rapport erase`, renew the backup and destroy the old one.\n"
        "Restore  the keys (mode 0600), feeds.yml, state and landing or raw into their places, then `rapport run`: same rows,\n"
        "         same keys. `rapport verify` then says whether the audit log lost lines since the backup.\n",
        soft_wrap=True, highlight=False,
    )  # fmt: skip
    for hint in _hints(settings):
        console.print(Padding(hint, (0, 0, 0, 0)), highlight=False)


def obstacles(settings: Settings) -> list[str]:
    """What would stop a run before it reads a file: the key, or the groups of the audiences."""
    from orchestration.modes import FilesUnusable, groups_of
    from orchestration.pseudonyms import KeyUnusable, read_key

    found = []
    try:
        groups_of(settings)
        if settings.key_file.exists() or settings.env == "production":
            read_key(settings.key_file)
    except (FilesUnusable, KeyUnusable) as error:
        found.append(str(error))
    return found


def _hints(settings: Settings) -> list[str]:
    hints = []
    if settings.env != "production":
        hints.append(
            "RAPPORT_ENV is not `production`: an empty landing folder would be filled with a sample by `rapport run`."
        )
    if not settings.operator or settings.env != "production":
        hints.append(
            "RAPPORT_OPERATOR names your company as CME share consents do; unset in production, no learner row enters."
        )
    if not settings.groups:
        hints.append(
            "RAPPORT_GROUPS gives each audience's files of a release to a group of this machine, as in"
            " `marts=rapport_medical,commercial=rapport_sales`; unset, this account alone reads everything."
        )
    if not settings.company_ids:
        hints.append(
            "RAPPORT_COMPANY_IDS lists your Open Payments company ids; empty, every company's meals count as contacts."
        )
    return hints
