import uPlot from 'uplot'
import type { SessionView } from '../ports/status-surface.js'
import { signedUsd, usd } from './format.js'
import { element } from './page.js'

const HEIGHT_PX = 180

/** Hours of the day as the tables write them, the date where a day begins. */
const CLOCK: uPlot.Axis.Values = [
  [86_400, '{YYYY}-{MM}-{DD}', null, null, null, null, null, null, 0],
  [60, '{HH}:{mm}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
]

/** Realised capital over the session as a stepped line, with its figures in words beside it. */
export class EquityChart {
  private plot: uPlot | undefined
  private shown = ''

  show({ equity, initialCapitalUsd }: SessionView): void {
    const last = equity.at(-1)
    const key = `${equity.length} ${last?.atMs} ${last?.usd} ${matchMedia('(prefers-color-scheme: dark)').matches}`
    if (key === this.shown) return
    this.shown = key
    const change = last === undefined ? 0 : last.usd - Number(initialCapitalUsd)
    element('equity-figures').textContent =
      last === undefined ? 'no trade yet' : `${usd(last.usd)} USD, ${signedUsd(change)} since the start`
    this.draw(equity)
  }

  private draw(equity: SessionView['equity']): void {
    const box = element('equity')
    this.plot?.destroy()
    box.replaceChildren()
    if (equity.length < 2) {
      this.plot = undefined
      return
    }
    const ink = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    const axis = { stroke: ink('--ink-3'), grid: { stroke: ink('--line') }, ticks: { stroke: ink('--line') } }
    this.plot = new uPlot(
      {
        width: box.clientWidth,
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { show: false },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
        axes: [
          { ...axis, values: CLOCK },
          { ...axis, size: 70 },
        ],
        series: [{}, { stroke: ink('--accent'), width: 2, points: { show: false }, ...stepped() }],
      },
      [equity.map(({ atMs }) => atMs / 1000), equity.map(({ usd: value }) => value)],
      box,
    )
  }

  resize(): void {
    this.plot?.setSize({ width: element('equity').clientWidth, height: HEIGHT_PX })
  }
}

/** Capital changes when a trade closes, and not in between. */
function stepped(): { readonly paths?: uPlot.Series.PathBuilder } {
  const paths = uPlot.paths.stepped?.({ align: 1 })
  return paths === undefined ? {} : { paths }
}
