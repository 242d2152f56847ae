// The land of a world-atlas file as GeoJSON that a map can draw without streaks.
"use strict";

// Natural Earth's polygons are stitched over the antimeridian, so a coast may step from 179 to -179 degrees. Followed
// without the jump (on to 181), the map's own tiling wraps it; cut there, a line across the whole world would be drawn.
function unrolled(ring) {
  let turn = 0;
  return ring.map(([lng, lat], index) => {
    if (index) {
      const step = lng - ring[index - 1][0];
      if (step > 180) turn -= 360;
      else if (step < -180) turn += 360;
    }
    return [lng + turn, lat];
  });
}

// A coast that goes once around the globe encloses a pole; it is closed along the edge of the map.
function closed(ring) {
  const [first, last] = [ring[0], ring[ring.length - 1]];
  if (Math.abs(last[0] - first[0]) < 180) return ring;
  const pole = first[1] < 0 ? -90 : 90;
  return [...ring, [last[0], pole], [first[0], pole], first];
}

const atPole = (ring) => ring.every(([, lat]) => Math.abs(lat) > 89);

export function shapes(atlas) {
  const land = topojson.feature(atlas, atlas.objects.land);
  const polygons = land.features.flatMap(({ geometry }) =>
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates,
  );
  const borders = topojson.mesh(atlas, atlas.objects.countries, (a, b) => a !== b);
  return {
    land: {
      type: "Feature",
      properties: {},
      geometry: {
        type: "MultiPolygon",
        coordinates: polygons.map((rings) => rings.filter((ring) => !atPole(ring)).map((ring) => closed(unrolled(ring)))),
      },
    },
    borders: {
      type: "Feature",
      properties: {},
      geometry: { type: "MultiLineString", coordinates: borders.coordinates.map(unrolled) },
    },
  };
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A map with land and borders in the page's colours, finer once somebody looks closely. Throws where it cannot be drawn.
export async function open(container, files, words, options) {
  const maplibre = await import(files.maplibre);
  maplibre.setWorkerUrl(files.worker);
  const answer = await fetch(files.world);
  if (!answer.ok) throw new Error(`the land answers ${answer.status}`);
  const { land, borders } = shapes(await answer.json());
  const paints = () => [
    ["sea", "background-color", colour("--m-sea")],
    ["land", "fill-color", colour("--m-land")],
    ["coast", "line-color", colour("--m-coast")],
    ["borders", "line-color", colour("--m-border")],
  ];
  const map = new maplibre.Map({
    container,
    locale: words,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 15,
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    style: {
      version: 8,
      sources: { land: { type: "geojson", data: land }, borders: { type: "geojson", data: borders } },
      layers: [
        { id: "sea", type: "background" },
        { id: "land", type: "fill", source: "land", paint: { "fill-antialias": false } },
        { id: "coast", type: "line", source: "land", paint: { "line-width": 0.75 } },
        { id: "borders", type: "line", source: "borders", paint: { "line-width": 0.75, "line-dasharray": [3, 2] } },
      ],
    },
    ...options,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  await map.once("load");

  const dress = () => paints().forEach(([layer, property, value]) => map.setPaintProperty(layer, property, value));
  dress();
  new MutationObserver(() => {
    dress();
    map.fire("dressed");
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });

  let fine = false;
  const refine = async () => {
    if (fine || map.getZoom() < 4.5) return;
    fine = true;
    const more = await fetch(files.coast);
    if (!more.ok) return;
    const drawn = shapes(await more.json());
    map.getSource("land").setData(drawn.land);
    map.getSource("borders").setData(drawn.borders);
  };
  map.on("zoomend", refine);
  map.on("moveend", refine);
  return { map, maplibre };
}
