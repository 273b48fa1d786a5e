"""An app that exists in tests only: jobs that wait to be killed, and one that kills its worker."""
