"""The parts of a URL, as `java.net.URI` names them (A7)."""

import re

# RFC 3986, appendix B.
URI = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:[?]([^#]*))?(?:#(.*))?", re.DOTALL)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
AUTHORITY = re.compile(r"(?:([^@]*)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(\d+))?")
NOT_IN_A_URI = re.compile(r'[\x00-\x20"<>\\^`{|}\x7f]')


def parts(text):
    """By name below `url.`; `None` when it is no URI, which the pipeline ignores."""
    if not isinstance(text, str) or NOT_IN_A_URI.search(text):
        return None
    scheme, authority, path, query, fragment = URI.fullmatch(text).groups()
    if scheme is not None and not SCHEME.fullmatch(scheme):
        return None
    found = {"scheme": scheme, "fragment": fragment}
    if authority is None and scheme is not None and not path.startswith("/"):
        return found  # opaque, as mailto: is
    if authority:
        match = AUTHORITY.fullmatch(authority)
        if not match:
            return None
        found["domain"] = match[2]
        if match[3]:
            found["port"] = int(match[3])
    found["path"] = path  # an empty one is pruned: a URL without a path has none (appendix 3)
    found["query"] = query
    segment = path.rpartition("/")[2]
    if "/" in path and "." in segment:
        found["extension"] = segment.rpartition(".")[2]
    return found
