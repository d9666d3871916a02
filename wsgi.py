"""The door for a WSGI server and for the `flask` command."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: two threads on shared cores are slower than one

from crm import create_app  # noqa: E402
from crm.cli.serving import refuse_unsafe_server  # noqa: E402

app = create_app()
refuse_unsafe_server(app)
