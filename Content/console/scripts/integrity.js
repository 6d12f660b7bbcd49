// Follows a check that runs: the part of the page that shows it is exchanged until it has ended.

import { fetchPage, one, say } from "./elements.js";

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

async function follow() {
  for (let shown = one("#check"); shown?.dataset.state === "running"; shown = one("#check")) {
    await pause(1000);
    let fresh;
    try {
      fresh = one("#check", await fetchPage(location.href));
    } catch {
      continue;
    }
    if (!fresh) return;
    shown.replaceWith(document.adoptNode(fresh));
    if (fresh.dataset.state !== "running") say(one("[data-testid=check-result]", fresh)?.textContent ?? "");
  }
}

follow();
