// All pages in the order of the menu: the first part of each address, and its module.

/** Pages by name; the menu shows those with a `menu`. */
export const PAGES = {
  people: {menu: "People", load: () => import("./people.js")},
  person: {within: "people", load: () => import("./person.js")},
  "unknown-people": {menu: "Unknown people", load: () => import("./unknown_people.js")},
  sightings: {menu: "Sightings", load: () => import("./sightings.js")},
  playback: {within: "sightings", load: () => import("./playback.js")},
  cameras: {menu: "Cameras", load: () => import("./cameras.js")},
  health: {menu: "Health", load: () => import("./health.js")},
  data: {menu: "Data", load: () => import("./data.js")},
};
