"""gunicorn behind nginx: `gunicorn -c docs/deploy/gunicorn.conf.py wsgi:app`. The clock is a process of its own."""

import os

bind = f"{os.environ.get('CRM_HOST', '127.0.0.1')}:{os.environ.get('CRM_PORT', '8000')}"
workers = int(os.environ.get("CRM_WORKERS", "4"))
threads = int(os.environ.get("CRM_THREADS", "4"))
timeout = 120  # a worker that hangs longer is replaced; an import of 40,000 rows answers far earlier
graceful_timeout = 8  # a deed may end in it; one that does not is cut off and taken back whole by the database
max_requests, max_requests_jitter = 5000, 500  # workers are renewed now and then, never all at once
limit_request_line = 8190
forwarded_allow_ips = "127.0.0.1"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - a heartbeat must not wait for a disk
