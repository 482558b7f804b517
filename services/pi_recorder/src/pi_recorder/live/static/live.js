// Shows /events and /picture.jpg. Records are written by others, so text is never set as HTML.
"use strict";

const byId = (id) => document.getElementById(id);
const RETRY_MS = 3000;
const STATES = {match: "", uncertain: "Uncertain", unknown: "Unknown", unseen: "No answer yet"};
const PARTS = {on: "On", starting: "Starting", away: "Away", paused: "Paused"};
let stream = null;
let inView = new Set();
let picturing = false;

function made(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// Absolute, because the page's address may contain the password, which fetch refuses.
const at = (path) => location.origin + path;
const clock = (iso) => new Date(iso).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"});
const cosine = (value) => (value === null ? "" : value.toFixed(2));
const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const called = (face) => (face.person ? face.person.name : STATES[face.state]);

function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit += 1; }
  return `${unit && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

function lasting(from, to) {
  const seconds = Math.max(0, Math.round((new Date(to) - new Date(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

// Replaces content only when it changed, so that screen readers and selections are not disturbed.
function fill(element, key, children) {
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...children());
}

function say(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

function show(status) {
  document.title = status.device;
  say("device", status.device);
  showOverall(status);
  showBoxes(status.faces);
  showFaces(status.faces);
  showToday(status.today);
  showHealth(status);
  showNotices(status.notices);
  showToggle(status);
}

function showOverall(status) {
  const away = ["camera", "recognition", "uploads"].filter((name) => status[name].state === "away");
  let state = "on";
  let text = "Live";
  if (away.length) {
    state = "away";
    text = `${away[0][0].toUpperCase()}${away[0].slice(1)} ${away[0] === "uploads" ? "wait" : "away"}`;
  } else if (status.recognition.state === "paused") {
    state = "paused";
    text = "Recognition paused";
  } else if (status.camera.state === "starting") {
    state = "starting";
    text = "Starting";
  }
  overall(state, text);
  const noPicture = status.camera.state !== "on";
  byId("frame").classList.toggle("dim", noPicture);
  byId("veil").hidden = !noPicture;
  say("veil", status.camera.state === "away" ? "The camera gives no picture" : "Waiting for the first picture");
  const age = status.pictured_at ? (new Date(status.now) - new Date(status.pictured_at)) / 1000 : 0;
  say("pictured", age > 3 ? `Picture of ${lasting(status.pictured_at, status.now)} ago` : "");
}

function overall(state, text) {
  byId("overall").dataset.state = state;
  say("overall-text", text);
}

function showBoxes(faces) {
  const boxes = byId("boxes");
  const shown = faces.filter((face) => face.place);
  while (boxes.children.length > shown.length) boxes.lastChild.remove();
  shown.forEach((face, index) => {
    const box = boxes.children[index] || boxes.appendChild(made("div", "box"));
    if (!box.firstChild) box.append(made("span"));
    box.dataset.state = face.state;
    box.classList.toggle("low", face.place.y < 0.1);
    box.classList.toggle("right", face.place.x + face.place.width / 2 > 0.6);
    box.firstChild.textContent = called(face);
    for (const [side, share] of [["left", face.place.x], ["top", face.place.y],
      ["width", face.place.width], ["height", face.place.height]]) {
      box.style[side] = `${share * 100}%`;
    }
  });
}

function factsOf(person) {
  return person && person.facts.length
    ? [made("p", "facts", person.facts.map((fact) => `${fact.name} ${fact.value}`).join(" · "))]
    : [];
}

function showFaces(faces) {
  byId("nobody").hidden = faces.length > 0;
  fill(byId("faces"), JSON.stringify(faces.map((f) => [f.track, f.state, f.person, f.similarity])), () =>
    faces.map((face) => {
      const item = made("li");
      item.dataset.state = face.state;
      const row = made("div", "row");
      row.append(made("span", "name", called(face)));
      if (face.person) row.append(made("span", "number", `similarity ${cosine(face.similarity)}`));
      item.append(row, ...factsOf(face.person));
      return item;
    }));
  const names = new Set(faces.map(called).filter((name) => name !== STATES.unseen));
  const arrived = [...names].filter((name) => !inView.has(name));
  if (arrived.length) say("spoken", `${arrived.join(", ")} in view`);
  inView = names;
}

function showToday(today) {
  say("since", `${many(today.visitors.length + today.not_listed, "person").replace("persons", "people")} since ${clock(today.since)}`);
  fill(byId("visitors"), JSON.stringify(today.visitors), () => today.visitors.map((visitor) => {
    const item = made("li");
    const first = clock(visitor.first_seen);
    const last = clock(visitor.last_seen);
    const name = made("div", "row");
    name.append(made("span", "name", visitor.person.name), made("span", "number", first === last ? first : `${first} – ${last}`));
    const more = made("div", "row");
    const best = visitor.best_similarity === null ? "" : `best similarity ${cosine(visitor.best_similarity)}`;
    more.append(made("span", "facts", many(visitor.visits, "visit")), made("span", "number", best));
    item.append(name, more);
    return item;
  }));
  const others = [];
  if (today.not_listed) others.push(`${today.not_listed} more not listed`);
  others.push(many(today.unknown, "visit") + " by unknown people");
  if (today.uncertain) others.push(`${today.uncertain} too close to call`);
  say("unknown-people", others.join(", "));
}

function put(id, text, small, state) {
  const element = byId(id);
  element.dataset.state = state || "";
  fill(element, `${text}|${small}`, () => (small ? [text, made("small", "", small)] : [text]));
}

function showHealth(status) {
  for (const name of ["camera", "recognition", "uploads"]) {
    const part = status[name];
    const why = part.reason ? ` · ${part.reason}` : "";
    put(name, PARTS[part.state], `for ${lasting(part.since, status.now)}${why}`, part.state);
  }
  const {latency, disk, counts} = status;
  const late = latency.late ? ` · ${latency.late} late` : "";
  put("latency", latency.median_s === null ? "–" : `${latency.median_s.toFixed(2)} s`,
    latency.median_s === null ? "no answer yet" : `95th percentile ${latency.p95_s.toFixed(2)} s${late}`);
  put("queue", disk ? many(disk.queued, "segment") : "–",
    disk ? `${size(disk.queued_bytes)} · ${counts.segments_uploaded} uploaded` : "the spool can't be read");
  put("disk", disk ? size(disk.free_bytes) : "–",
    counts.frames_dropped ? `${many(counts.frames_dropped, "frame")} dropped` : disk ? `of ${size(disk.total_bytes)}` : "");
}

function showNotices(notices) {
  byId("no-notices").hidden = notices.length > 0;
  fill(byId("notices"), JSON.stringify(notices), () => notices.map((notice) => {
    const item = made("li");
    item.append(made("time", "", clock(notice.at)),
      made("span", "", notice.times > 1 ? `${notice.text} (${notice.times} times)` : notice.text));
    return item;
  }));
}

function showToggle(status) {
  const toggle = byId("toggle");
  const paused = status.recognition.state === "paused";
  toggle.hidden = !status.actions;
  toggle.dataset.path = paused ? "/resume" : "/pause";
  if (toggle.textContent !== (paused ? "Resume recognition" : "Pause recognition")) {
    toggle.textContent = paused ? "Resume recognition" : "Pause recognition";
  }
}

byId("toggle").addEventListener("click", async (event) => {
  event.target.disabled = true;
  try {
    await fetch(at(event.target.dataset.path), {method: "POST"});
  } catch (error) {
    overall("away", "No connection");
  }
  event.target.disabled = false;
});

function listen() {
  stream = new EventSource(at("/events"));
  stream.onmessage = (message) => show(JSON.parse(message.data));
  stream.onerror = () => {
    overall("away", "No connection");
    showBoxes([]);
    if (stream && stream.readyState === EventSource.CLOSED) setTimeout(restart, RETRY_MS);
  };
}

function restart() {
  if (stream) stream.close();
  stream = null;
  if (!document.hidden) listen();
}

// One picture at a time: a slow network shows fewer pictures, but never old ones.
async function picture() {
  if (picturing) return;
  picturing = true;
  let number = 0;
  while (!document.hidden) {
    try {
      const answer = await fetch(at(`/picture.jpg?after=${number}`));
      if (answer.status === 200) {
        number = Number(answer.headers.get("x-picture"));
        await paint(await answer.blob());
      } else if (answer.status !== 204) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  picturing = false;
}

async function paint(blob) {
  const image = byId("picture");
  const before = image.src;
  image.src = URL.createObjectURL(blob);
  await image.decode();
  image.hidden = false;
  byId("frame").style.aspectRatio = `${image.naturalWidth} / ${image.naturalHeight}`;
  if (before) URL.revokeObjectURL(before);
}

document.addEventListener("visibilitychange", () => {
  restart();
  picture();
});
listen();
picture();
