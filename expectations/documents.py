"""Great Expectations judges the measures and writes its Data Docs: one suite per theme, two columns per rule and file.

It never sees a row of the release, only counts: its result formats and exception texts cannot leak what they do not
have. Every expectation carries the rule's title, so that a reader of the Data Docs need not know its id.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from expectations.measures import Measure
from expectations.rules import DELIVERIES, THEMES

SITE = "quality"
SEVERITIES = {"critical": "critical", "error": "warning", "warning": "warning", "info": "info"}  # ours, theirs
UNUSED = ("glossary_scroller.gif", "iterative-dev-loop.png", "validation_failed_unexpected_values.gif")
FAULTS = ("errored", "empty", "failed")  # what a rule is called, by the first expectation that is not met


def judge(measures: Iterable[Measure], run_name: str, folder: Path | None) -> dict[tuple[str, str], str]:
    """The verdict per (rule id, audience): passed, not_applicable, or one of FAULTS.

    With a folder, Data Docs are written into it; `index.html` is their first page.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations as gx
    import pandas as pd
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.base import ProgressBarsConfig

    measures = list(measures)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    actions = []
    if folder:
        context.add_data_docs_site(site_name=SITE, site_config=_site(folder))
        actions.append(gx.checkpoint.UpdateDataDocsAction(name=SITE, site_names=[SITE]))
    frame = pd.DataFrame({name: [count] for each in measures for name, count in _columns(each).items()}, dtype=object)
    asset = context.data_sources.add_pandas("release").add_dataframe_asset("rules")
    counts = asset.add_batch_definition_whole_dataframe("counts")
    validations = []
    for theme in (*THEMES, DELIVERIES):
        expected = [each for measured in measures if measured.rule.theme == theme for each in _expectations(measured)]
        if not expected:
            continue
        suite = context.suites.add(gx.ExpectationSuite(name=theme, expectations=expected))
        validation = gx.ValidationDefinition(name=theme, data=counts, suite=suite)
        validations.append(context.validation_definitions.add(validation))
    checkpoint = gx.Checkpoint(
        name="policy", validation_definitions=validations, actions=actions, result_format="BASIC"
    )
    done = context.checkpoints.add(checkpoint).run(
        batch_parameters={"dataframe": frame}, run_id=RunIdentifier(run_name=run_name)
    )
    if folder:
        for name in UNUSED:
            (folder / "static" / "images" / name).unlink(missing_ok=True)
        _list_pages(folder)
    met = {(each.rule.id, each.audience): "passed" if each.is_applicable else "not_applicable" for each in measures}
    faults: dict[tuple[str, str], list[str]] = {}
    for validated in done.run_results.values():
        for result in validated.results:
            meta = result.expectation_config.meta
            if not result.success:
                faults.setdefault((meta["rule_id"], meta["audience"]), []).append(meta["else"])
    return {**met, **{key: min(found, key=FAULTS.index) for key, found in faults.items()}}


def _columns(each: Measure) -> dict[str, int | None]:
    name = f"{each.rule.id} in {each.audience}"
    return {f"{name}: rows checked": each.rows_checked, f"{name}: rows failing": each.rows_failing}


def _expectations(each: Measure) -> list[Any]:
    from great_expectations import expectations as gxe

    rule = each.rule
    checked, failing = _columns(each)

    def said(text: str, fault: str) -> dict[str, Any]:
        meta = {"rule_id": rule.id, "audience": each.audience, "else": fault}
        notes = f"{rule.title}. *{rule.policy_reference}*"
        return {"description": text, "notes": notes, "meta": meta, "severity": SEVERITIES[rule.severity]}

    if not each.is_applicable:
        text = f"{rule.title}: not applicable, no delivery of its feeds has come"
        return [gxe.ExpectColumnMaxToBeBetween(column=checked, max_value=0, **said(text, "empty"))]
    evaluated = "The rule could be evaluated" + (f" ({each.error})" if each.error else "")
    return [
        gxe.ExpectColumnValuesToNotBeNull(column=failing, **said(evaluated, "errored")),
        gxe.ExpectColumnMinToBeBetween(column=checked, min_value=1, **said("The rule has looked at rows", "empty")),
        gxe.ExpectColumnMaxToBeBetween(
            column=failing, max_value=0, **said(". ".join((rule.title, *each.details)), "failed")
        ),
    ]


def _list_pages(folder: Path) -> None:
    """Put plain links on the first page, whose own list needs scripts from the web that many readers may not load."""
    pages = {path.relative_to(folder).parts[1]: path for path in sorted(folder.glob("validations/*/*/*/*.html"))}
    links = " &middot; ".join(
        f'<a href="{quote(path.relative_to(folder).as_posix())}">{theme}</a>' for theme, path in pages.items()
    )
    index = folder / "index.html"
    text = index.read_text().replace("<body>", f'<body><p style="margin: 1em">Rules about {links}</p>', 1)
    index.write_text(text)


def _site(folder: Path) -> dict[str, Any]:
    return {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
