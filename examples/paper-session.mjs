// Trade the bundled days on paper with the library: strategy, both sides, an exchange, journals, books and /status in one process.
// On virtual time (default) the same days give the same session in seconds; with a speed, days pass so many times faster
// than recorded, and a page shows the session: node paper-session.mjs [first day] [last day] [speed]
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_PARAMETERS } from 'dolphin-engine'
import { journalFormat, MemorySessionLog, openFileJournal } from 'dolphin-engine/journal'
import { PaperExchange, PaperVenue } from 'dolphin-engine/paper'
import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'
import * as runtime from 'dolphin-engine/runtime'
import { dashboardPage, SessionSurface, StandingCommands, serveStatus } from 'dolphin-engine/status'

const [from = '2025-05-10', to = from, speed] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'paper-session-'))
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
const virtual = speed === undefined
const scale = { speed: Number(speed), epochMs: plan.startedAtMs, realEpochMs: Date.now() }
const time = virtual ? new runtime.VirtualTime(plan.startedAtMs) : runtime.scaledClock(scale, runtime.systemClock)
const timer = virtual ? time : runtime.clockTimer(time)
const [decisionEnd, executionEnd] = virtual ? runtime.delayedLinkPair(time, 1) : runtime.memoryLinkPair()
const venue = new PaperVenue({ exchange: new PaperExchange(plan.exchange), timer })
const log = new MemorySessionLog()
const side = async (kind, settings, link) => {
  const sums = new runtime.LineSums()
  const { journal } = await openFileJournal(join(folder, kind), journalFormat(kind, build), sums)
  return { settings, link, journal: { journal, there: sums.there } }
}

// What a person sees of it, and stops it by.
const standing = new StandingCommands(join(folder, 'kill-switch.json'))
const identity = { strategyId: run.strategy, configHash: build, buildId: build, epochMs: () => timer.epochMs() }
const surface = new SessionSurface({ ...identity, ...plan }, standing, console.warn)
const page = await dashboardPage()
const server = await serveStatus(surface, { host: '127.0.0.1', port: 0, page, nowMs: () => performance.now() })
const started = async () => {
  const { trading_mode, strategy_id } = await (await fetch(`${server.address}/api/v1/status`)).json()
  console.error(`${strategy_id} is ${trading_mode} at ${server.address}, journals in ${folder}`)
}

const result = await runtime.runSession({
  start: plan,
  time,
  steps: (signal) => runtime.sessionSteps(days, run, signal),
  strategies: [runtime.championOf(run)],
  decision: await side('decision', plan.decision, decisionEnd),
  execution: await side('execution', plan.execution, executionEnd),
  venue,
  fundingRate: plan.fundingRate,
  log,
  status: { surface, standing },
  started,
  onAlert: ({ level, message }) => level !== 'INFO' && console.log(`${level} ${message}`),
})
await server.close()
surface.close()

for (const trade of log.trades) console.log(`${trade.direction} ${trade.symbol}: ${trade.netPnl} USD, ${trade.reason}`)
const { totalTrades, netPnl, capitalUsd } = result.figures.performance
console.log(`${result.bars} bars, ${totalTrades} trades, net ${netPnl} USD, capital ${capitalUsd} USD`)
