"""Run as a service: supervision, systemd, signals, the doctor, the run summary."""
