// Lists: j and k move, Enter opens, x ticks, e looks into the row; ticked rows bring up their bar.
(() => {
  const rows = () => [...document.querySelectorAll("[data-list] tbody tr:not(.glance), [data-rows] > li, .board-card")].filter((row) => row.offsetParent);
  let current = null;

  const moveTo = (row) => {
    current?.classList.remove("is-current");
    current = row;
    row.classList.add("is-current");
    row.scrollIntoView({ block: "nearest" });
    (row.querySelector("a") || row.querySelector("button"))?.focus({ preventScroll: true });
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
    e: () => look(current),
    ArrowRight: () => look(current, true),
    ArrowLeft: () => look(current, false),
  };
  // Keys of lists stand aside where there is no row to use them on.
  Guanxi.listHas = (key) => !["e", "ArrowRight", "ArrowLeft"].includes(key) || Boolean(arrowOf(current));

  // A look at the record opens below its row, loaded once.
  const arrowOf = (row) => row?.isConnected && row.querySelector("[data-glance]");
  const look = (row, open) => {
    const arrow = arrowOf(row);
    if (!arrow) return;
    const isOpen = arrow.getAttribute("aria-expanded") === "true";
    if (open === isOpen) return;
    arrow.setAttribute("aria-expanded", String(!isOpen));
    let below = row.nextElementSibling;
    if (below?.classList.contains("glance")) {
      below.hidden = isOpen;
      return;
    }
    below = document.createElement("tr");
    below.className = "glance";
    const cell = document.createElement("td");
    cell.colSpan = row.children.length;
    below.append(cell);
    row.after(below);
    htmx.ajax("GET", arrow.dataset.glance, { target: cell, swap: "innerHTML", source: cell });
  };
  document.addEventListener("click", (event) => {
    const arrow = event.target.closest("[data-glance]");
    if (arrow) look(arrow.closest("tr"));
  });
  // One that could not be loaded may be asked for again.
  document.addEventListener("htmx:afterRequest", (event) => {
    const below = event.detail.target?.closest?.("tr.glance");
    if (!below || event.detail.successful) return;
    below.previousElementSibling?.querySelector("[data-glance]")?.setAttribute("aria-expanded", "false");
    below.remove();
  });

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
      const everything = bar.querySelector("input[name=all]");
      if (everything && picked.length < picks.length) everything.checked = false;
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
  // All that match means all rows shown, too.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-picked-bar] input[name=all]") || !event.target.checked) return;
    for (const pick of document.querySelectorAll("input[name=pick]")) pick.checked = true;
    tell();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-pick-none]")) return;
    for (const pick of document.querySelectorAll("input[name=pick], [data-picked-bar] input[name=all]")) pick.checked = false;
    tell();
  });
  document.addEventListener("htmx:afterSettle", tell);
  window.addEventListener("pageshow", tell);
})();
