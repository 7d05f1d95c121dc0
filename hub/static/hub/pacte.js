/* Small comforts of every page. Nothing here is needed to work: forms and links do it all without. */
(() => {
  "use strict";
  const TOAST_MS = 20000; // as long as an answer can be undone

  const openMenus = () => document.querySelectorAll("details.menu[open]");

  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
    const close = event.target.closest("[data-close]");
    if (close) close.closest("[data-toast]").remove();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of openMenus()) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = document.querySelector("[data-search]");
      if (box && box.offsetParent) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    }
  });

  /* Toasts: close buttons appear with scripts; errors stay, the rest leaves unless somebody reads it. */
  const dress = (toast) => {
    const button = toast.querySelector("[data-close]");
    if (!button || !button.hidden) return;
    button.hidden = false;
    if (toast.classList.contains("tone-danger")) return;
    let timer = 0;
    const wait = () => (timer = setTimeout(() => toast.remove(), TOAST_MS));
    const stay = () => clearTimeout(timer);
    for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stay);
    for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, wait);
    wait();
  };
  const toasts = document.getElementById("toasts");
  if (toasts) {
    toasts.querySelectorAll("[data-toast]").forEach(dress);
    new MutationObserver(() => toasts.querySelectorAll("[data-toast]").forEach(dress)).observe(toasts, { childList: true });
  }

  /* A message for whoever looks, from any script: document.dispatchEvent(new CustomEvent("pacte:toast", {detail})). */
  document.addEventListener("pacte:toast", (event) => {
    if (!toasts) return;
    const line = document.createElement("div");
    const text = document.createElement(event.detail.url ? "a" : "span");
    const close = document.createElement("button");
    line.className = `toast-line tone-${event.detail.tone || "info"}`;
    line.dataset.toast = "";
    text.textContent = event.detail.text;
    if (event.detail.url) text.href = event.detail.url;
    close.type = "button";
    close.className = "btn-close";
    close.hidden = true;
    close.dataset.close = "";
    close.setAttribute("aria-label", "Fermer ce message");
    line.append(text, close);
    toasts.append(line);
  });
  document.addEventListener("allauth.error", () => {
    const text = "La clé d'accès n'a pas répondu, ou vous avez annulé. Recommencez, ou utilisez votre mot de passe.";
    document.dispatchEvent(new CustomEvent("pacte:toast", { detail: { text, tone: "danger" } }));
  });

  /* After a refused form, the summary of errors takes the focus. */
  const errors = document.querySelector("[data-errors]");
  if (errors) errors.focus();

  /* A changed filter applies at once; typing waits for Enter. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
  });

  /* A form is sent once, however fast one clicks. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  /* Drag and drop on file fields. */
  const size = (bytes) => {
    const units = ["octets", "Ko", "Mo", "Go"];
    let rank = 0;
    for (; bytes >= 1024 && rank < 3; rank += 1) bytes /= 1024;
    return bytes.toLocaleString("fr", { maximumFractionDigits: 1 }) + "\u00a0" + units[rank];
  };
  for (const zone of document.querySelectorAll("[data-drop]")) {
    const input = zone.querySelector("input[type=file]");
    const name = zone.querySelector("[data-drop-name]");
    const show = () => (name.textContent = [...input.files].map((file) => `${file.name} (${size(file.size)})`).join(", "));
    input.addEventListener("change", show);
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
})();
