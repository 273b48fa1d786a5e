// The drawer of the navigation on phones, ways back, and letters of toasts at start.
(() => {
  const side = document.getElementById("side");
  let veil = null;

  const shut = () => {
    side.classList.remove("is-open");
    veil?.remove();
    veil = null;
    document.querySelector("[data-drawer]")?.setAttribute("aria-expanded", "false");
  };
  const open = () => {
    side.classList.add("is-open");
    veil = Object.assign(document.createElement("button"), { className: "veil", type: "button", onclick: shut });
    veil.setAttribute("aria-label", Guanxi.say("close"));
    document.body.append(veil);
    document.querySelector("[data-drawer]").setAttribute("aria-expanded", "true");
    side.querySelector("nav a")?.focus();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-drawer]")) return side.classList.contains("is-open") ? shut() : open();
    const back = event.target.closest("a[data-back]");
    if (back && history.length > 1) {
      event.preventDefault();
      history.back();
    }
  });
  // Many tabs on a narrow screen: the one in use is in sight.
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side?.classList.contains("is-open")) shut();
  });
})();
