"""The page's templates: everything put into them is escaped, and a name that is not given is an error."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

HERE = Path(__file__).parent
STATIC = HERE / "static"
_environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)


def html(template: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, kept by nobody: what it says is one person's."""
    text = _environment.get_template(template).render(values)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})
