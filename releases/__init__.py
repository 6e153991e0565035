"""A release: written new, audited, sealed with hashes, put in place by one atomic switch, and found again later.

Here belongs what turns the working database into the files that readers open. What the rows mean is decided in
`models/`; whether they may be published is decided in `expectations/`. No table is named in this code: dbt's manifest
says what is published, the seed `audiences` who may read it, and `figures.yml` what the report shows.
"""

from releases.candidate import build_candidate, pending
from releases.catalogue import published_keys
from releases.difference import diff
from releases.documentation import write_docs
from releases.manifest import Release, ReleaseBlocked, ReleaseInvalid, reseal
from releases.publication import find, judge_log, list_releases, publish, rollback, verify
from releases.report import write_report

__all__ = [
    "Release",
    "ReleaseBlocked",
    "ReleaseInvalid",
    "build_candidate",
    "diff",
    "find",
    "judge_log",
    "list_releases",
    "pending",
    "publish",
    "published_keys",
    "reseal",
    "rollback",
    "verify",
    "write_docs",
    "write_report",
]
