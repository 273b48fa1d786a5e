// What goes to the server and what comes back: csrf token, double presses, refusals, broken lines.
(() => {
  const { say, token } = Guanxi;
  const busy = new WeakSet();

  const mark = (form, on) => {
    on ? busy.add(form) : busy.delete(form);
    form.toggleAttribute("aria-busy", on);
    if (on) form.setAttribute("aria-busy", "true");
  };

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });

  // A second press while the first is under way is dropped: the operation key would make it harmless, this makes it calm.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (form.tagName !== "FORM" || event.detail.requestConfig.verb === "get") return;
    if (busy.has(form)) return event.preventDefault();
    mark(form, true);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr } = event.detail;
    // On the way to another page the form stays closed.
    if (elt.tagName === "FORM" && !xhr?.getResponseHeader("HX-Redirect")) mark(elt, false);
  });
  // Forms without htmx: the browser itself would send twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("hx-post") || form.method !== "post") return;
    if (busy.has(form)) return event.preventDefault();
    mark(form, true);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll('form[aria-busy="true"]').forEach((form) => mark(form, false));
  });

  // Refusals come with their words; they open above the page, which keeps what was typed.
  const showProblem = (xhr) => {
    const dialog = document.getElementById("problem-dialog");
    const body = document.getElementById("problem-dialog-body");
    body.innerHTML = xhr.responseText;
    const heading = body.querySelector("h1");
    if (heading) {
      dialog.querySelector(".dialog-head h2").textContent = heading.textContent;
      heading.remove();
    }
    Guanxi.open(dialog);
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("X-Problem")) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401) return;
    if (xhr.getResponseHeader("X-Problem")) return showProblem(xhr);
    Guanxi.toast(say(xhr.status === 429 ? "busy" : "broken"), "late");
  });
  // 409 and 422 may be swapped as forms, so htmx does not call them errors; with a problem page they are.
  document.addEventListener("htmx:afterOnLoad", (event) => {
    const { xhr } = event.detail;
    if ((xhr.status === 409 || xhr.status === 422) && xhr.getResponseHeader("X-Problem")) showProblem(xhr);
  });

  // A list that asks every minute should not complain every minute.
  const isQuiet = (elt) => !["FORM", "A", "BUTTON"].includes(elt.tagName);
  document.addEventListener("htmx:sendError", (event) => {
    if (!isQuiet(event.detail.elt)) Guanxi.toast(say("offline"), "late");
  });
  document.addEventListener("htmx:timeout", (event) => {
    if (!isQuiet(event.detail.elt)) Guanxi.toast(say("slow"), "late");
  });

  // htmx keeps the last address in web storage; addresses may hold a name somebody searched for.
  const forgetAddress = () => sessionStorage.removeItem("htmx-current-path-for-history");
  forgetAddress();
  for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
    document.addEventListener(name, forgetAddress);
  }

  document.addEventListener("toasts", (event) => {
    for (const item of event.detail.value || []) Guanxi.toast(item.text, item.tone, item);
  });
})();
