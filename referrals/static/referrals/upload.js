/* Bringing a file: the progress of the sending, errors without losing the file. Without this script the form works as
   any form. */
(() => {
  "use strict";
  const LISTS = "registration";

  const field = (form, name) => form.querySelector(`[name="${name}"]`);

  /* Month, territory and content are asked for lists only. */
  const arrange = (form) => {
    const kind = field(form, "kind"), group = form.querySelector("[data-list-fields]");
    if (group) group.hidden = Boolean(kind.value) && kind.value !== LISTS;
  };

  /* The same form with its errors, and the file still chosen. */
  const comeBack = (form, html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.querySelector("form[data-upload]");
    if (!fresh) {
      document.documentElement.replaceChildren(...page.documentElement.childNodes);
      return;
    }
    const kept = form.querySelector("[data-drop]"), blank = fresh.querySelector("[data-drop]");
    const errors = blank.querySelector(".field-error");
    for (const old of kept.querySelectorAll(".field-error")) old.remove();
    if (errors) kept.lastElementChild.append(errors);
    const input = field(kept, "file"), empty = field(blank, "file");
    for (const name of ["aria-invalid", "aria-describedby", "class"]) {
      if (empty.hasAttribute(name)) input.setAttribute(name, empty.getAttribute(name));
      else input.removeAttribute(name);
    }
    form.replaceWith(fresh);
    blank.replaceWith(kept);
    start(fresh);
    const summary = fresh.querySelector("[data-errors]");
    if (summary) summary.focus();
  };

  const send = (form) => {
    const request = new XMLHttpRequest(), place = form.querySelector("[data-upload-progress]");
    const bar = place.querySelector("progress"), button = form.querySelector("[type=submit]");
    place.hidden = false;
    button.disabled = true;
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.max = event.total;
      bar.value = event.loaded;
    });
    request.addEventListener("load", () => {
      const moved = request.responseURL && new URL(request.responseURL).pathname !== location.pathname;
      if (request.status < 400 && moved) location.assign(request.responseURL);
      else comeBack(form, request.responseText);
    });
    request.addEventListener("error", () => {
      place.hidden = true;
      button.disabled = false;
      const text = "Le fichier n'est pas parti : la connexion est coupée. Rien n'a été enregistré, recommencez dès son retour.";
      document.dispatchEvent(new CustomEvent("pacte:toast", { detail: { text, tone: "danger" } }));
    });
    request.open("POST", form.action || location.href);
    request.send(new FormData(form));
  };

  const start = (form) => {
    arrange(form);
    form.addEventListener("change", (event) => {
      if (event.target.name === "kind") arrange(form);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  };

  document.querySelectorAll("form[data-upload]").forEach(start);
})();
