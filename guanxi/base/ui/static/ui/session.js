// The session ended under an open page: sign in again above it, renew the tokens, send the request again.
(() => {
  const { say, token } = Guanxi;
  const waiting = [];

  // htmx reports the 401 with the request as it was; several parts of a page may run into it at once.
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, elt, target, requestConfig } = event.detail;
    if (xhr?.status !== 401) return;
    // What polls by itself will ask again anyway; only what a person asked for is kept.
    if (["FORM", "A", "BUTTON", "INPUT", "SELECT"].includes(elt.tagName)) {
      waiting.push({ verb: requestConfig.verb, path: requestConfig.path, elt, target, event: requestConfig.triggeringEvent });
    }
    if (waiting.length) ask();
  });

  const dialog = () => document.getElementById("session-dialog");
  const ask = () => {
    if (!dialog().open) Guanxi.open(dialog());
    dialog().querySelector("[name=login]").focus();
  };

  const renewTokens = () => {
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token();
  };
  const goOn = () => {
    for (const { verb, path, elt, target, event } of waiting.splice(0)) {
      // The operation key in the form is the same, so a request that did arrive has one effect all the same.
      if (elt.isConnected) htmx.ajax(verb, path, { source: elt, target, event });
    }
  };

  const refuse = (form, text) => {
    const place = form.querySelector("[data-sign-in-error]");
    place.textContent = text;
    place.hidden = false;
    const step = form.querySelector("[data-second-step]");
    form.querySelector(step.hidden ? "[name=password]" : "[name=code]").select();
  };

  const signIn = async (form) => {
    const entries = { login: form.login.value, password: form.password.value, code: form.code.value };
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(entries),
    });
    if (answer.ok) return "";
    const told = await answer.json().catch(() => ({}));
    if (told.code) form.querySelector("[data-second-step]").hidden = false;
    return told.message || say(answer.status === 429 ? "busy" : "wrong");
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-sign-in-again]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const refusal = await signIn(form).catch(() => say("offline"));
    if (refusal) return refuse(form, refusal);
    form.reset();
    form.querySelector("[data-second-step]").hidden = true;
    form.querySelector("[data-sign-in-error]").hidden = true;
    dialog().close();
    renewTokens();
    Guanxi.toast(say("again"), "done");
    goOn();
  }, true);
})();
