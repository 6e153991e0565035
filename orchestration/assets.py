"""The job's assets: deliveries, dbt models, quarantine, candidate, gate, documents, release.

An asset here calls the package that does the work and reports what it did. Asset checks are a surface for dbt's tests and
the gate's rules, and hold no logic of their own.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Self

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets

import deliveries
import expectations
import releases
from deliveries.registry import Registry
from erasure.orders import Erasure
from orchestration import audit, modes
from orchestration.lock import writer_lock
from orchestration.settings import PROJECT_DIR, Settings

POOL = "warehouse"  # DuckDB has one writer; so has a home
WAREHOUSE_GROUP, RELEASE_GROUP = "warehouse", "release"
CANDIDATE, GATE = dg.AssetKey(["release", "candidate"]), dg.AssetKey(["release", "gate"])
DOCUMENTS, RELEASE = dg.AssetKey(["release", "documents"]), dg.AssetKey(["release", "current"])
LEDGER = dg.AssetKey(["rapport", "deliveries"])

Progress = Callable[[str, str], None]  # (stage, what it is at)
AsOf = Callable[[str], date]


class Translator(DagsterDbtTranslator):
    """dbt's folders become asset groups, so that the graph reads like the house."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders = dbt_resource_props["fqn"][1:-1]
        return folders[1] if folders[:1] == ["marts"] else (folders[0] if folders else WAREHOUSE_GROUP)


class JobRun(dg.ConfigurableResource[Any]):
    """One run of the job: it holds the home's writer lock from its first step to its last."""

    home: str
    as_of: str = ""  # ISO date; empty: the default of the contract

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        settings = Settings.from_env({**os.environ, "RAPPORT_HOME": self.home})
        os.umask(0o077)  # for all that dbt, DuckDB and Great Expectations write, whoever started Dagster
        with writer_lock(settings.home):
            modes.mend(settings)
            before = _stand(settings)
            audit.record(settings, "run", phase="started", run=context.run_id, as_of=self.as_of or None)
            try:
                yield self
            finally:
                after = _stand(settings)
                audit.record(
                    settings, "run", phase="ended", run=context.run_id, deliveries_new=after[0] - before[0],
                    outcome="published" if after[1] != before[1] else "not_published", release=after[1],
                )  # fmt: skip


def _stand(settings: Settings) -> tuple[int, str | None]:
    """How many deliveries are in raw, and which release is current."""
    ledger = deliveries.Ledger(settings.home)
    current = settings.releases / "current"
    return sum(
        entry.status in deliveries.PARSED for entry in ledger
    ), current.resolve().name if current.exists() else None


def build_deliveries(
    settings: Settings, registry: Registry, erasure: Erasure, as_of: AsOf, progress: Progress
) -> dg.AssetsDefinition:
    """One asset per registered source object, and the ledger with a check per rule on deliveries; all in one step."""
    specs = [
        dg.AssetSpec([o.system, o.name], group_name="landing", kinds={"parquet"}, description=o.description)
        for o in registry.objects
    ]
    ledger = dg.AssetSpec(LEDGER, group_name="landing", kinds={"parquet"}, description="The ledger of deliveries.")

    checks = [
        dg.AssetCheckSpec(rule.check_name, asset=LEDGER, description=rule.title)
        for rule in expectations.load_delivery_rules()
    ]

    @dg.multi_asset(name="deliveries", specs=[*specs, ledger], check_specs=checks, pool=POOL)
    def receive(run: JobRun) -> Iterator[Any]:
        """Landing files to raw Parquet: parsed once, every row accounted for; then each delivery beside its feed's past.

        Whose erasure is asked for leaves the home here, before anything is built.
        """
        receipt = deliveries.receive(
            settings.landing,
            settings.home,
            registry,
            settings.feed_overrides(),
            lambda system, name, delivery: progress("deliveries", f"{system}/{name}/{delivery}"),
        )
        erasure.remove(as_of(run.as_of), progress)
        progress("deliveries", "their health")
        deliveries.profiles.take(settings.home, registry, settings.feed_overrides())
        found = expectations.judged(expectations.examine(settings.home, as_of(run.as_of)))
        for spec in specs:
            rows = receipt.rows_read.get((spec.key.path[0], spec.key.path[1]), 0)
            yield dg.MaterializeResult(asset_key=spec.key, metadata={"rows_read": rows})
        yield dg.MaterializeResult(asset_key=LEDGER, metadata={"refused": len(receipt.refusals)})
        yield from (_checked(outcome, LEDGER) for outcome in found)

    return receive


def _checked(outcome: expectations.Outcome, asset: dg.AssetKey) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=outcome.check_name,
        passed=outcome.is_passed is not False,
        severity=dg.AssetCheckSeverity.ERROR if outcome.severity == "critical" else dg.AssetCheckSeverity.WARN,
        metadata={"rows_checked": outcome.rows_checked, "rows_failing": outcome.rows_failing},
    )


def build_models(settings: Settings, as_of: AsOf, progress: Progress) -> dg.AssetsDefinition:
    """One asset per dbt model and seed, one check per data test; all built in one step."""
    translator = Translator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    @dbt_assets(manifest=settings.manifest, dagster_dbt_translator=translator, name="models", pool=POOL)
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource, run: JobRun) -> Iterator[Any]:
        """Raw Parquet to marts, with dbt's contracts and data tests. Unit tests belong to `make test`."""
        variables = json.dumps(settings.dbt_vars(as_of(run.as_of)))
        command = ["build", "--exclude-resource-type", "unit_test", "--vars", variables]
        for event in dbt.cli(command, context=context, target_path=settings.dbt_target).stream():
            progress("models", event.output_name if isinstance(event, dg.Output) else "testing")
            yield event

    return models


def build_release(
    settings: Settings, rules: list[expectations.Rule], erasure: Erasure, as_of: AsOf, progress: Progress
) -> list[Any]:
    """Candidate, gate, documents and release. Each step finds the one candidate of this home and verifies it itself."""

    @dg.asset(key=CANDIDATE, deps=releases.published_keys(settings.manifest), group_name=RELEASE_GROUP, pool=POOL)
    def candidate(run: JobRun) -> dg.MaterializeResult[Any]:
        """A release written new beside the published ones, for both audiences."""
        progress("release", "writing the candidate")
        deliveries.set_aside(settings.home, settings.warehouse, settings.manifest)
        written = releases.build_candidate(settings, as_of(run.as_of))
        return dg.MaterializeResult(metadata={"release_id": written.release_id, "tables": len(written.tables)})

    checks = [
        dg.AssetCheckSpec(rule.check_name, asset=GATE, description=rule.title, blocking=rule.severity == "critical")
        for rule in rules
    ]

    @dg.asset(key=GATE, deps=[CANDIDATE], check_specs=checks, group_name=RELEASE_GROUP, pool=POOL)
    def gate(run: JobRun) -> Iterator[Any]:
        """Great Expectations audits the candidate's own files: consent, privacy, CME independence."""
        progress("gate", f"{len(rules)} rules")
        measures = expectations.examine(settings.home, as_of(run.as_of)).measures
        result = expectations.audit(settings, releases.pending(settings), rules, measures)
        yield dg.MaterializeResult(metadata={"passed": result.passed, "rules": len(result.outcomes)})
        yield from (_checked(outcome, GATE) for outcome in result.outcomes if outcome.theme != expectations.DELIVERIES)
        result.raise_if_blocked()

    @dg.asset(key=DOCUMENTS, deps=[GATE], group_name=RELEASE_GROUP, pool=POOL)
    def documents(run: JobRun) -> None:
        """The report and dbt's static documentation, inside the candidate."""
        progress("documents", "report and dbt docs")
        pending = releases.pending(settings)
        releases.write_docs(PROJECT_DIR, settings, pending)
        releases.write_report(settings, pending)

    @dg.asset(key=RELEASE, deps=[DOCUMENTS], group_name=RELEASE_GROUP, pool=POOL)
    def current(run: JobRun) -> dg.MaterializeResult[Any]:
        """The candidate, verified against its manifest, becomes `releases/current` in one step. It completes an erasure."""
        progress("release", "publishing")
        published = releases.publish(settings, releases.pending(settings))
        erasure.complete(progress)
        return dg.MaterializeResult(metadata={"release": dg.MetadataValue.path(str(published))})

    return [candidate, gate, documents, current]
