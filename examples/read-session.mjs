// Read what a session has left, without the command line: its log, and both sides as their journals left them.
// dolphin paper --days <folder> --out session, then: node read-session.mjs session
import { join } from 'node:path'
import { EXECUTION_DEFAULTS, ExecutionSide } from 'dolphin-engine'
import { journalFormat, readSegments, readSession } from 'dolphin-engine/journal'
import { loadInstruments } from 'dolphin-engine/runtime'

const folder = process.argv[2] ?? 'session'
const { settings, trades, missedEntries, summary } = await readSession(folder)
console.log(`${settings.sessionId}: ${settings.strategy} ${settings.direction}, ${settings.days.length} days`)
for (const { symbol, netPnl, reason } of trades) console.log(`  ${symbol}: ${netPnl} USD, ${reason}`)
console.log(`${missedEntries.length} entries missed, capital ${summary?.performance.capitalUsd ?? 'not known yet'} USD`)

const build = settings.hashes.code.slice(0, 16)
for (const kind of ['decision', 'execution']) {
  const { records, verdict } = await journalOf(kind)
  const types = new Set(records.map(({ type }) => type))
  console.log(`${kind}: ${records.length} records of ${types.size} types, the journal is ${verdict.kind}`)
}

// Replaying the records is what a start does: the execution side, as the session left it.
const { records } = await journalOf('execution')
const traded = trades.map(({ symbol }) => symbol)
const instruments = [...new Set(['BTCUSDT', ...traded])].map((symbol) => loadInstruments().instrument(symbol, 'PAPER'))
const side = ExecutionSide.recover({ ...EXECUTION_DEFAULTS, instruments, build }, records)
console.log(`execution side: ${side.state.mode}, ${side.state.n} records, state ${side.stateHash()}`)

async function journalOf(kind) {
  const format = journalFormat(kind, build)
  const check = format.check()
  const records = []
  for await (const part of readSegments(join(folder, 'journal', kind), format, check)) records.push(...part.records)
  return { records, verdict: check.finish() }
}
