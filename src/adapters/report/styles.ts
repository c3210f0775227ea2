/**
 * The report's style sheet. Light is the base and the paper; dark replaces the tokens on screens that ask for it. Gains
 * are blue and losses orange, which stay apart under every common colour deficiency, and never by colour alone: signs
 * say the same.
 */
export const STYLES = `
:root {
  color-scheme: light;
  --page: #f5f6f8; --card: #ffffff; --sunken: #f4f6f8; --line: #e2e6eb; --line-strong: #cbd2da;
  --ink: #131820; --ink-2: #434c59; --ink-3: #626d7b;
  --gain: #155fae; --loss: #b3440a; --accent: #155fae; --accent-ink: #ffffff;
  --simulated: #155fae; --without-edge: #5b6572; --marked: #0f8a6a; --edge: #8a6fc4; --edge-area: rgba(138, 111, 196, 0.18);
  --loss-area: rgba(179, 68, 10, 0.12); --total: #57626f;
  --warn-line: #d99a1c; --warn-card: #fff8e8; --ruin-line: #b3440a; --ruin-card: #fdf1ea;
  --d4: #b3440a; --d3: #dd7b3d; --d2: #f0ab7d; --d1: #f8dac4; --flat: #e6eaef;
  --u1: #cfe2f5; --u2: #93c0ea; --u3: #4b92d6; --u4: #155fae;
  --on-mild: #1c232d; --on-strong: #ffffff; --absent: #f4f6f8;
  --shadow: 0 1px 2px rgba(16, 24, 40, 0.05);
}
@media screen and (prefers-color-scheme: dark) {
  :root:not(.printing) {
    color-scheme: dark;
    --page: #0d1015; --card: #151a21; --sunken: #1b212a; --line: #262e38; --line-strong: #39434f;
    --ink: #e9edf2; --ink-2: #b6c0cb; --ink-3: #8e99a7;
    --gain: #74b4ff; --loss: #ff9d63; --accent: #74b4ff; --accent-ink: #0b1220;
    --simulated: #74b4ff; --without-edge: #aab4c0; --marked: #5fd0ac; --edge: #b39ddb; --edge-area: rgba(179, 157, 219, 0.2);
    --loss-area: rgba(255, 157, 99, 0.15); --total: #8e99a7;
    --warn-line: #c98d1a; --warn-card: #231d10; --ruin-line: #ff9d63; --ruin-card: #2a1a12;
    --d4: #f28f4c; --d3: #b96224; --d2: #7c451f; --d1: #48301f; --flat: #252c36;
    --u1: #1d3552; --u2: #25598f; --u3: #3480cc; --u4: #6cb2ff;
    --on-mild: #e9edf2; --on-strong: #0d1015; --absent: #191f27;
    --shadow: none;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased;
}
code { font: 0.92em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
main { max-width: 1288px; margin: 0 auto; padding: 40px 24px 64px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 20px; }
h1, h2, h3, p, dl, dd, figure, ul { margin: 0; padding: 0; }
h1 { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 15px; font-weight: 650; letter-spacing: -0.005em; }
h3 { font-size: 12px; font-weight: 600; color: var(--ink-3); margin: 20px 0 6px; }
.columns > div > h3:first-child { margin-top: 0; }
.muted { color: var(--ink-3); } .small { font-size: 12px; }
.gain { color: var(--gain); } .loss { color: var(--loss); }
.num { text-align: right; white-space: nowrap; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:root:not(.scripted) .needs-script { display: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }

.masthead .overline { color: var(--ink-3); font-size: 12px; margin-bottom: 6px; overflow-wrap: anywhere; }
.masthead .period { font-size: 17px; color: var(--ink-2); margin-top: 4px; }
.facts { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 22px; margin-top: 12px; color: var(--ink-2); font-size: 13px; }
.badge {
  display: inline-block; vertical-align: middle; padding: 2px 9px; border-radius: 999px; border: 1px solid var(--line-strong);
  font-size: 11px; line-height: 1.5; font-weight: 650; letter-spacing: 0.04em; color: var(--ink-2);
}
.badge.research { border-color: var(--warn-line); background: var(--warn-card); color: var(--ink); }
.notice { border: 1px solid var(--line); border-left: 4px solid var(--warn-line); background: var(--warn-card); border-radius: 8px; padding: 12px 16px; font-size: 13px; overflow-wrap: anywhere; }
.notice.ruin { border-left-color: var(--ruin-line); background: var(--ruin-card); }
.notice ul { margin: 6px 0 0; padding-left: 18px; max-height: 168px; overflow-y: auto; }

.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; box-shadow: var(--shadow); min-width: 0; }
.card-head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 6px 20px; margin-bottom: 14px; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; align-items: start; }
.pair > .card { height: 100%; } .assets-days { grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); }
.note { margin-top: 12px; font-size: 12px; color: var(--ink-3); overflow-wrap: anywhere; }
.note.bad { color: var(--loss); }
.empty { color: var(--ink-3); padding: 10px 0; }

.headline { padding: 0; overflow: hidden; }
.tiles { display: grid; grid-template-columns: 1.35fr repeat(6, 1fr); gap: 1px; background: var(--line); border-bottom: 1px solid var(--line); }
.tile { background: var(--card); padding: 18px 18px 16px; min-width: 0; }
.tile dt { font-size: 12px; color: var(--ink-3); }
.tile .simulated { font-size: 23px; line-height: 1.3; font-weight: 600; letter-spacing: -0.02em; overflow-wrap: anywhere; margin-top: 2px; }
.tile .without-edge { margin-top: 8px; padding-top: 8px; border-top: 1px dashed var(--line-strong); line-height: 1.35; }
.tile .more { margin-top: 6px; line-height: 1.35; font-size: 12px; color: var(--ink-3); }
.tile .more .value { font-weight: 600; }
.tile .without-edge .what { display: block; font-size: 11px; color: var(--ink-3); }
.tile .without-edge .value { font-size: 15px; font-weight: 600; overflow-wrap: anywhere; }
.tile .baseline { margin-top: 6px; line-height: 1.35; color: var(--ink-2); }
.tile .baseline .what { display: block; font-size: 11px; color: var(--ink-3); }
.tile .baseline .value { font-size: 13px; font-weight: 600; overflow-wrap: anywhere; }
.edge-share { padding: 12px 18px; font-size: 13px; color: var(--ink-2); }

button, select, input { font: inherit; color: inherit; }
button, select, input[type="search"] { border: 1px solid var(--line-strong); background: var(--card); border-radius: 7px; padding: 4px 10px; min-height: 32px; }
button { cursor: pointer; } button:hover:not(:disabled) { border-color: var(--ink-3); } button:disabled { opacity: 0.4; cursor: default; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; }
.chart-tools { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; }
.legend button { border: 0; background: none; padding: 0 2px; font-size: 13px; color: var(--ink-2); }
.legend button::before { content: ""; display: inline-block; width: 20px; margin-right: 7px; vertical-align: 4px; border-top: 2px solid var(--simulated); }
.legend .marked::before { border-top: 1px solid var(--marked); }
.legend .without-edge::before { border-top: 2px dashed var(--without-edge); }
.legend [aria-pressed="false"] { opacity: 0.45; text-decoration: line-through; }
.buttons { display: flex; gap: 6px; }
.buttons [data-zoom] { min-width: 32px; padding: 2px 8px; font-size: 13px; min-height: 28px; }
.chart { position: relative; min-width: 0; overflow: hidden; } #equity { min-height: 300px; } #drawdown { min-height: 170px; margin-top: 4px; }
.chart .uplot { font-family: inherit; width: 100%; }
.u-select { background: var(--edge-area); } .u-hz .u-cursor-x { border-right: 1px solid var(--line-strong); }
.tooltip { position: absolute; z-index: 5; left: 0; top: 0; pointer-events: none; padding: 8px 11px; border-radius: 8px; border: 1px solid var(--line-strong); background: var(--card); box-shadow: 0 4px 16px rgba(0, 0, 0, 0.16); font-size: 12px; line-height: 1.55; white-space: nowrap; max-width: 100%; }
.tooltip div:first-child { font-weight: 600; } .tooltip div:last-child { color: var(--ink-3); overflow: hidden; text-overflow: ellipsis; max-width: 260px; }
.tooltip[hidden] { display: none; }

.months { display: grid; grid-template-columns: repeat(auto-fill, minmax(118px, 1fr)); gap: 18px 16px; }
.months.roomy { grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 20px 24px; }
.month { max-width: 340px; min-width: 0; }
.month figcaption { display: flex; justify-content: space-between; gap: 6px; font-size: 12px; font-weight: 600; margin-bottom: 4px; }
.month svg { display: block; width: 100%; height: auto; }
.month text { font-family: inherit; text-anchor: middle; fill: var(--ink-3); }
.month .weekday { font-size: 11px; } .month .date { font-size: 9px; text-anchor: start; opacity: 0.85; } .month .figure { font-size: 12px; font-weight: 600; }
.months:not(.roomy) .weekday { font-size: 17px; }
.day.absent { fill: var(--absent); } .day.flat { fill: var(--flat); } .day.skipped { fill: none; stroke: var(--warn-line); stroke-dasharray: 3 3; }
.day.up-1 { fill: var(--u1); } .day.up-2 { fill: var(--u2); } .day.up-3 { fill: var(--u3); } .day.up-4 { fill: var(--u4); }
.day.down-1 { fill: var(--d1); } .day.down-2 { fill: var(--d2); } .day.down-3 { fill: var(--d3); } .day.down-4 { fill: var(--d4); }
.month .on-up-1, .month .on-up-2, .month .on-down-1, .month .on-down-2, .month .on-flat { fill: var(--on-mild); }
.month .on-up-3, .month .on-down-3 { fill: var(--on-third, var(--on-strong)); } .month .on-up-4, .month .on-down-4 { fill: var(--on-strong); }
.shades { display: flex; align-items: center; gap: 7px; font-size: 11px; color: var(--ink-3); } .shades svg { width: 144px; height: 14px; }

.scroll {
  overflow-x: auto; overscroll-behavior-x: contain; max-width: 100%;
  /* A shade at the edge says that a table goes on; the covers travel with the content and hide it at either end. */
  background:
    linear-gradient(to right, var(--card) 40%, transparent) left / 32px 100% no-repeat local,
    linear-gradient(to left, var(--card) 40%, transparent) right / 32px 100% no-repeat local,
    linear-gradient(to right, var(--line-strong), transparent) left / 10px 100% no-repeat,
    linear-gradient(to left, var(--line-strong), transparent) right / 10px 100% no-repeat;
}
.tall { max-height: 544px; overflow-y: auto; }
table { border-collapse: collapse; }
.data { width: 100%; font-size: 13px; }
.data th, .data td { padding: 6px 10px; text-align: left; font-weight: 400; border-bottom: 1px solid var(--line); vertical-align: middle; }
.data th.num, .data td.num { text-align: right; }
.data th:first-child, .data td:first-child { padding-left: 2px; } .data th:last-child, .data td:last-child { padding-right: 2px; }
.data thead th { font-size: 12px; color: var(--ink-3); white-space: nowrap; border-bottom-color: var(--line-strong); }
.tall thead th { position: sticky; top: 0; background: var(--card); z-index: 1; }
.data tbody tr:last-child > * { border-bottom: 0; }
.data tbody tr:hover > * { background: var(--sunken); }
.data .bar-column { width: 32%; min-width: 84px; } .data .date { white-space: nowrap; } .data th code { white-space: nowrap; } .data tbody th { min-width: 92px; }
.tall .bar-column { width: 24%; }
.data .total > * { font-weight: 650; }
.data .asset { font-weight: 550; } .data td.reason, .data td.side { color: var(--ink-2); }
.data span.asset, .data td.asset { display: inline-block; max-width: 180px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: middle; } .data td.asset { display: table-cell; }
.gate-ORANGE { color: var(--warn-line); font-weight: 600; } .gate-RED { color: var(--loss); font-weight: 600; } .gate-OK { color: var(--ink-3); }
.sort { border: 0; background: none; padding: 0; min-height: 24px; border-radius: 3px; white-space: nowrap; color: inherit; }
.sort:hover:not(:disabled) { color: var(--ink); }
.sort::after { content: "\\2195"; display: inline-block; width: 1em; margin-left: 2px; text-align: center; opacity: 0; }
.sort:hover::after { opacity: 0.5; }
[aria-sort] > .sort { color: var(--ink); font-weight: 600; } [aria-sort] > .sort::after { opacity: 1; }
[aria-sort="ascending"] > .sort::after { content: "\\2191"; } [aria-sort="descending"] > .sort::after { content: "\\2193"; }
th.num .sort::after { margin-right: -1em; margin-left: 0; } 
.data:has(.sort) .num { padding-right: 14px; padding-left: 6px; }
.bar { display: block; width: 100%; height: 18px; }
.bar .gain { fill: var(--gain); } .bar .loss { fill: var(--loss); } .bar .total { fill: var(--total); } .bar .edge { fill: var(--edge); }
.bar .zero { stroke: var(--line-strong); stroke-width: 1; }

.pairs div { display: flex; justify-content: space-between; gap: 16px; padding: 7px 0; border-bottom: 1px solid var(--line); }
.pairs div:last-child { border-bottom: 0; } .pairs dt { color: var(--ink-2); } .pairs dd { font-weight: 600; min-width: 0; white-space: normal; overflow-wrap: anywhere; }
.pairs.wide { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 0 36px; } .pairs.wide div { border-bottom: 1px solid var(--line); }

.filters { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: end; margin-bottom: 14px; }
.filters label, .pager label { font-size: 12px; color: var(--ink-3); } .filters label { display: grid; gap: 3px; min-width: 0; }
.filters select { max-width: 190px; min-width: 104px; } .filters select, .filters input { color: var(--ink); font-size: 14px; width: 100%; } .filters .grow { flex: 1 1 180px; }
.totals { font-size: 13px; color: var(--ink-2); }
.trades td { white-space: nowrap; } .trades .data { font-size: 12.5px; } .trades .data th, .trades .data td { padding-left: 6px; }
.pager { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-top: 14px; font-size: 13px; } .pager label { margin-left: auto; } .pager select { color: var(--ink); }

.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px 48px; }
.settings { width: 100%; } .settings th, .settings td { padding: 3.5px 0; text-align: left; font-weight: 400; vertical-align: top; border-bottom: 1px solid var(--line); }
.settings th { color: var(--ink-2); padding-right: 16px; } .settings td { text-align: right; } .settings tr:last-child > * { border-bottom: 0; }
.drifted > * { background: var(--warn-card); }
.hashes div { padding: 4px 0; border-bottom: 1px solid var(--line); } .hashes div:last-child { border-bottom: 0; } .hashes dt { color: var(--ink-2); font-size: 12px; } .hashes dd { overflow-wrap: anywhere; }

@media (max-width: 1080px) {
  .tiles { grid-template-columns: repeat(4, 1fr); } .tile:first-child { grid-column: span 2; }
}
@media (max-width: 860px) { .pair, .assets-days, .columns { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 560px) {
  main { padding: 22px 12px 40px; gap: 12px; } .pair { gap: 12px; }
  h1 { font-size: 24px; } .masthead .period { font-size: 15px; } .facts { gap: 2px 16px; }
  .card { padding: 16px 14px; border-radius: 10px; } .headline { padding: 0; }
  .tiles { grid-template-columns: repeat(2, 1fr); } .tile { padding: 12px 14px; } .tile .simulated { font-size: 20px; } .tile:first-child { grid-column: 1 / -1; }
  .tile .without-edge { margin-top: 5px; padding-top: 5px; } .edge-share { padding: 12px 14px; }
  .data th, .data td { padding-left: 6px; padding-right: 6px; } .data .bar-column, .tall .bar-column { width: 18%; min-width: 50px; } .data th .small { display: none; } .data tbody th { min-width: 0; }
  .data:has(.sort) .num { padding-right: 12px; padding-left: 4px; }
  .filters label { flex: 1 1 28%; } .filters select { min-width: 0; padding: 4px 6px; } .filters .grow { flex-basis: 100%; } .filters select { max-width: none; } .filters .buttons { flex: 1 1 100%; } .filters .buttons button { flex: 1; }
 .legend button { min-height: 28px; }
  .months { grid-template-columns: repeat(auto-fill, minmax(92px, 1fr)); gap: 14px 12px; }
  button, select, input[type="search"] { min-height: 36px; } .sort { min-height: 28px; } .filters select, .filters input { font-size: 16px; }
}
@media print {
  :root { --page: #ffffff; --shadow: none; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; gap: 12px; display: block; } main > * { margin-bottom: 12px; }
  .card { break-inside: avoid; padding: 12px 14px; } .trades, .tall { break-inside: auto; } .tall { max-height: none; overflow: visible; }
  .scroll { overflow: visible; } .data { font-size: 8.5pt; } .trades .data { font-size: 6.5pt; } .data th, .data td { padding: 3px 4px; }
  .columns { grid-template-columns: repeat(2, minmax(0, 1fr)); } .settings th, .settings td { padding: 1.5px 0; font-size: 8.5pt; }
  .chart-tools .buttons, .filters, .pager, .tooltip, .sort::after { display: none; }
  .uplot, .u-wrap { width: 100% !important; height: auto !important; } .u-wrap canvas { height: auto !important; } #equity, #drawdown { min-height: 0; }
  .tiles { grid-template-columns: 1.35fr repeat(6, 1fr); } .tile { padding: 8px; } .tile:first-child { grid-column: auto; } .tile .simulated { font-size: 12pt; } .tile .without-edge .value { font-size: 9.5pt; }
  rect, .badge, .notice, .legend button::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  thead { display: table-header-group; } tr { break-inside: avoid; } .data thead th { position: static; }
}
`
