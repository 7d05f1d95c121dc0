/* What a page does with live frames: the bell, one polite toast, lists and records that read themselves again.
   `data-live-topic="<token>" data-live-url="…"` on an element with an id: it is read again when its topic changes. */
(() => {
  "use strict";
  const bell = document.querySelector("[data-live]");
  if (!bell) return;

  const GATHER_MS = 300; // a burst of frames is one reading
  const POINTER_MS = 1500; // a list does not move under a pointer that moves
  const MARKED_MS = 12000;
  const panel = bell.querySelector("[data-bell-panel]");
  const { panelUrl, markUrl, csrf } = bell.dataset;

  /* The count. */
  const showUnread = (unread) => {
    bell.dataset.unread = unread;
    const count = bell.querySelector("[data-live-count]");
    count.textContent = unread > 99 ? "99+" : unread;
    count.hidden = !unread;
    bell.querySelector("[data-live-count-text]").textContent = `${unread} ${unread >= 2 ? "non lus" : "non lu"}`;
  };

  /* Reading a fragment: any answer that holds the element's id, or only its content. */
  const read = async (url, id) => {
    const answer = await fetch(url, { headers: { "X-Fragment": id }, credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.redirected) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.getElementById(id) || page.body;
  };

  const rowsOf = (element) => element.querySelectorAll("[data-row], tr[id], li[id]");
  const keyOf = (row) => row.dataset.row || row.id;
  const textOf = (row) => {
    const copy = row.cloneNode(true);
    copy.querySelectorAll("time").forEach((one) => one.remove()); // "il y a 2 min" is not a change
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  /* Where the focus is, said so that it can be found again in the new content. */
  const focusPath = (element) => {
    const active = document.activeElement;
    if (!element.contains(active) || active === element) return null;
    if (active.id) return (root) => root.querySelector(`#${CSS.escape(active.id)}`);
    const row = active.closest("[data-row], tr[id], li[id]");
    const scope = row || element, kind = active.tagName;
    const rank = [...scope.querySelectorAll(kind)].indexOf(active), key = row && keyOf(row);
    return (root) => {
      const home = key ? [...rowsOf(root)].find((one) => keyOf(one) === key) : root;
      return home && home.querySelectorAll(kind)[rank];
    };
  };

  let pointerAt = 0;
  addEventListener("pointermove", () => (pointerAt = Date.now()), { passive: true });
  const busy = (element) => {
    const active = document.activeElement;
    const typing = element.contains(active) && active.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");
    const pointed = element.matches(":hover") && Date.now() - pointerAt < POINTER_MS;
    return typing || pointed || Boolean(element.querySelector("details.confirm[open]"));
  };

  /* What a person chose or wrote and did not send yet. */
  const changed = (one) => {
    if (one.matches("textarea")) return one.value !== one.defaultValue;
    const first = [...one.options].find((option) => option.defaultSelected) || one.options[0];
    return Boolean(first) && one.value !== first.value;
  };

  const replace = (element, fresh) => {
    const before = new Map([...rowsOf(element)].map((row) => [keyOf(row), textOf(row)]));
    const checked = new Set([...element.querySelectorAll("input[type=checkbox]:checked")].map((one) => `${one.name}=${one.value}`));
    const written = [...element.querySelectorAll("select[id], textarea[id]")].filter(changed);
    const refocus = focusPath(element);
    element.replaceChildren(...fresh.childNodes);
    for (const one of written) {
      const again = document.getElementById(one.id);
      if (again && element.contains(again)) again.value = one.value;
    }
    for (const box of element.querySelectorAll("input[type=checkbox]")) if (checked.has(`${box.name}=${box.value}`)) box.checked = true;
    for (const row of rowsOf(element)) {
      if (before.get(keyOf(row)) === textOf(row)) continue;
      row.classList.add("is-changed");
      setTimeout(() => row.classList.remove("is-changed"), MARKED_MS);
    }
    if (window.htmx) window.htmx.process(element);
    const target = refocus && refocus(element);
    if (target) target.focus({ preventScroll: true });
    window.pacteLive && window.pacteLive.refollow();
  };

  /* Elements to read again: gathered, one reading at a time each, later when hidden or in use. */
  const waiting = new Map();
  const reload = async (element) => {
    if (!element.isConnected) return waiting.delete(element);
    if (document.hidden) return waiting.set(element, "hidden");
    if (busy(element)) return waiting.set(element, setTimeout(() => reload(element), 500));
    waiting.set(element, "reading");
    try {
      const fresh = await read(element.dataset.liveUrl || location.href, element.id);
      const asked = waiting.get(element) === "again";
      waiting.delete(element);
      if (fresh && busy(element)) return refresh(element);
      if (fresh) replace(element, fresh);
      if (asked) refresh(element);
    } catch {
      waiting.delete(element); // offline: everything is read again when the connection is back
    }
    return undefined;
  };
  const refresh = (element) => {
    if (waiting.get(element) === "reading") waiting.set(element, "again");
    else if (!waiting.has(element)) waiting.set(element, setTimeout(() => reload(element), GATHER_MS));
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const [element, why] of waiting) if (why === "hidden") reload(element);
    if (toastDue) gatherToast();
  });

  const all = (selector) => document.querySelectorAll(selector).forEach(refresh);
  const everything = () => all("[data-live-url]");

  /* The panel under the bell, and one toast for a burst. */
  const readPanel = async () => {
    try {
      const fresh = await read(panelUrl, panel.id);
      if (fresh) panel.replaceChildren(...fresh.childNodes);
    } catch {
      /* the next opening reads it again */
    }
  };
  bell.addEventListener("toggle", () => bell.open && readPanel());

  let toastDue = 0, toastTimer = 0;
  const toast = async () => {
    const count = toastDue;
    toastDue = 0;
    await readPanel();
    const first = panel.querySelector(".is-unread [data-title]");
    const place = document.getElementById("toasts");
    if (!first || !place) return;
    const box = document.createElement("div");
    box.className = "toast-line tone-info";
    box.dataset.toast = "";
    const words = document.createElement("span");
    const link = document.createElement("a");
    link.href = first.getAttribute("href") || document.querySelector(".bell-all a").href;
    if (first.dataset.liveRead) link.dataset.liveRead = first.dataset.liveRead;
    link.textContent = first.textContent;
    words.append(link, count > 1 ? ` et ${count - 1} ${count > 2 ? "autres avis" : "autre avis"}` : "");
    const close = document.createElement("button");
    Object.assign(close, { type: "button", className: "btn-close", hidden: true });
    close.setAttribute("aria-label", "Fermer ce message");
    close.dataset.close = "";
    box.append(words, close);
    for (const former of place.querySelectorAll("[data-toast]")) if (former.textContent === box.textContent) former.remove();
    place.append(box);
  };
  const gatherToast = () => {
    clearTimeout(toastTimer);
    if (!document.hidden) toastTimer = setTimeout(toast, GATHER_MS);
  };

  document.addEventListener("pacte:frame", ({ detail: frame }) => {
    if (typeof frame.unread === "number") showUnread(frame.unread);
    if (frame.topic) {
      for (const one of document.querySelectorAll("[data-live-topic]")) if (topicOf(one.dataset.liveTopic) === frame.topic) refresh(one);
    } else if ("seq" in frame) {
      all("[data-live-inbox]");
      if (bell.open) readPanel();
      if (frame.state === "unread") {
        toastDue += 1;
        gatherToast();
      }
    } else if (frame.op === "reset" || frame.op === "restored" || frame.behind) {
      everything();
      if (bell.open) readPanel();
    }
  });
  let connectedOnce = false;
  document.addEventListener("pacte:frame", ({ detail: frame }) => {
    if (frame.op !== "resumed") return;
    if (connectedOnce) all("[data-live-topic]"); // topic frames may have been missed during the break
    connectedOnce = true;
  });

  /* The first part of a signed token is its topic in base64 of JSON. */
  const topicOf = (token) => {
    try {
      const text = atob(token.split(":")[0].replace(/-/g, "+").replace(/_/g, "/"));
      return JSON.parse(text);
    } catch {
      return null;
    }
  };

  /* Opening what a notice speaks of marks it read. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-live-read]");
    if (!link) return;
    const body = new URLSearchParams({ id: link.dataset.liveRead, verb: "read" });
    fetch(markUrl, { method: "POST", body, keepalive: true, credentials: "same-origin", headers: { "X-CSRFToken": csrf, "X-Fragment": "read" } });
  });
})();
