/* One referral: says that it was read, and counts down the seconds during which an answer can be taken back. */
(() => {
  "use strict";
  const reading = document.getElementById("lecture");
  if (reading) fetch(reading.action, { method: "POST", body: new FormData(reading), credentials: "same-origin", keepalive: true }).catch(() => {});

  const counting = new WeakMap();
  const tick = () => {
    const hold = document.querySelector("[data-hold]");
    if (!hold) return;
    if (!counting.has(hold)) counting.set(hold, { from: Date.now(), seconds: Number(hold.dataset.hold) });
    const { from, seconds } = counting.get(hold);
    const left = Math.ceil(seconds - (Date.now() - from) / 1000);
    if (left > 0) hold.querySelector("[data-hold-left]").textContent = left;
    else hold.remove();
  };
  setInterval(tick, 500);
})();
