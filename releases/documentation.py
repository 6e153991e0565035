"""The static dbt documentation of a release: one page, without a path of the machine that made it."""

import subprocess
import sys
from pathlib import Path

from orchestration.settings import Settings
from releases import files
from releases.manifest import Release


def write_docs(project: Path, settings: Settings, release: Release) -> Path:
    """Generate dbt's documentation from the last build and copy its one page into the release."""
    dbt = [str(Path(sys.executable).with_name("dbt")), "docs", "generate", "--static", "--no-compile", "--quiet"]
    subprocess.run(dbt, env=settings.process_environment(), cwd=project, capture_output=True, check=True)
    page = (settings.dbt_target / "static_index.html").read_text()
    for folder in (settings.landing, settings.home, project, Path(sys.prefix), Path.home()):
        page = page.replace(str(folder), folder.name)
    path = release.folder / files.DOCS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page)
    return path
