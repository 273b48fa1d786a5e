// Forms: focus on the first error, file drops, conflicts, things typed but not saved.
(() => {
  const { say, onContent, within } = Guanxi;

  onContent((root) => within(root, "[data-focus]").slice(0, 1).forEach((place) => {
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }));

  // The summary's links lead to the field and put the cursor into it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".errors a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.matches("fieldset") ? field.querySelector("input") : field)?.focus();
  });

  // An entry that is being corrected stops being called wrong once the browser accepts it.
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (input.getAttribute?.("aria-invalid") === "true" && input.checkValidity()) input.removeAttribute("aria-invalid");
  });

  const show = (zone, files) => {
    const limit = Number(zone.dataset.maxBytes);
    const tooLarge = limit && files.some((file) => file.size > limit);
    const error = zone.parentElement.querySelector("[data-drop-error]");
    error.hidden = !tooLarge;
    error.querySelector("span").textContent = tooLarge ? zone.dataset.tooLarge : "";
    zone.querySelector("[data-drop-name]").textContent = tooLarge ? "" : files.map((file) => file.name).join(" · ");
    const input = zone.querySelector("input");
    input.setCustomValidity(tooLarge ? zone.dataset.tooLarge : "");
    if (tooLarge) input.value = "";
    return !tooLarge;
  };
  // The input fills the zone, so the browser itself takes dropped files; only the look is ours.
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => event.target.closest?.("[data-drop]")?.classList.toggle("is-over", over));
  }
  document.addEventListener("change", (event) => {
    const zone = event.target.closest("[data-drop]");
    if (zone && !show(zone, [...event.target.files])) event.stopPropagation();
  }, true);

  // How much of the files has gone; the answer takes the bar away with the form.
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector?.("[data-upload-progress]");
    const { lengthComputable, loaded, total } = event.detail;
    if (!bar || !lengthComputable || !total) return;
    bar.hidden = false;
    bar.value = Math.round((loaded / total) * 100);
  });

  // Stock phrases go in where the cursor stands.
  document.addEventListener("click", (event) => {
    const phrase = event.target.closest("[data-phrase]");
    const note = phrase && document.getElementById(phrase.closest("[data-phrases]").dataset.phrases);
    if (!note) return;
    note.setRangeText(phrase.dataset.phrase, note.selectionStart, note.selectionEnd, "end");
    note.dispatchEvent(new Event("input", { bubbles: true }));
    note.focus();
  });

  // A conflict: "theirs" goes into the field, "mine" brings back what I had typed.
  const typed = new WeakMap();
  const put = (field, value) => {
    if (field.type === "checkbox") field.checked = ["on", "true", "True", "1"].includes(value);
    else field.value = value;
  };
  document.addEventListener("change", (event) => {
    const choice = event.target.closest("[data-conflict] input[data-field]");
    const field = choice?.form?.elements[choice.dataset.field];
    if (!field) return;
    if (!typed.has(field)) typed.set(field, field.type === "checkbox" ? String(field.checked) : field.value);
    put(field, choice.value === "theirs" ? choice.dataset.value : typed.get(field));
  });

  // Leaving a half-filled form asks once; forms that only search are not worth the question.
  const touched = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form?.method === "post") touched.add(form);
  });
  document.addEventListener("submit", (event) => touched.delete(event.target));
  // Cancel and closing a dialog are answers to the question already.
  const forget = (root) => touched.forEach((form) => root.contains(form) && touched.delete(form));
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("form .actions a");
    if (cancel) forget(cancel.closest("form"));
  });
  document.addEventListener("close", (event) => forget(event.target), true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr } = event.detail;
    if (elt.matches?.("form[data-guard]") && elt.isConnected && xhr?.status >= 400) touched.add(elt);
  });
  window.addEventListener("beforeunload", (event) => {
    const open = [...touched].some((form) => form.isConnected && form.getAttribute("aria-busy") !== "true");
    if (!open) return;
    event.preventDefault();
    event.returnValue = say("leave");
  });
})();
