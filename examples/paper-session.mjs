// Trade the bundled days on paper with the library: strategy, both sides, an exchange, journals and books in one process.
// On virtual time (default) the same days give the same session in seconds; with a speed, days pass so many times faster
// than recorded, and a status page shows the session: node paper-session.mjs [first day] [last day] [speed]
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_PARAMETERS } from 'dolphin-engine'
import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'
import * as runtime from '../dist/runtime.js'

const [from = '2025-05-09', to = from, speed] = process.argv.slice(2)
const bundled = join(dirname(fileURLToPath(import.meta.resolve('dolphin-engine/package.json'))), 'fixtures', 'days')
const files = runtime.withinPeriod(await findDayFiles([bundled]), { from, to })
const days = await runtime.surveyDays({ source: parquetDays, files })

// What is traded, and how everybody is set up: configs/execution.yml says the same.
const run = {
  strategy: 'example',
  direction: -1,
  posture: 'APEX',
  initialCapital: 25_000,
  parameters: DEFAULT_PARAMETERS,
}
const instruments = days.symbols.map((symbol) => runtime.loadInstruments().instrument(symbol, 'PAPER'))
const config = await runtime.loadExecutionConfig()
const build = '0123456789abcdef'
const plan = runtime.planSession({ run, config, instruments, fills: 'realistic', seed: 1, market: days, build })

// Virtual time, or a clock that runs faster than the machine's; venue and links are on the same time as the session.
const scale = { speed: Number(speed), epochMs: plan.startedAtMs, realEpochMs: Date.now() }
const time =
  speed === undefined ? new runtime.VirtualTime(plan.startedAtMs) : runtime.scaledClock(scale, runtime.systemClock)
const timer = speed === undefined ? time : runtime.clockTimer(time)
const [decisionEnd, executionEnd] = speed === undefined ? runtime.delayedLinkPair(time, 1) : runtime.memoryLinkPair()
const venue = new runtime.PaperVenue({ exchange: new runtime.PaperExchange(plan.exchange), timer })
const log = new runtime.MemorySessionLog()
const journal = () => ({ journal: new runtime.MemoryJournal(), there: [] })

// What a person sees of it, and stops it by.
const standing = new runtime.StandingCommands('kill-switch.json')
const identity = { strategyId: run.strategy, configHash: build, buildId: build, epochMs: () => timer.epochMs() }
const surface = new runtime.SessionSurface({ ...identity, ...plan }, standing, console.warn)
let server
const serve = async () => {
  const nowMs = () => performance.now()
  server = await runtime.serveStatus(surface, { host: '127.0.0.1', port: 0, page: runtime.DASHBOARD_PAGE, nowMs })
  console.log(`status at ${server.address}`)
}

const result = await runtime.runSession({
  start: plan,
  time,
  steps: (signal) => runtime.sessionSteps(days, run, signal),
  strategies: [runtime.championOf(run)],
  decision: { settings: plan.decision, journal: journal(), link: decisionEnd },
  execution: { settings: plan.execution, journal: journal(), link: executionEnd },
  venue,
  fundingRate: plan.fundingRate,
  log,
  status: { surface, standing },
  started: speed === undefined ? undefined : serve,
  onAlert: ({ level, message }) => level !== 'INFO' && console.log(`${level} ${message}`),
})
await server?.close()
surface.close()

for (const { symbol, direction, netPnl, reason } of log.trades)
  console.log(`${direction} ${symbol}: ${netPnl} USD, ${reason}`)
const { totalTrades, netPnl, capitalUsd } = result.figures.performance
console.log(`${result.bars} bars, ${totalTrades} trades, net ${netPnl} USD, capital ${capitalUsd} USD`)
