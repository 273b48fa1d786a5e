import os

from django.core.wsgi import get_wsgi_application

# Somebody waits for what this process does (env.database_timeouts).
os.environ["GUANXI_WEB"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
