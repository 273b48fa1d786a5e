// Lines put in another order, by drag or by their arrows; and found by a few letters.
(() => {
  let dragged = null;
  const lineOf = (target) => target.closest?.("[data-arrange] > li");

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    const line = button && lineOf(button);
    if (!line) return;
    const other = button.dataset.move === "up" ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    button.dataset.move === "up" ? other.before(line) : other.after(line);
    button.focus();
    line.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("dragstart", (event) => {
    dragged = lineOf(event.target);
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && lineOf(event.target);
    if (!over || over === dragged || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    event.clientY < top + height / 2 ? over.before(dragged) : over.after(dragged);
  });
  document.addEventListener("dragend", () => { dragged = null; });

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-arrange-find]")) return;
    const wanted = event.target.value.trim().toLowerCase();
    for (const line of event.target.closest("form").querySelectorAll("[data-arrange] > li")) {
      line.hidden = !line.dataset.name.toLowerCase().includes(wanted);
    }
  });
})();
