// The network map: every store as a point, points that touch as a ring of stages, and the list cut to what is in view.
"use strict";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const [files, words, page] = [read("map-files"), read("map-words"), read("map-page")];
const STAGES = ["planned", "opening", "open", "paused", "closed"]; // in the order of the points' numbers
const CLOSEST = 13; // from this zoom on, points are joined only where they are one place
const box = document.getElementById("map");
const list = document.getElementById("map-list");
const said = document.getElementById("map-said");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// --- the list works without the map -----------------------------------------------------------------------------------

const links = () => [...list.querySelectorAll("a[data-store]")];

list.addEventListener("keydown", (event) => {
  const row = event.target.closest(".m-map-row");
  const all = links();
  const here = row ? all.indexOf(row.querySelector("a[data-store]")) : -1;
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
  if (here < 0 || to === undefined || !all[to]) return;
  event.preventDefault();
  all[to].focus();
});

let asked;
async function relist(view, pageNumber) {
  asked?.abort();
  asked = new AbortController();
  const query = new URLSearchParams(page.query);
  Object.entries(view).forEach(([name, value]) => query.set(name, value));
  if (pageNumber) query.set("page", pageNumber);
  try {
    const answer = await fetch(`${page.list}?${query}`, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const [id, wasButton] = [focused?.closest(".m-map-row")?.dataset.id, focused?.matches("[data-show]")];
    list.innerHTML = await answer.text();
    said.textContent = list.querySelector("[data-count]")?.textContent ?? "";
    list.querySelectorAll("[data-show]").forEach((button) => button.classList.add("ready"));
    if (!focused) return;
    const row = id && list.querySelector(`.m-map-row[data-id="${id}"]`);
    (row?.querySelector(wasButton ? "[data-show]" : "a[data-store]") ?? links()[0])?.focus({ preventScroll: !pageNumber });
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

// --- the map ----------------------------------------------------------------------------------------------------------

// Where all points are: the smallest range of longitudes that holds them, which may cross the antimeridian.
function bounds(places) {
  const lngs = places.filter((_value, index) => index % 2 === 0).sort((a, b) => a - b);
  let [south, north] = [90, -90];
  for (let index = 1; index < places.length; index += 2) {
    south = Math.min(south, places[index]);
    north = Math.max(north, places[index]);
  }
  let [gap, west, east] = [lngs[0] + 360 - lngs[lngs.length - 1], lngs[0], lngs[lngs.length - 1]];
  for (let index = 1; index < lngs.length; index += 1) {
    const between = lngs[index] - lngs[index - 1];
    if (between > gap) [gap, west, east] = [between, lngs[index], lngs[index - 1] + 360];
  }
  return [[west, south], [east, north]];
}

function icon(stage) {
  const ratio = Math.max(2, Math.ceil(devicePixelRatio));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 20 * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.translate(2, 2);
  const path = new Path2D(document.querySelector(`#m-shape-${stage} path`).getAttribute("d"));
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = colour("--m-halo");
  pen.stroke(path);
  pen.fillStyle = colour(`--m-stage-${stage}`);
  pen.fill(path, "evenodd");
  return [pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: ratio }];
}

function ring(counts, total, wording) {
  const element = document.createElement("button");
  element.type = "button";
  element.tabIndex = -1; // the list is the way for keys: a hundred rings would be in its way
  element.className = "m-ring";
  let from = 0;
  const parts = STAGES.filter((stage) => counts[stage]).map((stage) => {
    const part = `var(--m-stage-${stage}) ${from}% ${from + (counts[stage] / total) * 100}%`;
    from += (counts[stage] / total) * 100;
    return part;
  });
  element.style.background = `conic-gradient(${parts.join(", ")})`;
  element.style.setProperty("--m-size", `${Math.round(30 + 6 * Math.log10(total))}px`);
  const number = document.createElement("span");
  number.textContent = wording;
  element.append(number);
  return element;
}

async function draw() {
  const { open } = await import(files.land);
  const placed = /[#&]view=/.test(location.hash); // asked now: the map writes it itself
  box.hidden = false;
  const [{ map, maplibre }, points] = await Promise.all([
    open(box, files, words, { hash: "view", center: [60, 30], zoom: 1 }),
    fetch(`${page.points}?${page.query}`).then((answer) => answer.json()),
  ]);
  map.addControl(new maplibre.FullscreenControl());
  STAGES.forEach((stage) => map.addImage(stage, ...icon(stage)));
  map.on("dressed", () => STAGES.forEach((stage) => map.updateImage(stage, icon(stage)[0])));
  map.addSource("stores", {
    type: "geojson",
    cluster: true,
    clusterRadius: 42,
    clusterMaxZoom: CLOSEST,
    clusterProperties: Object.fromEntries(
      STAGES.map((stage) => [stage, ["+", ["case", ["==", ["get", "stage"], stage], 1, 0]]]),
    ),
    data: {
      type: "FeatureCollection",
      features: points.ids.map((id, index) => ({
        type: "Feature",
        properties: { id, stage: STAGES[points.stages[index]] },
        geometry: { type: "Point", coordinates: [points.places[2 * index], points.places[2 * index + 1]] },
      })),
    },
  });
  map.addLayer({
    id: "stores",
    type: "symbol",
    source: "stores",
    filter: ["!", ["has", "point_count"]],
    layout: { "icon-image": ["get", "stage"], "icon-allow-overlap": true },
  });

  // --- rings, made for the clusters in view
  const compact = new Intl.NumberFormat(document.documentElement.lang || "en", { notation: "compact" });
  const rings = new Map();
  const update = () => {
    if (!map.isSourceLoaded("stores")) return;
    const seen = new Set();
    for (const feature of map.querySourceFeatures("stores", { filter: ["has", "point_count"] })) {
      const { cluster_id: id, point_count: total, ...counts } = feature.properties;
      if (seen.has(id)) continue;
      seen.add(id);
      if (rings.has(id)) continue;
      const element = ring(counts, total, compact.format(total));
      element.addEventListener("click", (event) => {
        event.stopPropagation();
        enter(id, feature.geometry.coordinates);
      });
      rings.set(id, new maplibre.Marker({ element }).setLngLat(feature.geometry.coordinates).addTo(map));
      element.removeAttribute("aria-label");
      element.setAttribute("aria-hidden", "true");
    }
    rings.forEach((marker, id) => {
      if (!seen.has(id)) {
        marker.remove();
        rings.delete(id);
      }
    });
  };
  map.on("render", update);

  const popup = new maplibre.Popup({ maxWidth: "20rem" });
  async function show(ids, at) {
    const query = new URLSearchParams(ids.map((id) => ["id", id]));
    const answer = await fetch(`${page.cards}?${query}`);
    if (!answer.ok || answer.redirected) return;
    const cards = document.createElement("div");
    cards.className = "m-map-cards";
    cards.innerHTML = await answer.text();
    popup.setLngLat(at).setDOMContent(cards).addTo(map);
  }
  async function enter(id, center) {
    const source = map.getSource("stores");
    const zoom = await source.getClusterExpansionZoom(id);
    if (zoom <= CLOSEST) return map.easeTo({ center, zoom });
    const leaves = await source.getClusterLeaves(id, 10, 0); // one place, several stores
    return show(leaves.map((leaf) => leaf.properties.id), center);
  }
  map.on("click", "stores", ({ features }) => {
    show([...new Set(features.map((one) => one.properties.id))], features[0].geometry.coordinates);
  });
  map.on("mouseenter", "stores", () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "stores", () => { map.getCanvas().style.cursor = ""; });

  // --- the list follows the map, the map shows where a line of the list is
  const view = () => {
    const area = map.getBounds();
    const turn = (lng) => ((((lng + 180) % 360) + 360) % 360) - 180;
    const whole = area.getEast() - area.getWest() >= 360;
    const [west, east] = whole ? [-180, 180] : [turn(area.getWest()), turn(area.getEast())];
    const shown = { bbox: [west, Math.max(area.getSouth(), -90), east, Math.min(area.getNorth(), 90)].map((n) => n.toFixed(5)) };
    const { lat, lng } = map.getCenter();
    if (map.getZoom() > 5) shown.near = `${lat.toFixed(5)},${turn(lng).toFixed(5)}`;
    return shown;
  };
  let waiting;
  map.on("moveend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => relist(view()), 200);
  });
  list.addEventListener("click", (event) => {
    const pageLink = event.target.closest("[data-page]");
    if (pageLink) {
      event.preventDefault();
      relist(view(), pageLink.dataset.page);
    }
    const button = event.target.closest("[data-show]");
    if (button) {
      const row = button.closest(".m-map-row");
      const at = row.dataset.at.split(",").map(Number);
      map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 9) });
      box.scrollIntoView({ block: "nearest" });
    }
  });
  const mark = document.createElement("div");
  mark.className = "m-here";
  const here = new maplibre.Marker({ element: mark });
  const point = (event) => {
    const at = event.target.closest?.(".m-map-row")?.dataset.at;
    if (at) here.setLngLat(at.split(",").map(Number)).addTo(map);
    else here.remove();
  };
  list.addEventListener("mouseover", point);
  list.addEventListener("focusin", point);
  list.addEventListener("mouseleave", () => here.remove());
  list.addEventListener("focusout", () => here.remove());

  list.querySelectorAll("[data-show]").forEach((button) => button.classList.add("ready"));
  if (points.ids.length && !placed) {
    map.fitBounds(bounds(points.places), { padding: 48, maxZoom: 10, animate: false });
  }
  map.on("movestart", () => box.setAttribute("aria-busy", "true"));
  map.on("idle", () => box.setAttribute("aria-busy", "false"));
  box.dataset.ready = points.ids.length;
}

if (box) {
  draw().catch((error) => {
    box.hidden = true;
    document.getElementById("map-failed").hidden = false;
    console.warn(error);
  });
}
