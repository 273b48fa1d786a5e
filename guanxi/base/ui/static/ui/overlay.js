// Dialogs, menus and toasts.
(() => {
  const { say, onContent, within } = Guanxi;

  Guanxi.open = (dialog) => {
    if (dialog && !dialog.open) dialog.showModal();
    raise();
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) return Guanxi.open(document.getElementById(opener.dataset.open));
    const closer = event.target.closest("[data-close]");
    if (closer) return closer.closest("dialog")?.close();
    // A press on the veil is a press on the dialog element itself, outside its content.
    if (event.target.matches("dialog.dialog") && isOutside(event)) event.target.close();
  });
  const isOutside = ({ clientX: x, clientY: y, target }) => {
    const box = target.getBoundingClientRect();
    return x < box.left || x > box.right || y < box.top || y > box.bottom;
  };

  // A part loaded into a dialog opens it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const { target } = event.detail;
    const dialog = target.closest?.("dialog.dialog");
    if (!dialog || !target.matches(".dialog-body") || !target.childElementCount) return;
    const heading = target.querySelector("[data-dialog-title]");
    if (heading) dialog.querySelector(".dialog-head h2").textContent = heading.dataset.dialogTitle;
    Guanxi.open(dialog);
    target.querySelector("[autofocus], input:not([type=hidden]), textarea, select")?.focus();
  });
  document.addEventListener("close-dialogs", () => {
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  });

  // Only one menu is open at a time, and none after a press elsewhere or Escape.
  const shut = (but) => document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== but) menu.open = false;
  });
  document.addEventListener("click", (event) => shut(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details[data-menu][open]");
    shut();
    menu?.querySelector("summary").focus();
  });

  // Questions before htmx acts, in our own dialog.
  let answer = null;
  const confirmDialog = document.getElementById("confirm-dialog");
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question || !confirmDialog) return;
    event.preventDefault();
    answer = () => event.detail.issueRequest(true);
    confirmDialog.querySelector("[data-confirm-text]").textContent = event.detail.question;
    Guanxi.open(confirmDialog);
    confirmDialog.querySelector("[data-confirm-yes]").focus();
  });
  confirmDialog?.addEventListener("click", (event) => {
    if (!event.target.closest("[data-confirm-yes]")) return;
    confirmDialog.close();
    answer?.();
    answer = null;
  });

  const place = document.getElementById("toasts");
  // A popover lies above dialogs if it is shown after them.
  const raise = () => {
    if (!place?.showPopover) return;
    if (place.matches(":popover-open")) place.hidePopover();
    if (place.childElementCount) place.showPopover();
  };
  const fade = (toast) => {
    // Bad news stays until it is closed.
    if (toast.dataset.toast !== "late") setTimeout(() => dismiss(toast), 6000);
  };
  const dismiss = (toast) => {
    toast.remove();
    if (place && !place.childElementCount) raise();
  };
  Guanxi.toast = (text, tone = "done", { href = "", link = "" } = {}) => {
    const model = document.getElementById(`toast-${tone}`) || document.getElementById("toast-plain");
    if (!model || !place) return;
    const same = [...place.children].some((toast) => toast.dataset.text === text);
    if (same) return;
    const toast = model.content.firstElementChild.cloneNode(true);
    toast.dataset.text = text;
    toast.querySelector(".grow").textContent = `${text} `;
    if (href) toast.querySelector(".grow").append(Object.assign(document.createElement("a"), { href, textContent: link || href }));
    place.append(toast);
    raise();
    fade(toast);
  };
  document.addEventListener("click", (event) => {
    const toast = event.target.closest("[data-close-toast]")?.closest(".toast");
    if (toast) dismiss(toast);
  });
  onContent((root) => within(root, "#toasts").forEach((toasts) => {
    raise();
    [...toasts.children].forEach(fade);
  }));
})();
