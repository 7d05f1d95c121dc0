// The map of the directory: points of the list beside it, landmarks when no tiles are configured.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-map]");
  const said = document.getElementById("map-points");
  if (!place || !said || !window.L) return;
  const { points, landmarks } = JSON.parse(said.textContent);
  const map = L.map(place, { scrollWheelZoom: false, attributionControl: Boolean(place.dataset.tiles), keyboard: false });
  if (place.dataset.tiles) L.tileLayer(place.dataset.tiles, { attribution: place.dataset.attribution, maxZoom: 18 }).addTo(map);
  const colours = getComputedStyle(document.documentElement);
  const accent = colours.getPropertyValue("--accent").trim() || "#0e6b62";
  const quiet = colours.getPropertyValue("--quiet").trim() || "#555";
  const named = [];
  if (!place.dataset.tiles) {
    for (const one of landmarks) {
      named.push(
        L.circleMarker(one.at, { radius: 2, color: quiet, interactive: false }).addTo(map)
          .bindTooltip(one.name, { permanent: true, direction: "right", className: "map-landmark" }),
      );
    }
  }
  // Of two names that would cover each other, the first is written: landmarks come by importance.
  const untangle = () => {
    const written = [];
    for (const one of named) {
      const label = one.getTooltip().getElement();
      if (!label) continue;
      const box = label.getBoundingClientRect();
      const clear = written.every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
      label.style.visibility = clear ? "" : "hidden";
      if (clear) written.push(box);
    }
  };
  map.on("load zoomend moveend resize", () => requestAnimationFrame(untangle));
  const places = new Map();
  for (const one of points) places.set(String(one.at), [...(places.get(String(one.at)) || []), one]);
  for (const there of places.values()) {
    const box = document.createElement("div");
    for (const one of there) {
      const link = document.createElement("a");
      link.href = one.url;
      link.textContent = one.name;
      const by = document.createElement("div");
      by.textContent = one.by;
      box.append(link, by);
    }
    L.circleMarker(there[0].at, { radius: 6 + Math.min(there.length, 6), color: accent, fillOpacity: 0.6 }).addTo(map)
      .bindPopup(box, { maxHeight: 180 });
  }
  if (points.length) map.fitBounds(points.map((one) => one.at), { padding: [24, 24], maxZoom: 13 });
});
