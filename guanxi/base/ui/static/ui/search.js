// The search box: results below it, arrows walk through them, Enter opens, Escape closes.
(() => {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const input = form.querySelector("input");
  const list = form.querySelector("[role=listbox]");
  const hits = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector('[aria-selected="true"]');

  const choose = (hit) => {
    chosen()?.removeAttribute("aria-selected");
    if (!hit) return input.removeAttribute("aria-activedescendant");
    hit.setAttribute("aria-selected", "true");
    hit.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", hit.id);
  };
  const close = () => {
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    choose(null);
  };
  const walk = (by) => {
    const all = hits();
    if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length + (chosen() ? 0 : by < 0 ? 1 : 0)) % all.length]);
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    }
    if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    }
    if (event.key === "Escape") list.childElementCount ? close() : input.blur();
  });
  // The best hit is chosen at once, so that typing and Enter is enough.
  list.addEventListener("htmx:afterSwap", () => {
    input.setAttribute("aria-expanded", String(list.childElementCount > 0));
    choose(hits()[0]);
    if (!input.value.trim()) close();
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) close();
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
})();
