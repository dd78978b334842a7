"""Prometheus counters and gauges; every label set names its service."""

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

commands = Counter(
    "sinergi_commands", "Commands by route and outcome", ["service", "route", "outcome"]
)
command_seconds = Histogram(
    "sinergi_command_seconds", "From request to durable answer", ["service"], buckets=_BUCKETS
)
relayed = Counter("sinergi_relayed_records", "Records acknowledged by the log", ["service"])
relay_swept = Counter("sinergi_relay_swept_commits", "Commits found pending", ["service"])
relay_failures = Counter("sinergi_relay_failures", "Tries that had to wait", ["service"])
applied = Counter("sinergi_applied_records", "Records applied", ["service", "topic"])
repeated = Counter("sinergi_repeated_records", "Repeats dropped", ["service", "topic"])
forked = Counter(
    "sinergi_forked_records", "Same sequence, another hash: an alarm", ["service", "topic"]
)
skipped = Counter("sinergi_skipped_records", "Records of unknown types", ["service", "topic"])
quarantined = Counter(
    "sinergi_quarantined_records", "Unauthentic records", ["service", "topic", "reason"]
)
parked = Counter(
    "sinergi_parked_records", "Records parked, by reason", ["service", "topic", "reason"]
)
waiting = Gauge("sinergi_waiting_streams", "Streams that hold parked records now", ["service"])
retries = Counter("sinergi_retries", "Tries of a record that had to wait", ["service", "topic"])
checkpoint_conflicts = Counter(
    "sinergi_checkpoint_conflicts", "Checkpoints that contradict: an alarm", ["service"]
)
checkpoints_refused = Counter(
    "sinergi_checkpoints_refused", "Records on `checkpoints` that are none", ["service"]
)
