"""Headless Chromium, driven over WebDriver and looked at through its own protocol."""

import base64
import contextlib
import json
import re
import subprocess

import requests

from docket import PATIENCE, eventually

# What WebDriver calls an element in its JSON.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "enter": "\ue007", "escape": "\ue00c", "control": "\ue009", "tab": "\ue004", "down": "\ue015",
    "left": "\ue012", "right": "\ue014", "home": "\ue011",
}


class Browser:
    """One browser with one page. Whatever it asks for outside of this machine fails."""

    def __init__(self, folder):
        self.log = open(folder / "chromedriver.log", "w+")
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=self.log, stderr=subprocess.STDOUT)
        port = eventually(lambda: self.said(rb"successfully on port (\d+)"), "chromedriver's port")
        self.base = f"http://127.0.0.1:{port.decode()}"
        options = {
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900",
                "--lang=en", f"--user-data-dir={folder}/profile", "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            ]
        }
        wish = {
            "browserName": "chrome", "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        made = self.send("post", "/session", {"capabilities": {"alwaysMatch": wish}})
        self.session = f"/session/{made['sessionId']}"
        self.send("post", f"{self.session}/timeouts", {"pageLoad": PATIENCE * 1000, "script": PATIENCE * 1000})

    def said(self, pattern):
        with open(self.log.name, "rb") as log:
            found = re.search(pattern, log.read())
        return found and found[1]

    def send(self, method, path, body=None):
        answer = requests.request(method, self.base + path, json=body, timeout=PATIENCE * 2)
        value = answer.json()["value"]
        if answer.status_code != 200:
            raise WebDriverError(value["error"], value["message"])
        return value

    def end(self):
        with contextlib.suppress(Exception):
            self.send("delete", self.session)
        self.driver.terminate()
        self.driver.wait(timeout=PATIENCE)
        self.log.close()

    # Pages

    def open(self, address):
        self.send("post", f"{self.session}/url", {"url": address})

    @property
    def address(self):
        return self.send("get", f"{self.session}/url")

    @property
    def title(self):
        return self.send("get", f"{self.session}/title")

    def back(self):
        self.send("post", f"{self.session}/back", {})

    @contextlib.contextmanager
    def leaving(self):
        """Waits until what is done in here has led to another page, and that is there as a whole."""
        self.script("window.isBefore = true")
        yield
        eventually(self.has_left, f"another page than {self.address}")

    def has_left(self):
        # In between there is no page that could be asked.
        with contextlib.suppress(WebDriverError):
            return self.script("return !window.isBefore && document.readyState === 'complete'")

    def texts(self, selector):
        """At one moment, also while the page changes."""
        return self.script("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())", selector)

    def script(self, text, *arguments):
        return self.send("post", f"{self.session}/execute/sync", {"script": text, "args": list(arguments)})

    def protocol(self, command, **parameters):
        return self.send("post", f"{self.session}/goog/cdp/execute", {"cmd": command, "params": parameters})

    # Elements, by CSS

    def find(self, selector):
        """Waits for the element."""
        return eventually(lambda: self.all(selector), f"an element {selector} at {self.address}")[0]

    def all(self, selector):
        wish = {"using": "css selector", "value": selector}
        return [Element(self, found[ELEMENT]) for found in self.send("post", f"{self.session}/elements", wish)]

    def named(self, name):
        return self.find(f'[data-testid="{name}"]')

    def press(self, *keys, holding=None):
        """Types into whatever has the focus."""
        pressed = [KEYS.get(key, key) for key in keys]
        steps = [{"type": kind, "value": key} for key in pressed for kind in ("keyDown", "keyUp")]
        if holding:
            held = KEYS[holding]
            steps = [{"type": "keyDown", "value": held}, *steps, {"type": "keyUp", "value": held}]
        self.send("post", f"{self.session}/actions", {"actions": [{"type": "key", "id": "keys", "actions": steps}]})

    def drag(self, element, start, end):
        """Along an element, from one share of its width to another."""
        left, top, width, height = self.script(
            "const r = arguments[0].getBoundingClientRect(); return [r.left, r.top, r.width, r.height]", element.wire
        )

        def at(share):
            place = {"x": round(left + width * share), "y": round(top + height / 2)}
            return {"type": "pointerMove", "duration": 50, **place}

        steps = [
            at(start), {"type": "pointerDown", "button": 0}, at((start + end) / 2), at(end),
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}
        self.send("post", f"{self.session}/actions", {"actions": [mouse]})

    # What it looks like

    def media(self, **features):
        """For example `media(prefers_color_scheme="dark")`."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.protocol("Emulation.setEmulatedMedia", features=named)

    def size(self, width, height=900):
        self.protocol(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def natural_size(self):
        self.protocol("Emulation.clearDeviceMetricsOverride")

    def scripts(self, on):
        self.protocol("Emulation.setScriptExecutionDisabled", value=not on)

    def picture(self, file, full=False):
        taken = self.protocol("Page.captureScreenshot", format="png", captureBeyondViewport=full)
        file.write_bytes(base64.b64decode(taken["data"]))

    # What it says

    def console(self):
        """What the console said since the last look."""
        return [entry["message"] for entry in self.logs("browser")]

    def requested(self):
        """The addresses that were asked for since the last look."""
        messages = [json.loads(entry["message"])["message"] for entry in self.logs("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def logs(self, kind):
        return self.send("post", f"{self.session}/se/log", {"type": kind})


class WebDriverError(Exception):
    pass


class Element:
    def __init__(self, browser, name):
        self.browser = browser
        self.wire = {ELEMENT: name}
        self.path = f"{browser.session}/element/{name}"

    def click(self):
        self.browser.send("post", f"{self.path}/click", {})

    def type(self, text):
        self.browser.send("post", f"{self.path}/value", {"text": text})

    def clear(self):
        self.browser.send("post", f"{self.path}/clear", {})

    @property
    def text(self):
        return self.browser.send("get", f"{self.path}/text")

    def attribute(self, name):
        return self.browser.send("get", f"{self.path}/attribute/{name}")

    @property
    def is_shown(self):
        return self.browser.send("get", f"{self.path}/displayed")
