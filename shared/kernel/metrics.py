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
dead_letters = Gauge(
    "sinergi_dead_letters",
    "Dead letters now, told by the owner of their partition",
    ["service", "topic", "partition", "reason"],
)
oldest_dead_letter = Gauge(
    "sinergi_oldest_dead_letter_seconds",
    "Age of the oldest dead letter in this replica's partitions; 0 without any",
    ["service", "topic"],
)
timer_failures = Counter(
    "sinergi_timer_failures", "Timers that could not fire and were parked", ["service"]
)
order_violations = Counter(
    "sinergi_order_violations",
    "First arrivals before their predecessor: replicas of another service sent out of order",
    ["service", "topic"],
)
waiting_predecessor = Gauge(
    "sinergi_waiting_predecessor",
    "Commits that wait until another replica has sent their predecessor",
    ["service"],
)
takeovers = Counter(
    "sinergi_takeovers", "Commits that no replica had sent for a second", ["service"]
)
pending_oldest = Gauge(
    "sinergi_pending_oldest_seconds",
    "Age of the oldest commit that is not on the log, told by the replica that looks",
    ["service"],
)
retries = Counter("sinergi_retries", "Tries of a record that had to wait", ["service", "topic"])
checkpoint_conflicts = Counter(
    "sinergi_checkpoint_conflicts", "Checkpoints that contradict: an alarm", ["service"]
)
checkpoints_refused = Counter(
    "sinergi_checkpoints_refused", "Records on `checkpoints` that are none", ["service"]
)
