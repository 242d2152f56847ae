// The pin beside a store's latitude and longitude: the boxes stay what is saved, the map is a way to fill them.
"use strict";

const pin = document.querySelector(".m-pin");
const field = (name) => document.getElementById(`id_${name}`);
const [latitude, longitude] = [field("latitude"), field("longitude")];
const editable = Boolean(latitude && longitude);
const facts = pin.querySelector(".m-pin-facts");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const STEP = 10 / 111320; // degrees of latitude in 10 metres
const turned = (lng) => ((((lng + 180) % 360) + 360) % 360) - 180;

function written() {
  if (!editable) return pin.dataset.at ? pin.dataset.at.split(",").map(Number) : null;
  const [lat, lng] = [latitude.value, longitude.value].map((text) => (text.trim() === "" ? NaN : Number(text)));
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 ? [lng, lat] : null;
}

let asked;
// What the position means, in the server's words; with a datum also where it is in WGS 84.
async function ask(at, datum) {
  asked?.abort();
  asked = new AbortController();
  const query = new URLSearchParams({
    at: at ?? "",
    market: field("market")?.value ?? "",
    code: pin.dataset.market,
    zone: field("time_zone")?.value ?? "",
    datum: datum ?? "WGS84",
    source: field("source_datum")?.value ?? "",
  });
  try {
    const answer = await fetch(`${pin.dataset.facts}?${query}`, { signal: asked.signal });
    if (!answer.ok || answer.redirected) return null;
    const found = await answer.json();
    facts.innerHTML = found.html;
    offer();
    return found.at;
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    return null;
  }
}

function offer() {
  if (!editable) return;
  facts.querySelectorAll(".m-pin-zone").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      field("time_zone").value = button.dataset.zone;
      field("time_zone").dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
}

async function draw() {
  const { open } = await import(read("map-files").land);
  const box = pin.querySelector(".m-pin-map");
  box.hidden = false;
  const at = written();
  const home = pin.dataset.home ? pin.dataset.home.split(",").map(Number) : [60, 30];
  const { map, maplibre } = await open(box, read("map-files"), read("map-words"), {
    center: at ?? home,
    zoom: at ? 9 : pin.dataset.home ? 4 : 1,
  });
  const mark = pin.querySelector(".m-pin-mark-template").content.firstElementChild.cloneNode(true);
  const label = editable ? mark.dataset.movable : mark.ariaLabel;
  const marker = new maplibre.Marker({ element: mark, anchor: "bottom", draggable: editable });
  const place = (where) => {
    if (!where) return marker.remove();
    marker.setLngLat(where).addTo(map);
    mark.ariaLabel = label; // the map names its markers itself
    return marker;
  };
  place(at);

  let waiting;
  const tell = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const where = written();
      ask(where && `${where[1]},${where[0]}`);
    }, 300);
  };
  const moveTo = ([lng, lat], source = "WGS84") => {
    const where = [turned(lng), Math.max(-90, Math.min(90, lat))];
    latitude.value = where[1].toFixed(6);
    longitude.value = where[0].toFixed(6);
    if (field("source_datum")) field("source_datum").value = source;
    [latitude, longitude].forEach((one) => one.dispatchEvent(new Event("input", { bubbles: true })));
    place(where);
  };

  box.dataset.ready = "";
  if (!editable) return;
  marker.on("dragend", () => {
    const { lng, lat } = marker.getLngLat();
    moveTo([lng, lat]);
  });
  map.on("click", ({ lngLat }) => moveTo([lngLat.lng, lngLat.lat]));
  mark.addEventListener("click", (event) => event.stopPropagation());
  mark.addEventListener("keydown", (event) => {
    const [east, north] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [];
    if (east === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const { lng, lat } = marker.getLngLat();
    const step = STEP * (event.shiftKey ? 100 : 1);
    moveTo([lng + (east * step) / Math.max(0.01, Math.cos((lat * Math.PI) / 180)), lat + north * step]);
    if (!map.getBounds().contains(marker.getLngLat())) map.panTo(marker.getLngLat());
    mark.focus();
  });
  [latitude, longitude].forEach((one) =>
    one.addEventListener("input", (event) => {
      if (event.isTrusted) {
        const where = written();
        place(where);
        if (where) map.jumpTo({ center: where, zoom: Math.max(map.getZoom(), 9) });
      }
      tell();
    }),
  );
  ["time_zone", "source_datum", "market"].forEach((name) => field(name)?.addEventListener("change", tell));

  pin.querySelector(".m-pin-help").hidden = false;
  const paste = pin.querySelector(".m-pin-paste");
  paste.hidden = false;
  const take = async () => {
    clearTimeout(waiting); // what was to be asked about the last place would cut this question off
    const datum = paste.querySelector(".m-pin-datum").value;
    const found = await ask(paste.querySelector(".m-pin-text").value, datum);
    if (!found) return;
    moveTo(found, datum);
    map.jumpTo({ center: found, zoom: Math.max(map.getZoom(), 9) });
  };
  paste.querySelector(".m-pin-take").addEventListener("click", take);
  paste.querySelector(".m-pin-text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter would save the whole form
    take();
  });
}

offer();
draw().catch((error) => {
  pin.querySelector(".m-pin-map").hidden = true;
  console.warn(error);
});
