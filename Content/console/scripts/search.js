// The search page: parts that change without the page, the brush, the cursor in the list, live tail.

import { placePinned, sizeColumns } from "./columns.js";
import { all, element, fetchPage, isTyping, one, say } from "./elements.js";

const box = one("#q");
const form = one("#search");

// MARK: Parts

/** Exchanges one region of the page for the same region of another address. */
let pending;
async function swap(address, selector, isBack = false) {
  pending?.abort();
  pending = new AbortController();
  const old = one(selector);
  old?.setAttribute("aria-busy", "true");
  try {
    const page = await fetchPage(address, pending.signal);
    const fresh = one(selector, page);
    if (!fresh || !old) return location.assign(address);
    old.replaceWith(document.importNode(fresh, true));
    if (!isBack) history.pushState({ selector }, "", address);
    document.title = page.title;
    for (const row of all(".grid tr[data-key]")) {
      const isOpen = row.dataset.key === one("#flyout")?.dataset.key;
      isOpen ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
    }
    refreshLinks(page);
    prepare();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

/** Links to events say which event is open now, so those of the list are taken from the new page. */
function refreshLinks(page) {
  for (const selector of ["#results a.open", "#fields a"]) {
    const [here, there] = [all(selector), all(selector, page)];
    if (here.length === there.length) here.forEach((link, place) => link.setAttribute("href", there[place].getAttribute("href")));
  }
}

document.addEventListener("click", (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = event.target.closest("[data-act]");
  if (!target) return;
  switch (target.dataset.act) {
    case "swap":
      event.preventDefault();
      swap(target.getAttribute("href"), target.dataset.about);
      break;
    case "close":
      event.preventDefault();
      swap(target.getAttribute("href"), "#flyout");
      break;
    case "copy":
      copy(target.dataset.about);
      break;
    case "copy-address":
      copy(location.origin + target.dataset.about);
      break;
    case "copy-ids":
      copy(chosen().map((box) => box.value).join("\n"));
      break;
    case "tail":
      tail(target);
      break;
  }
});
window.addEventListener("popstate", () => location.reload());

const copy = (text) => navigator.clipboard?.writeText(text).then(() => say("Copied."));

// MARK: Chosen rows

const chosen = () => all("#results input[name=event]:checked");
/** How many are chosen, and what can be done with so many. */
function tellChoice() {
  const count = chosen().length;
  const line = one("#chosen");
  if (!line) return;
  line.textContent = count ? `${count} chosen` : "";
  one("#choice button[type=submit]").disabled = count !== 2;
  one("#choice [data-act=copy-ids]").disabled = count === 0;
}

document.addEventListener("change", (event) => {
  if (event.target.name === "event") tellChoice();
  if (event.target.dataset?.act === "submit") form.requestSubmit();
});

document.addEventListener("input", (event) => {
  if (event.target.dataset?.act !== "filter-fields") return;
  const wish = event.target.value.toLowerCase();
  for (const item of all("#fields li[data-key]")) item.hidden = !item.dataset.key.toLowerCase().includes(wish);
});

/** Controls that only scripts can serve are hidden until now. */
function prepare() {
  const needed = ["copy", "copy-address", "copy-ids", "tail", "filter-fields"];
  for (const control of all(needed.map((act) => `[data-act=${act}]`).join())) control.hidden = false;
  tellChoice();
  for (const table of all("#results table.grid:not(.explanation *)")) sizeColumns(table);
}
prepare();

// MARK: Query

box?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey) return;
  // A query of one line runs with Enter, one of several with Control-Enter.
  if (event.ctrlKey || event.metaKey || (one("#l")?.value === "kql" && !box.value.includes("\n"))) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    form.requestSubmit();
  }
});
if (box) import("./complete.js").then((module) => module.complete(box, one("#l")));

/** Longer ones are kept by the server and get an address of their own. In bytes, as `KeptQuery` has it. */
const longText = 6000;

form?.addEventListener("submit", (event) => {
  const query = box.value.trim();
  const long = one("#long-query");
  if (long && new TextEncoder().encode(box.value).length > longText) {
    event.preventDefault();
    const asked = new URLSearchParams(new FormData(form, event.submitter));
    asked.delete("q");
    long.elements.q.value = box.value;
    long.elements.address.value = `/search?${asked}`;
    long.requestSubmit();
    return;
  }
  if (!query) return;
  try {
    const kept = JSON.parse(localStorage.getItem("docket-history") ?? "[]").filter((one) => one.q !== query);
    kept.unshift({ q: query, l: one("#l").value });
    localStorage.setItem("docket-history", JSON.stringify(kept.slice(0, 50)));
  } catch {
    // A browser that keeps nothing has no history.
  }
});

// MARK: Brush

const chart = one("#histogram .plot > svg");
if (chart) {
  const ends = one("#histogram").dataset;
  const [from, to] = [Date.parse(ends.about), Date.parse(ends.key)];
  const moment = (event) => {
    const frame = chart.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - frame.left) / frame.width));
    return from + share * (to - from);
  };
  const go = (start, end) => {
    one("#from").value = new Date(Math.round(start)).toISOString();
    one("#to").value = new Date(Math.round(end)).toISOString();
    form.requestSubmit();
  };
  let start = null;
  let shade = null;
  let hasMoved = false;
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = moment(event);
    hasMoved = false;
  });
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  chart.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const now = moment(event);
    if (!hasMoved && Math.abs(now - start) < (to - from) / 200) return;
    if (!hasMoved) chart.setPointerCapture(event.pointerId);
    hasMoved = true;
    chart.classList.add("brushing");
    if (!shade) {
      shade = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      shade.setAttribute("class", "brush");
      shade.setAttribute("y", "0");
      shade.setAttribute("height", "200");
      chart.append(shade);
    }
    const scale = 1000 / (to - from);
    shade.setAttribute("x", String((Math.min(start, now) - from) * scale));
    shade.setAttribute("width", String(Math.abs(now - start) * scale));
  });
  chart.addEventListener("pointerup", (event) => {
    const [first, last] = [start, moment(event)];
    start = null;
    if (hasMoved) go(Math.min(first, last), Math.max(first, last));
  });
  chart.addEventListener("pointercancel", () => {
    start = null;
    shade?.remove();
    shade = null;
  });
  chart.addEventListener("click", (event) => hasMoved && event.preventDefault(), true);
  chart.addEventListener("dblclick", (event) => {
    event.preventDefault();
    go(from - (to - from) / 2, to + (to - from) / 2);
  });
}

// MARK: Cursor

let cursor = -1;
document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.letters === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const rows = all("#results .grid:not(.explanation *) tbody tr");
  if (event.key === "j" || event.key === "k") {
    if (!rows.length) return;
    event.preventDefault();
    cursor = Math.min(rows.length - 1, Math.max(0, cursor + (event.key === "j" ? 1 : -1)));
    rows.forEach((row, place) => row.classList.toggle("cursor", place === cursor));
    rows[cursor].scrollIntoView({ block: "nearest" });
    one("a.open", rows[cursor])?.focus({ preventScroll: true });
  } else if (event.key === "x" && rows[cursor]) {
    const box = one("input[name=event]", rows[cursor]);
    if (box) box.checked = !box.checked;
    tellChoice();
  } else if (event.key === "o" && rows[cursor]) {
    one("a.open", rows[cursor])?.click();
  } else if (event.key === "Escape" && !one("#flyout")?.hidden) {
    one("#flyout [data-act=close]")?.click();
  }
});

// MARK: Live tail

let source = null;
function tail(button) {
  if (source) {
    source.close();
    source = null;
    button.textContent = "Live tail";
    return;
  }
  const body = one("#results .grid tbody");
  if (!body) return;
  button.textContent = "Stop the live tail";
  let isHeld = false;
  let waiting = [];
  body.closest("table").addEventListener("pointerenter", () => (isHeld = true));
  body.closest("table").addEventListener("pointerleave", () => {
    isHeld = false;
    for (const event of waiting.splice(0)) show(event);
  });
  const show = (event) => {
    const link = element("a", { href: `/events/${encodeURIComponent(event.id)}` }, event.sentence);
    const time = element("time", { datetime: event.time }, event.time.replace("T", " ").replace("Z", ""));
    const cells = event.cells.map((cell) => element("td", {}, cell ?? "–"));
    const table = body.closest("table");
    const box = element("input", { type: "checkbox", name: "event", value: event.id, form: "choice", "aria-label": `Choose the event of ${time.textContent}` });
    const choice = element("td", { class: "choice", "data-heading": "Choose" }, box);
    const sentence = element("td", { class: "sentence" }, link);
    const row = element("tr", { "data-key": event.id }, choice, element("td", {}, time), sentence, ...cells);
    all("thead th", table).forEach((heading, place) => {
      row.cells[place].dataset.heading ??= one("a", heading)?.textContent ?? heading.textContent;
      row.cells[place].classList.toggle("pinned", heading.classList.contains("pinned"));
    });
    body.prepend(row);
    placePinned(table);
    while (body.rows.length > 500) body.lastElementChild.remove();
  };
  const asked = new URLSearchParams(location.search);
  if (location.pathname.startsWith("/s/")) asked.set("s", location.pathname.slice(3));
  source = new EventSource(`/tail?${asked}`);
  source.addEventListener("hit", (message) => {
    const event = JSON.parse(message.data);
    if (!isHeld) return show(event);
    waiting.push(event);
    if (waiting.length > 500) waiting.shift();
    say(`${waiting.length} new events wait while the pointer is over the list.`);
  });
  source.addEventListener("rate", (message) => {
    const { shown, dropped } = JSON.parse(message.data);
    say(`${shown} events a second` + (dropped ? `, ${dropped} not shown` : ""));
  });
  source.addEventListener("end", (message) => {
    source?.close();
    source = null;
    button.textContent = "Live tail";
    say(message.data);
  });
}
