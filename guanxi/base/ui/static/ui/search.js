// The search box: results below it, arrows walk through them, Tab goes on to the next group, Enter opens, Escape closes.
(() => {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const input = form.querySelector("input");
  const list = form.querySelector("[role=listbox]");
  const voice = form.querySelector("[role=status]");
  const hits = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector('[aria-selected="true"]');

  const choose = (hit) => {
    chosen()?.removeAttribute("aria-selected");
    if (!hit) return input.removeAttribute("aria-activedescendant");
    hit.setAttribute("aria-selected", "true");
    hit.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", hit.id);
  };
  const say = (text) => { if (voice) voice.textContent = text; };
  const close = () => {
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    say("");
    choose(null);
  };
  const walk = (by) => {
    const all = hits();
    if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length + (chosen() ? 0 : by < 0 ? 1 : 0)) % all.length]);
  };
  // False when there is no group further that way: Tab then leaves the box as everywhere.
  const leap = (by) => {
    const groups = [...list.querySelectorAll("[data-group]")];
    const at = groups.findIndex((group) => group.contains(chosen()));
    const next = groups[at + by];
    if (at < 0 || !next) return false;
    choose(next.querySelector("[role=option]"));
    return true;
  };
  const ask = () => input.dispatchEvent(new Event("search-asked"));
  const reach = () => {
    input.focus();
    input.select();
  };
  // The way there is not held up: what led to it is told beside.
  const remember = () => {
    const address = form.dataset.remember;
    if (!address || !input.value.trim()) return;
    const headers = { "X-CSRFToken": Guanxi.token() };
    fetch(address, { method: "POST", headers, body: new URLSearchParams({ q: input.value }), keepalive: true }).catch(() => {});
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    }
    if (event.key === "Tab" && chosen() && leap(event.shiftKey ? -1 : 1)) event.preventDefault();
    if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    }
    if (event.key === "Escape") list.childElementCount ? close() : input.blur();
  });
  input.addEventListener("focus", () => { if (!list.childElementCount) ask(); });
  // A search made before is made again in the box.
  list.addEventListener("click", (event) => {
    const again = event.target.closest("[data-again]");
    if (again) {
      event.preventDefault();
      input.value = again.dataset.again;
      input.focus();
      return ask();
    }
    if (event.target.closest("[role=option]")) remember();
  });
  form.addEventListener("submit", remember);
  // The best hit is chosen at once, so that typing and Enter is enough. What was opened before waits for an arrow.
  list.addEventListener("htmx:afterSwap", () => {
    const isAsked = Boolean(input.value.trim());
    if (document.activeElement !== input) return close();
    input.setAttribute("aria-expanded", String(list.childElementCount > 0));
    say(list.querySelector("[data-said]")?.dataset.said ?? "");
    choose(isAsked ? hits()[0] : null);
  });
  list.addEventListener("htmx:responseError", close);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      reach();
    }
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) close();
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
})();
