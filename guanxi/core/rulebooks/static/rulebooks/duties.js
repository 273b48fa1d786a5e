// Duties: keys l, p and h in the current row, the form that opens in it, and on to the next row when one is settled.
(() => {
  const ROW = ".duties > li";
  const rowOf = (element) => element?.closest?.(ROW);
  const current = () => document.querySelector(`${ROW}.is-current`) || rowOf(document.activeElement);
  const press = (name) => current()?.querySelector(`[data-do="${name}"]`)?.click();

  Guanxi.listKeys.l = () => press("log");
  Guanxi.listKeys.p = () => press("postpone");
  Guanxi.listKeys.h = () => press("hand-over");

  const slot = (row) => row.querySelector(":scope > .duty-form");
  const mark = (row) => row.classList.toggle("is-open", slot(row)?.childElementCount > 0);
  const shut = (row) => {
    slot(row).replaceChildren();
    mark(row);
    Guanxi.moveTo(row);
  };
  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-close-form]");
    const row = rowOf(closer);
    if (!row) return;
    event.preventDefault();
    shut(row);
  });
  document.addEventListener("keydown", (event) => {
    const row = event.key === "Escape" && !event.isComposing && rowOf(event.target);
    if (row && slot(row)?.contains(event.target) && !document.querySelector("dialog[open]")) shut(row);
  });

  // Only one form is open at a time; what was typed in another is kept by asking the browser's own question on leaving.
  document.addEventListener("htmx:afterSwap", (event) => {
    const row = rowOf(event.detail.target);
    if (!row || event.detail.target !== slot(row)) return;
    mark(row);
    Guanxi.moveTo(row);
    (row.querySelector(".duty-form [data-first]:checked, .duty-form [data-first]") || slot(row).querySelector("input, textarea"))?.focus();
    slot(row).scrollIntoView({ block: "nearest" });
  });

  // A settled row leaves; the next one takes its place under the hands. One that stays is taken up again.
  let next = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target;
    if (!row.matches?.(ROW) || event.detail.xhr.status !== 200) return;
    const rows = [...document.querySelectorAll(ROW)].filter((each) => each.offsetParent);
    const at = rows.indexOf(row);
    const stays = event.detail.serverResponse.includes(`id="${row.id}"`);
    next = (stays ? row : rows[at + 1] || rows[at - 1])?.id || "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const row of document.querySelectorAll(ROW)) mark(row);
    for (const list of document.querySelectorAll(".duties:empty, .duties:not(:has(> li))")) {
      const section = list.closest("[data-part]");
      if (section && !section.querySelector(".more-rows")) section.hidden = true;
    }
    const done = document.querySelector("[data-all-done]");
    if (done && document.querySelector("[data-part]")) done.hidden = Boolean(document.querySelector("[data-part]:not([hidden])"));
    const row = next && document.getElementById(next);
    if (row) {
      Guanxi.moveTo(row);
      row.querySelector(".duty-form [data-focus]")?.focus({ preventScroll: true });
    }
    next = "";
  });

  // Numbers beside the lines of a draft, and from a problem to its place.
  const area = () => document.querySelector("[data-lines]");
  const number = () => {
    const text = area();
    const gutter = text?.previousElementSibling;
    if (!gutter) return;
    const wrong = new Set((gutter.dataset.wrong || "").split(" "));
    const count = text.value.split("\n").length;
    gutter.replaceChildren(...Array.from({ length: count }, (_, index) => {
      const line = document.createElement(wrong.has(String(index + 1)) ? "b" : "span");
      line.textContent = `${index + 1}\n`;
      return line;
    }));
    gutter.scrollTop = text.scrollTop;
  };
  document.addEventListener("input", (event) => event.target.matches("[data-lines]") && number());
  document.addEventListener("scroll", (event) => {
    if (event.target.matches?.("[data-lines]")) event.target.previousElementSibling.scrollTop = event.target.scrollTop;
  }, true);
  Guanxi.onContent(number);
  document.addEventListener("click", (event) => {
    const place = event.target.closest("[data-line]");
    const text = area();
    if (!place || !text) return;
    const lines = text.value.split("\n");
    const line = Math.max(1, Math.min(Number(place.dataset.line), lines.length));
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const at = Math.min(start + Math.max(0, Number(place.dataset.column) - 1), start + lines[line - 1].length);
    text.focus();
    text.setSelectionRange(at, start + lines[line - 1].length);
    text.scrollTop = Math.max(0, (line - 6) * 20);
  });
})();
