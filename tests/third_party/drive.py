#!/usr/bin/env python3
"""Plays a person against bots of other libraries, each on an `adjutant playground` of its own.

usage: drive.py ADJUTANT --bot NAME COMMAND... [--bot NAME COMMAND...]...

Every bot does the same: see the scenario at the end. Needs nothing but Python's standard library.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

YOU = 1001
LOUNGE = -1_000_000
TEAM, API_TOPIC = -1_001_000_000_001, 2
# Nothing that is waited for takes nearly as long, unless it never comes.
PATIENCE_S = 30
STOP_WITHIN_S = 15
# What every bot has to call at least once.
CALLED = {
    *("getMe", "getUpdates", "setMyCommands", "sendMessage", "editMessageText"),
    *("answerCallbackQuery", "getFile", "sendDocument"),
}


# Past any proxy of the machine.
LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failed(Exception):
    """The bot or the playground did something else than it should have."""


def check(holds, what):
    if not holds:
        raise Failed(what)


class Sim:
    """The playground, as people see it: what `docs/playground.md` has under `/sim`."""

    def __init__(self, url, is_alive):
        self.url, self.is_alive = url, is_alive
        state = self.get("/state")
        self.seq, self.bot = state["seq"], state["bot"]
        self.waiting = []

    def get(self, path):
        return json.loads(self.fetch(path))

    def post(self, path, **body):
        body = {name: value for name, value in body.items() if value is not None}
        return json.loads(self.fetch(path, json.dumps(body).encode(), "application/json"))

    def fetch(self, path, data=None, kind=None):
        headers = {"Content-Type": kind} if kind else {}
        request = urllib.request.Request(f"{self.url}/sim{path}", data, headers)
        try:
            with LOCAL.open(request, timeout=PATIENCE_S) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise Failed(f"/sim{path}: {error.read().decode()}") from None
        except OSError as error:
            raise Failed(f"/sim{path}: the playground is gone: {error}") from None

    def pause(self):
        """A person is no faster, and the flood rules let a bot answer at this pace."""
        self.post("/clock", advance_ms=2000)

    def say(self, chat_id, text, thread_id=None, reply_to_message_id=None):
        self.pause()
        sent = self.post(
            "/send", user_id=YOU, chat_id=chat_id, text=text, thread_id=thread_id,
            reply_to_message_id=reply_to_message_id,
        )  # fmt: skip
        return sent["message_ids"][0]

    def tap(self, chat_id, message_id, label):
        self.pause()
        self.post("/tap", user_id=YOU, chat_id=chat_id, message_id=message_id, label=label)

    def upload(self, chat_id, name, content):
        self.pause()
        frame = uuid.uuid4().hex
        parts = [
            f'--{frame}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in (("user_id", YOU), ("chat_id", chat_id))
        ]
        parts.append(
            f'--{frame}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: application/octet-stream\r\n\r\n".encode()
        )
        body = b"".join([*parts, content, f"\r\n--{frame}--\r\n".encode()])
        self.fetch("/upload", body, f"multipart/form-data; boundary={frame}")

    def next(self, kind, **wanted):
        """The bot's next deed that people see. Everything that it does has to be asked for here, in order."""
        what = f"{kind} {wanted}"
        deadline = time.monotonic() + PATIENCE_S
        while not self.waiting:
            check(time.monotonic() < deadline, f"waited {PATIENCE_S} s for {what}")
            self.look(wait_ms=500)
            check(self.waiting or self.is_alive(), f"the bot ended; it still owed {what}")
        event = self.waiting.pop(0)
        deed = event.get("message", event)
        is_so = event["kind"] == kind and all(deed.get(name) == value for name, value in wanted.items())
        check(is_so, f"expected {what}, but the bot did: {json.dumps(event, ensure_ascii=False)}")
        return deed

    def look(self, wait_ms=0):
        for event in self.get(f"/events.json?after={self.seq}&wait_ms={wait_ms}"):
            self.seq = event["seq"]
            of_bot = event.get("message", {}).get("from") == self.bot
            if event["kind"] in ("answer", "commands") or of_bot:
                self.waiting.append(event)

    def hears(self, chat_id, text, **wanted):
        """The bot's next deed is a message of this text."""
        message = self.next("message", text=text, **wanted)
        check(message["chat"]["id"] == chat_id, f"in the wrong chat: {message}")
        return message


@contextlib.contextmanager
def running(name, command, output, stop_signal, **more):
    """A program that ends with this block: by the signal it is made for and without an error, or by force."""
    # In a group of its own, so that Ctrl-C comes only to this script, which then stops everything in order.
    process = subprocess.Popen(command, stderr=output, start_new_session=True, **more)
    try:
        yield process
        process.send_signal(stop_signal)
        try:
            code = process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            raise Failed(f"{name} did not end within {STOP_WITHIN_S} s of {stop_signal.name}") from None
        check(code == 0, f"{name} ended with {code}")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(adjutant, command):
    with tempfile.TemporaryFile("w+") as log:
        try:
            server_command = [adjutant, "playground", "--listen", "127.0.0.1:0"]
            server = running("the playground", server_command, log, signal.SIGTERM, stdout=subprocess.PIPE, text=True)
            with server as server:
                play(server, command, log)
        except Failed as failed:
            log.seek(0)
            raise Failed(f"{failed}\n{log.read()}".rstrip()) from None


def play(server, command, log):
    said = "".join(server.stdout.readline() for _ in range(3))
    found = [re.search(rf"{name}=(\S+)", said) for name in ("TELOXIDE_API_URL", "TELOXIDE_TOKEN")]
    check(all(found), f"the playground did not start: {said}")
    url, token = (match[1] for match in found)
    environment = {
        # A proxy of the machine has no business here.
        **os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
        "BOT_API_URL": url, "BOT_TOKEN": token, "TELOXIDE_API_URL": url, "TELOXIDE_TOKEN": token,
    }  # fmt: skip
    with running("the bot", command, log, signal.SIGINT, stdout=log, env=environment) as bot:
        sim = Sim(url, lambda: bot.poll() is None)
        scenario(sim)
        # Before the end: a library may end by a second poll, which the first one is told with a 409.
        calls = sim.get("/calls")["calls"]
    sim.look()
    check(not sim.waiting, f"nobody asked for this: {sim.waiting}")
    refused = [call for call in calls if not call["ok"]]
    check(not refused, f"refused calls: {refused}")
    missing = CALLED - {call["method"] for call in calls}
    check(not missing, f"never called: {missing}")


def scenario(sim):
    menu(sim)
    order(sim)
    file(sim)
    sim.say(YOU, "/nonsense")
    sim.hears(YOU, "I do not know that command.")
    group(sim)
    topic(sim)


def menu(sim):
    sim.next("commands")
    names = [entry["command"] for entry in sim.get("/state")["commands"][0]["commands"]]
    check(names == ["start", "order"], f"the menu has {names}")
    sim.say(YOU, "/start")
    sim.hears(YOU, "Hello, You!")


def order(sim):
    """Two questions, then a button that changes the message it stands below."""
    sim.say(YOU, "/order")
    sim.hears(YOU, "What shall it be?")
    sim.say(YOU, "Tea & <biscuits>")
    sim.hears(YOU, "How many?")
    sim.say(YOU, "lots")
    sim.hears(YOU, "Please send a number.")
    sim.say(YOU, "3")
    asked = sim.hears(YOU, "3 × Tea & <biscuits>?")
    sim.tap(YOU, asked["message_id"], "Confirm")
    sim.next("answer", text="Thank you!", show_alert=False)
    sim.next("edit", message_id=asked["message_id"], text="Ordered: 3 × Tea & <biscuits>", reply_markup=None)
    sim.say(YOU, "again")
    sim.hears(YOU, "You said: again")

    transcript = sim.get(f"/transcript?chat_id={YOU}")
    message = next(one for one in transcript["messages"] if one["message_id"] == asked["message_id"])
    buttons = [bool(revision["reply_markup"]) for revision in message["revisions"]]
    check(buttons == [True, False], f"the revisions of the order: {message}")


def file(sim):
    """The bot downloads a file and sends it back under another name."""
    content = bytes(range(256)) * 1000
    sim.upload(YOU, "für später.bin", content)
    sent = sim.next("message", caption=f"{len(content)} bytes")["document"]
    check(sent["file_name"] == "copy of für später.bin", f"it is called {sent}")
    check(sim.fetch(f"/file/{sent['file_id']}") == content, "the file that came back is another one")


def group(sim):
    """Privacy mode: the bot hears what is meant for it, and nothing else."""
    sim.say(LOUNGE, "just between us")
    sim.say(LOUNGE, "/start@another_bot")
    sim.say(LOUNGE, f"/start@{sim.bot['username']}")
    sim.hears(LOUNGE, "Hello, You!")
    mention = f"@{sim.bot['username']} are you there?"
    asked = sim.say(LOUNGE, mention)
    answer = sim.hears(LOUNGE, f"You said: {mention}")
    check(answer["reply_to_message"]["message_id"] == asked, f"it answers something else: {answer}")


def topic(sim):
    """Answers stay in their topic."""
    mention = f"@{sim.bot['username']} and here?"
    sim.say(TEAM, mention, API_TOPIC)
    answer = sim.hears(TEAM, f"You said: {mention}", message_thread_id=API_TOPIC)
    sim.say(TEAM, "thanks", API_TOPIC, reply_to_message_id=answer["message_id"])
    sim.hears(TEAM, "You said: thanks", message_thread_id=API_TOPIC)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("adjutant")
    parser.add_argument("--bot", action="append", nargs="+", required=True)
    arguments = parser.parse_args()
    # Whatever ends this script ends what it started.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    failures = 0
    for name, *command in arguments.bot:
        started = time.monotonic()
        try:
            run(arguments.adjutant, command)
            print(f"{name}: ok ({time.monotonic() - started:.1f} s)", flush=True)
        except Failed as failed:
            failures += 1
            print(f"{name}: FAILED: {failed}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
