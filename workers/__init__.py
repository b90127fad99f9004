"""The workers: doorways named by queue, the order of the stages, the relay from outbox to broker, the sweep."""
