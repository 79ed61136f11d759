"""Counters for Prometheus. Labels are codes and route patterns, never ids or words."""

from __future__ import annotations

import time

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from backend.http.problems import Handler

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class Metrics:
    """One registry per application, so that tests and several applications in a process do not share counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter("jiefen_http_requests", "HTTP answers", ["method", "route", "status"], registry=self.registry)
        self.seconds = Histogram("jiefen_http_seconds", "Time to answer", ["route"], buckets=_SECONDS, registry=self.registry)
        self.in_progress = Gauge("jiefen_http_in_progress", "Requests being answered", registry=self.registry)
        self.cases = Counter("jiefen_cases_filed", "Cases filed", ["dispute_type", "route", "channel"], registry=self.registry)
        self.logins = Counter("jiefen_logins", "Staff logins", ["outcome"], registry=self.registry)


METRICS = web.AppKey("metrics", Metrics)


@web.middleware
async def metrics_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost, so that problems are counted with the status they leave with."""
    metrics = request.app[METRICS]
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "unmatched"
    begun = time.perf_counter()
    metrics.in_progress.inc()
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        metrics.in_progress.dec()
        metrics.requests.labels(request.method, route, str(status)).inc()
        metrics.seconds.labels(route).observe(time.perf_counter() - begun)


async def show_metrics(request: web.Request) -> web.Response:
    """Text exposition format."""
    return web.Response(body=generate_latest(request.app[METRICS].registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
