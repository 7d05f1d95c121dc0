/* One live connection per browser: the leading tab holds it and tells the others.
   Frames become `pacte:frame` events on the document; what pages do with them is in live_pages.js. */
(() => {
  "use strict";
  const bell = document.querySelector("[data-live]");
  if (!bell || window.pacteLive) return;

  const FIRST_MS = 500, MOST_MS = 30000; // back-off, full jitter
  const SILENCE_MS = 60000; // the server speaks every 25 s: after this the line is dead, whatever TCP believes
  const OFFLINE_MS = 4000; // shorter breaks are not worth a banner
  const SOCKET_FAILURES = 2; // then server-sent events
  const STREAM_MS = 5 * 60000; // then the socket is tried again
  const OVER = 4401; // session or membership ended: come back with the next page
  const FULL = 4029;

  const { member, socket, stream } = bell.dataset;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel(`pacte-live-${member}`) : null;
  const banner = document.getElementById("offline-banner");
  const live = (window.pacteLive = { cursor: Number(bell.dataset.cursor), epoch: bell.dataset.epoch, unread: Number(bell.dataset.unread), connected: false });

  let leading = false, line = null, attempt = 0, failures = 0, heardAt = 0, retry = 0, streamSince = 0, offline = 0, over = false;
  const followed = new Map(); // topic part of a token → { token, tabs }

  const say = (frame) => document.dispatchEvent(new CustomEvent("pacte:frame", { detail: frame }));
  const topicPart = (token) => token.split(":")[0];

  /* What this tab knows: a frame already seen is dropped, wherever it comes from. */
  const take = (frame) => {
    if ("seq" in frame) {
      if (frame.seq <= live.cursor) return;
      live.cursor = frame.seq;
    } else if (frame.op === "resumed" || frame.op === "reset") {
      frame.behind = frame.op === "reset" || frame.head > live.cursor;
      live.cursor = frame.op === "reset" ? frame.head : Math.max(frame.head, live.cursor);
      live.epoch = frame.epoch;
    }
    if (typeof frame.unread === "number") live.unread = frame.unread;
    say(frame);
  };

  const connection = (connected) => {
    live.connected = connected;
    bell.dataset.connected = connected ? "yes" : "no";
    clearTimeout(offline);
    if (connected) {
      if (banner) banner.hidden = true;
    } else if (banner && !over) {
      offline = setTimeout(() => (banner.hidden = false), OFFLINE_MS);
    }
  };
  const share = (message) => tabs && tabs.postMessage(message);
  const state = (connected) => {
    connection(connected);
    share({ type: "connection", connected });
  };

  const heard = (text) => {
    heardAt = Date.now();
    const frame = JSON.parse(text);
    if (frame.op === "heartbeat" || frame.op === "open") return;
    if (frame.op === "resumed" || frame.op === "reset") attempt = failures = 0;
    take(frame);
    share({ type: "frame", frame });
  };

  const tokens = () => [...followed.values()].map((one) => one.token);
  const again = (delay) => {
    clearTimeout(retry);
    retry = setTimeout(open, delay);
  };
  const backOff = () => again(Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** attempt++));

  const close = () => {
    if (line) {
      const old = line;
      line = null;
      old.close();
    }
  };
  const lost = (code) => {
    line = null;
    state(false);
    over = code === OVER;
    if (over) return;
    if (code === FULL) attempt = Math.max(attempt, 5);
    backOff();
  };

  const open = () => {
    clearTimeout(retry);
    close();
    const streaming = failures >= SOCKET_FAILURES && Date.now() - streamSince < STREAM_MS;
    heardAt = Date.now();
    line = streaming ? openStream() : openSocket();
  };

  const openSocket = () => {
    const address = new URL(socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const one = new WebSocket(address);
    let opened = false;
    one.onopen = () => {
      opened = true;
      one.send(JSON.stringify({ op: "resume", cursor: live.cursor, epoch: live.epoch }));
      if (followed.size) one.send(JSON.stringify({ op: "follow", tokens: tokens() }));
      state(true);
    };
    one.onmessage = (event) => heard(event.data);
    one.onclose = (event) => {
      if (one !== line) return;
      if (!opened && ++failures >= SOCKET_FAILURES) streamSince = Date.now();
      lost(event.code);
    };
    return one;
  };

  const openStream = () => {
    const address = new URL(stream, location.href);
    address.search = new URLSearchParams({ cursor: live.cursor, epoch: live.epoch, follow: tokens().join(",") });
    const one = new EventSource(address);
    one.onopen = () => state(true);
    one.onmessage = (event) => heard(event.data);
    one.onerror = () => {
      if (one !== line) return;
      one.close();
      lost(0);
    };
    return one;
  };

  /* Topics: each tab says what it follows, the leader asks the server for all of them. */
  const ask = (op, list) => {
    if (!list.length || !line) return;
    if (line instanceof WebSocket) {
      if (line.readyState === WebSocket.OPEN) line.send(JSON.stringify({ op, tokens: list }));
    } else if (op === "follow") {
      open(); // a stream carries its topics in its address
    }
  };
  const follow = (list) => {
    const fresh = list.filter((token) => !followed.has(topicPart(token)));
    for (const token of list) {
      const one = followed.get(topicPart(token)) || { token, tabs: 0 };
      followed.set(topicPart(token), { token, tabs: one.tabs + 1 });
    }
    ask("follow", fresh);
  };
  const unfollow = (list) => {
    const gone = [];
    for (const token of list) {
      const one = followed.get(topicPart(token));
      if (one && --one.tabs <= 0) {
        followed.delete(topicPart(token));
        gone.push(token);
      }
    }
    ask("unfollow", gone);
  };

  let mine = [];
  const wanted = () => [...new Set([...document.querySelectorAll("[data-live-topic]")].map((one) => one.dataset.liveTopic))].filter(Boolean);
  const join = () => {
    mine = wanted();
    if (leading) follow(mine);
    else share({ type: "join", tokens: mine, cursor: live.cursor });
  };
  const part = () => (leading ? unfollow(mine) : share({ type: "leave", tokens: mine }));
  live.refollow = () => {
    const before = new Set(mine.map(topicPart)), after = new Set(wanted().map(topicPart));
    if (before.size === after.size && [...before].every((one) => after.has(one))) return;
    part();
    join();
  };

  const lead = () => {
    leading = true;
    followed.clear();
    follow(mine);
    share({ type: "who" }); // tabs left by the former leader say again what they follow
    open();
  };

  if (tabs)
    tabs.onmessage = ({ data }) => {
      if (data.type === "frame" && !leading) take({ ...data.frame });
      else if (data.type === "connection" && !leading) connection(data.connected);
      else if (data.type === "who" && !leading) join();
      else if (data.type === "leave" && leading) unfollow(data.tokens);
      else if (data.type === "join" && leading) {
        follow(data.tokens);
        share({ type: "connection", connected: live.connected });
        if (live.cursor > data.cursor) share({ type: "frame", frame: { op: "resumed", head: live.cursor, epoch: live.epoch, unread: live.unread } });
      }
    };

  const wake = () => {
    if (leading && !over && (!line || Date.now() - heardAt > SILENCE_MS / 2)) {
      attempt = 0;
      open();
    }
  };
  setInterval(() => {
    if (leading && line && Date.now() - heardAt > SILENCE_MS) {
      close();
      lost(0);
    }
  }, 10000);
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  addEventListener("pagehide", () => {
    part();
    if (leading) close();
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    join();
    if (leading) open();
    take({ op: "resumed", head: live.cursor, epoch: live.epoch });
    say({ op: "restored" });
  });

  join();
  if (navigator.locks && tabs) navigator.locks.request(`pacte-live-${member}`, () => (lead(), new Promise(() => {})));
  else lead();
})();
