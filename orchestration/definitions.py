"""Dagster's entry point: the graph, the daily schedule and the landing sensor. `rapport run` executes the same job."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource

from deliveries.landing import arrivals
from deliveries.registry import load as load_registry
from erasure import retention as storage_limitation
from erasure.orders import Erasure, clear_history
from erasure.people import Request
from expectations import load_rules
from orchestration.assets import JobRun, Progress, build_deliveries, build_models, build_release
from orchestration.lock import writer_lock
from orchestration.settings import DBT, PROJECT_DIR, ProjectInvalid, Settings, default_as_of

JOB, RETENTION = "publish", "retain"
DAILY_AT = "0 5 * * *"  # UTC; deliveries of the night have arrived, nobody reads yet
MONTHLY_AT = "0 3 1 * *"  # before the day's run, which then publishes without what is past its period
RUNNING, STOPPED = dg.DefaultScheduleStatus.RUNNING, dg.DefaultScheduleStatus.STOPPED


def parse_project(settings: Settings, as_of: date) -> None:
    """Write dbt's manifest, from which the asset graph, the publisher and the documentation are made.

    With the variables of the coming build, so that it need not parse again.
    """
    command = [DBT, "parse", "--quiet", "--vars", json.dumps(settings.dbt_vars(as_of))]
    done = subprocess.run(
        command, check=False, env=settings.process_environment(), cwd=PROJECT_DIR, capture_output=True, text=True
    )
    if done.returncode:
        raise ProjectInvalid(f"dbt cannot read the project:\n{done.stdout}{done.stderr}")


def landing_fingerprint(landing: Path) -> str:
    """A hash of the names, sizes and change times of all finished files in the landing folder."""
    finished = sorted(
        (str(arrival.path.relative_to(landing)), arrival.path.stat().st_size, arrival.path.stat().st_mtime_ns)
        for arrival in arrivals(landing)
    )
    return hashlib.sha256(json.dumps(finished).encode()).hexdigest() if finished else ""


def build_defs(
    settings: Settings,
    progress: Progress = lambda stage, item: None,
    on: str = "",
    requests: Iterable[Request] | None = None,
) -> dg.Definitions:
    """All definitions for one home, for a run as of `on`. Writes dbt's manifest into it; reads no environment.

    Requests for erasure come by hand, because a run's configuration is written into Dagster's storage.
    """
    settings.prepare()
    registry = load_registry(PROJECT_DIR)
    erasure = Erasure(settings, registry, requests)

    def as_of(text: str) -> date:
        return date.fromisoformat(text) if text else default_as_of(settings.landing, datetime.now(UTC).date())

    parse_project(settings, as_of(on))
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        description="Deliveries to an audited release.",
        executor_def=dg.in_process_executor,
    )

    @dg.op
    def retain(run: JobRun) -> None:
        """What is past its retention period leaves landing, raw and quarantine; the next run publishes without it."""
        with writer_lock(settings.home):
            storage_limitation.retain(settings, registry, as_of(run.as_of), progress, dry_run=False)

    @dg.job(name=RETENTION, executor_def=dg.in_process_executor, description="Storage limitation; never part of a run.")
    def retention() -> None:
        retain()

    @dg.sensor(job=job, minimum_interval_seconds=60, description="Runs the job when finished files arrive.")
    def landing_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        seen = landing_fingerprint(settings.landing)
        if not seen or seen == context.cursor:
            return dg.SkipReason("Nothing new in the landing folder.")
        context.update_cursor(seen)
        return dg.RunRequest(run_key=seen)

    return dg.Definitions(
        assets=[
            build_deliveries(settings, registry, erasure, as_of, progress),
            build_models(settings, as_of, progress),
            *build_release(settings, load_rules(), erasure, as_of, progress),
        ],
        jobs=[job, retention],
        schedules=[
            dg.ScheduleDefinition(name="daily", job=job, cron_schedule=DAILY_AT, execution_timezone="UTC"),
            dg.ScheduleDefinition(
                name="monthly",
                job=retention,
                cron_schedule=MONTHLY_AT,
                execution_timezone="UTC",
                default_status=RUNNING if settings.env == "production" else STOPPED,
            ),
        ],
        sensors=[landing_sensor],
        resources={
            "dbt": DbtCliResource(project_dir=str(PROJECT_DIR), profiles_dir=str(PROJECT_DIR), dbt_executable=DBT),
            "run": JobRun(home=str(settings.home)),
        },
    )


def execute(
    settings: Settings, as_of: date | None, progress: Progress, requests: Iterable[Request] | None = None
) -> dg.ExecuteInProcessResult:
    """Run the job once, in this process and in the home's own Dagster instance."""
    on = f"{as_of or ''}"
    clear_history(settings)
    with dg.DagsterInstance.get() as instance:
        return (
            build_defs(settings, progress, on, requests)
            .resolve_job_def(JOB)
            .execute_in_process(
                instance=instance,
                raise_on_error=False,
                run_config={
                    "resources": {"run": {"config": {"home": str(settings.home), "as_of": on}}},
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
            )
        )


@dg.definitions
def defs() -> dg.Definitions:
    """What `dagster dev` loads; settings come from the environment, as for the command line."""
    os.umask(0o077)
    return build_defs(Settings.from_env())
