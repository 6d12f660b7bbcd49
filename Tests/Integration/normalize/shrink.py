"""The smallest input that still shows a fault."""

import json


def shrunk(line, is_input, faults, limit=200):
    """Removes members and elements, one after the other, as long as the fault stays.

    - Parameter is_input: whether a tree is an input of the stream at all.
    - Parameter faults: for many lines at a time, what is wrong with each; `None` for nothing.
    """
    for _ in range(limit):
        smaller = [json.dumps(tree) for tree in with_one_less(json.loads(line)) if is_input(tree)]
        found = next((one for one, fault in zip(smaller, faults(smaller)) if fault), None)
        if found is None:
            break
        line = found
    return line


def with_one_less(tree):
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield {other: tree[other] for other in tree if other != name}
            for smaller in with_one_less(value):
                yield {**tree, name: smaller}
    if isinstance(tree, list):
        for place, value in enumerate(tree):
            yield tree[:place] + tree[place + 1 :]
            for smaller in with_one_less(value):
                yield tree[:place] + [smaller] + tree[place + 1 :]
