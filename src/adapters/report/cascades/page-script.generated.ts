/** The script of the page of cascades. Generated from page/ by `npm run report:build`. Do not edit. */
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
export const PAGE_SCRIPT: string = String.raw`"use strict";
(() => {
  // cascades/chart-places.ts
  var CHART = {
    width: 960,
    height: 488,
    left: 70,
    right: 946,
    price: { top: 34, bottom: 232 },
    interest: { top: 244, bottom: 348 },
    forced: { top: 360, bottom: 460 },
    /** Of a panel's name, above what it shows. */
    nameHeight: 20
  };

  // format.ts
  function formatNumber(value, decimals = 2) {
    if (value === null || Number.isNaN(value)) return ABSENT;
    if (!Number.isFinite(value)) return value > 0 ? "∞" : ${'`'}${'$'}{MINUS}∞${'`'};
    const magnitude = Math.abs(value);
    if (magnitude >= 1e21) return (value < 0 ? MINUS : "") + magnitude.toExponential(decimals);
    const [whole, fraction] = magnitude.toFixed(decimals).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+${'$'})/g, ",");
    const text = fraction === void 0 ? grouped : ${'`'}${'$'}{grouped}.${'$'}{fraction}${'`'};
    return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
  }
  var MINUS = "−";
  var ABSENT = "–";
  function formatUsd(value, decimals = 2) {
    return withCurrency(formatNumber(value, decimals));
  }
  function formatPrice(price) {
    if (!Number.isFinite(price)) return formatNumber(price);
    const rounded = Number(price.toPrecision(7));
    const text = String(rounded);
    if (text.includes("e")) return text.replace("-", MINUS);
    return formatNumber(rounded, text.split(".")[1]?.length ?? 0);
  }
  var MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  function formatCount(count, singular, plural = ${'`'}${'$'}{singular}s${'`'}) {
    return ${'`'}${'$'}{formatNumber(count, 0)} ${'$'}{count === 1 ? singular : plural}${'`'};
  }
  function withCurrency(text) {
    if (text === ABSENT) return text;
    return text.startsWith(MINUS) ? ${'`'}${'$'}{MINUS}${'$'}${'$'}{text.slice(1)}${'`'} : ${'`'}${'$'}${'$'}{text}${'`'};
  }

  // page/cascade-reading.js
  var NEAR = 4;
  function startReadings(readings) {
    for (const frame of document.querySelectorAll("[data-cascade]")) {
      const figure = (
        /** @type {HTMLElement} */
        frame
      );
      const reading = readings[figure.dataset.cascade ?? ""];
      const drawing = figure.querySelector("svg");
      const told = figure.parentElement?.querySelector(".reading");
      if (reading && drawing && told) readOut(figure, { reading, drawing, told });
    }
  }
  function readOut(figure, { reading, drawing, told }) {
    const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
    cursor.setAttribute("class", "cursor");
    cursor.setAttribute("y1", String(CHART.price.top));
    cursor.setAttribute("y2", String(CHART.forced.bottom));
    const span = reading.untilMs - reading.fromMs;
    const width = CHART.right - CHART.left;
    const show = (ms, name = "") => {
      const x = String(CHART.left + ms / span * width);
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
      if (!cursor.isConnected) drawing.append(cursor);
      told.classList.add("told");
      told.textContent = readingText(reading, ms, { name, nearMs: NEAR / width * span });
    };
    const hide = () => cursor.remove();
    const point = (event) => {
      const box = drawing.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * CHART.width;
      if (x < CHART.left || x > CHART.right) return;
      show((x - CHART.left) / width * span);
    };
    drawing.addEventListener("pointermove", point);
    drawing.addEventListener("pointerdown", point);
    drawing.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") hide();
    });
    readByKeyboard(figure, reading, show);
    figure.addEventListener("blur", hide);
  }
  function readByKeyboard(figure, { moments, forced }, show) {
    const named = new Map(moments);
    const stops = [.../* @__PURE__ */ new Set([...moments.map(([ms]) => ms), ...forced.ms])].sort((a, b) => a - b);
    let i = -1;
    const moves = { ArrowLeft: () => i - 1, ArrowRight: () => i + 1, Home: () => 0, End: () => stops.length - 1 };
    figure.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      if (move === void 0 || event.ctrlKey || event.metaKey || event.altKey || stops.length === 0) return;
      event.preventDefault();
      i = Math.min(Math.max(move(), 0), stops.length - 1);
      const ms = stops[i] ?? 0;
      show(ms, named.get(ms) ?? "");
    });
  }
  function readingText({ fromMs, price, interest, forced }, ms, { name, nearMs }) {
    const time = new Date(fromMs + ms).toISOString().slice(11, 19);
    const mark = lastAt(price, ms);
    const open = lastAt(interest, ms);
    let [count, longs, shorts] = [0, 0, 0];
    forced.ms.forEach((at, i) => {
      if (Math.abs(at - ms) > nearMs) return;
      count++;
      longs += forced.longs[i] ?? 0;
      shorts += forced.shorts[i] ?? 0;
    });
    const liquidated = [
      longs > 0 ? ${'`'}longs ${'$'}{formatUsd(longs, 0)}${'`'} : "",
      shorts > 0 ? ${'`'}shorts ${'$'}{formatUsd(shorts, 0)}${'`'} : ""
    ];
    return [
      ${'`'}${'$'}{time} UTC${'$'}{name === "" ? "" : ${'`'}, ${'$'}{name}${'`'}}${'`'},
      mark === void 0 ? "" : ${'`'}price ${'$'}{formatPrice(mark)}${'`'},
      open === void 0 ? "" : ${'`'}open interest ${'$'}{formatNumber(open, open < 1e3 ? 3 : 0)}${'`'},
      count === 0 ? "" : ${'`'}liquidated ${'$'}{liquidated.filter(Boolean).join(", ")} at ${'$'}{formatCount(count, "time")}${'`'}
    ].filter(Boolean).join(" · ");
  }
  function lastAt({ ms: times, values }, ms) {
    let low = -1;
    let high = times.length;
    while (high - low > 1) {
      const middle = low + high >> 1;
      if (
        /** @type {number} */
        times[middle] <= ms
      ) low = middle;
      else high = middle;
    }
    return values[low];
  }

  // page/dom.js
  function byId(id) {
    const element2 = document.getElementById(id);
    if (element2 === null) throw new Error(${'`'}the page has an element #${'$'}{id}${'`'});
    return element2;
  }
  function element(tag, { className, text } = {}) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== void 0) made.textContent = text;
    return made;
  }
  function makeSortButton(cell, onSort) {
    const button = element("button", { className: "sort" });
    button.type = "button";
    button.append(...cell.childNodes);
    button.addEventListener("click", onSort);
    cell.append(button);
  }

  // page/sortable-tables.js
  function makeSortable(table) {
    const heads = Array.from(table.tHead?.rows[0]?.cells ?? []);
    heads.forEach((head, column) => {
      if (head.hasAttribute("data-unsorted")) return;
      makeSortButton(head, () => {
        const isNumber = head.classList.contains("num");
        const first = isNumber ? "descending" : "ascending";
        const second = isNumber ? "ascending" : "descending";
        const sort = head.getAttribute("aria-sort") === first ? second : first;
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", sort);
        sortRows(table, { column, isNumber, sign: sort === "ascending" ? 1 : -1 });
      });
    });
  }
  function sortRows(table, { column, isNumber, sign }) {
    const body = table.tBodies[0];
    if (body === void 0) return;
    const keyed = Array.from(body.rows, (row) => {
      const cell = row.cells[column];
      const text = cell?.dataset.value ?? cell?.textContent ?? "";
      return { row, key: isNumber ? Number(text) : text };
    });
    keyed.sort((a, b) => a.key < b.key ? -sign : a.key > b.key ? sign : 0);
    body.append(...keyed.map(({ row }) => row));
  }

  // page/cascades.js
  document.documentElement.classList.add("scripted");
  for (const table of document.querySelectorAll("table.sortable")) makeSortable(
    /** @type {HTMLTableElement} */
    table
  );
  startReadings(JSON.parse(byId("page-data").textContent ?? ""));
})();
`
