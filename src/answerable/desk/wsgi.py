"""The desk as a web application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerable.desk.settings")
application = get_wsgi_application()
