"""The Celery application. A message is a job's id; everything that matters is in MongoDB."""

from __future__ import annotations

from celery import Celery

from domain.jobs import Queue
from storage.settings import Settings

TASK = "callward.run"


def make_celery(settings: Settings) -> Celery:
    """Return a Celery app that publishes and consumes wake-ups, never results."""
    app = Celery("callward", broker=settings.broker_url.get_secret_value())
    app.conf.update(
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_create_missing_queues=True,
        task_default_queue=Queue.LANGUAGE.value,
        task_serializer="json",
        accept_content=["json"],
        # The job is claimed in MongoDB before any work: an early acknowledgement loses nothing, a late one would only
        # make Redis deliver a long job again while it runs.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_timeout": 15,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "confirm_publish": True,
        },
    )
    return app
