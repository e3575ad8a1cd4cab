"""The words of the house: found in the code, kept in .po files, compiled to .mo. Standard library and Django only.

A fresh machine has no gettext, so nothing here calls xgettext or msgfmt. The .po files are plain: comments, msgctxt,
msgid, msgid_plural, msgstr; no obsolete entries; an entry in doubt is marked `#, fuzzy` and is not compiled.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ENGLISH = Path("locale/en/LC_MESSAGES/django.po")
HOUSES = ("portal", "orgs", "grants", "home")
KINDS = {
    f"{kind}{late}": kind for kind in ("gettext", "ngettext", "pgettext", "npgettext") for late in ("", "_lazy")
} | dict.fromkeys(("gettext_noop", "say", "word"), "gettext")
SPEAKERS = ("django.utils.translation", "portal.words")
LITERAL = r"""u?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(((?:{LITERAL}(?:, )?)+)")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?(?:\.\d)?[sdf]|%%|\{\w*\}")


@dataclass
class Message:
    """One entry. `texts` holds the translation, one per plural form; `files` says where the words stand."""

    msgid: str
    plural: str = ""
    context: str = ""
    texts: list[str] = field(default_factory=list)
    fuzzy: bool = False
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.msgid

    @property
    def is_translated(self) -> bool:
        return bool(self.texts) and all(self.texts) and not self.fuzzy

    @property
    def is_consistent(self) -> bool:
        """The translation has the placeholders of the original; a singular form may leave some out."""
        wanted = placeholders(self.msgid) | placeholders(self.plural)
        *singular, full = map(placeholders, self.texts or [self.msgid])
        return full == wanted and all(found <= wanted for found in singular)


def placeholders(text: str) -> set[str]:
    """Return what formatting fills in; "%" stands for a bare per cent sign where it would break the formatting."""
    found = set(PLACEHOLDER.findall(text))
    if filled := found - {"%%"}:
        return filled | ({"%"} if "%" in PLACEHOLDER.sub("", text) else set())
    return found


def update(base: Path) -> None:
    """Give each word of the code its entry in the English catalogue, drop what is gone, compile every catalogue."""
    head, known = read_po(base / ENGLISH)
    texts = {message.key: message.texts for message in known}
    messages = sorted(extract(base), key=lambda message: message.key)
    for message in messages:
        message.texts = texts.get(message.key, [])
    write_po(base / ENGLISH, head, messages)
    for path in (base / "locale").rglob("*.po"):
        path.with_suffix(".mo").write_bytes(compiled(path))


def faults(base: Path) -> list[str]:
    """Return one line for each word without English, each broken or doubtful entry, each .mo unlike its .po."""
    found = []
    known = {message.key: message for message in read_po(base / ENGLISH)[1]}
    wanted = {message.key: message for message in extract(base)}
    for key, message in wanted.items():
        if key not in known or not known[key].is_translated:
            found.append(f"{message.files[0]}: no English for {message.msgid!r}")
        elif not known[key].is_consistent:
            found.append(f"{message.files[0]}: placeholders differ in the English of {message.msgid!r}")
    found += [f"{ENGLISH}: the code no longer says {known[key].msgid!r}" for key in known.keys() - wanted.keys()]
    for path in sorted((base / "locale").rglob("*.po")):
        mo = path.with_suffix(".mo")
        if not mo.exists() or mo.read_bytes() != compiled(path):
            found.append(f"{mo.relative_to(base)}: not compiled from its .po")
    return found


def extract(base: Path) -> list[Message]:
    """Return every marked word of the code below `base`, in the order of files; equal words once."""
    found: dict[tuple[str, str], Message] = {}
    for path in source_files(base):
        text = path.read_text()
        name = path.relative_to(base).as_posix()
        calls = of_template(text) if path.suffix == ".html" else of_python(text)
        for kind, words in calls:
            message = message_of(kind, words)
            message = found.setdefault(message.key, message)
            message.plural = message.plural or (words[-1] if kind.startswith("n") else "")
            if name not in message.files:
                message.files.append(name)
    return list(found.values())


def source_files(base: Path) -> list[Path]:
    python = [path for house in HOUSES for path in (base / house).rglob("*.py") if "migrations" not in path.parts]
    return sorted([*python, *(base / "templates").rglob("*.html")])


def message_of(kind: str, words: list[str]) -> Message:
    context, rest = (words[0], words[1:]) if "p" in kind.partition("gettext")[0] else ("", words)
    return Message(rest[0], rest[1] if kind.startswith("n") else "", context)


def of_python(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (kind, words) of each call of a gettext function that the module imported, under any name."""
    tree = ast.parse(text)
    names = {
        alias.asname or alias.name: KINDS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in SPEAKERS
        for alias in node.names
        if alias.name in KINDS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            words = [
                word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)
            ]
            if words:
                yield names[node.func.id], words


def of_template(text: str) -> Iterator[tuple[str, list[str]]]:
    for found in IN_TEMPLATE.finditer(templatize(text)):
        kind = "gettext" if found[1] == "_" else found[1]
        yield kind, [ast.literal_eval(word) for word in re.findall(LITERAL, found[2])]


def read_po(path: Path) -> tuple[str, list[Message]]:
    """Return the head of the file (comments and the empty msgid, as text) and its messages."""
    head, *blocks = re.split(r"\n{2,}", path.read_text().strip())
    return head, [message for block in blocks if (message := read_entry(block)).msgid]


def read_entry(block: str) -> Message:
    values: dict[str, str] = {}
    at = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        word, quote, rest = line.partition('"')
        at = word.strip() or at
        values[at] = values.get(at, "") + unquoted(quote + rest)
    texts = [values[name] for name in sorted(values) if name.startswith("msgstr")]
    fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines())
    files = [name for line in block.splitlines() if line.startswith("#: ") for name in line[3:].split()]
    return Message(
        values.get("msgid", ""), values.get("msgid_plural", ""), values.get("msgctxt", ""), texts, fuzzy, files
    )


ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
UNESCAPES = {"\\n": "\n", "\\t": "\t"}


def quoted(text: str) -> str:
    return '"' + "".join(ESCAPES.get(sign, sign) for sign in text) + '"'


def unquoted(text: str) -> str:
    return re.sub(r"\\.", lambda found: UNESCAPES.get(found[0], found[0][1]), text.strip()[1:-1])


def write_po(path: Path, head: str, messages: Iterable[Message]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join([head, *map(entry, messages)]) + "\n")


def entry(message: Message) -> str:
    lines = ["#, fuzzy"] if message.fuzzy else []
    if message.context:
        lines.append(f"msgctxt {quoted(message.context)}")
    lines.append(f"msgid {quoted(message.msgid)}")
    if message.plural:
        lines.append(f"msgid_plural {quoted(message.plural)}")
        texts = message.texts or ["", ""]
        lines += [f"msgstr[{at}] {quoted(text)}" for at, text in enumerate(texts)]
    else:
        lines.append(f"msgstr {quoted(message.texts[0] if message.texts else '')}")
    return "\n".join(lines)


def compiled(path: Path) -> bytes:
    """Return the .mo of a .po file: the format of GNU gettext, sorted, without a hash table."""
    head, messages = read_po(path)
    rows = [(b"", read_entry(head).texts[0].encode())]
    for message in messages:
        if message.is_translated:
            name = f"{message.context}\x04{message.msgid}" if message.context else message.msgid
            name += f"\x00{message.plural}" if message.plural else ""
            rows.append((name.encode(), "\x00".join(message.texts).encode()))
    rows.sort()
    count, start = len(rows), 28
    names, texts = b"", b""
    index_of_names, index_of_texts = b"", b""
    first = start + 16 * count
    after = first + sum(len(name) + 1 for name, text in rows)
    for name, text in rows:
        index_of_names += struct.pack("<II", len(name), first + len(names))
        index_of_texts += struct.pack("<II", len(text), after + len(texts))
        names += name + b"\x00"
        texts += text + b"\x00"
    top = struct.pack("<IIIIIII", 0x950412DE, 0, count, start, start + 8 * count, 0, first)
    return top + index_of_names + index_of_texts + names + texts
