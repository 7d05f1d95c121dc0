/* A file at work is looked at again every few seconds: a frame sent between the page and its connection is lost. */
(() => {
  "use strict";
  setInterval(() => {
    for (const one of document.querySelectorAll("[data-moving]"))
      document.dispatchEvent(new CustomEvent("pacte:frame", { detail: { topic: one.dataset.moving } }));
  }, 3000);
})();
