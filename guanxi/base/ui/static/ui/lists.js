// Lists: j and k move, Enter opens, x ticks; ticked rows bring up their bar.
(() => {
  const rows = () => [...document.querySelectorAll("[data-list] tbody tr, [data-rows] > li")].filter((row) => row.offsetParent);
  let current = null;

  const moveTo = (row) => {
    current?.classList.remove("is-current");
    current = row;
    row.classList.add("is-current");
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("a, button")?.focus({ preventScroll: true });
  };
  // For rooms whose rows come and go: the next one is taken up where the last one left.
  Guanxi.moveTo = moveTo;
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current);
    moveTo(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
  };
  Guanxi.listKeys = {
    j: () => step(1),
    k: () => step(-1),
    Enter: () => {
      const href = current?.isConnected && current.dataset.href;
      if (href) location.assign(href);
    },
    x: () => current?.isConnected && current.querySelector("input[name=pick]")?.click(),
  };

  // A press anywhere in the row opens it, except on what can be pressed itself or while text is being selected.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, select, summary") || String(getSelection())) return;
    event.ctrlKey || event.metaKey ? open(row.dataset.href, "_blank", "noopener") : location.assign(row.dataset.href);
  });

  const tell = () => {
    const picks = [...document.querySelectorAll("input[name=pick]")];
    const picked = picks.filter((pick) => pick.checked);
    for (const pick of picks) pick.closest("tr, li")?.classList.toggle("is-picked", pick.checked);
    for (const bar of document.querySelectorAll("[data-picked-bar]")) {
      bar.hidden = !picked.length;
      bar.querySelector("[data-picked-count]").textContent = picked.length;
    }
    for (const all of document.querySelectorAll("[data-pick-all]")) {
      all.checked = picks.length > 0 && picked.length === picks.length;
      all.indeterminate = picked.length > 0 && picked.length < picks.length;
    }
  };
  // With Shift, everything between the last tick and this one.
  let last = null;
  document.addEventListener("click", (event) => {
    const pick = event.target;
    if (!pick.matches("input[name=pick]")) return;
    const picks = [...document.querySelectorAll("input[name=pick]")];
    if (event.shiftKey && last) {
      const [from, to] = [picks.indexOf(last), picks.indexOf(pick)].sort((a, b) => a - b);
      for (const between of picks.slice(from, to + 1)) between.checked = pick.checked;
    }
    last = pick;
    tell();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-pick-all]")) return;
    for (const pick of event.target.closest("table").querySelectorAll("input[name=pick]")) pick.checked = event.target.checked;
    tell();
  });
  document.addEventListener("htmx:afterSettle", tell);
})();
