"""Records as the client delivers them, and as the port has them."""

from aiokafka import ConsumerRecord  # type: ignore[import-untyped]

from shared.kernel.ports import LogRecord, Record


def log_record(record: ConsumerRecord) -> LogRecord:
    """Return the record as the port has it; the client's headers are pairs in wire order."""
    return LogRecord(
        record.topic,
        record.partition,
        record.offset,
        Record(record.key, record.value, record.headers),
    )
