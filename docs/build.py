"""Write the generated documents, or say which are stale.

`python -m docs.build` writes them, `python -m docs.build --check` fails where one differs.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from storywire import schema
from storywire.articles.dateroles import ROLES
from storywire.capture import REASONS
from storywire.settings import Settings
from storywire.sources.source import KEYS_OF_KIND, Limits, Source

ROOT = Path(__file__).parent.parent


def data_dictionary() -> str:
    """Every table and column, as `storywire/schema.py` declares them."""
    lines = [
        "# Data dictionary",
        "",
        "Written from `storywire/schema.py` by `make docs`; the files carry the same sentences in their metadata.",
        f"Schema version {schema.SCHEMA_VERSION}. All tables lie in `processed/` below the data folder.",
        "Lists are never null: of nothing they are empty.",
    ]
    for table in schema.PUBLISHED:
        lines += ["", f"## {table.name}", "", table.row, "", f"Files: `{table.layout}`", ""]
        lines += ["| column | type | null | meaning |", "|---|---|---|---|"]
        for column in table.columns:
            kind = str(column.type).replace("element: ", "").replace("timestamp[us, tz=UTC]", "timestamp (UTC)")
            lines.append(f"| `{column.name}` | {kind} | {'' if column.required else 'yes'} | {column.sentence} |")
        if table is schema.ARTICLES:
            lines += [
                "",
                f"The path adds two keys: `story_cluster` (`story_id`, or `{schema.UNCLUSTERED}`) and "
                f"`publication_date` (`published_on`, or `{schema.UNDATED}`), strings that plain pandas reads as a "
                "category.",
            ]
        if table is schema.DATE_EVIDENCE:
            lines += [
                "",
                "`confidence` begins at the share of dates in this role that proved to be the publication day on pages",
                "with a known one, and is lower where rivals stand beside it.",
                "",
            ]
            lines += ["| role | told by | begins at |", "|---|---|---:|"]
            lines += [
                f"| `{name}` | {role.sentence.rstrip(',')} | {role.confidence:.2f} |" for name, role in ROLES.items()
            ]
        if table is schema.REJECTED:
            lines += ["", "| reason | meaning |", "|---|---|"]
            lines += [f"| `{reason}` | {meaning} |" for reason, meaning in REASONS.items()]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Every knob, as `storywire/settings.py` declares them."""
    lines = [
        "# Settings",
        "",
        "Written from `storywire/settings.py` by `make docs`. Each is an environment variable or a line of `.env`.",
        "",
        "| variable | default | what it does |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "the number of processors" if field.default_factory else field.default
        default = "none" if default is None else default
        lines.append(f"| `STORYWIRE_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def keys() -> str:
    """Every key of `sources.toml`, as `storywire/sources/source.py` declares them; first those of a source alone."""
    lines = ["| key | of kind | default | meaning |", "|---|---|---|---|"]
    written = Source.model_construct(name="", kind="feed").model_dump(mode="json", by_alias=True)
    fields = Source.model_fields
    for name in sorted(fields, key=lambda name: name in Limits.model_fields):
        key = fields[name].alias or name
        kinds = [kind for kind, keys in KEYS_OF_KIND.items() if key in keys]
        of = "all" if len(kinds) == len(KEYS_OF_KIND) else ", ".join(kinds)
        default = "required" if fields[name].is_required() else _toml(written[key])
        lines.append(f"| `{key}` | {of} | {default} | {fields[name].description} |")
    return "\n".join(lines)


def _toml(default: object) -> str:
    """A default as one would write it in the file."""
    return "none" if default is None or default == {} else f"`{json.dumps(default)}`"


def dag() -> str:
    """The steps of `flows/carry.py`, in the order they first run, as a Mermaid drawing."""
    tree = ast.parse((ROOT / "flows/carry.py").read_text())
    bodies = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    steps = {name.name for node in imports for name in node.names if _is_step(node.module or "", name.name)}
    order = [step for step in dict.fromkeys(_steps("carry", bodies, steps)) if step != "finish"]
    drawn = [f"    {one} --> {other}" for one, other in pairwise(["ingest", *order])]
    ends = ["    publish --> tables[(data/processed)]", "    publish --> finish", "```"]
    begins = ["    web((sources.toml)) --> fetch", "    fetch --> raw[(data/raw)]", "    raw --> ingest"]
    return "\n".join(["```mermaid", "flowchart LR", *begins, *drawn, *ends])


def _steps(function: str, bodies: dict[str, ast.FunctionDef], steps: set[str]) -> Iterator[str]:
    """The steps a function calls, itself or through others of the module, in the order on the page."""
    for call in _calls(bodies[function], steps | bodies.keys()):
        name = _name(call.func)
        if name in steps:
            yield name
        else:
            yield from _steps(name, bodies, steps)


def _is_step(module: str, name: str) -> bool:
    """Whether a function of `tasks` is a step of the flow: decorated as one."""
    path = (ROOT / module.replace(".", "/")).with_suffix(".py")
    if not module.startswith("tasks.") or module == "tasks.difference":
        return False
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    decorators = [each for node in functions if node.name == name for each in node.decorator_list]
    return any(isinstance(each, ast.Call) and _name(each.func) == "step" for each in decorators)


def _calls(inside: ast.AST, steps: set[str]) -> list[ast.Call]:
    """Calls of steps, in the order they stand on the page."""
    calls = [node for node in ast.walk(inside) if isinstance(node, ast.Call) and _name(node.func) in steps]
    return sorted(calls, key=lambda call: call.lineno)


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def documents() -> dict[Path, str]:
    """Each generated document with what it must hold."""
    readme, sources = ROOT / "README.md", ROOT / "docs/sources.md"
    return {
        ROOT / "docs/data-dictionary.md": data_dictionary(),
        ROOT / "docs/settings.md": settings(),
        readme: _between(readme, "dag", dag()),
        sources: _between(sources, "keys", keys()),
    }


def _between(document: Path, mark: str, text: str) -> str:
    """A document with the text between two marks replaced."""
    before, _, rest = document.read_text().partition(f"<!-- {mark} -->\n")
    after = rest.partition(f"<!-- /{mark} -->")[2]
    return f"{before}<!-- {mark} -->\n{text}\n<!-- /{mark} -->{after}"


def stale() -> list[str]:
    """The documents that differ from the code, by path."""
    return [
        str(path.relative_to(ROOT))
        for path, text in documents().items()
        if not path.exists() or path.read_text() != text
    ]


def main() -> int:
    """Write or check; the number of stale documents is the exit code."""
    if "--check" in sys.argv:
        for path in stale():
            print(f"{path} is stale; run `make docs`")
        return len(stale())
    for document, text in documents().items():
        document.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
