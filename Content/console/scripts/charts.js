// What panels can do beside what their links do: filter out with Alt, menus that close, pictures, links, sorting.

import { all, element, one, say } from "./elements.js";

const menus = () => all("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  const target = event.target.closest?.("[data-act]");
  if (!target) return;
  if (target.dataset.act === "filter" && event.altKey) {
    const without = target.parentElement.querySelector(".without");
    if (!without) return;
    event.preventDefault();
    location.assign(without.href);
  } else if (target.dataset.act === "copy-link") copyLink(target.closest("article"));
  else if (target.dataset.act === "png") savePicture(target.closest("article"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    one("summary", menu).focus();
  }
});

// Buttons that need this script; panels come while it runs already.
const reveal = (within) => {
  for (const button of all("button[data-act]", within)) button.parentElement.hidden = false;
  for (const heading of all("table.rows thead th", within)) makeSortable(heading);
};

document.readyState === "loading"
  ? document.addEventListener("DOMContentLoaded", () => reveal(document))
  : reveal(document);

async function copyLink(panel) {
  const address = new URL(location.href);
  address.hash = panel.id;
  try {
    await navigator.clipboard.writeText(address.href);
    say("Link copied.");
  } catch {
    say(address.href);
  }
}

// Tables are sorted by a click on a heading: numbers by what they are, everything else by its letters.

function makeSortable(heading) {
  if (one("button", heading)) return;
  const button = element("button", { type: "button", class: "sort" }, heading.textContent);
  heading.replaceChildren(button);
  button.addEventListener("click", () => {
    const isDown = heading.getAttribute("aria-sort") === "ascending";
    for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const place = [...heading.parentElement.children].indexOf(heading);
    const body = one("tbody", heading.closest("table"));
    const key = (row) => {
      const cell = row.children[place];
      return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
    };
    const order = (left, right) =>
      typeof left === "number" && typeof right === "number" ? left - right : String(left).localeCompare(String(right));
    const rows = [...body.children].sort((left, right) => order(key(left), key(right)));
    body.append(...(isDown ? rows.reverse() : rows));
  });
}

// A picture of a panel, drawn from the shapes of its charts with the colors they have now. Nothing is loaded.

const scale = 2;
const [width, rowHeight] = [960, 26];

function savePicture(panel) {
  const title = one("h3", panel).textContent;
  const charts = all("figure.chart svg:not(.swatch), figure.tile svg", panel);
  const style = getComputedStyle(panel);
  const height = charts.length > 1 ? rowHeight : 320;
  const legend = all(".legend li", panel);
  const canvas = element("canvas");
  canvas.width = width * scale;
  canvas.height = (40 + charts.length * (height + 8) + 24 + legend.length * 20 + 12) * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = getComputedStyle(document.body).backgroundColor;
  pen.fillRect(0, 0, width, canvas.height);
  const write = (text, x, y, size = 13) => {
    pen.fillStyle = style.color;
    pen.font = `${size}px system-ui, sans-serif`;
    pen.fillText(text, x, y);
  };
  write(title, 16, 26, 16);
  let top = 40;
  for (const chart of charts) {
    const row = chart.closest("tr");
    const left = row ? 300 : 110;
    if (row) {
      write(one("th", row).textContent.replace("−", "").slice(0, 40), 16, top + 18);
      write(one("td.number", row)?.textContent ?? "", 760, top + 18);
    } else all(".scale > *", panel).forEach((mark, place, marks) =>
      write(mark.textContent, 16, top + 10 + (place * (height - 10)) / Math.max(marks.length - 1, 1), 11));
    draw(pen, chart, { left, top, width: (row ? 740 : width - 16) - left, height: row ? rowHeight - 6 : height });
    top += height + 8;
  }
  all(".axis > *", panel).forEach((mark, place, marks) =>
    write(mark.textContent, 110 + (place * (width - 260)) / Math.max(marks.length - 1, 1), top + 10, 11));
  top += 28;
  for (const line of legend) {
    const swatch = one("rect", line);
    if (swatch) {
      pen.fillStyle = getComputedStyle(swatch).fill;
      pen.fillRect(16, top, 10, 10);
    }
    write(line.textContent.replace("−", ""), 34, top + 10);
    top += 20;
  }
  canvas.toBlob((picture) => {
    const address = URL.createObjectURL(picture);
    const link = element("a", { href: address, download: `${panel.dataset.key}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    say("Picture saved.");
  }, "image/png");
}

function draw(pen, chart, box) {
  const view = chart.viewBox.baseVal;
  const [across, down] = [box.width / view.width, box.height / view.height];
  for (const shape of all("rect:not(.hit), path, line, circle", chart)) {
    const look = getComputedStyle(shape);
    const number = (name) => Number(shape.getAttribute(name) ?? 0);
    const path = new Path2D();
    if (shape.tagName === "rect") path.rect(number("x"), number("y"), number("width"), number("height"));
    else if (shape.tagName === "circle") path.arc(number("cx"), number("cy"), number("r"), 0, 7);
    else if (shape.tagName === "line") {
      path.moveTo(number("x1"), number("y1"));
      path.lineTo(number("x2"), number("y2"));
    } else path.addPath(new Path2D(shape.getAttribute("d")));
    const placed = new Path2D();
    placed.addPath(path, new DOMMatrix([across, 0, 0, down, box.left, box.top]));
    if (look.fill !== "none" && shape.tagName !== "line") {
      pen.globalAlpha = Number(look.fillOpacity);
      pen.fillStyle = look.fill;
      pen.fill(placed);
    }
    if (look.stroke !== "none") {
      pen.globalAlpha = Number(look.strokeOpacity);
      pen.strokeStyle = look.stroke;
      pen.lineWidth = parseFloat(look.strokeWidth) || 1;
      pen.stroke(placed);
    }
    pen.globalAlpha = 1;
  }
}
