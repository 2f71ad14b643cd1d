#!/usr/bin/env python3
"""Sizes: a function at most 60 lines and 7 parameters, a file 600 lines, a header 250; the viewer's files and functions too.

The scan relies on the format: a C function's body opens with a lone '{' in column 0 and closes with '}' there; a function
of the viewer begins in column 0 and closes there.
"""
import pathlib
import re
import sys

FUNCTION_LINES, PARAMETERS, FILE_LINES, HEADER_LINES = 60, 7, 600, 250
NAME = re.compile(r"([A-Za-z_]\w*)\s*\(")
GENERATED = {"src/solve/tableau.h"}  # tables of coefficients


def parameters(head):
    """How many parameters the last outer pair of brackets in a function's head holds."""
    depth, count, start = 0, 0, head.find("(")
    inside = head[start + 1:head.rfind(")")]
    if inside.strip() in ("", "void"):
        return 0
    for letter in inside:
        depth += letter in "([{"
        depth -= letter in ")]}"
        count += letter == "," and depth == 0
    return count + 1


def functions(lines):
    """(name, first line, number of lines, parameters) of each function."""
    for i, line in enumerate(lines):
        if line != "{":
            continue
        first = i - 1
        while first > 0 and lines[first].startswith((" ", "\t")):  # the head's continuation lines
            first -= 1
        head = " ".join(lines[first:i])
        name = NAME.search(head)
        end = next((k for k in range(i, len(lines)) if lines[k].startswith("}")), len(lines) - 1)
        if name:
            yield name.group(1), first + 1, end - i + 1, parameters(head)


SCRIPT = re.compile(r"^(?:export )?(?:default )?(?:async )?(?:function\*? (\w+)|(?:const|let) (\w+)\b[^;]*=>\s*\{\s*$)")


def script_functions(lines):
    """(name, first line, number of lines) of each function that begins in column 0 of a TypeScript file."""
    for i, line in enumerate(lines):
        name = SCRIPT.match(line)
        if not name:
            continue
        end = next((k for k in range(i + 1, len(lines)) if lines[k].startswith(("}", ")"))), i)
        yield name.group(1) or name.group(2), i + 1, end - i + 1


def script_problems(root):
    for path in sorted([*(root / "viewer/src").rglob("*.ts*"), *(root / "viewer/tests").rglob("*.ts*"), *(root / "viewer/tests").rglob("*.mjs")]):
        name = str(path.relative_to(root))
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > FILE_LINES:
            yield f"{name}: {len(lines)} lines; at most {FILE_LINES}"
        for function, line, size in script_functions(lines):
            if size > FUNCTION_LINES:
                yield f"{name}:{line}: {function} has {size} lines; at most {FUNCTION_LINES}"


def problems(root):
    yield from script_problems(root)
    for path in sorted([*(root / "src").rglob("*.[ch]"), *(root / "include").rglob("*.h"), *(root / "tests").rglob("*.[ch]")]):
        name = str(path.relative_to(root))
        lines = path.read_text(encoding="utf-8").splitlines()
        limit = HEADER_LINES if path.suffix == ".h" else FILE_LINES
        if len(lines) > limit and name not in GENERATED:
            yield f"{name}: {len(lines)} lines; at most {limit}"
        for function, line, size, count in functions(lines):
            if size > FUNCTION_LINES:
                yield f"{name}:{line}: {function} has {size} lines; at most {FUNCTION_LINES}"
            if count > PARAMETERS:
                yield f"{name}:{line}: {function} has {count} parameters; at most {PARAMETERS}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    found = list(problems(root))
    for line in found:
        print(line)
    print(f"sizes: {len(found)} too large")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
