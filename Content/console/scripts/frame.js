// What every page has: commands by keyboard, sheets that close, and the command palette.

import { all, isTyping, one } from "./elements.js";

const letters = document.documentElement.dataset.letters !== "off";

/** Sheets behave like menus: one at a time, closed by Escape and by a click elsewhere. */
const sheets = () => all("header details[open]");
document.addEventListener("click", (event) => {
  for (const sheet of sheets()) if (!sheet.contains(event.target)) sheet.open = false;
});

let waitsForPage = 0;
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const sheet of sheets()) {
      sheet.open = false;
      one("summary", sheet).focus();
    }
    if (isTyping(event.target)) event.target.blur();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    import("./palette.js").then((module) => module.openPalette());
    return;
  }
  if (!letters || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (Date.now() < waitsForPage) {
    waitsForPage = 0;
    const link = one(`nav.rail a[data-about="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
      return;
    }
  }
  if (event.key === "g") {
    waitsForPage = Date.now() + 1500;
    return;
  }
  if (event.key === "?") {
    import("./palette.js").then((module) => module.openHelp());
    return;
  }
  if (event.key === "r") {
    event.preventDefault();
    location.reload();
    return;
  }
  const target = one(`[data-key-command="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (isTyping(target)) {
    target.focus();
    target.select?.();
  } else target.click();
});
