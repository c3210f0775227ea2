/** What the page of cascades has besides the report's style sheet: the same tokens, light, dark and on paper. */
export const CASCADE_STYLES = `
html { scroll-behavior: smooth; scroll-padding-top: 16px; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
a { color: var(--accent); } a:not(:hover) { text-decoration-color: var(--line-strong); }
.notice.facts-only { border-left-color: var(--line-strong); background: var(--card); color: var(--ink-2); }
.cascades .asset { white-space: nowrap; } .cascades td { white-space: nowrap; } .cascades a { display: inline-block; min-width: 24px; padding: 2px 4px; }
.steps { display: flex; gap: 16px; font-size: 13px; } .steps a { padding: 4px 0; }
.badge.outcome { vertical-align: 2px; margin-left: 6px; }
.cascade-facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 8px 20px; margin-bottom: 14px; }
.cascade-facts dt { font-size: 12px; color: var(--ink-3); } .cascade-facts dd { font-weight: 600; white-space: nowrap; } .cascade-facts .muted { font-weight: 400; margin-left: 4px; }
.chart-frame { position: relative; touch-action: pan-x pan-y; }
.cascade-chart { display: block; width: 100%; min-width: 640px; height: auto; }
.cascade-chart text { font-family: inherit; font-size: 12px; fill: var(--ink-3); }
.cascade-chart .value { text-anchor: end; } .cascade-chart .time, .cascade-chart .wave { text-anchor: middle; } .cascade-chart .panel { fill: var(--ink-2); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.cascade-chart .grid { stroke: var(--line); stroke-width: 1; } .cascade-chart .edge { stroke: var(--line-strong); stroke-width: 1; }
.cascade-chart .wave-band { fill: var(--edge-area); } .cascade-chart .wave { fill: var(--ink-2); font-size: 11px; paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.cascade-chart line.moment { stroke: var(--ink-3); stroke-width: 1; stroke-dasharray: 4 3; } .cascade-chart text.moment { fill: var(--ink-2); font-weight: 600; }
.cascade-chart .anchor-end { text-anchor: end; } .cascade-chart .anchor-start { text-anchor: start; } .cascade-chart .anchor-middle { text-anchor: middle; }
.cascade-chart .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; } .cascade-chart .price { stroke: var(--ink); } .cascade-chart .interest { stroke: var(--marked); }
.cascade-chart .longs { fill: var(--loss); } .cascade-chart .shorts { fill: var(--gain); } .cascade-chart .forced { fill-opacity: 0.78; stroke: var(--card); stroke-width: 0.75; }
.cascade-chart .cursor { stroke: var(--accent); stroke-width: 1.25; pointer-events: none; }
.reading { min-height: 20px; margin-top: 8px; } .reading.told { color: var(--ink); }
@media (max-width: 560px) { .cascade-facts { grid-template-columns: repeat(2, minmax(0, 1fr)); } .steps a { padding: 8px 0; } .reading { min-height: 60px; } .cascades a { padding: 8px; } }
@media print { .steps, .reading { display: none; } .cascade { break-inside: avoid; } .cascade-chart { min-width: 0; } .cascade-chart rect, .cascade-chart path { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`
