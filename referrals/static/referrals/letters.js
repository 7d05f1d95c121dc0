/* A chip puts its variable where the cursor stands in the text; without this script it is typed. */
(() => {
  "use strict";
  for (const list of document.querySelectorAll("[data-chips]")) {
    const text = document.getElementById(list.dataset.chips);
    if (!text) continue;
    for (const name of list.querySelectorAll("code")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name.textContent;
      button.setAttribute("aria-label", `Insérer ${name.textContent} dans le texte`);
      button.addEventListener("click", () => {
        text.setRangeText(button.textContent, text.selectionStart, text.selectionEnd, "end");
        text.focus();
      });
      name.replaceWith(button);
    }
  }
})();
