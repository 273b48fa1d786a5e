"""A worker on a database that holds nothing but the queue."""

import asyncio

import django

from guanxi.edge.ops import worker

if __name__ == "__main__":
    django.setup()
    asyncio.run(worker.run())
