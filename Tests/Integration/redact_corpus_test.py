"""How much of what people and programs leak redaction finds, and how much of what is nothing it takes for something.

    Tests/Integration/run.sh .build/release/docket -s -k redact_corpus      prints the table of docs/redaction.md
"""

import base64
import gzip
import random
import re
import string
import subprocess
from pathlib import Path

import pytest
import stdnum
from faker import Faker

from docket import BINARY, environment

SEED = 20261128
COUNT = 400
ROOT = Path(__file__).parents[2]
LETTERS = string.ascii_letters + string.digits
MASK = re.compile(rb"\[[A-Z0-9_]{3,}(?: \xe2\x80\xa6\d{4})?\]")

# What people and programs write around it.
TEMPLATES = [
    "Please look at {} and tell me what is wrong with it.", 'curl -H "X-Value: {}" https://api.example.com/v1',
    '{{"tool": "Bash", "value": "{}", "n": 3}}', "value={}", "| 17 | {} | ok |", "export VALUE='{}'",
    r'{{\"input\": {{\"text\": \"{}\"}}}}', "2026-11-28T10:00:00Z INFO got {} from upstream", "- {}", r"first\n{}\nlast",
    "Bitte prüfen: {}", "私の値は {} です", "print('{}')", "{}",
]
FILLER = "Nothing of interest stands in this line, which keeps those above and below it well apart from one another.\n"


def redact(text):
    ended = subprocess.run([BINARY, "redact"], input=text, capture_output=True, timeout=300, env=environment())
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def missed(rng, values, context=""):
    """The values of which anything that tells is left."""
    left = []
    for start in range(0, len(values), 200):
        part = values[start : start + 200]
        lines = [(f"{context} " if context else "") + rng.choice(TEMPLATES).format(value) for value in part]
        out = redact(FILLER.join(line + "\n" for line in lines).encode()).decode()
        for value, line in zip(part, out.split(FILLER), strict=True):
            told = value.split("@")[0] if "@" in value else value
            if told in line:
                left.append((value, line.strip()))
    return left


def tokens(rng):
    def word(count, letters=LETTERS):
        return "".join(rng.choice(letters) for _ in range(count))

    hexadecimal, upper, digits = "0123456789abcdef", string.ascii_uppercase + string.digits, string.digits
    jwt = ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode()
        for part in (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"1234567890","name":"x"}', rng.randbytes(32)))
    return {
        "anthropic": f"sk-ant-api03-{word(93)}AA", "openai": f"sk-proj-{word(74)}T3BlbkFJ{word(74)}",
        "aws": "AKIA" + word(16, string.ascii_uppercase + "234567"), "aws secret": f"aws_secret_access_key={word(40)}",
        "google": "AIza" + word(35), "github": "ghp_" + word(36), "github pat": f"github_pat_{word(22)}_{word(59)}",
        "gitlab": "glpat-" + word(20), "slack": f"xoxb-{word(12, digits)}-{word(12, digits)}-{word(24)}",
        "stripe": "sk_live_" + word(24), "npm": "npm_" + word(36), "pypi": "pypi-AgEIcHlwaS5vcmc" + word(70),
        "hugging face": "hf_" + word(34), "sendgrid": f"SG.{word(22)}.{word(43)}", "twilio": "SK" + word(32, hexadecimal),
        "databricks": "dapi" + word(32, hexadecimal), "digitalocean": "dop_v1_" + word(64, hexadecimal),
        "shopify": "shpat_" + word(32, hexadecimal), "telegram": f"{word(10, '123456789')}:AA{word(33)}",
        "grafana": f"glsa_{word(32)}_{word(8, hexadecimal)}", "vault": "hvs." + word(90), "jwt": jwt,
        "age": "AGE-SECRET-KEY-1" + word(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
        "azure": "AccountKey=" + base64.b64encode(rng.randbytes(64)).decode(), "linear": "lin_api_" + word(40),
        "pem": f"-----BEGIN PRIVATE KEY-----\\n{word(64)}\\n{word(64)}\\n-----END PRIVATE KEY-----",
        "new relic": "NRAK-" + word(27, upper), "docker": "dckr_pat_" + word(27),
    }


def numbers(name, shape, rng, count):
    """Numbers that python-stdnum finds valid, in the shape that people write them in."""
    module = __import__(f"stdnum.{name}", fromlist=["is_valid"])
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    found = []
    while len(found) < count:
        text = re.sub("[#@]", lambda sign: rng.choice(string.digits if sign[0] == "#" else letters), shape)
        if module.is_valid(text):
            found.append(text)
    return found


# Numbers with check digits: those that nothing else looks like, and with the word that others need.
CHECKED = [
    ("br.cpf", "###.###.###-##", ""), ("br.cnpj", "##.###.###/0001-##", ""), ("ch.ssn", "756.####.####.##", ""),
    ("cl.rut", "1#.###.###-#", ""), ("ar.cuit", "20-########-#", ""), ("fr.nir", "1850175116003##", ""),
    ("es.dni", "########@", ""), ("es.nie", "X#######@", ""), ("no.fodselsnummer", "150185#####", ""),
    ("ro.cnp", "1850115#####1", ""), ("tr.tckimlik", "5##########", ""), ("se.personnummer", "850115-####", ""),
    ("fi.hetu", "130185-###@", ""), ("cz.rc", "855115/####", ""), ("za.idnr", "850115####08#", ""),
    ("in_.aadhaar", "#### #### ####", ""), ("id.nik", "31710145018#####", ""), ("ca.sin", "###-###-###", ""),
    ("us.itin", "9##-7#-####", ""), ("lt.asmens", "38501######", ""), ("in_.gstin", "27ABCPD####@#Z@", ""),
    ("nl.bsn", "#########", "BSN"), ("gb.nhs", "##########", "NHS"), ("pl.pesel", "850115#####", "PESEL"),
    ("de.idnr", "###########", "Steuer-ID"), ("bg.egn", "850115####", "EGN"), ("hr.oib", "###########", "OIB"),
    ("au.tfn", "#########", "TFN"), ("au.abn", "###########", "ABN"), ("nz.ird", "0########", "IRD"),
    ("pt.nif", "2########", "NIF"), ("it.iva", "0##########", "Partita IVA"), ("gb.utr", "##########", "UTR"),
    ("at.vnr", "####150185", "SVNR"), ("th.pin", "1############", "Thai"), ("il.idnr", "#########", "Teudat Zehut"),
]


def test_keys_are_found():
    rng = random.Random(SEED)
    lost = {}
    for _ in range(COUNT // 4):
        for name, value in tokens(rng).items():
            lost.setdefault(name, []).append(value)
    total = sum(map(len, lost.values()))
    left = {name: missed(rng, values) for name, values in lost.items()}
    count = sum(map(len, left.values()))
    print(f"\n| secrets | {total} | {100 * (1 - count / total):.2f} % |")
    assert count <= 0.005 * total, {name: lines[:2] for name, lines in left.items() if lines}


def test_checked_numbers_are_found():
    rng = random.Random(SEED)
    total, left = 0, {}
    for name, shape, word in CHECKED:
        values = numbers(name, shape, rng, 40)
        total += len(values)
        left[name] = missed(rng, values, word)
    count = sum(map(len, left.values()))
    print(f"\n| ids with check digits | {total} | {100 * (1 - count / total):.2f} % |")
    assert count <= 0.01 * total, {name: (len(lines), lines[:2]) for name, lines in left.items() if lines}


@pytest.mark.parametrize("name", ["e-mail", "card", "iban", "phone"])
def test_what_people_have_is_found(name):
    rng = random.Random(SEED)
    values = []
    locales = ["en_US", "en_GB", "de_DE", "fr_FR", "it_IT", "es_ES", "nl_NL", "pl_PL", "sv_SE", "id_ID", "pt_BR", "ja_JP"]
    for locale in locales:
        fake = Faker(locale)
        fake.seed_instance(SEED)
        for _ in range(COUNT // len(locales) + 1):
            if name == "e-mail":
                values.append(fake.ascii_email())
            elif name == "card":
                digits = fake.credit_card_number(rng.choice(["visa16", "mastercard", "amex", "discover"]))
                values.append(rng.choice([digits, " ".join(re.findall(".{1,4}", digits))]))
            elif name == "iban" and locale not in ("en_US", "id_ID", "pt_BR", "ja_JP"):
                iban = fake.iban()
                values.append(rng.choice([iban, " ".join(re.findall(".{1,4}", iban))]))
            elif name == "phone":
                # With the country in front: without it nobody knows what a number is.
                code, digits = rng.choice([("+49", "3#########"), ("+44", "20########"), ("+1", "212#######"),
                                           ("+62", "812########"), ("+33", "1########"), ("+55", "119########")])
                digits = re.sub("#", lambda _: rng.choice(string.digits), digits)
                digits = digits[:2] + rng.choice("23456789") + digits[3:]
                values.append(rng.choice([f"{code}{digits}", f"{code} {digits}", f"{code} {digits[:3]} {digits[3:]}",
                                          f"{code} {digits[:2]} {digits[2:6]} {digits[6:]}", f"{code}-{digits[:3]}-{digits[3:]}"]))
    left = missed(rng, values)
    print(f"\n| {name} | {len(values)} | {100 * (1 - len(left) / len(values)):.2f} % |")
    assert len(left) <= 0.02 * len(values), left[:10]


def sources():
    """The project's own sources and pages."""
    for folder in ("Sources", "docs"):
        for file in sorted((ROOT / folder).rglob("*")):
            # Pages about redaction and names of secrets are made of what is looked for.
            name = str(file.relative_to(ROOT))
            if file.suffix in (".swift", ".c", ".h", ".md") and not re.search("edact|etect", name):
                yield file.read_bytes()


def pages(limit):
    """Debian's pages about its packages, as far as the limit goes."""
    size = 0
    for file in sorted(Path("/usr/share/doc").rglob("*")):
        if size > limit or not file.is_file():
            continue
        if file.name.startswith(("README", "NEWS", "AUTHORS", "copyright")) or file.suffix in (".txt", ".html", ".md"):
            text = file.read_bytes()
            size += len(text)
            yield text
        elif file.name.startswith(("README", "NEWS")) and file.suffix == ".gz":
            text = gzip.decompress(file.read_bytes())
            size += len(text)
            yield text


@pytest.mark.parametrize("name", ["sources", "pages"])
def test_what_is_nothing_stays(name):
    texts = list(sources() if name == "sources" else pages(6_000_000))
    # An address in them is one: it is not counted.
    text = b"\n".join(texts)
    wrong = {}
    for start in range(0, len(text), 100_000):
        part = text[start : start + 100_000]
        before, after = {}, {}
        for counts, bytes_ in ((before, part), (after, redact(part))):
            for mask in MASK.findall(bytes_):
                counts[mask] = counts.get(mask, 0) + 1
        for mask, count in after.items():
            if mask != b"[EMAIL]" and count > before.get(mask, 0):
                wrong[mask] = wrong.get(mask, 0) + count - before.get(mask, 0)
    count = sum(wrong.values())
    print(f"\n| {name} | {len(text) / 1e6:.1f} MB | {count} | {count / len(text) * 1e4:.3f} |", wrong)
    assert count / len(text) * 1e4 < 0.5, wrong
