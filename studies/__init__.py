"""Studies: what is measured or fitted apart from the daily job, on simulated people or on files of the user's own."""
