"""The static dbt documentation of a release: one page, without a path of the machine that made it.

Unit tests are left out: their invented people would look like real ones to whoever searches a release for leaks.
"""

import json
import subprocess
import sys
from pathlib import Path

from orchestration.settings import DBT, Settings
from releases import files
from releases.manifest import Release

UNIT_TEST = "unit_test."


def write_docs(project: Path, settings: Settings, release: Release) -> Path:
    """Generate dbt's documentation from the last build and write its one page into the release."""
    variables = json.dumps(settings.dbt_vars(release.as_of_on))  # as in the build: dbt then need not parse again
    command = [DBT, "docs", "generate", "--no-compile", "--quiet", "--vars", variables]
    subprocess.run(command, env=settings.process_environment(), cwd=project, capture_output=True, check=True)
    manifest = json.loads(settings.manifest.read_text())
    manifest["unit_tests"] = {}
    for edges in ("parent_map", "child_map"):
        manifest[edges] = {
            node: [other for other in others if not other.startswith(UNIT_TEST)]
            for node, others in manifest[edges].items()
            if not node.startswith(UNIT_TEST)
        }
    page = (settings.dbt_target / "index.html").read_text()
    page = page.replace('"MANIFEST.JSON INLINE DATA"', json.dumps(manifest))
    page = page.replace('"CATALOG.JSON INLINE DATA"', (settings.dbt_target / "catalog.json").read_text())
    for folder in (settings.landing, settings.home, project, Path(sys.prefix), Path.home()):
        page = page.replace(str(folder), folder.name)
    path = release.folder / files.DOCS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page)
    return path
