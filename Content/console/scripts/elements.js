// Elements made by name, attributes and text. Text is only ever text: nothing here reads markup.

export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}

export const one = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Whether letters typed there are text and no commands. */
export const isTyping = (target) =>
  target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

/** Says something to people who do not see it, and shows it for a while. */
export function say(text) {
  let line = one("#said");
  if (!line) {
    line = element("p", { id: "said", role: "status" });
    document.body.append(line);
  }
  line.textContent = text;
}

/** A page of this server as a document of its own, in which nothing runs. */
export function fetchPage(address, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.open("GET", address);
    request.onload = () => (request.response ? resolve(request.response) : reject(new Error("no page")));
    request.onerror = () => reject(new Error("The server does not answer."));
    signal?.addEventListener("abort", () => request.abort());
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.send();
  });
}

/** Calls the JSON API as the signed-in person. */
export async function call(path, body, signal) {
  const answer = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.error?.reason ?? said.message ?? answer.statusText), { said });
  return said;
}
