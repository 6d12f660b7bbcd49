// The command palette: pages, saved searches, people, and whatever has the id that was pasted.

import { all, call, element, one } from "./elements.js";

let dialog = null;

export function openPalette() {
  dialog ??= build();
  if (dialog.open) return dialog.close();
  const box = one("input", dialog);
  box.value = "";
  dialog.showModal();
  box.focus();
  box.dispatchEvent(new Event("input"));
}

function build() {
  const box = element("input", {
    type: "search", role: "combobox", "aria-label": "Go to", placeholder: "Page, saved search, person or id",
    "aria-controls": "palette-list", "aria-expanded": "true", autocomplete: "off", spellcheck: "false",
  });
  const list = element("ul", { id: "palette-list", role: "listbox", "aria-label": "Results" });
  const made = element("dialog", { class: "palette", "aria-label": "Command palette", "data-testid": "palette" }, box, list);
  document.body.append(made);

  const pages = all("nav.rail a").map((link) => ({
    title: link.textContent.trim(), kind: "page", address: link.getAttribute("href"),
  }));
  let items = [];
  let chosen = 0;
  const mark = (next) => {
    chosen = next;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
    const now = list.children[chosen];
    now?.scrollIntoView({ block: "nearest" });
    now ? box.setAttribute("aria-activedescendant", now.id) : box.removeAttribute("aria-activedescendant");
  };
  const show = (found) => {
    items = found;
    list.replaceChildren(
      ...items.map((item, number) =>
        element(
          "li", { role: "option", id: `palette-${number}`, "aria-selected": "false" },
          element("span", {}, item.title), element("span", { class: "muted" }, item.kind),
        ),
      ),
    );
    mark(0);
  };
  const go = (item) => item && location.assign(item.address);

  let turn = 0;
  let timer;
  box.addEventListener("input", () => {
    const wish = box.value.trim();
    const near = pages.filter((page) => page.title.toLowerCase().includes(wish.toLowerCase()));
    const search = wish ? [{ title: `Search for ${wish}`, kind: "search", address: `/search?q=${encodeURIComponent(wish)}` }] : [];
    show([...near, ...search]);
    clearTimeout(timer);
    const mine = ++turn;
    timer = setTimeout(async () => {
      const said = await call(`/palette?q=${encodeURIComponent(wish)}`).catch(() => ({ items: [] }));
      if (mine === turn) show([...near, ...said.items, ...search]);
    }, 120);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") mark(Math.min(items.length - 1, chosen + 1));
    else if (event.key === "ArrowUp") mark(Math.max(0, chosen - 1));
    else if (event.key === "Enter") go(items[chosen]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => go(items[[...list.children].indexOf(event.target.closest("li"))]));
  made.addEventListener("click", (event) => event.target === made && made.close());
  return made;
}

/** The list of keys. */
let help = null;
export function openHelp() {
  help ??= (() => {
    const keys = [
      ["/", "query"], ["t", "time"], ["r", "load again"], ["j k", "next and previous row"], ["o", "open"],
      ["[ ]", "previous and next event"], ["Esc", "close"], ["Control-Enter", "run the query"],
      ["Control-K", "go to anything"],
      ...all("nav.rail a").map((link) => [`g ${link.dataset.about}`, link.textContent.trim()]),
    ];
    const rows = keys.map(([key, text]) => element("tr", {}, element("th", { scope: "row" }, key), element("td", {}, text)));
    const close = element("button", { type: "button", autofocus: true }, "Close");
    const made = element(
      "dialog", { class: "palette", "aria-label": "Keys", "data-testid": "keys" },
      element("h2", {}, "Keys"), element("table", {}, element("tbody", {}, ...rows)), close,
    );
    close.addEventListener("click", () => made.close());
    document.body.append(made);
    return made;
  })();
  help.showModal();
}
