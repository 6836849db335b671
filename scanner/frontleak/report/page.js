"use strict";
// Filters, sorts and searches the findings. They are in the page already, escaped: this moves elements, and makes none.
(() => {
  const PAGE = 100;
  const list = document.getElementById("list");
  const form = document.getElementById("controls");
  const more = document.getElementById("more");
  const count = document.getElementById("count");
  const rest = document.getElementById("rest");
  if (!list || !form) return;
  const items = [...list.children, ...(rest ? rest.content.children : [])];
  const byId = new Map(items.map((item) => [item.firstElementChild.id, item]));
  const texts = new Map();
  const fields = ["severity", "exposure", "rule"];
  let matches = items;
  let limit = PAGE;

  const textOf = (item) => {
    let text = texts.get(item);
    if (text === undefined) {
      text = item.textContent.toLowerCase();
      texts.set(item, text);
    }
    return text;
  };
  const data = (item) => item.firstElementChild.dataset;
  const orders = {
    severity: null,
    file: (a, b) => (data(a).path < data(b).path ? -1 : data(a).path > data(b).path ? 1 : 0),
    rule: (a, b) => (data(a).rule < data(b).rule ? -1 : data(a).rule > data(b).rule ? 1 : 0),
  };
  const value = (name) => form.elements.namedItem(name).value;

  const draw = () => {
    list.replaceChildren(...matches.slice(0, limit));
    const left = matches.length - Math.min(limit, matches.length);
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(PAGE, left)} more of ${left}`;
    const found = `${matches.length} of ${items.length} findings`;
    count.textContent = left ? `${found}, the first ${limit} shown` : found;
  };
  const filter = () => {
    const words = value("q").toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = fields.map((name) => [name, value(name)]).filter(([, text]) => text);
    matches = items.filter(
      (item) =>
        wanted.every(([name, text]) => data(item)[name] === text) &&
        (words.length === 0 || words.every((word) => textOf(item).includes(word))),
    );
    const order = orders[value("sort")];
    if (order) matches = [...matches].sort(order);
    limit = PAGE;
    draw();
  };
  const remember = () => {
    const state = new URLSearchParams();
    for (const name of ["q", "sort", ...fields]) {
      const text = value(name);
      if (text && !(name === "sort" && text === "severity")) state.set(name, text);
    }
    const hash = state.size ? `#filter:${state}` : "#";
    try {
      history.replaceState(null, "", hash);
    } catch {
      // a page in a sandbox keeps no history
    }
  };
  const restore = () => {
    const hash = location.hash;
    if (hash.startsWith("#filter:")) {
      const state = new URLSearchParams(hash.slice("#filter:".length));
      for (const name of ["q", ...fields]) form.elements.namedItem(name).value = state.get(name) ?? "";
      form.elements.namedItem("sort").value = Object.hasOwn(orders, state.get("sort")) ? state.get("sort") : "severity";
      filter();
      return;
    }
    const item = byId.get(hash.slice(1));
    if (!item) return;
    if (!matches.includes(item)) {
      for (const name of ["q", ...fields]) form.elements.namedItem(name).value = "";
      filter();
    }
    if (!item.isConnected) {
      limit = Math.ceil((matches.indexOf(item) + 1) / PAGE) * PAGE;
      draw();
    }
    const article = item.firstElementChild;
    article.scrollIntoView();
    article.focus({ preventScroll: true });
  };

  let waiting = 0;
  const changed = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      filter();
      remember();
    });
  };
  form.addEventListener("input", changed);
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    const first = matches[limit];
    limit += PAGE;
    draw();
    first.firstElementChild.focus();
  });
  addEventListener("hashchange", restore);
  let before = limit;
  let opened = [];
  addEventListener("beforeprint", () => {
    before = limit;
    limit = matches.length;
    draw();
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
    opened = [];
    limit = before;
    draw();
  });
  form.hidden = false;
  draw();
  restore();
})();
