#!/usr/bin/env python3
"""Every good YAML file reads as PyYAML reads it: kinds, texts, order of keys, places.

usage: yaml_tree.py READER FILE...   READER writes our tree as JSON (yaml_tree.c).
Exit status 77 when PyYAML is not installed. Our one addition to YAML, a unit behind a list, is taken out
here by a regular expression of its own before PyYAML sees the text."""
import json
import re
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("skipped: PyYAML is not installed (apt-get install python3-yaml)")
    sys.exit(77)

UNIT = re.compile(r"(?<=\])[ \t]*([A-Za-z][\w/^ ]*?)(?=[ \t]*([,}\]]|#|$))", re.M)


def without_units(text):
    units = {}

    def blank(match):
        line = text.count("\n", 0, match.start()) + 1
        end = match.start() - text.rfind("\n", 0, match.start())
        units[(line, end)] = match.group(1)
        return " " * len(match.group(0))

    return UNIT.sub(blank, text), units


def same(ours, node, units, path):
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    kind = {"scalar": yaml.ScalarNode, "list": yaml.SequenceNode, "map": yaml.MappingNode}[ours["kind"]]
    assert isinstance(node, kind), f"{path}: {ours['kind']} against {node.id}"
    assert (ours["line"], ours["column"]) == (line, column), f"{path}: {ours} against {line}:{column}"
    if isinstance(node, yaml.ScalarNode):
        assert ours["text"] == node.value, f"{path}: {ours['text']!r} against {node.value!r}"
        if node.start_mark.line == node.end_mark.line and ours["end"]:
            assert ours["end"] == node.end_mark.column + 1, f"{path}: ends {ours['end']}"
        return 1
    unit = units.get((node.end_mark.line + 1, node.end_mark.column + 1))
    assert ours.get("unit") == unit, f"{path}: unit {ours.get('unit')} against {unit}"
    if isinstance(node, yaml.SequenceNode):
        assert len(ours["items"]) == len(node.value), f"{path}: {len(node.value)} members"
        return 1 + sum(same(o, n, units, f"{path}[{i}]") for i, (o, n) in enumerate(zip(ours["items"], node.value)))
    assert len(ours["keys"]) == len(node.value), f"{path}: {len(node.value)} keys"
    count = 1
    for key, item, (their_key, their_item) in zip(ours["keys"], ours["items"], node.value):
        count += same(key, their_key, units, f"{path}.{their_key.value}?")
        count += same(item, their_item, units, f"{path}.{their_key.value}")
    return count


def main():
    reader, files, count = sys.argv[1], sys.argv[2:], 0
    for path in files:
        ours = json.loads(subprocess.run([reader, path], check=True, capture_output=True).stdout)
        with open(path, encoding="utf-8", newline="") as file:
            text, units = without_units(file.read())
        count += same(ours, yaml.compose(text, Loader=yaml.SafeLoader), units, path)
    assert files and count > 100, "nothing was compared"
    print(f"{len(files)} files, {count} values and keys agree with PyYAML {yaml.__version__}")


main()
