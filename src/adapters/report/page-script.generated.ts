/** The script of the report page. Generated from page/ by `npm run report:build`. Do not edit. */
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
export const PAGE_SCRIPT: string = String.raw`"use strict";
(() => {
  // page-data.ts
  var TRADE_FIELDS = [
    "asset",
    "direction",
    "reason",
    "entryBar",
    "exitBar",
    "barsHeld",
    "entryTimeMs",
    "exitTimeMs",
    "entryPrice",
    "exitPrice",
    "notional",
    "leverage",
    "fraction",
    "pnlPctRaw",
    "slippageUsd",
    "refundUsd",
    "edgeUsd",
    "entryFee",
    "exitFee",
    "fees",
    "net",
    "capitalBefore",
    "capitalAfter",
    "velDiv",
    "bucket",
    "strength",
    "confidence",
    "isExtreme",
    "dc",
    "ars",
    "arsAdjusted",
    "alignment",
    "regimeSizeMult",
    "obMult",
    "leverageCeiling",
    "bucketMult",
    "streakMult",
    "trendMult",
    "rng",
    "gapMs"
  ];
  function unpackTrades(packed) {
    const rows = Array.from({ length: packed.count }, () => ({}));
    for (const [field, column] of Object.entries(packed.columns)) {
      const at = readerOf(column);
      for (let i = 0; i < rows.length; i++) {
        const value = at(i);
        if (value !== null || field !== "gapMs") rows[i][field] = value;
      }
    }
    return rows;
  }
  function readerOf(column) {
    if ("same" in column) return () => column.same;
    if ("words" in column) return (i) => column.words[column.at[i]];
    return (i) => column[i];
  }

  // equity-curve.ts
  function equityCurve(input) {
    const { trades: trades2, initialCapital, axis, marks } = input;
    const points = new Points(input.axisStart, initialCapital);
    let mark = 0;
    const markUntil = (x) => {
      for (; mark < marks.x.length && marks.x[mark] < x; mark++) {
        points.marked(marks.x[mark], marks.equity[mark], marks.low[mark]);
      }
    };
    for (const [i, trade] of trades2.entries()) {
      const x = axis === "time" ? trade.exitTimeMs : trade.exitBar;
      markUntil(x);
      points.closed(x, trade, i);
    }
    markUntil(Number.POSITIVE_INFINITY);
    points.end(input.axisEnd);
    return points.curve();
  }
  var Points = class {
    x;
    capital;
    bare;
    equity;
    low;
    trade = [-1];
    constructor(start, initialCapital) {
      this.x = [start];
      this.capital = [initialCapital];
      this.bare = [initialCapital];
      this.equity = [initialCapital];
      this.low = [initialCapital];
    }
    closed(x, trade, index) {
      const isUsedUp = trade.reason === "LIQUIDATION" && trade.capitalAfter === 0;
      const bare = isUsedUp ? 0 : this.bare.at(-1) + trade.net - trade.edgeUsd;
      this.push(x, {
        capital: trade.capitalAfter,
        bare,
        equity: trade.capitalAfter,
        low: trade.capitalAfter,
        trade: index
      });
    }
    marked(x, equity, low) {
      this.push(x, { capital: this.capital.at(-1), bare: this.bare.at(-1), equity, low, trade: -1 });
    }
    end(x) {
      this.marked(x, this.equity.at(-1), this.equity.at(-1));
    }
    curve() {
      const { x, capital, bare, equity, low, trade } = this;
      return {
        x,
        capital,
        capitalWithoutEdge: bare,
        equity,
        drawdown: drawdownOf(capital),
        drawdownWithoutEdge: drawdownOf(bare),
        drawdownOfEquity: drawdownOf(equity, low),
        trade
      };
    }
    push(x, at) {
      this.x.push(Math.max(x, this.x.at(-1)));
      this.capital.push(at.capital);
      this.bare.push(at.bare);
      this.equity.push(at.equity);
      this.low.push(at.low);
      this.trade.push(at.trade);
    }
  };
  function drawdownOf(values, lows = values) {
    let peak = Number.NEGATIVE_INFINITY;
    return values.map((value, i) => {
      peak = Math.max(peak, value);
      return peak > 0 ? Math.min(0, (lows[i] - peak) / peak) : 0;
    });
  }

  // format.ts
  function formatNumber(value, decimals = 2) {
    if (value === null || Number.isNaN(value)) return ABSENT;
    if (!Number.isFinite(value)) return value > 0 ? "∞" : ${'`'}${'$'}{MINUS}∞${'`'};
    const magnitude = Math.abs(value);
    if (magnitude >= 1e21) return (value < 0 ? MINUS : "") + magnitude.toExponential(decimals);
    const [whole2, fraction] = magnitude.toFixed(decimals).split(".");
    const grouped = whole2.replace(/\B(?=(\d{3})+${'$'})/g, ",");
    const text2 = fraction === void 0 ? grouped : ${'`'}${'$'}{grouped}.${'$'}{fraction}${'`'};
    return value < 0 && /[1-9]/.test(text2) ? MINUS + text2 : text2;
  }
  var MINUS = "−";
  var ABSENT = "–";
  function formatUsd(value, decimals = 2) {
    return withCurrency(formatNumber(value, decimals));
  }
  function formatUsdChange(value, decimals = 2) {
    return withPlus(value, formatUsd(value, decimals));
  }
  function formatPercent(fraction, decimals = 2) {
    const text2 = formatNumber(fraction === null ? null : fraction * 100, decimals);
    return text2 === ABSENT ? text2 : ${'`'}${'$'}{text2}%${'`'};
  }
  function formatPercentChange(fraction, decimals = 2) {
    return withPlus(fraction, formatPercent(fraction, decimals));
  }
  function formatProfitFactor(profitFactor) {
    return profitFactor === null ? "∞" : formatNumber(profitFactor, 2);
  }
  function formatPrice(price) {
    if (!Number.isFinite(price)) return formatNumber(price);
    const rounded = Number(price.toPrecision(7));
    const text2 = String(rounded);
    if (text2.includes("e")) return text2.replace("-", MINUS);
    return formatNumber(rounded, text2.split(".")[1]?.length ?? 0);
  }
  function formatTime(timeMs) {
    if (timeMs === null || !Number.isFinite(timeMs) || Math.abs(timeMs) > 864e13) return ABSENT;
    const iso = new Date(timeMs).toISOString();
    const end = iso.indexOf("T");
    const time2 = iso.slice(end + 1, end + 9);
    return ${'`'}${'$'}{iso.slice(0, end)} ${'$'}{time2.endsWith(":00") ? time2.slice(0, 5) : time2}${'`'};
  }
  var MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  function formatCount(count, singular, plural = ${'`'}${'$'}{singular}s${'`'}) {
    return ${'`'}${'$'}{formatNumber(count, 0)} ${'$'}{count === 1 ? singular : plural}${'`'};
  }
  function withCurrency(text2) {
    if (text2 === ABSENT) return text2;
    return text2.startsWith(MINUS) ? ${'`'}${'$'}{MINUS}${'$'}${'$'}{text2.slice(1)}${'`'} : ${'`'}${'$'}${'$'}{text2}${'`'};
  }
  function withPlus(value, text2) {
    return value !== null && value > 0 && /[1-9∞]/.test(text2) ? ${'`'}+${'$'}{text2}${'`'} : text2;
  }

  // page/dom.js
  function byId(id) {
    const element2 = document.getElementById(id);
    if (element2 === null) throw new Error(${'`'}the page has an element #${'$'}{id}${'`'});
    return element2;
  }
  function element(tag, { className, text: text2 } = {}) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text2 !== void 0) made.textContent = text2;
    return made;
  }
  function makeSortButton(cell, onSort) {
    const button = element("button", { className: "sort" });
    button.type = "button";
    button.append(...cell.childNodes);
    button.addEventListener("click", onSort);
    cell.append(button);
  }

  // page/charts.js
  var EQUITY_HEIGHT = 300;
  var DRAWDOWN_HEIGHT = 170;
  var colours = readColours();
  function startCharts(data2, trades2) {
    const curve = equityCurve({ ...data2, trades: trades2 });
    const describe = (i) => pointLines(data2, trades2, curve, i);
    const equity = draw(
      byId("equity"),
      {
        ...common(data2, describe),
        height: EQUITY_HEIGHT,
        series: [{}, line("Realised", () => colours.simulated), dashed("Without edge"), marked("Equity")],
        bands: [{ series: [1, 2], fill: () => colours.edgeArea }],
        axes: [bareAxis(data2), yAxis(usdTicks)]
      },
      [curve.x, curve.capital, curve.capitalWithoutEdge, curve.equity]
    );
    const drawdown = draw(
      byId("drawdown"),
      {
        ...common(data2, describe),
        height: DRAWDOWN_HEIGHT,
        series: [
          {},
          { ...line("Realised", () => colours.loss), fill: () => colours.lossArea },
          dashed("Without edge"),
          marked("Equity")
        ],
        axes: [xAxis(data2), yAxis(percentTicks)],
        scales: { x: { time: data2.axis === "time" }, y: { range: drawdownRange } }
      },
      [curve.x, curve.drawdown, curve.drawdownWithoutEdge, curve.drawdownOfEquity]
    );
    const charts = [equity, drawdown];
    const zoom = zoomer(charts, curve);
    for (const button of document.querySelectorAll("[data-zoom]")) {
      const kind = (
        /** @type {HTMLElement} */
        button.dataset.zoom
      );
      button.addEventListener("click", () => zoom(kind));
    }
    for (const button of document.querySelectorAll("button[data-series]")) {
      const series = Number(
        /** @type {HTMLElement} */
        button.dataset.series
      );
      button.addEventListener("click", () => {
        const show = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(show));
        for (const chart of charts) chart.setSeries(series, { show });
      });
    }
    const stops = stopsOf(curve);
    for (const chart of charts) readByKeyboard(chart, { zoom, describe, stops });
    followWidth(charts);
    followTheme(charts);
  }
  function draw(frame, options, columns) {
    const aligned = (
      /** @type {uPlot.AlignedData} */
      /** @type {unknown} */
      columns
    );
    return new uPlot({ ...options, width: Math.max(frame.clientWidth, 200) }, aligned, frame);
  }
  function common(data2, describe) {
    const options = {
      ms: 1,
      // Days and bars of a run are UTC, wherever the reader sits.
      tzDate: (timeMs) => uPlot.tzDate(new Date(timeMs), "Etc/UTC"),
      legend: { show: false },
      cursor: { sync: { key: "run", scales: ["x", null] }, drag: { x: true, y: false, dist: 4 }, y: false },
      scales: { x: { time: data2.axis === "time" } },
      padding: [12, 26, 0, 0],
      plugins: [tooltip(describe)]
    };
    return options;
  }
  function line(label, stroke) {
    const stepped = uPlot.paths.stepped?.({ align: 1 });
    return { label, stroke, width: 1.75, points: { show: false }, ...stepped === void 0 ? {} : { paths: stepped } };
  }
  function dashed(label) {
    return { ...line(label, () => colours.withoutEdge), width: 1.5, dash: [5, 4] };
  }
  function marked(label) {
    return { ...line(label, () => colours.marked), width: 1 };
  }
  function stopsOf(curve) {
    const last = curve.x.length - 1;
    return curve.trade.flatMap((trade, i) => i === 0 || i === last || trade >= 0 ? [i] : []);
  }
  function xAxis(data2) {
    const grid = { stroke: () => colours.grid, width: 1 };
    const ticks = { stroke: () => colours.grid, size: 6 };
    const base = { stroke: () => colours.text, font: colours.font, grid, ticks, space: 72 };
    if (data2.axis === "time") return { ...base, values: timeTicks };
    return {
      ...base,
      size: 52,
      label: "bar",
      labelSize: 18,
      labelFont: colours.font,
      values: (_, ticks2) => ticks2.map((bar) => formatNumber(bar, 0))
    };
  }
  function bareAxis(data2) {
    const { label: _, ...axis } = xAxis(data2);
    return { ...axis, size: 10, values: (_2, splits) => splits.map(() => "") };
  }
  var DAY_MS = 864e5;
  function timeTicks(_, splits, __, ___, step) {
    let year = "";
    return splits.map((timeMs) => {
      const text2 = new Date(timeMs).toISOString();
      const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
      const day = ${'`'}${'$'}{Number(text2.slice(8, 10))} ${'$'}{months[Number(text2.slice(5, 7)) - 1]}${'`'};
      const label = step >= DAY_MS || text2.slice(11, 16) === "00:00" ? day : text2.slice(11, 16);
      const isNewYear = text2.slice(0, 4) !== year;
      year = text2.slice(0, 4);
      return isNewYear ? ${'`'}${'$'}{label}
${'$'}{year}${'`'} : label;
    });
  }
  function yAxis(values) {
    const grid = { stroke: () => colours.grid, width: 1 };
    return {
      stroke: () => colours.text,
      font: colours.font,
      grid,
      ticks: { show: false },
      size: axisWidth,
      gap: 8,
      values
    };
  }
  function axisWidth(chart) {
    return chart.width < 480 ? 58 : 74;
  }
  function usdTicks(chart, splits, _, __, step) {
    const largest = Math.max(...splits.map(Math.abs));
    const [unit, suffix] = largest >= 1e6 ? [1e6, "M"] : largest >= 1e5 || chart.width < 480 && largest >= 1e4 ? [1e3, "k"] : [1, ""];
    const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9)));
    return splits.map((value) => formatUsd(value / unit, decimals) + suffix);
  }
  function percentTicks(_, splits, __, ___, step) {
    const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step * 100) + 1e-9)));
    return splits.map((value) => formatPercent(value, decimals));
  }
  function drawdownRange(_, low) {
    return [Math.min((low ?? 0) * 1.08, -1e-3), 0];
  }
  function pointLines(data2, trades2, curve, i) {
    const at = (column) => column[i] ?? Number.NaN;
    const when = data2.axis === "time" ? ${'`'}${'$'}{formatTime(at(curve.x))} UTC${'`'} : ${'`'}bar ${'$'}{formatNumber(at(curve.x), 0)}${'`'};
    const index = curve.trade[i] ?? -1;
    const trade = trades2[index];
    return [
      when,
      ${'`'}Capital ${'$'}{formatUsd(at(curve.capital))}${'`'},
      ${'`'}Without edge ${'$'}{formatUsd(at(curve.capitalWithoutEdge))}${'`'},
      ${'`'}Equity ${'$'}{formatUsd(at(curve.equity))}${'`'},
      ${'`'}Drawdown ${'$'}{formatPercent(at(curve.drawdown))}, of equity ${'$'}{formatPercent(at(curve.drawdownOfEquity))}${'`'},
      trade === void 0 ? i === 0 ? "Start of the run" : i === curve.x.length - 1 ? "End of the run" : "Between trades" : ${'`'}#${'$'}{index + 1} ${'$'}{trade.asset} ${'$'}{trade.reason} ${'$'}{formatUsdChange(trade.net)}${'`'}
    ];
  }
  function tooltip(describe) {
    const box = element("div", { className: "tooltip" });
    box.hidden = true;
    return {
      hooks: {
        init: (chart) => {
          chart.over.append(box);
        },
        setCursor: (chart) => {
          const { idx, left = -1 } = chart.cursor;
          const speaks = chart.root.matches(":hover") || chart.root.parentElement === document.activeElement;
          box.hidden = !speaks || idx === null || idx === void 0 || left < 0;
          if (box.hidden || idx === null || idx === void 0) return;
          box.replaceChildren(...describe(idx).map((text2) => element("div", { text: text2 })));
          const beyondMiddle = left > chart.over.clientWidth / 2;
          const place = beyondMiddle ? left - box.offsetWidth - 14 : left + 14;
          box.style.transform = ${'`'}translate(${'$'}{Math.max(0, Math.round(place))}px, 8px)${'`'};
        }
      }
    };
  }
  function zoomer(charts, curve) {
    const start = curve.x[0] ?? 0;
    const end = curve.x.at(-1) ?? 1;
    return (kind) => {
      const scale = charts[0]?.scales.x;
      const from = scale?.min ?? start;
      const to = scale?.max ?? end;
      const factor = kind === "in" ? 0.5 : 2;
      const half = Math.min((to - from) * factor / 2, (end - start) / 2);
      const middle = Math.min(Math.max((from + to) / 2, start + half), end - half);
      const [min, max] = kind === "reset" ? [start, end] : [middle - half, middle + half];
      for (const chart of charts) chart.setScale("x", { min, max });
    };
  }
  function readByKeyboard(chart, { zoom, describe, stops }) {
    const last = stops.length - 1;
    const frame = (
      /** @type {HTMLElement} */
      chart.root.parentElement
    );
    let i = -1;
    const moves = {
      ArrowLeft: () => i - 1,
      ArrowRight: () => i + 1,
      Home: () => 0,
      End: () => last,
      PageUp: () => i - 20,
      PageDown: () => i + 20
    };
    const zooms = { "+": "in", "=": "in", "-": "out", 0: "reset", Escape: "reset" };
    frame.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      const kind = zooms[event.key];
      if (event.ctrlKey || event.metaKey || event.altKey || move === void 0 && kind === void 0) return;
      event.preventDefault();
      if (kind !== void 0) zoom(kind);
      if (move === void 0) return;
      i = Math.min(Math.max(move(), 0), last);
      const point = stops[i] ?? 0;
      chart.setCursor({ left: chart.valToPos(Number(chart.data[0]?.[point]), "x"), top: 20 });
      byId("reading").textContent = describe(point).join(", ");
    });
    frame.addEventListener("blur", () => chart.setCursor({ left: -10, top: -10 }));
  }
  function followWidth(charts) {
    const observer = new ResizeObserver(() => {
      for (const chart of charts) {
        const width = chart.root.parentElement?.clientWidth ?? 0;
        if (width > 0 && width !== chart.width) chart.setSize({ width, height: chart.height });
      }
    });
    for (const chart of charts) if (chart.root.parentElement) observer.observe(chart.root.parentElement);
  }
  function followTheme(charts) {
    const repaint = () => {
      colours = readColours();
      for (const chart of charts) chart.redraw(false, true);
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    addEventListener("beforeprint", () => {
      document.documentElement.classList.add("printing");
      repaint();
    });
    addEventListener("afterprint", () => {
      document.documentElement.classList.remove("printing");
      repaint();
    });
  }
  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    return {
      simulated: read("--simulated"),
      withoutEdge: read("--without-edge"),
      marked: read("--marked"),
      edgeArea: read("--edge-area"),
      loss: read("--loss"),
      lossArea: read("--loss-area"),
      grid: read("--line"),
      text: read("--ink-3"),
      font: ${'`'}11px ${'$'}{getComputedStyle(document.body).fontFamily}${'`'}
    };
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
      const text2 = cell?.dataset.value ?? cell?.textContent ?? "";
      return { row, key: isNumber ? Number(text2) : text2 };
    });
    keyed.sort((a, b) => a.key < b.key ? -sign : a.key > b.key ? sign : 0);
    body.append(...keyed.map(({ row }) => row));
  }

  // base/direction.ts
  function directionName(direction) {
    return direction === 1 ? "LONG" : "SHORT";
  }

  // trade-columns.ts
  function tradeColumns(axis) {
    const opened = axis === "time" ? time("entry", "Entry (UTC)", "time of the entry bar", (trade) => trade.entryTimeMs) : number("entry", "Entry bar", "global index of the entry bar", (trade) => trade.entryBar, whole);
    const closed = axis === "time" ? time("exit", "Exit (UTC)", "time of the exit bar", (trade) => trade.exitTimeMs) : number("exit", "Exit bar", "global index of the exit bar", (trade) => trade.exitBar, whole);
    return [
      number("number", "#", "number of the trade in the run", (_, index) => index + 1, whole),
      text("asset", "Asset", "instrument", (trade) => trade.asset),
      text("side", "Side", "direction of the position", (trade) => sideOf(trade)),
      opened,
      closed,
      number("held", "Held", "bars held", (trade) => trade.barsHeld, whole),
      text("reason", "Exit", "reason of the exit", (trade) => trade.ownReason ?? trade.reason),
      number("entryPrice", "Entry price", "fill price of the entry", (trade) => trade.entryPrice, formatPrice),
      number(
        "exitPrice",
        "Exit price",
        "fill price of the exit, slippage included",
        (trade) => trade.exitPrice,
        formatPrice
      ),
      number(
        "leverage",
        "Lev.",
        "leverage",
        (trade) => trade.leverage,
        (value) => ${'`'}${'$'}{formatNumber(value, 2)}×${'`'}
      ),
      number(
        "notional",
        "Notional",
        "USD at entry",
        (trade) => trade.notional,
        (value) => formatUsd(value, 0)
      ),
      {
        ...number("pnl", "P&L", "fraction of notional, before fees", (trade) => trade.pnlPctRaw, formatPercentChange),
        signed: true
      },
      number("fees", "Fees", "entry and exit fees, USD", (trade) => trade.fees, formatUsd),
      number("edge", "Edge", "simulated order-book edge included in net, USD", (trade) => trade.edgeUsd, formatUsd),
      { ...number("net", "Net", "result after all costs, USD", (trade) => trade.net, formatUsdChange), signed: true },
      number("capital", "Capital", "realised capital after the trade, USD", (trade) => trade.capitalAfter, formatUsd)
    ];
  }
  function sideOf(position) {
    return directionName(position.direction);
  }
  function whole(value) {
    return formatNumber(value, 0);
  }
  function text(key, label, explanation, value) {
    const described = { key, label, explanation };
    return { ...described, kind: "text", value, text: value };
  }
  function time(key, label, explanation, value) {
    const described = { key, label, explanation };
    return { ...described, kind: "number", value, text: (trade) => formatTime(value(trade)) };
  }
  function number(key, label, explanation, value, format) {
    const described = { key, label, explanation };
    return { ...described, kind: "number", value, text: (trade, index) => format(value(trade, index)) };
  }

  // base/csv.ts
  function csvLine(values) {
    return values.map(csvCell).join(",");
  }
  function csvCell(value) {
    if (value === null || value === void 0) return "";
    const text2 = typeof value === "string" ? disarmed(value) : String(value);
    return /[",\r\n]/.test(text2) ? ${'`'}"${'$'}{text2.replaceAll('"', '""')}"${'`'} : text2;
  }
  var ARMED = /^'*[=+\-@\t\r\n＝＋－＠]/;
  var NUMBER = /^-?\d+(\.\d+)?(e[-+]?\d+)?${'$'}/i;
  function disarmed(text2) {
    return ARMED.test(text2) && !NUMBER.test(text2) ? ${'`'}'${'$'}{text2}${'`'} : text2;
  }

  // trade-csv.ts
  function tradesCsv(trades2, selected) {
    const lines = [csvLine(["number", ...TRADE_FIELDS, "entryTime", "exitTime"])];
    for (const i of selected) {
      const trade = trades2[i];
      const fields = TRADE_FIELDS.map((field) => trade[field]);
      lines.push(csvLine([i + 1, ...fields, isoTime(trade.entryTimeMs), isoTime(trade.exitTimeMs)]));
    }
    return ${'`'}${'$'}{lines.join("\r\n")}\r
${'`'};
  }
  function isoTime(timeMs) {
    return timeMs === null ? null : new Date(timeMs).toISOString();
  }

  // trade-query.ts
  var TradeQuery = class {
    constructor(trades2, columns) {
      this.trades = trades2;
      this.columns = columns;
      this.haystacks = trades2.map(haystackOf);
    }
    trades;
    columns;
    haystacks;
    /** Indices of the matching trades in order. Equal values keep the order of the run; absent values come last. */
    select(filter, order) {
      const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
      const matching = [];
      for (let i = 0; i < this.trades.length; i++) {
        if (matches(this.trades[i], filter) && words.every((word) => this.haystacks[i].includes(word))) matching.push(i);
      }
      return this.sorted(matching, order);
    }
    totals(selected) {
      let won = 0;
      let lost = 0;
      let wins = 0;
      for (const i of selected) {
        const { net } = this.trades[i];
        if (net > 0) {
          wins++;
          won += net;
        } else lost -= net;
      }
      const count = selected.length;
      const profitFactor = wins === 0 ? 0 : lost === 0 ? null : won / lost;
      return { count, net: won - lost, winRate: count === 0 ? 0 : wins / count, profitFactor };
    }
    sorted(selected, order) {
      const column = this.columns.find((candidate) => candidate.key === order.key);
      if (column === void 0) return selected;
      const sign = order.sort === "ascending" ? 1 : -1;
      const values = new Map(selected.map((i) => [i, column.value(this.trades[i], i)]));
      return selected.sort((a, b) => compare(values.get(a), values.get(b), sign) || a - b);
    }
  };
  function matches(trade, filter) {
    if (filter.asset !== "" && trade.asset !== filter.asset) return false;
    if (filter.reason !== "" && trade.reason !== filter.reason) return false;
    return filter.outcome === "" || filter.outcome === "win" === trade.net > 0;
  }
  function haystackOf(trade, index) {
    const times = [trade.entryTimeMs, trade.exitTimeMs].map(formatTime);
    return [${'`'}#${'$'}{index + 1}${'`'}, trade.asset, sideOf(trade), trade.reason, trade.dc, ...times].join(" ").toLowerCase();
  }
  function compare(a, b, sign) {
    if (a === b) return 0;
    if (a === null) return 1;
    if (b === null) return -1;
    return a < b ? -sign : sign;
  }

  // page/trade-list.js
  function startTradeList(data2, trades2) {
    const columns = tradeColumns(data2.axis);
    const query = new TradeQuery(trades2, columns);
    const form = (
      /** @type {HTMLFormElement} */
      byId("trade-filter")
    );
    const table = (
      /** @type {HTMLTableElement} */
      byId("trade-list")
    );
    const sizes = (
      /** @type {HTMLSelectElement} */
      byId("trade-page-size")
    );
    let order = { key: "number", sort: "ascending" };
    let selected = [];
    let page = 0;
    const heads = columns.map((column) => {
      const head = element("th", { text: column.label, className: column.kind === "number" ? "num" : "" });
      head.scope = "col";
      head.title = column.explanation;
      head.dataset.column = column.key;
      makeSortButton(head, () => {
        order = nextOrder(order, column);
        refresh();
      });
      return head;
    });
    const headRow = element("tr");
    headRow.append(...heads);
    table.tHead?.replaceChildren(headRow);
    function refresh() {
      selected = query.select(filterOf(form), order);
      page = 0;
      heads.forEach((head, i) => {
        if (columns[i]?.key === order.key) head.setAttribute("aria-sort", order.sort);
        else head.removeAttribute("aria-sort");
      });
      byId("trade-totals").textContent = totalsText(query.totals(selected), trades2.length);
      showPage();
    }
    function showPage() {
      const size = Number(sizes.value);
      const pages = Math.max(1, Math.ceil(selected.length / size));
      page = Math.min(Math.max(page, 0), pages - 1);
      const shown = selected.slice(page * size, (page + 1) * size);
      const rows = shown.map(
        (i) => tradeRow(
          columns,
          /** @type {import('../../../ports/vocabulary/trades.js').Trade} */
          trades2[i],
          i
        )
      );
      table.tBodies[0]?.replaceChildren(...rows.length > 0 ? rows : [emptyRow(columns.length)]);
      byId("trade-page").textContent = shown.length === 0 ? "0 of 0" : ${'`'}${'$'}{formatNumber(page * size + 1, 0)} – ${'$'}{formatNumber(page * size + shown.length, 0)} of ${'$'}{formatNumber(selected.length, 0)}${'`'};
      for (const button of pageButtons) {
        const backwards = button.dataset.page === "first" || button.dataset.page === "previous";
        button.disabled = backwards ? page === 0 : page === pages - 1;
      }
    }
    const pageButtons = Array.from(
      /** @type {NodeListOf<HTMLButtonElement>} */
      document.querySelectorAll("button[data-page]")
    );
    for (const button of pageButtons) {
      button.addEventListener("click", () => {
        const target = { first: 0, previous: page - 1, next: page + 1, last: Number.MAX_SAFE_INTEGER };
        page = target[
          /** @type {keyof typeof target} */
          button.dataset.page
        ];
        showPage();
      });
    }
    sizes.addEventListener("change", () => {
      page = 0;
      showPage();
    });
    form.addEventListener("input", refresh);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(refresh));
    byId("trade-csv").addEventListener(
      "click",
      () => download(${'`'}${'$'}{data2.fileStem}-trades.csv${'`'}, tradesCsv(trades2, selected))
    );
    refresh();
  }
  function nextOrder(order, column) {
    const first = column.kind === "text" ? "ascending" : "descending";
    const second = column.kind === "text" ? "descending" : "ascending";
    return { key: column.key, sort: order.key === column.key && order.sort === first ? second : first };
  }
  function filterOf(form) {
    const fields = new FormData(form);
    const text2 = (name) => String(fields.get(name) ?? "");
    const outcome = text2("outcome");
    return {
      asset: text2("asset"),
      reason: text2("reason"),
      outcome: outcome === "win" || outcome === "loss" ? outcome : "",
      words: text2("words")
    };
  }
  function totalsText({ count, net, winRate, profitFactor }, all) {
    const share = count === all ? formatCount(all, "trade") : ${'`'}${'$'}{formatNumber(count, 0)} of ${'$'}{formatCount(all, "trade")}${'`'};
    if (count === 0) return share;
    const factor = formatProfitFactor(profitFactor);
    return ${'`'}${'$'}{share} · ${'$'}{formatUsdChange(net)} net · ${'$'}{formatPercent(winRate, 1)} wins · profit factor ${'$'}{factor}${'`'};
  }
  function tradeRow(columns, trade, index) {
    const row = element("tr");
    for (const column of columns) {
      const value = column.signed ? Number(column.value(trade, index)) : 0;
      const tone = value > 0 ? " gain" : value < 0 ? " loss" : "";
      const kind = column.kind === "number" ? "num" : column.key;
      row.append(element("td", { className: kind + tone, text: column.text(trade, index) }));
    }
    return row;
  }
  function emptyRow(width) {
    const row = element("tr");
    const cell = element("td", { className: "empty", text: "No trade matches." });
    cell.colSpan = width;
    row.append(cell);
    return row;
  }
  function download(fileName, text2) {
    const url = URL.createObjectURL(new Blob([text2], { type: "text/csv;charset=utf-8" }));
    const link = element("a");
    link.href = url;
    link.download = fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1e3);
  }

  // page/main.js
  var data = JSON.parse(byId("page-data").textContent ?? "");
  var trades = unpackTrades(data.trades);
  document.documentElement.classList.add("scripted");
  for (const table of document.querySelectorAll("table.sortable")) makeSortable(
    /** @type {HTMLTableElement} */
    table
  );
  startCharts(data, trades);
  if (trades.length > 0) startTradeList(data, trades);
})();
`
