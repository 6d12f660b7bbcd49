"""Random values that are legal and unpleasant."""

import json
import random
import re

from .values import HALF

TEXTS = [
    "x", " ", "  padded ", "null", "true", "0", "-1", "5.03E-4", "a\nb", "tab\there", 'quote " inside', "back\\slash",
    "\u0000", "\u001f", "\u007f", "\u2028", "\ufeffmark", "\ufffd", "ümläut", "日本語", "e\u0301", "\U0001f680",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\u202eright to left", "</script>", "%41%", "{{x}}", "a.b.c", "@",
    "x" * 300,
]
HALVES = ["\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d"]
NUMBERS = """
    0 -0 1 -1 7 200 404 2147483648 9007199254740991 9007199254740993 -9007199254740993 9223372036854775807
    -9223372036854775808 9223372036854775808 18446744073709551615 1000000000000000000000000000000
    0.0 -0.0 1.0 12.50 0.1 5.03E-4 5.03e-4 1e-7 1E+3 1.5e300 4.9e-324 0.30000000000000004 123456789.123456789 1e22
    100000000000000000000000.0
    """.split()
NAMES = [
    "name", "type", "id", "key", "a", "b", "a.b", "a.b.c", "Name", "übergröße", "日本", "with space", "x-y", "0",
    "[0]", "event", "actor", "user.email", "metadata", "@timestamp", "_id", "ecs", "tags", "$ref", 'quote"d',
]
SPELLED = re.compile('"<spelled ([^"]*)>"')  # the spelling of a number, until the text is made


class Hostile:
    """A source of chances; the same seed gives the same input.

    - Parameter wild: also what the description leaves open, so that nothing can be said of the outcome but that
      there is one, and that nothing is lost.
    """

    def __init__(self, seed, wild=False):
        self.random = random.Random(seed)
        self.wild = wild

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def one(self, choices):
        return self.random.choice(choices)

    def some(self, choices, most):
        return self.random.sample(choices, self.random.randint(0, min(most, len(choices))))

    def number(self, *between):
        return self.random.randint(*between)

    def text(self, empty=True):
        """Any text; it may be empty."""
        if empty and self.chance(8):
            return ""
        return self.one(HALVES) if self.chance(4) else self.one(TEXTS) + str(self.number(0, 99))

    def word(self):
        """A text without anything odd in it."""
        return "".join(self.random.choices("abcdefghijklmnopqrstuvwxyz", k=self.number(1, 12)))

    def any_number(self):
        return f"<spelled {self.one(NUMBERS)}>"

    def scalar(self):
        kind = self.number(0, 9)
        if kind < 5:
            return self.text()
        return [None, True, False, self.any_number(), self.any_number()][kind - 5]

    def value(self, depth=3):
        """Anything, with emptiness inside emptiness."""
        if depth == 0 or self.chance(60):
            return self.scalar()
        return self.tree(depth) if self.chance(60) else self.list(depth)

    def list(self, depth=3):
        return [self.value(depth - 1) for _ in range(self.number(0, 4))]

    def tree(self, depth=3):
        return {self.name(): self.value(depth - 1) for _ in range(self.number(0, 4))}

    def name(self):
        return self.one(NAMES) if self.chance(70) else self.word()

    def nothing(self):
        return self.one([None, "", {}, [], [None], {"a": None}, {"a": {"b": [{}, ""]}}, [[], [""]]])

    def line(self, tree):
        """The JSON text of a tree, on one line, spelled in one of the ways of encoders."""
        spaces = self.one([(",", ":"), (", ", ": "), (" , ", " : ")])
        text = json.dumps(tree, separators=spaces, ensure_ascii=self.chance(50))
        if HALF.search(text):  # which has no UTF-8
            text = json.dumps(tree, separators=spaces)
        text = SPELLED.sub(r"\1", text)
        if self.chance(10):  # as encoders of PHP and Go do
            text = self.one([
                lambda: text.replace("/", "\\/"),
                lambda: text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
            ])()
        return text + self.one(["", "", " ", "\t", "\r"])
