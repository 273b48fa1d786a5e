// Boards: a card dragged to another lane presses the button of its own menu. Arrows move it too: Shift with left or right.
(() => {
  let dragged = null;
  const laneOf = (target) => target.closest?.("[data-lane]");
  const mark = (lane) => document.querySelectorAll("[data-lane].is-over").forEach((one) => one !== lane && one.classList.remove("is-over"));
  const move = (card, lane) => {
    if (!lane || lane === laneOf(card)) return;
    const button = [...card.querySelectorAll("button[name=value]")].find((one) => one.value === lane.dataset.lane);
    if (!button) return;
    lane.querySelector(".lane-cards").prepend(card);
    // Pressed, not only sent: htmx learns from the press which button it was.
    button.click();
  };

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".board-card[draggable]") || null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const lane = dragged && laneOf(event.target);
    mark(lane);
    if (!lane) return;
    event.preventDefault();
    lane.classList.add("is-over");
  });
  document.addEventListener("drop", (event) => {
    const lane = dragged && laneOf(event.target);
    mark(null);
    if (!lane) return;
    event.preventDefault();
    move(dragged, lane);
  });
  document.addEventListener("dragend", () => { dragged = null; mark(null); });

  document.addEventListener("keydown", (event) => {
    if (!event.shiftKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const card = event.target.closest?.(".board-card[draggable]");
    if (!card) return;
    event.preventDefault();
    const lane = laneOf(card);
    move(card, event.key === "ArrowLeft" ? lane.previousElementSibling : lane.nextElementSibling);
  });
  // What was refused goes back to where it stood: the board is read again.
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr, successful } = event.detail;
    if (!elt.closest?.(".board-card") || successful || xhr?.getResponseHeader("HX-Location")) return;
    htmx.ajax("GET", location.href, { target: "#list", select: "#list", swap: "outerHTML" });
  });
})();
