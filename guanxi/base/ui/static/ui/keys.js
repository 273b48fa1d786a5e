// Keys for those who work all day with it. Never while somebody types.
(() => {
  let afterG = 0;
  const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  const go = (letter) => document.querySelector(`a[data-go="${CSS.escape(letter)}"]`)?.click();
  // A button of the page may name its own letter: data-key="e".
  const pressed = (letter) => {
    const button = document.querySelector(`[data-key="${CSS.escape(letter)}"]`);
    return button && (() => button.click());
  };
  const single = {
    "/": () => document.querySelector("[data-search] input")?.focus(),
    f: () => document.querySelector("[data-list-search]")?.focus(),
    "?": () => Guanxi.open(document.getElementById("keys-dialog")),
    g: () => { afterG = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return event.target.form?.requestSubmit();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (afterG && Date.now() - afterG < 1500) {
      afterG = 0;
      return go(event.key);
    }
    if (event.key === "Enter" && event.target.closest("a, button, summary, label")) return;
    const ofList = Guanxi.listHas(event.key) && Guanxi.listKeys[event.key];
    const act = single[event.key] || ofList || pressed(event.key);
    if (!act) return;
    if (event.key !== "Enter") event.preventDefault();
    act();
  });
})();
