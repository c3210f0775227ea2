// Trade the bundled days on paper with the library: strategy, both sides, an exchange, journals, books and /status in one process.
// On virtual time (default) the same days give the same session in seconds; with a speed, days pass so many times faster
// than recorded, and a page shows the session: node paper-session.mjs [first day] [last day] [speed]
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_PARAMETERS as parameters } from 'dolphin-engine'
import { journalFormat, MemorySessionLog, openFileJournal } from 'dolphin-engine/journal'
import { PaperExchange, PaperVenue } from 'dolphin-engine/paper'
import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'
import * as runtime from 'dolphin-engine/runtime'
import { dashboardPage, SessionSurface, StandingCommands, serveStatus } from 'dolphin-engine/status'

const [from = '2025-05-10', to = from, speed] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'paper-session-'))
const bundled = fileURLToPath(new URL('fixtures/days', import.meta.resolve('dolphin-engine/package.json')))
const files = runtime.withinPeriod(await findDayFiles([bundled]), { from, to })
const days = await runtime.surveyDays({ source: parquetDays, files })

// What is traded, and how everybody is set up: configs/execution.yml says the same.
const run = { strategy: 'example', direction: -1, posture: 'APEX', initialCapital: 25_000, parameters }
const instruments = days.symbols.map((symbol) => runtime.loadInstruments().instrument(symbol, 'PAPER'))
const config = await runtime.loadExecutionConfig()
const build = '0123456789abcdef'
const plan = runtime.planSession({ run, config, instruments, fills: 'realistic', seed: 1, market: days, build })

// Venue and links are on the same time as the session.
const { time, timer } = runtime.playingTime({ ...plan, clock: runtime.systemClock, speed: speed && Number(speed) })
const links = runtime.delayedLinkPair(timer, 1)
const venue = new PaperVenue({ exchange: new PaperExchange(plan.exchange), timer })
const log = new MemorySessionLog()
const journalOf = (kind) =>
  runtime.sideJournal((sums) => openFileJournal(join(folder, kind), journalFormat(kind, build), sums))

// What a person sees of it, and stops it by.
const standing = new StandingCommands(join(folder, 'kill-switch.json'))
const ids = { strategyId: run.strategy, configHash: build, buildId: build }
const surface = new SessionSurface({ ...plan, ...ids, epochMs: () => timer.epochMs() }, standing, console.warn)
const server = await serveStatus(surface, { page: await dashboardPage() })

const { bars, figures } = await runtime.runSession({
  start: plan,
  time,
  steps: (signal) => runtime.sessionSteps(days, run, signal),
  strategies: [runtime.championOf(run)],
  decision: { settings: plan.decision, journal: await journalOf('decision'), link: links[0] },
  execution: { settings: plan.execution, journal: await journalOf('execution'), link: links[1] },
  venue,
  fundingRate: plan.fundingRate,
  log,
  status: { surface, standing },
  started: async () => console.error(`${server.address}/api/v1/status shows it; journals are in ${folder}`),
  onAlert: ({ level, message }) => level !== 'INFO' && console.log(`${level} ${message}`),
})
await server.close()
surface.close()
for (const trade of log.trades) console.log(`${trade.direction} ${trade.symbol}: ${trade.netPnl} USD, ${trade.reason}`)
const { totalTrades, netPnl, capitalUsd } = figures.performance
console.log(`${bars} bars, ${totalTrades} trades, net ${netPnl} USD, capital ${capitalUsd} USD`)
