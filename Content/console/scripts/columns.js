// Widths of columns: by a handle at the edge of each heading, with the pointer or with arrow keys. They are this browser's,
// by the name of the column, and not part of the address: what fits one screen does not fit another. Which columns are pinned
// the address says; here they are put beside each other.

import { all, element, one, say } from "./elements.js";

const least = 48;
const most = 1200;
const step = 16;
const key = "docket-column-widths";
// A browser that keeps nothing has them until the page is left.
let widths = {};
try {
  widths = JSON.parse(localStorage.getItem(key) ?? "{}");
} catch {
  widths = {};
}

function keep() {
  try {
    // The ones that were set last; what nobody sets any more goes.
    widths = Object.fromEntries(Object.entries(widths).slice(-200));
    localStorage.setItem(key, JSON.stringify(widths));
  } catch {
    // As above.
  }
}

const nameOf = (heading) => heading.dataset.key || heading.textContent.trim();

/** Gives a table the widths that are known, and its headings handles. */
export function sizeColumns(table) {
  const headings = all("thead th:not(.choice)", table);
  if (!headings.length || one(".handle", table)) return;
  for (const heading of headings) addHandle(table, headings, heading);
  // Behind the handles, for which headings make room.
  if (headings.some((heading) => widths[nameOf(heading)])) freeze(table, headings);
  placePinned(table);
}

/** Each pinned column stops at the right edge of the one before it, and what gets the focus is not under one. */
export function placePinned(table) {
  let edge = 0;
  for (const heading of all("thead th.pinned", table)) {
    for (const row of table.rows) row.cells[heading.cellIndex].style.left = `${edge}px`;
    edge += heading.offsetWidth;
  }
  table.parentElement.style.scrollPaddingLeft = `${edge}px`;
}

/** From here on widths are what they are set to; before, the browser finds them. */
function freeze(table, headings) {
  if (table.classList.contains("sized")) return;
  const found = headings.map((heading) => heading.offsetWidth);
  table.classList.add("sized");
  headings.forEach((heading, place) => setWidth(heading, widths[nameOf(heading)] ?? found[place]));
  fit(table, headings);
}

/** A table of fixed layout is as wide as its columns only when it is told so. */
function fit(table, headings) {
  const whole = headings.reduce((sum, heading) => sum + parseInt(heading.style.width, 10), 0);
  table.style.width = `${whole + (one("thead th.choice", table)?.offsetWidth ?? 0)}px`;
  placePinned(table);
}

function setWidth(heading, width) {
  const whole = Math.round(Math.min(most, Math.max(least, width)));
  heading.style.width = `${whole}px`;
  one(".handle", heading)?.setAttribute("aria-valuenow", String(whole));
  return whole;
}

function addHandle(table, headings, heading) {
  const name = nameOf(heading);
  const handle = element("span", {
    class: "handle", role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-label": `Width of ${name}`,
    "aria-valuemin": String(least), "aria-valuemax": String(most), "aria-valuenow": String(heading.offsetWidth || least),
  });
  heading.append(handle);
  const set = (width) => {
    freeze(table, headings);
    delete widths[name];
    widths[name] = setWidth(heading, width);
    fit(table, headings);
  };
  handle.addEventListener("keydown", (event) => {
    const turn = { ArrowLeft: -step, ArrowRight: step }[event.key];
    if (turn) set(heading.offsetWidth + turn);
    else if (event.key === "Home") reset(table, headings);
    else return;
    event.preventDefault();
    keep();
  });
  let start = null;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    start = { x: event.clientX, width: heading.offsetWidth };
  });
  handle.addEventListener("pointermove", (event) => start && set(start.width + event.clientX - start.x));
  const end = () => {
    if (start) keep();
    start = null;
  };
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
  handle.addEventListener("dblclick", () => {
    reset(table, headings);
    keep();
  });
}

/** All columns of this table are as wide as the browser finds right. */
function reset(table, headings) {
  table.classList.remove("sized");
  table.style.width = "";
  for (const heading of headings) {
    delete widths[nameOf(heading)];
    heading.style.width = "";
  }
  placePinned(table);
  say("Columns have their own widths again.");
}
