#!/usr/bin/env python3
"""Records what real agents say, as the decoders' tests read it. Renew after an agent's new version:

    ADJUTANT_TEST_CLAUDE=…/claude ADJUTANT_TEST_CODEX=…/codex-acp python3 tests/recordings/record.py [CASE…]

Writes `claude/CASE.jsonl` and `acp/AGENT-CASE.jsonl` beside itself, one line per message: {"dir": "in" | "out", "msg": …},
"in" being what the agent said; a last line {"dir": "exit", "msg": CODE} when it ended by itself. The model is the tests' own
(`tests/agents/model`), which follows the script in the prompt.
Each case has a home and a workspace of its own; machine paths are scrubbed, ids are kept. An agent without its variable is
left out: ADJUTANT_TEST_{CLAUDE, CODEX, GEMINI, OPENCODE, CLAUDE_AGENT_ACP, VIBE}, each a command line.
"""
import json
import os
import pathlib
import queue
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import agents

HERE = pathlib.Path(__file__).parent
CREATE = "Say: I will create x.txt now.\nRun: echo hi > x.txt\nSay: Result: {result}"
SLOW = "Say: This takes long.\nRun: echo started > started.txt; sleep 61\nSay: Result: {result}"


class Talk:
    """One agent's process and all that was said."""

    def __init__(self, place, command, env):
        self.place, self.lines, self.inbox = place, [], queue.Queue()
        self.process = subprocess.Popen(command, cwd=place.workspace, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=open(place.root / "stderr", "a"), text=True, bufsize=1, start_new_session=True)
        place.talks.append(self)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            self.lines.append(("in", message))
            self.inbox.put(message)
        self.inbox.put(None)

    def send(self, message):
        self.lines.append(("out", message))
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def next(self, seconds=90):
        return self.inbox.get(timeout=seconds)

    def until(self, wanted, handle=lambda message: None):
        while (message := self.next()) is not None:
            handle(message)
            if wanted(message):
                break
        return message

    def end(self):
        self.process.stdin.close()
        try:
            code = self.process.wait(3)
            self.lines.append(("exit", code))
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def save(self, path):
        path.parent.mkdir(exist_ok=True)
        text = "".join(json.dumps({"dir": way, "msg": message}, ensure_ascii=False, separators=(",", ":")) + "\n" for way, message in self.lines)
        path.write_text(self.place.scrub(text))
        print(f"{path.relative_to(HERE)}: {len(self.lines)} lines, {path.stat().st_size} bytes", flush=True)


class Place:
    """A home, a workspace and a model for one case."""

    def __init__(self, model):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="rec"))
        self.home, self.workspace = self.root / "home", self.root / "workspace"
        self.home.mkdir()
        self.workspace.mkdir()
        self.talks = []
        self.model = model

    def scrub(self, text):
        for path, shown in ((self.workspace, "/workspace"), (self.home, "/home/user"), (self.root, "/tmp/case")):
            text = text.replace(str(path), shown).replace(str(path).replace("/", "-"), shown.replace("/", "-"))
        text = text.replace(self.model, "http://model.local").replace(self.model.removeprefix("http://"), "model.local")
        for agent in agents.PROGRAMS:
            for word in shlex.split(os.environ.get(agent, "")):
                if "/node_modules/" in word or "/venv/" in word:
                    root = word.split("/node_modules/")[0].split("/venv/")[0]
                    text = text.replace(root, "/opt/agent").replace(os.path.realpath(root), "/opt/agent")
        return text

    def close(self):
        for talk in self.talks:
            talk.kill()
        shutil.rmtree(self.root, ignore_errors=True)


# Claude Code over stream-json

CLAUDE = ["-p", "--output-format", "stream-json", "--input-format", "stream-json", "--verbose", "--include-partial-messages",
          "--permission-prompt-tool", "stdio"]


def claude(place, *flags, **env):
    command = [*shlex.split(os.environ["ADJUTANT_TEST_CLAUDE"]), *CLAUDE, *flags]
    talk = Talk(place, command, agents.claude(place.home, place.model) | env)
    talk.send({"type": "control_request", "request_id": "init-1", "request": {"subtype": "initialize"}})
    return talk


def say(talk, text):
    talk.send({"type": "user", "message": {"role": "user", "content": text}, "parent_tool_use_id": None, "session_id": "default"})


def turn(talk, text, decide):
    """Sends a prompt and answers each permission request with `decide(request)` until the turn's result."""
    def handle(message):
        if message["type"] == "control_request" and message["request"]["subtype"] == "can_use_tool":
            answer = decide(message["request"])
            if answer:
                talk.send({"type": "control_response", "response": {"subtype": "success", "request_id": message["request_id"], "response": answer}})
    say(talk, text)
    return talk.until(lambda message: message["type"] == "result", handle)


def allow(request):
    return {"behavior": "allow", "updatedInput": request["input"]}


def deny(_):
    return {"behavior": "deny", "message": "The user denied this.", "interrupt": False}


def interrupt(talk):
    talk.send({"type": "control_request", "request_id": "interrupt-1", "request": {"subtype": "interrupt"}})


def claude_simple(prompt, decide=allow, *flags, before=lambda place: None, **env):
    def case(place):
        before(place)
        talk = claude(place, *flags, **env)
        turn(talk, prompt, decide)
        talk.end()
        return talk
    return case


def claude_interrupt(place):
    talk = claude(place)
    say(talk, SLOW)
    def handle(message):
        if message["type"] == "control_request":
            talk.send({"type": "control_response", "response": {"subtype": "success", "request_id": message["request_id"], "response": allow(message["request"])}})
            # In mid-tool: the command has begun once its first line's file is there; half a second is ample here.
            threading.Timer(1.5, interrupt, [talk]).start()
    talk.until(lambda message: message["type"] == "result", handle)
    talk.end()
    return talk


def claude_interrupt_asking(place):
    talk = claude(place)
    turn(talk, CREATE, lambda _: interrupt(talk))
    talk.end()
    return talk


def claude_steer(place):
    """A second message while the first turn still waits for its tool."""
    talk = claude(place)
    def decide(request):
        say(talk, "Say: Steered.")
        return allow(request)
    turn(talk, "Say: First.\nRun: echo hi > x.txt; sleep 1\nSay: Result: {result}", decide)
    try:
        while (message := talk.next(5)) is not None and message["type"] != "result":
            pass
    except queue.Empty:
        pass
    talk.end()
    return talk


def claude_two(place):
    talk = claude(place)
    turn(talk, CREATE, allow)
    turn(talk, "Recall:", allow)
    talk.end()
    return talk


def claude_resume(place):
    first = claude(place)
    result = turn(first, CREATE, allow)
    first.kill()
    second = claude(place, "--resume", result["session_id"])
    turn(second, "Recall:", allow)
    second.end()
    return second


def claude_ask(request):
    if request["tool_name"] != "AskUserQuestion":
        return allow(request)
    answers = {question["question"]: question["options"][0]["label"] for question in request["input"]["questions"]}
    return {"behavior": "allow", "updatedInput": {**request["input"], "answers": answers}}


def edits(place):
    (place.workspace / "main.py").write_text("def main():\n    print('old')\n")


def tool(name, arguments):
    return f"Tool: {name} {json.dumps(arguments)}"


QUESTION = tool("AskUserQuestion", {"questions": [
    {"question": "Which database?", "header": "Database", "multiSelect": False,
     "options": [{"label": "SQLite", "description": "One file"}, {"label": "Postgres", "description": "A server"}]},
    {"question": "Which parts?", "header": "Parts", "multiSelect": True,
     "options": [{"label": "Tests", "description": "Unit tests"}, {"label": "Docs", "description": "A page"}]}]})
TODOS = "\n".join([
    tool("TodoWrite", {"todos": [{"content": "Look", "status": "in_progress", "activeForm": "Looking"}, {"content": "Act", "status": "pending", "activeForm": "Acting"}]}),
    tool("TodoWrite", {"todos": [{"content": "Look", "status": "completed", "activeForm": "Looking"}, {"content": "Act", "status": "in_progress", "activeForm": "Acting"}]}),
    "Say: Planned."])
TASKS = "\n".join([
    tool("TaskCreate", {"subject": "Look", "description": "Look around", "activeForm": "Looking"}),
    tool("TaskCreate", {"subject": "Act", "description": "Do it", "activeForm": "Acting"}),
    tool("TaskUpdate", {"taskId": "1", "status": "in_progress"}), tool("TaskUpdate", {"taskId": "1", "status": "completed"}), tool("TaskList", {}), "Say: Planned."])
SUB = "Say: I delegate.\n" + tool("Task", {"description": "Look into it", "subagent_type": "general-purpose",
      "prompt": "Say: I am the helper.\nRun: echo sub > sub.txt\nSay: Helper is done."}) + "\nSay: Result: {result}"

CLAUDE_CASES = {
    "allow": claude_simple(CREATE),
    "deny": claude_simple(CREATE, deny),
    "deny-interrupt": claude_simple(CREATE, lambda request: {**deny(request), "interrupt": True}),
    "interrupt": claude_interrupt,
    "interrupt-asking": claude_interrupt_asking,
    "steer": claude_steer,
    "two-turns": claude_two,
    "resume": claude_resume,
    "session-lost": claude_simple("Say: Hello.", allow, "--resume", str(uuid.UUID(int=0x1234567812345678123456781234567))),
    "thinking": claude_simple("Think: Let me look at this first.\nSay: Thought."),
    "todo": claude_simple(TODOS, CLAUDE_CODE_ENABLE_TASKS="false"),
    "tasks": claude_simple(TASKS),
    "question": claude_simple("Say: I have questions.\n" + QUESTION + "\nSay: Result: {result}", claude_ask),
    "question-denied": claude_simple(QUESTION + "\nSay: Result: {result}", deny),
    "plan-mode": claude_simple("Say: I have a plan.\n" + tool("ExitPlanMode", {"plan": "# Plan\n\n1. Look\n2. Act"}) + "\nRun: echo hi > x.txt\nSay: Result: {result}",
                               allow, "--permission-mode", "plan"),
    "plan-mode-denied": claude_simple(tool("ExitPlanMode", {"plan": "# Plan\n\n1. Look\n2. Act"}) + "\nSay: Result: {result}", deny, "--permission-mode", "plan"),
    "edit": None, "write": None,
    "read": claude_simple("Run: ls -la\nSay: Result: {result}"),
    "tool-fails": claude_simple("Run: echo oops >&2; touch y; exit 3\nSay: Result: {result}"),
    "subagent": claude_simple(SUB),
    "not-logged-in": claude_simple("Say: Hello.", allow, ANTHROPIC_API_KEY=""),
    "key-refused": claude_simple("Fail: 401 invalid x-api-key"),
    "model-unknown": claude_simple("Fail: 404 model: no-such-model", allow, "--model", "no-such-model"),
    "credit-too-low": claude_simple("Fail: 400 Your credit balance is too low to access the Anthropic API."),
    "max-turns": claude_simple("Run: ls\nRun: ls\nSay: Done.", allow, "--max-turns", "1"),
    "tool-forbidden": claude_simple(CREATE, allow, "--disallowedTools", "Bash"),
}


def claude_edit(place):
    edits(place)
    path = str(place.workspace / "main.py")
    prompt = "\n".join([tool("Read", {"file_path": path}),
                        tool("Edit", {"file_path": path, "old_string": "old", "new_string": "new"}), "Say: Result: {result}"])
    return claude_simple(prompt)(place)


def claude_write(place):
    return claude_simple(tool("Write", {"file_path": str(place.workspace / "notes.md"), "content": "# Notes\n\nOne.\n"}) + "\nSay: Result: {result}")(place)


CLAUDE_CASES |= {"edit": claude_edit, "write": claude_write}


# ACP agents

class Acp(Talk):
    """A client of the protocol: numbers its requests, answers the agent's."""

    def __init__(self, place, agent, logged_in=True):
        super().__init__(place, *agents.acp(agent, place.home, place.model, logged_in))
        self.count, self.permission, self.session = 0, "allow_once", None

    def answer(self, message):
        if "method" not in message or "id" not in message:
            return
        method, params = message["method"], message["params"]
        reply = lambda **fields: self.send({"jsonrpc": "2.0", "id": message["id"], **fields})
        if method == "session/request_permission" and self.permission == "cancelled":
            self.send({"jsonrpc": "2.0", "method": "session/cancel", "params": {"sessionId": self.session}})
            reply(result={"outcome": {"outcome": "cancelled"}})
        elif method == "session/request_permission":
            chosen = [option for option in params["options"] if option["kind"] == self.permission]
            reply(result={"outcome": {"outcome": "selected", "optionId": chosen[0]["optionId"]}})
        elif method == "fs/read_text_file":
            try:
                reply(result={"content": pathlib.Path(params["path"]).read_text()})
            except OSError as error:
                reply(error={"code": -32002, "message": str(error)})
        elif method == "fs/write_text_file":
            pathlib.Path(params["path"]).write_text(params["content"])
            reply(result={})
        else:
            reply(error={"code": -32601, "message": "Method not found"})

    def call(self, method, also=lambda message: None, **params):
        self.count += 1
        number = self.count
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        def handle(message):
            self.answer(message)
            also(message)
        return self.until(lambda message: message.get("id") == number and "method" not in message, handle)

    def begin(self):
        self.initialized = self.call("initialize", protocolVersion=1, clientInfo={"name": "adjutant", "version": "0.1.0"}, clientCapabilities={
            "fs": {"readTextFile": True, "writeTextFile": True}, "terminal": False})

    def new(self):
        answer = self.call("session/new", cwd=str(self.place.workspace), mcpServers=[])
        self.session = answer.get("result", {}).get("sessionId") if answer else None
        return answer

    def prompt(self, text, also=lambda message: None):
        return self.call("session/prompt", also, sessionId=self.session, prompt=[{"type": "text", "text": text}])

    def cancel(self):
        self.send({"jsonrpc": "2.0", "method": "session/cancel", "params": {"sessionId": self.session}})

    def rest(self, seconds=1):
        """What still comes after an answer."""
        try:
            while (message := self.next(seconds)) is not None:
                self.answer(message)
        except queue.Empty:
            pass


def acp_simple(prompt, permission="allow_once", logged_in=True):
    def case(place, agent):
        talk = Acp(place, agent, logged_in)
        talk.permission = permission
        talk.begin()
        talk.new()
        if talk.session:
            talk.prompt(prompt)
            talk.rest()
        talk.end()
        return talk
    return case


def acp_cancel(place, agent):
    talk = Acp(place, agent)
    talk.begin()
    talk.new()
    begun = []
    def also(message):
        # In mid-tool: the permission is given, the command sleeps.
        if message.get("method") == "session/request_permission" and not begun:
            begun.append(threading.Timer(1.5, talk.cancel))
            begun[0].start()
    talk.prompt(SLOW, also)
    talk.rest()
    talk.end()
    return talk


def another_minute(agent):
    """Gemini names a session's file by the minute, and in the same minute writes over what it is about to load."""
    if agent == "gemini":
        time.sleep(61 - time.time() % 60)


def acp_resume(place, agent):
    first = Acp(place, agent)
    first.begin()
    first.new()
    first.prompt(CREATE)
    first.kill()
    another_minute(agent)
    talk = Acp(place, agent)
    talk.begin()
    able = talk.initialized["result"].get("agentCapabilities", {})
    talk.session = first.session
    sessions = able.get("sessionCapabilities", {})
    if "list" in sessions:
        talk.call("session/list", cwd=str(place.workspace))
    if "resume" in sessions:
        answer = talk.call("session/resume", sessionId=first.session, cwd=str(place.workspace), mcpServers=[])
    else:
        answer = talk.call("session/load", sessionId=first.session, cwd=str(place.workspace), mcpServers=[])
    if "result" in answer:
        talk.prompt("Recall:")
        talk.rest()
    talk.end()
    return talk


def acp_load(place, agent, wait=True):
    """As `resume`, by `session/load`, which replays the history; and of a session that is not there."""
    first = Acp(place, agent)
    first.begin()
    first.new()
    first.prompt(CREATE)
    first.kill()
    if wait:
        another_minute(agent)
    talk = Acp(place, agent)
    talk.begin()
    talk.session = first.session
    if "result" in talk.call("session/load", sessionId=first.session, cwd=str(place.workspace), mcpServers=[]):
        talk.prompt("Recall:")
        talk.rest()
    talk.end()
    return talk


def acp_lost(place, agent):
    talk = Acp(place, agent)
    talk.begin()
    sessions = talk.initialized["result"].get("agentCapabilities", {}).get("sessionCapabilities", {})
    method = "session/resume" if "resume" in sessions else "session/load"
    talk.call(method, sessionId="01234567-0123-4567-8123-456781234567", cwd=str(place.workspace), mcpServers=[])
    talk.rest()
    talk.end()
    return talk


PLANS = {
    "codex": tool("update_plan", {"explanation": "Two steps", "plan": [{"step": "Look", "status": "in_progress"}, {"step": "Act", "status": "pending"}]})
             + "\n" + tool("update_plan", {"plan": [{"step": "Look", "status": "completed"}, {"step": "Act", "status": "in_progress"}]}),
    "opencode": tool("todowrite", {"todos": [{"content": "Look", "status": "in_progress", "priority": "high", "id": "1"}, {"content": "Act", "status": "pending", "priority": "high", "id": "2"}]}),
    "gemini": tool("write_todos", {"todos": [{"description": "Look", "status": "in_progress"}, {"description": "Act", "status": "pending"}]}),
    "vibe": tool("todo", {"action": "write", "todos": [{"id": "1", "content": "Look", "status": "in_progress", "priority": "high"}]}),
    "claude-agent-acp": TASKS,
}
EDITS = {
    "codex": tool("exec_command", {"cmd": "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: notes.md\n+# Notes\n*** End Patch\nEOF"}),
    "opencode": tool("write", {"filePath": "notes.md", "content": "# Notes\n"}),
    "gemini": tool("write_file", {"file_path": "notes.md", "content": "# Notes\n"}),
    "vibe": tool("write_file", {"path": "notes.md", "content": "# Notes\n"}),
    "claude-agent-acp": tool("Write", {"file_path": "notes.md", "content": "# Notes\n"}),
}
ACP_CASES = {
    "allow": acp_simple("Think: Let me see.\n" + CREATE),
    "always": acp_simple(CREATE, "allow_always"),
    "deny": acp_simple(CREATE, "reject_once"),
    "cancel": acp_cancel,
    "cancel-asking": acp_simple(CREATE, "cancelled"),
    "resume": acp_resume,
    "load": acp_load,
    "session-lost": acp_lost,
    "key-refused": acp_simple("Fail: 401 invalid api key"),
    "model-unknown": acp_simple("Fail: 404 model: no-such-model"),
}


def acp_plan(place, agent):
    return acp_simple(PLANS[agent] + "\nSay: Planned.")(place, agent)


def acp_edit(place, agent):
    """A tool call with a diff."""
    return acp_simple(EDITS[agent] + "\nSay: Result: {result}")(place, agent)


ACP_CASES |= {"plan": acp_plan, "edit": acp_edit, "not-logged-in": acp_simple("Say: Hello.", logged_in=False)}


def main():
    wanted = sys.argv[1:]
    # Ends when its standard input does, which is at our end at the latest.
    serving = subprocess.Popen(["cargo", "run", "-q", "--features", "agent-tests", "--example", "scripted_model"],
                               cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    model = serving.stdout.readline().strip()
    jobs = {}
    if os.environ.get("ADJUTANT_TEST_CLAUDE"):
        jobs |= {f"claude/{name}": case for name, case in CLAUDE_CASES.items()}
    for agent, variable in agents.ACP.items():
        if os.environ.get(variable):
            for name, case in ACP_CASES.items():
                jobs[f"acp/{agent}-{name}"] = (lambda case, agent: lambda place: case(place, agent))(case, agent)
    # It has models of its own for whoever is not logged in.
    jobs.pop("acp/opencode-not-logged-in", None)
    if "acp/gemini-load" in jobs:
        jobs["acp/gemini-load-within-the-minute"] = lambda place: acp_load(place, "gemini", wait=False)
    for name, case in jobs.items():
        if wanted and not any(pathlib.PurePath(name).match(pattern) for pattern in wanted):
            continue
        place = Place(model)
        try:
            case(place).save(HERE / f"{name}.jsonl")
        except Exception as error:
            print(f"{name}: {error!r}\n{(place.root / 'stderr').read_text()[-600:]}", flush=True)
        finally:
            place.close()


if __name__ == "__main__":
    main()
