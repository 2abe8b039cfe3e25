"""The application: every resource, errors as JSON, no redirects (trap 34)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

import uponai
from uponai.api import (
    account,
    agents,
    batch_control,
    batches,
    call_records,
    calls,
    carriers,
    components,
    errors,
    flows,
    knowledge,
    limits,
    llms,
    mcp_tools,
    numbers,
    recordings,
    reference,
    repair,
    uponai_dialect,
    versions,
    voices,
    web_calls,
)
from uponai.api.frame import Frame
from uponai.api.json import WireResponse
from uponai.api.openapi import document
from uponai.api.repeats import Creations
from uponai.api.services import ApiServices

_RESOURCES = (
    account,
    agents,
    versions,
    repair,
    llms,
    flows,
    components,
    mcp_tools,
    numbers,
    calls,
    call_records,
    recordings,
    batches,
    batch_control,
    knowledge,
    web_calls,
    uponai_dialect,
    voices,
    limits,
    carriers,
    reference,
)


def create_api(services: ApiServices) -> FastAPI:
    """The HTTP API on these services. The root path is left to whoever mounts more."""
    app = FastAPI(
        title="UponAI",
        version=uponai.__version__,
        default_response_class=WireResponse,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = services
    app.state.creations = Creations()
    errors.install(app)
    app.add_middleware(Frame, services=services)
    for resource in _RESOURCES:
        app.include_router(resource.router)

    def openapi() -> dict[str, Any]:
        return document(app)

    app.openapi = openapi
    return app
