#!/usr/bin/env python3
"""Checks calls that Adjutant made in its tests against aiogram's models of the Bot API.

usage: check_calls.py DIRECTORY

The directory has files of JSON lines, each a call as `/sim/calls` shows it: the tests write them when
ADJUTANT_RECORD_CALLS names the directory. Methods, names of parameters, at every depth, and types have to be the
documented ones. Needs aiogram; see README.md.
"""

import collections
import functools
import json
import pathlib
import sys

import aiogram
from aiogram import methods
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile
from pydantic import BaseModel, ConfigDict, PydanticUserError, TypeAdapter, ValidationError

# Parameters that are newer than this aiogram, as (method, name): the version of the Bot API that brought them.
NEWER = {}

# What Adjutant calls: a recording without these is none of the whole test suite.
EXPECTED = {
    *("getMe", "getUpdates", "setMyCommands", "sendMessage", "editMessageText", "answerCallbackQuery"),
    *("getFile", "sendDocument"),
}

MODELS = {
    model.__api_method__: model
    for model in vars(methods).values()
    if isinstance(model, type) and issubclass(model, TelegramMethod) and model is not TelegramMethod
}


class Wrong(Exception):
    """A call that is not as documented: `where` and `why`."""


def check(method, params):
    model = MODELS.get(method)
    if model is None:
        raise Wrong("method", "unknown")
    values = {}
    for name, value in params.items():
        if (method, name) in NEWER:
            continue
        if name in model.model_fields:
            values[name] = read(model, name, value)
        elif not (isinstance(value, dict) and f"attach://{name}" in params.values()):
            raise Wrong(name, "unknown parameter")
    try:
        model(**values)
    except ValidationError as error:
        raise Wrong(*told(error)) from None


def read(model, name, value):
    """What a parameter means. All that comes in a form is text: it is taken as JSON first, and then as it is."""
    if isinstance(value, dict):
        return BufferedInputFile(b"", value["file"] or name)
    problem = None
    for text in (value, json.dumps(value)):
        try:
            meant = adapter(model, name).validate_json(text, strict=True)
        except ValidationError as error:
            if problem is None or problem.errors()[0]["type"] == "json_invalid":
                problem = error
        else:
            for path in unknown(meant, name):
                raise Wrong(path, "unknown field")
            return meant
    raise Wrong(*told(problem, name))


@functools.cache
def adapter(model, name):
    annotation = model.model_fields[name].annotation
    try:
        return TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticUserError:  # A model that has a configuration of its own refuses another.
        return TypeAdapter(annotation)


def unknown(value, path):
    """The fields inside of a value that its models do not have."""
    if isinstance(value, list):
        for each in value:
            yield from unknown(each, f"{path}[]")
    elif isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or ())
        for name, each in value:
            yield from unknown(each, f"{path}.{name}")


def told(error, name=None):
    """Where and why, in one line. Whether something is an aiogram object is no question here."""
    parts = [part for part in error.errors() if part["type"] != "needs_python_object"]
    paths = (".".join(map(str, part["loc"])) for part in parts)
    whys = [f"{path}: {part['msg']}" if path else part["msg"] for path, part in zip(paths, parts)]
    return (name or "parameters", "; ".join(whys))


def main(directory):
    counts = collections.Counter()
    wrong = {}
    for file in sorted(pathlib.Path(directory).glob("*.jsonl")):
        for line in file.read_text().splitlines():
            call = json.loads(line)
            method, params = call["method"], call["params"]
            counts[method] += 1
            try:
                check(method, params)
            except Wrong as found:
                times, _ = wrong.get((method, *found.args), (0, None))
                wrong[(method, *found.args)] = (times + 1, json.dumps(params, ensure_ascii=False))
    print(f"aiogram {aiogram.__version__}, Bot API {aiogram.__api_version__}")
    for method, count in sorted(counts.items()):
        print(f"{count:8} {method}")
    for (method, where, why), (times, example) in sorted(wrong.items()):
        print(f"WRONG: {method}, {where}: {why} ({times} times), for example {example}")
    missing = sorted(EXPECTED - counts.keys())
    if missing:
        print(f"MISSING: {', '.join(missing)}")
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
