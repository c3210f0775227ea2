import type { BacktestReport } from '../../ports/vocabulary/report.js'
import { formatNumber, formatPercent, formatPrice, formatSetting, formatTime, formatUsd } from './format.js'
import { type Html, html } from './html.js'
import { sideOf } from './trade-columns.js'

/** Everything needed to run this again and to know that it is the same run. */
export function configurationSection(report: BacktestReport): Html {
  const { hashes } = report
  const drifted = new Map(report.drift.map((line) => [line.slice(0, Math.max(0, line.indexOf(':'))), line]))
  const isChampion = hashes.parameters === hashes.champion
  return html`<section class="card" aria-labelledby="configuration-title">
<div class="card-head"><h2 id="configuration-title">Configuration</h2></div>
<div class="columns">
<div><h3>Parameters</h3>${settingsTable(report.parameters, drifted)}</div>
<div>${ownStrategyTable(report)}<h3>Settings</h3>${settingsTable(report.settings)}
<h3>Run</h3>${settingsTable({
    engine_version: report.engineVersion,
    schema: report.schema,
    random_draws: report.rngDraws,
    bar_seconds: report.barSeconds,
    max_hold_seconds: report.maxHoldSeconds,
  })}<h3>Hashes</h3>
<dl class="hashes">
${hashRow('Champion', hashes.champion)}${hashRow('Parameters', hashes.parameters, isChampion ? 'the champion' : 'not the champion')}${hashRow('Configuration', hashes.config)}${hashRow('Code', hashes.code)}${hashRow('Data', hashes.data)}
</dl></div>
</div>
</section>`
}

type Settings = Readonly<Record<string, number | string | boolean | null>>

function ownStrategyTable({ ownStrategy }: BacktestReport): Html | false {
  if (ownStrategy === undefined) return false
  const { file, sha256, parameters } = ownStrategy
  const values = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value),
  ])
  return html`<h3>Strategy</h3>${settingsTable({ file, sha256, ...Object.fromEntries(values) })}`
}

/** The position left open at the end; its result is in no figure. */
export function openPositionSection({ openPosition: position }: BacktestReport): Html | false {
  if (position === null) return false
  const entered = position.entryTimeMs === null ? '' : `${formatTime(position.entryTimeMs)} UTC, `
  const rows: readonly (readonly [string, string])[] = [
    ['Asset', position.asset],
    ['Side', sideOf(position)],
    ['Entered', `${entered}bar ${formatNumber(position.entryBar, 0)}`],
    ['Entry price', formatPrice(position.entryPrice)],
    ['Notional', formatUsd(position.notional)],
    ['Leverage', `${formatNumber(position.leverage)}×`],
    ['Fraction of capital', formatPercent(position.fraction)],
    ['Signal at entry', formatNumber(position.velDiv, 4)],
  ]
  return html`<section class="card" aria-labelledby="open-title">
<div class="card-head"><h2 id="open-title">Open position</h2><p class="muted small">still open at the end of the run; in no figure above</p></div>
<dl class="pairs wide">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd class="num">${value}</dd></div>`)}</dl>
</section>`
}

function settingsTable(settings: Settings, drifted?: ReadonlyMap<string, string>): Html {
  const rows = Object.entries(settings)
  if (rows.length === 0) return html`<p class="empty">None.</p>`
  return html`<table class="settings"><tbody>${rows.map(([key, value]) => {
    const line = drifted?.get(key)
    return html`<tr class="${line === undefined ? '' : 'drifted'}"><th scope="row"><code>${key}</code></th><td><code>${formatSetting(value)}</code>${
      line !== undefined && html` <span class="badge research" title="${line}">drifted</span>`
    }</td></tr>`
  })}</tbody></table>`
}

function hashRow(name: string, hash: string, remark = ''): Html {
  return html`<div><dt>${name}</dt><dd><code>${hash}</code>${remark !== '' && html` <span class="muted small">${remark}</span>`}</dd></div>`
}
