"""How a run goes: settings, the lock, the Dagster job and the command line. No business rule lives here."""
