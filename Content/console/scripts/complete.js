// Completion of field names, values and words of the language in the query box, and the place of a mistake.

import { call, element, one } from "./elements.js";

const words = {
  kql: ["and", "or", "not"],
  eql: ["sequence by", "with maxspan=", "any where", "until", "and", "or", "not", "in", "like"],
  esql: [
    "FROM", "WHERE", "STATS", "EVAL", "SORT", "LIMIT", "KEEP", "DROP", "RENAME", "DISSECT", "GROK", "ENRICH",
    "LOOKUP JOIN", "INLINE STATS", "MV_EXPAND", "COUNT(*)", "COUNT_DISTINCT(", "BUCKET(", "BY",
  ],
};

let fields = null;
async function allFields() {
  fields ??= call("/api/v1/fields", {}).then(
    (said) => said.fields.sort((a, b) => b.has_values - a.has_values || a.name.localeCompare(b.name)),
    () => [],
  );
  return fields;
}

/** What stands before the caret: a name that is begun, or a field and the beginning of its value. */
function place(text, language) {
  const value = /([A-Za-z_@][\w.@-]*)\s*(?::|==)\s*"?([^\s"():]*)$/.exec(text);
  if (value && language !== "esql") return { field: value[1], begun: value[2] };
  const name = /[A-Za-z_@][\w.@-]*$/.exec(text);
  return { begun: name ? name[0] : "" };
}

export function complete(box, language) {
  const list = element("ul", { class: "suggestions", role: "listbox", id: "suggestions", hidden: true });
  box.after(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-controls", "suggestions");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-autocomplete", "list");
  let options = [];
  let chosen = -1;
  let turn = 0;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    chosen = next;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    if (chosen >= 0) {
      list.children[chosen].scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", list.children[chosen].id);
    }
  };
  const take = (option) => {
    const before = box.value.slice(0, box.selectionStart);
    const rest = box.value.slice(box.selectionStart);
    const kept = before.slice(0, before.length - option.begun.length);
    box.value = kept + option.text + rest;
    box.selectionStart = box.selectionEnd = kept.length + option.text.length;
    close();
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

  async function suggest() {
    const mine = ++turn;
    const kind = language?.value ?? "kql";
    const at = place(box.value.slice(0, box.selectionStart), kind);
    let found;
    if (at.field) {
      const said = await call("/api/v1/fields", { field: at.field, size: 100 }).catch(() => ({ values: [] }));
      found = (said.values ?? [])
        .filter((one) => String(one.value).toLowerCase().startsWith(at.begun.toLowerCase()))
        .slice(0, 10)
        .map((one) => ({ text: JSON.stringify(String(one.value)), hint: String(one.count), begun: at.begun }));
    } else if (at.begun) {
      const begun = at.begun.toLowerCase();
      const names = (await allFields())
        .filter((field) => field.name.toLowerCase().includes(begun) && field.name !== at.begun)
        .sort((a, b) => b.name.toLowerCase().startsWith(begun) - a.name.toLowerCase().startsWith(begun))
        .slice(0, 10)
        .map((field) => ({
          text: field.name + (kind === "kql" ? ": " : " "),
          hint: field.type + (field.has_values ? "" : ", empty"),
          begun: at.begun,
        }));
      const own = words[kind]
        .filter((word) => word.toLowerCase().startsWith(begun) && word.toLowerCase() !== begun)
        .map((word) => ({ text: `${word} `, hint: "", begun: at.begun }));
      found = [...names, ...own];
    } else found = [];
    if (mine !== turn) return;
    options = found;
    list.replaceChildren(
      ...options.map((option, number) =>
        element(
          "li",
          { role: "option", id: `suggestion-${number}`, "aria-selected": "false" },
          element("span", {}, option.text),
          element("span", { class: "muted" }, option.hint),
        ),
      ),
    );
    list.hidden = options.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    chosen = -1;
  }

  /** Says where a query cannot be read, once nobody types any more. */
  const problem = one("#parse-problem");
  async function check() {
    const mine = turn;
    const asked = new URLSearchParams({ l: language?.value ?? "kql", q: box.value });
    const said = await call(`/parse?${asked}`).catch(() => ({ ok: true }));
    if (mine !== turn || !problem) return;
    problem.hidden = said.ok;
    problem.textContent = said.ok ? "" : said.shown;
    said.ok ? box.removeAttribute("aria-invalid") : box.setAttribute("aria-invalid", "true");
  }

  let timer;
  let checkTimer;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    clearTimeout(checkTimer);
    timer = setTimeout(suggest, 120);
    checkTimer = setTimeout(check, 600);
  });
  language?.addEventListener("change", check);
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    event.preventDefault();
    take(options[[...list.children].indexOf(item)]);
  });
  box.addEventListener(
    "keydown",
    (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") mark((chosen + 1) % options.length);
      else if (event.key === "ArrowUp") mark((chosen - 1 + options.length) % options.length);
      else if (event.key === "Escape") close();
      else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) take(options[chosen]);
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
