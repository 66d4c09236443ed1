// Plays a day of an office again. The hall at any second is a pure function of that second and of
// the log, so the day can be played, stopped, and dragged back and forth.
"use strict";
(() => {
  const log = JSON.parse(document.getElementById("log").textContent);
  const MINUTE = 60, HOUR = 3600;
  const WIDE = 600; // of a drawing, in its own units, as all lengths below
  const DESK = { top: 20, high: 58, widest: 130 };
  const LINE = { top: 108, high: 112 };
  const GONE = { top: 250, high: 52 };
  const CURVE = { left: 30, right: 592, top: 24, bottom: 92 };
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const people = log.urgent.map((_, i) => i);
  const at = (id) => document.getElementById(id);

  const svg = (name, attributes, parent, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  };
  const clock = (t) => `${Math.floor(t / HOUR)}:${String(Math.floor((t % HOUR) / MINUTE)).padStart(2, "0")}`;
  const onDuty = (hall, t) => hall.roster.reduce((n, [from, count]) => (from <= t ? count : n), 0);
  const callAt = (hall, i) => hall.called[i] ?? hall.left[i]; // until when somebody is in line

  // ---- the hall at second t -----------------------------------------------------------------

  const stateOf = (hall, i, t) => {
    if (t < hall.came[i]) return "to come";
    if (t < callAt(hall, i)) return "in line";
    if (t < hall.left[i]) return "at counter";
    return hall.called[i] === null ? "gone" : "served";
  };
  const waitOf = (hall, i, t) => Math.min(t, callAt(hall, i)) - hall.came[i];
  // who is called first stands first; then by the time of coming, which is the order of numbers
  const inTurn = (a, b) => log.urgent[b] - log.urgent[a] || a - b;

  const hallAt = (hall, t) => {
    const state = people.map((i) => stateOf(hall, i, t));
    const those = (name) => people.filter((i) => state[i] === name);
    const here = people.filter((i) => state[i] !== "to come");
    const called = here.filter((i) => hall.called[i] !== null && hall.called[i] <= t);
    const sum = called.reduce((total, i) => total + waitOf(hall, i, t), 0);
    return {
      state,
      line: those("in line").sort(inTurn),
      gone: those("gone").sort((a, b) => hall.left[a] - hall.left[b]),
      served: those("served").length,
      atCounter: those("at counter"),
      mean: called.length ? sum / called.length : null,
      longest: here.length ? Math.max(...here.map((i) => waitOf(hall, i, t))) : null,
    };
  };

  const lengths = (hall) => { // [second, people in line from then on], as steps
    const steps = people.filter((i) => callAt(hall, i) > hall.came[i])
      .flatMap((i) => [[hall.came[i], 1], [callAt(hall, i), -1]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let n = 0;
    return steps.map(([t, step]) => [t, (n += step)]);
  };

  // ---- drawing ------------------------------------------------------------------------------

  const curves = log.halls.map(lengths);
  const longestLine = Math.max(1, ...curves.flat().map(([, n]) => n));
  const mostGone = Math.max(1, ...log.halls.map((hall) => hall.called.filter((c) => c === null).length));
  const mostDesks = Math.max(...log.halls.flatMap((hall) => hall.roster.map(([, n]) => n)));
  // the largest cell of which so many find room in a strip
  const cellFor = (many, { high }) => [56, 48, 40, 34, 30, 25, 22, 18, 15, 12, 10, 8, 6, 5, 4]
    .find((cell) => Math.floor(WIDE / cell) * Math.floor((high + 6) / cell) >= many) ?? 3;
  const CELL = cellFor(longestLine, LINE);
  const GONE_CELL = Math.min(CELL, cellFor(mostGone, GONE));
  const deskStep = Math.min(DESK.widest + 20, WIDE / mostDesks);
  const deskWide = Math.min(DESK.widest, deskStep * 0.88);
  const RADIUS = 0.41 * Math.min(CELL, deskWide);

  const deskAt = (k) => [deskStep * k + deskWide / 2, DESK.top + DESK.high / 2 - 3];
  const inGrid = (place, cell, top) => {
    const columns = Math.floor(WIDE / cell);
    return [cell * (place % columns) + cell / 2, top + cell * Math.floor(place / columns) + cell / 2];
  };
  const lineAt = (place) => inGrid(place, CELL, LINE.top);
  const goneAt = (place) => [...inGrid(place, GONE_CELL, GONE.top), GONE_CELL / CELL];

  const personIn = (parent, i) => {
    const person = svg("g", { class: "person absent" }, parent);
    if (log.urgent[i]) {
      const side = 1.8 * RADIUS;
      svg("rect", { x: -side / 2, y: -side / 2, width: side, height: side, rx: side / 7 }, person);
    } else svg("circle", { r: RADIUS }, person);
    if (RADIUS >= 7) {
      const number = svg("text", {}, person, i + 1);
      number.style.fontSize = `${Math.min(20, RADIUS)}px`;
    }
    const side = 0.72 * RADIUS, arm = 0.18 * RADIUS; // a cross for who left, beside the number
    svg("circle", { class: "badge", cx: side, cy: -side, r: 0.42 * RADIUS }, person);
    svg("path", { class: "cross", d: `M${side - arm} ${-side - arm}l${2 * arm} ${2 * arm}m0 ${-2 * arm}l${-2 * arm} ${2 * arm}` }, person);
    return person;
  };

  const floorOf = (section, hall) => {
    const floor = section.querySelector(".floor");
    const desks = Array.from({ length: Math.max(...hall.roster.map(([, n]) => n)) }, (_, k) => {
      const desk = svg("g", {}, floor);
      const x = deskStep * k;
      svg("text", { x, y: DESK.top - 6, class: "faint" }, desk, deskWide >= 80 ? `Counter ${k + 1}` : k + 1);
      svg("rect", { class: "desk", x, y: DESK.top, width: deskWide, height: DESK.high, rx: 6 }, desk);
      svg("text", { x: x + deskWide / 2, y: DESK.top + DESK.high / 2 + 5, class: "faint closed" }, desk, "closed");
      const work = svg("rect", { class: "work", x: x + 4, y: DESK.top + DESK.high - 7, width: 0, height: 4 }, desk);
      return { desk, work };
    });
    svg("text", { x: 0, y: LINE.top - 8, class: "faint" }, floor, "The line: who is next stands on the left");
    svg("line", { class: "strip", x1: 0, x2: WIDE, y1: GONE.top - 22, y2: GONE.top - 22 }, floor);
    svg("text", { x: 0, y: GONE.top - 6, class: "faint" }, floor, "Left without service");
    return { desks, persons: people.map((i) => personIn(floor, i)) };
  };

  const xOf = (t) => CURVE.left + ((t - log.from) / (log.until - log.from)) * (CURVE.right - CURVE.left);
  const yOf = (n) => CURVE.bottom - (n / longestLine) * (CURVE.bottom - CURVE.top);

  const curveOf = (section, steps) => {
    const curve = section.querySelector(".curve");
    const words = { class: "faint" };
    svg("text", { ...words, x: 0, y: 10 }, curve, "People in line");
    for (let hour = Math.ceil(log.from / HOUR); hour * HOUR <= log.until; hour += 1) {
      const x = xOf(hour * HOUR);
      svg("line", { class: "grid", x1: x, x2: x, y1: CURVE.top, y2: CURVE.bottom }, curve);
      svg("text", { ...words, x, y: 109, "text-anchor": "middle" }, curve, hour);
    }
    for (const n of [0, longestLine]) {
      svg("text", { ...words, x: CURVE.left - 6, y: yOf(n) + 5, "text-anchor": "end" }, curve, n);
    }
    svg("line", { class: "axis", x1: CURVE.left, x2: CURVE.right, y1: CURVE.bottom, y2: CURVE.bottom }, curve);
    const length = svg("path", { class: "length" }, curve);
    const now = svg("line", { class: "now", y1: CURVE.top - 4, y2: CURVE.bottom }, curve);
    return (t) => {
      const past = steps.filter(([from]) => from <= t);
      const path = past.map(([from, n]) => `H${xOf(from)}V${yOf(n)}`).join("");
      length.setAttribute("d", `M${xOf(log.from)} ${yOf(0)}${path}H${xOf(t)}V${yOf(0)}Z`);
      now.setAttribute("x1", xOf(t));
      now.setAttribute("x2", xOf(t));
    };
  };

  const place = (person, [x, y, scale = 1], look) => {
    person.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    person.setAttribute("class", `person ${look}`);
  };

  const views = log.halls.map((hall, h) => {
    const section = document.querySelectorAll(".hall")[h];
    const { desks, persons } = floorOf(section, hall);
    const drawCurve = curveOf(section, curves[h]);
    const write = (name, text) => { section.querySelector(`[data-figure=${name}]`).textContent = text; };
    const minutes = (seconds) => (seconds === null ? "–" : `${(seconds / MINUTE).toFixed(1)} min`);

    return (t) => {
      const now = hallAt(hall, t);
      const inLine = new Map(now.line.map((i, n) => [i, n]));
      const gone = new Map(now.gone.map((i, n) => [i, n]));
      for (const i of people) {
        const state = now.state[i];
        if (state === "to come") place(persons[i], [WIDE + CELL, LINE.top + CELL / 2], "absent");
        if (state === "in line") place(persons[i], lineAt(inLine.get(i)), waitOf(hall, i, t) > log.standard ? "late" : "waiting");
        if (state === "at counter") place(persons[i], deskAt(hall.counter[i]), "served");
        if (state === "served") place(persons[i], [deskAt(hall.counter[i])[0], -CELL], "served absent");
        if (state === "gone") place(persons[i], goneAt(gone.get(i)), "gone");
      }
      const at = new Map(now.atCounter.map((i) => [hall.counter[i], i]));
      desks.forEach(({ desk, work }, k) => {
        const i = at.get(k);
        desk.setAttribute("class", k < onDuty(hall, t) || i !== undefined ? "" : "shut");
        const done = i === undefined ? 0 : (t - hall.called[i]) / (hall.left[i] - hall.called[i]);
        work.setAttribute("width", done * (deskWide - 8));
      });
      write("line", now.line.length);
      write("mean", minutes(now.mean));
      write("longest", minutes(now.longest));
      write("served", now.served);
      write("gone", now.gone.length);
      drawCurve(t);
      return `${section.querySelector("h2").textContent}: ${now.line.length} in line, ${now.served} served, `
        + `${now.gone.length} left without service, mean wait ${minutes(now.mean)}.`;
    };
  });

  // ---- time ---------------------------------------------------------------------------------

  const slider = at("time"), button = at("play"), speed = at("speed");
  let now = log.from, playing = false, last = 0, toldHour = 0;

  const show = () => {
    const step = calm.matches && playing ? speed.value * MINUTE : 1; // a calm page moves in steps
    const t = Math.min(log.until, Math.floor(now / step) * step);
    const said = views.map((draw) => draw(t));
    at("clock").textContent = clock(t);
    slider.value = t;
    slider.setAttribute("aria-valuetext", clock(t));
    return `${clock(t)}. ${said.join(" ")}`;
  };
  const tell = () => { at("told").textContent = show(); }; // heard by a screen reader
  const go = (t) => { now = Math.max(log.from, Math.min(log.until, t)); };

  const frame = (moment) => {
    if (!playing) return;
    go(now + ((moment - last) / 1000) * speed.value * MINUTE);
    last = moment;
    if (now >= log.until) pause();
    else if (Math.floor(now / HOUR) !== toldHour) { toldHour = Math.floor(now / HOUR); tell(); }
    else show();
    if (playing) requestAnimationFrame(frame);
  };
  const label = () => { button.textContent = playing ? "Pause" : "Play"; };
  const play = () => {
    if (now >= log.until) now = log.from;
    playing = true;
    last = performance.now();
    label();
    requestAnimationFrame(frame);
  };
  const pause = () => { playing = false; label(); tell(); };

  button.addEventListener("click", () => (playing ? pause() : play()));
  slider.addEventListener("input", () => { go(Number(slider.value)); show(); });
  slider.addEventListener("change", tell);
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("button, select, input, summary") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " ") (playing ? pause : play)();
    else if (event.key === "ArrowLeft") { go(now - MINUTE); tell(); }
    else if (event.key === "ArrowRight") { go(now + MINUTE); tell(); }
    else return;
    event.preventDefault();
  });
  const jump = () => {
    const asked = /^#(\d{1,2}):(\d{2})$/.exec(location.hash);
    if (asked) { go(asked[1] * HOUR + asked[2] * MINUTE); tell(); }
  };
  addEventListener("hashchange", jump);

  slider.min = log.from;
  slider.max = log.until;
  show();
  jump();
})();
