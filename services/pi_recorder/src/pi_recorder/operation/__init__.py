"""How the recorder runs: supervision, systemd, signals, status, the run summary, the doctor."""
