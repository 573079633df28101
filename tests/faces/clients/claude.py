"""The real Claude Code against a scripted model on loopback: what it does with us, without a login and without a network.

`Model` speaks as much of the Messages API as Claude Code needs. A request that offers tools gets the next turn of the script;
others (titles, probes) get a short text. Every request is kept, so that a test reads what the model saw.
"""

import json
import subprocess
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memoryd.tokens import counter
from tests.faces.clients import scripted
from tests.faces.clients.scripted import Events
from tests.project import DEADLINE

Block = dict[str, Any]
SUMMARY = "The session so far, in short."
FULL = 990_000
"""Tokens of a context that is full."""
TOOL_OVERHEAD = 500
"""What Claude Code takes off again when it counts the tokens of tools."""


def text(said: str) -> Block:
    """Return what a model says."""
    return {"type": "text", "text": said}


def use(tool: str, **arguments: Any) -> Block:
    """Return a model's call of a tool."""
    return {"type": "tool_use", "name": tool, "input": arguments}


@dataclass
class Model:
    """A scripted model. `requests` are the bodies of all requests that offered tools, in their order."""

    turns: Sequence[Sequence[Block]]
    full: str = ""
    """While this text stands in its context, the model says that it is full."""
    name: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    """What the ids of its calls begin with: a session that is resumed has those of another run, too."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)
    """The bodies of requests for something beside the script: titles, probes, the summary of a compaction."""
    guard: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, body: dict[str, Any]) -> list[Block]:
        """Return the blocks that answer a request."""
        if not body.get("tools") or _asks_for_summary(body):
            self.others.append(body)
            return [text(f"<summary>{SUMMARY}</summary>")]
        with self.guard:
            turn = len(self.requests)
            self.requests.append(body)
        blocks = self.turns[turn] if turn < len(self.turns) else [text("(the script ends here)")]
        return [_with_id(block, f"toolu_{self.name}{turn:04}{place:02}") for place, block in enumerate(blocks)]

    def tokens(self, body: dict[str, Any]) -> int:
        """Return what the model says that a request takes."""
        return FULL if self.full and self.full in json.dumps(body.get("messages")) else _tokens(body)

    def tools(self, request: int = 0) -> dict[str, dict[str, Any]]:
        """Return the tools that a request offered, by name."""
        return {tool["name"]: tool for tool in self.requests[request]["tools"]}

    def results(self, request: int = -1) -> list[Block]:
        """Return the results of tools that the model saw in a request."""
        contents = [message["content"] for message in self.requests[request]["messages"]]
        return [block for content in contents if isinstance(content, list) for block in content if block.get("type") == "tool_result"]


@dataclass(frozen=True)
class Ran(scripted.Ran):
    """What a run of Claude Code left behind, and the model it talked to."""

    model: Model


def said_by(result: Block) -> str:
    """Return the text of a tool's result, as the model saw it."""
    content = result["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


def run(claude: str, project: Path, servers: Mapping[str, Any], turns: Sequence[Sequence[Block]], *arguments: str, **variables: str) -> Ran:
    """Run Claude Code in a project with MCP servers, entries as in `.mcp.json`, and a scripted model."""
    return run_with(claude, project, servers, Model(turns), *arguments, **variables)


def run_with(claude: str, project: Path, servers: Mapping[str, Any], model: Model, *arguments: str, **variables: str) -> Ran:
    """Run Claude Code as `run` does, with a model."""
    home = project.parent / "claude-home"
    home.mkdir(exist_ok=True)
    configuration = home / "mcp.json"
    configuration.write_text(json.dumps({"mcpServers": servers}))

    class Handler(_Handler):
        answers = model

    with scripted.serving(Handler) as url:
        environment = scripted.environment(
            ("ANTHROPIC", "CLAUDE", "MCP_"),
            ANTHROPIC_BASE_URL=url, ANTHROPIC_API_KEY="made-up", HOME=str(home), CLAUDE_CONFIG_DIR=str(home / ".claude"),
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1", DISABLE_AUTOUPDATER="1", DISABLE_TELEMETRY="1", DISABLE_ERROR_REPORTING="1",
            **variables,
        )  # fmt: skip
        command = [claude, "-p", *arguments, "--mcp-config", str(configuration), "--strict-mcp-config"]
        done = subprocess.run(command, cwd=project, env=environment, input="", capture_output=True, text=True, timeout=DEADLINE)
    return Ran(done.returncode, done.stdout, done.stderr, model)


class _Handler(scripted.Handler):
    answers: Model

    def answered(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Events:
        if path.endswith("/count_tokens"):
            return {"input_tokens": self.answers.tokens(body)}
        return _message(body, self.answers.tokens(body), self.answers.answer(body)) if path.endswith("/v1/messages") else {}


def _message(body: dict[str, Any], tokens: int, blocks: list[Block]) -> dict[str, Any] | Events:
    stop = "tool_use" if any(block["type"] == "tool_use" for block in blocks) else "end_turn"
    usage = {"input_tokens": tokens, "output_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body.get("model"), "usage": usage, "stop_sequence": None}
    if not body.get("stream"):
        return {**message, "content": blocks, "stop_reason": stop}
    events: Events = [{"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}]
    for index, block in enumerate(blocks):
        start, delta = _parts(block)
        events += [
            {"type": "content_block_start", "index": index, "content_block": start},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    return [
        *events,
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]


def _asks_for_summary(body: dict[str, Any]) -> bool:
    """Tell whether a request asks for the summary of a compaction, which offers tools and forbids to call them."""
    return "Do NOT call any tools" in json.dumps(body["messages"][-1:])


def _with_id(block: Block, number: str) -> Block:
    return {**block, "id": number} if block["type"] == "tool_use" else block


def _parts(block: Block) -> tuple[Block, Block]:
    if block["type"] == "text":
        return {"type": "text", "text": ""}, {"type": "text_delta", "text": block["text"]}
    return {**block, "input": {}}, {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}


def _tokens(body: dict[str, Any]) -> int:
    """Count what a request would cost: o200k and a quarter more, as current models count, and what they add where there are tools."""
    said = json.dumps([body.get("tools"), body.get("system"), body.get("messages")], ensure_ascii=False)
    return round(1.25 * counter()(said)) + (TOOL_OVERHEAD if body.get("tools") else 0)
