"""A scripted model server for recordings: Anthropic Messages, OpenAI Responses, Chat Completions, Gemini.

The prompt is the script. Its lines say what the model does:

    Say: text            text; `{result}` stands for the last tool's result
    Think: text          a thought (Anthropic and Responses)
    Run: command         a call of the agent's own shell tool
    Tool: NAME {json}    a call of a named tool
    Fail: 401 message    the request is refused with this status
    Recall:              says all earlier prompts' first lines: proof that a session goes on

Each call ends one answer of the model, and the line after it begins the next. The server keeps no state: the step is the
number of tool results behind the prompt. A request without tools (a title, a classifier) gets a short text.
"""
import itertools
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LINE = re.compile(r"^(Say|Think|Run|Tool|Fail|Recall): ?(.*)$", re.M)
SHELLS = ["Bash", "bash", "run_shell_command", "shell", "shell_command", "exec_command", "execute"]
NUMBER = itertools.count(1)


def number(prefix):
    return f"{prefix}_{next(NUMBER):06d}"


def shell_arguments(schema, command, escalate):
    properties = schema.get("properties", {})
    name = "cmd" if "cmd" in properties else "command"
    array = properties.get(name, {}).get("type") == "array"
    arguments = {name: ["bash", "-lc", command] if array else command}
    if "description" in properties:
        arguments["description"] = "run a command"
    # Codex asks only for what its sandbox would not allow.
    if escalate and "sandbox_permissions" in properties:
        arguments |= {"sandbox_permissions": "require_escalated", "justification": "the sandbox forbids it"}
    return arguments


def decide(turns, tools, escalate):
    """`turns`: (role, text) with role user | tool | model; `tools`: name -> schema. Gives (kind, …) pieces."""
    if not tools:
        return [("say", "A title")]
    at = max((i for i, (role, text) in enumerate(turns) if role == "user" and LINE.search(text)), default=None)
    if at is None:
        return [("say", "ok")]
    step = sum(role == "tool" for role, _ in turns[at:])
    result = next((text for role, text in reversed(turns[at:]) if role == "tool"), "")
    pieces = []
    for verb, rest in LINE.findall(turns[at][1]):
        call = verb in ("Run", "Tool")
        if step > 0:
            step -= call
            continue
        if verb == "Say":
            pieces.append(("say", rest.replace("{result}", result[:200])))
        elif verb == "Think":
            pieces.append(("think", rest))
        elif verb == "Run":
            shell = next((s for s in SHELLS if s in tools), None)
            pieces.append(("call", shell, shell_arguments(tools[shell], rest, escalate)) if shell else ("say", "No shell."))
        elif verb == "Tool":
            name, _, arguments = rest.partition(" ")
            pieces.append(("call", name, json.loads(arguments or "{}")))
        elif verb == "Fail":
            return [("fail", int(rest[:3]), rest[4:])]
        elif verb == "Recall":
            said = [LINE.search(text).group(0) for role, text in turns[:at] if role == "user" and LINE.search(text)]
            pieces.append(("say", "Earlier: " + " | ".join(said)))
        if call:
            break
    return pieces or [("say", "Nothing left to do.")]


def words(text):
    return re.findall(r"\S+\s*", text)


def text_of(content):
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text") or text_of(part.get("content") or "") for part in content if isinstance(part, dict))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, body, status=200):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, data, name=None):
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write(((f"event: {name}\n" if name else "") + f"data: {text}\n\n").encode())
        self.wfile.flush()
        time.sleep(self.server.delay)

    def do_GET(self):
        self.server.seen("GET", self.path, None)
        if "/models" in self.path:
            model = {"id": "scripted", "type": "model", "object": "model", "display_name": "Scripted", "created_at": "2026-01-01T00:00:00Z"}
            return self.reply({"object": "list", "data": [model], "models": [{"name": "models/scripted"}], "has_more": False})
        self.reply({}, 404)

    do_HEAD = do_GET

    def body(self):
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("transfer-encoding") == "chunked":
            while size := int(self.rfile.readline().strip() or b"0", 16):
                raw += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        if self.headers.get("content-encoding") == "gzip":
            import gzip
            raw = gzip.decompress(raw)
        try:
            return json.loads(raw or b"{}")
        except ValueError:
            return {}

    def do_POST(self):
        body, path = self.body(), self.path.split("?")[0]
        self.server.seen("POST", path, body)
        try:
            if path.endswith("/messages/count_tokens"):
                return self.reply({"input_tokens": 100})
            if "countTokens" in path:
                return self.reply({"totalTokens": 100})
            for end, answer in (("/messages", self.anthropic), ("/chat/completions", self.chat), ("/responses", self.openai_responses)):
                if path.endswith(end):
                    return answer(body)
            if "enerateContent" in path:
                return self.gemini(body, "stream" in path)
            self.reply({}, 404)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def refuse(self, pieces, shape):
        for piece in pieces:
            if piece[0] == "fail":
                self.reply(shape(piece[1], piece[2]), piece[1])
                return True
        return False

    # Anthropic Messages
    def anthropic(self, body):
        turns = []
        for message in body.get("messages", []):
            content = message["content"]
            parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
            for part in parts:
                if part["type"] == "tool_result":
                    turns.append(("tool", text_of(part.get("content") or "")))
                elif part["type"] == "text":
                    # A message into a running turn comes as the system's.
                    turns.append(("model" if message["role"] == "assistant" else "user", part["text"]))
        tools = {tool["name"]: tool.get("input_schema", {}) for tool in body.get("tools", [])}
        pieces = decide(turns, tools, False)
        kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error"}
        if self.refuse(pieces, lambda s, m: {"type": "error", "error": {"type": kinds.get(s, "api_error"), "message": m}}):
            return
        stop = "tool_use" if pieces[-1][0] == "call" else "end_turn"
        usage = {"input_tokens": 120, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 1000, "output_tokens": 1}
        message = {"id": number("msg"), "type": "message", "role": "assistant", "model": body.get("model"), "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": usage}
        blocks = []
        for piece in pieces:
            if piece[0] == "say":
                blocks.append(({"type": "text", "text": ""}, [{"type": "text_delta", "text": w} for w in words(piece[1])],
                               {"type": "text", "text": piece[1]}))
            elif piece[0] == "think":
                deltas = [{"type": "thinking_delta", "thinking": w} for w in words(piece[1])]
                blocks.append(({"type": "thinking", "thinking": "", "signature": ""}, [*deltas, {"type": "signature_delta", "signature": "c2lnbmVk"}],
                               {"type": "thinking", "thinking": piece[1], "signature": "c2lnbmVk"}))
            else:
                start = {"type": "tool_use", "id": number("toolu"), "name": piece[1], "input": {}}
                deltas = [{"type": "input_json_delta", "partial_json": word} for word in words(json.dumps(piece[2]))]
                blocks.append((start, deltas, {**start, "input": piece[2]}))
        if not body.get("stream"):
            return self.reply({**message, "content": [whole for _, _, whole in blocks], "stop_reason": stop, "usage": {**usage, "output_tokens": 20}})
        self.stream()
        send = lambda kind, **fields: self.event({"type": kind, **fields}, kind)
        send("message_start", message=message)
        for index, (start, deltas, _) in enumerate(blocks):
            send("content_block_start", index=index, content_block=start)
            for delta in deltas:
                send("content_block_delta", index=index, delta=delta)
            send("content_block_stop", index=index)
        send("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, usage={"output_tokens": 20})
        send("message_stop")

    # OpenAI Responses
    def openai_responses(self, body):
        turns = []
        for item in body.get("input", []):
            if item.get("type", "message") == "message":
                turns.append(("model" if item["role"] == "assistant" else item["role"], text_of(item["content"])))
            elif item["type"].endswith("_output"):
                output = item.get("output")
                turns.append(("tool", output if isinstance(output, str) else json.dumps(output)))
        tools = {t["name"]: t.get("parameters", {}) for t in body.get("tools", []) if t.get("type") == "function"}
        pieces = decide(turns, tools, self.server.escalate)
        if self.refuse(pieces, lambda s, m: {"error": {"message": m, "type": "invalid_request_error", "code": str(s)}}):
            return
        items = []
        for piece in pieces:
            if piece[0] == "say":
                items.append({"type": "message", "id": number("m"), "role": "assistant", "status": "completed",
                              "content": [{"type": "output_text", "text": piece[1], "annotations": []}]})
            elif piece[0] == "think":
                items.append({"type": "reasoning", "id": number("rs"), "summary": [{"type": "summary_text", "text": piece[1]}], "encrypted_content": None})
            else:
                items.append({"type": "function_call", "id": number("fc"), "call_id": number("call"), "name": piece[1],
                              "arguments": json.dumps(piece[2]), "status": "completed"})
        usage = {"input_tokens": 1150, "input_tokens_details": {"cached_tokens": 1000}, "output_tokens": 20,
                 "output_tokens_details": {"reasoning_tokens": 5}, "total_tokens": 1170}
        base = {"id": number("resp"), "object": "response", "created_at": int(time.time()), "model": body.get("model")}
        done = {**base, "status": "completed", "output": items, "usage": usage}
        if not body.get("stream"):
            return self.reply(done)
        self.stream()
        send = lambda kind, **fields: self.event({"type": kind, **fields}, kind)
        send("response.created", response={**base, "status": "in_progress", "output": [], "usage": None})
        for index, item in enumerate(items):
            if item["type"] == "message":
                send("response.output_item.added", output_index=index, item={**item, "status": "in_progress", "content": []})
                for word in words(item["content"][0]["text"]):
                    send("response.output_text.delta", item_id=item["id"], output_index=index, content_index=0, delta=word)
            elif item["type"] == "reasoning":
                send("response.output_item.added", output_index=index, item={**item, "summary": []})
                send("response.reasoning_summary_part.added", item_id=item["id"], output_index=index, summary_index=0)
                for word in words(item["summary"][0]["text"]):
                    send("response.reasoning_summary_text.delta", item_id=item["id"], output_index=index, summary_index=0, delta=word)
            else:
                send("response.output_item.added", output_index=index, item={**item, "arguments": "", "status": "in_progress"})
            send("response.output_item.done", output_index=index, item=item)
        send("response.completed", response=done)

    # OpenAI Chat Completions
    def chat(self, body):
        roles = {"user": "user", "tool": "tool", "assistant": "model"}
        turns = [(roles[m["role"]], text_of(m.get("content") or "")) for m in body.get("messages", []) if m["role"] in roles]
        tools = {t["function"]["name"]: t["function"].get("parameters", {}) for t in body.get("tools") or [] if t.get("type") == "function"}
        pieces = decide(turns, tools, False)
        if self.refuse(pieces, lambda s, m: {"error": {"message": m, "type": "invalid_request_error", "code": str(s)}}):
            return
        base = {"id": number("chatcmpl"), "object": "chat.completion.chunk", "created": int(time.time()), "model": body.get("model")}
        usage = {"prompt_tokens": 1150, "completion_tokens": 20, "total_tokens": 1170, "prompt_tokens_details": {"cached_tokens": 1000}}
        text = "".join(piece[1] for piece in pieces if piece[0] == "say")
        calls = [{"index": 0, "id": number("call"), "type": "function", "function": {"name": p[1], "arguments": json.dumps(p[2])}} for p in pieces if p[0] == "call"]
        finish = "tool_calls" if calls else "stop"
        if not body.get("stream"):
            message = {"role": "assistant", "content": text, **({"tool_calls": calls} if calls else {})}
            return self.reply({**base, "object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage})
        self.stream()
        chunk = lambda delta, finish=None: self.event({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
        chunk({"role": "assistant", "content": ""})
        for word in words(text):
            chunk({"content": word})
        if calls:
            chunk({"tool_calls": calls})
        chunk({}, finish)
        self.event({**base, "choices": [], "usage": usage})
        self.event("[DONE]")

    # Gemini
    def gemini(self, body, stream):
        turns = []
        for content in body.get("contents", []):
            for part in content.get("parts", []):
                if "functionResponse" in part:
                    response = part["functionResponse"].get("response", {})
                    turns.append(("tool", response.get("output") or response.get("error") or json.dumps(response)))
                elif "text" in part:
                    turns.append(("user" if content.get("role") == "user" else "model", part["text"]))
        tools = {f["name"]: f.get("parametersJsonSchema") or f.get("parameters") or {}
                 for t in body.get("tools", []) for f in t.get("functionDeclarations", [])}
        pieces = decide(turns, tools, False)
        if self.refuse(pieces, lambda s, m: {"error": {"code": s, "message": m, "status": "UNAUTHENTICATED" if s == 401 else "NOT_FOUND"}}):
            return
        if not tools:
            verdict = {"complexity_reasoning": "x", "complexity_score": 10, "reasoning": "x", "model_choice": "flash", "next_speaker": "user"}
            pieces = [("say", json.dumps(verdict))]
        usage = {"promptTokenCount": 1150, "cachedContentTokenCount": 1000, "candidatesTokenCount": 20, "totalTokenCount": 1170}
        shape = {"say": lambda p: {"text": p[1]}, "think": lambda p: {"text": p[1], "thought": True},
                 "call": lambda p: {"functionCall": {"name": p[1], "args": p[2]}}}
        parts = [shape[piece[0]](piece) for piece in pieces]
        answer = lambda parts, last: {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0, **({"finishReason": "STOP"} if last else {})}],
                                      "usageMetadata": usage, "modelVersion": "scripted"}
        if not stream:
            return self.reply(answer(parts, True))
        self.stream()
        for index, part in enumerate(parts):
            self.event(answer([part], index == len(parts) - 1))


class Model(ThreadingHTTPServer):
    """Serves on a port of its own until `shutdown`."""
    daemon_threads = True

    def __init__(self, log=None, delay=0.002):
        super().__init__(("127.0.0.1", 0), Handler)
        self.delay, self.escalate, self.log = delay, True, log
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def seen(self, method, path, body):
        if self.log:
            with open(self.log, "a") as log:
                log.write(json.dumps({"method": method, "path": path, "body": body}) + "\n")

    def handle_error(self, request, address):
        if self.log:
            import traceback
            with open(self.log + ".err", "a") as log:
                traceback.print_exc(file=log)
