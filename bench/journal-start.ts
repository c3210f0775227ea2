import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openFileJournal } from '../src/adapters/journal/file-journal.js'
import { type AnyRecord, firstRecord } from '../src/cli/compose/journal-reading.js'
import { DecisionSide } from '../src/core/decision/decision-side.js'
import type { DecisionRecord } from '../src/core/decision/records.js'
import { DecisionRecovery } from '../src/core/decision/recover.js'
import { DECISION_DEFAULTS } from '../src/core/decision/settings.js'
import { DEFAULT_PARAMETERS } from '../src/core/engine/parameters.js'
import type { ExecutionRecord } from '../src/core/execution/records.js'
import { ExecutionRecovery } from '../src/core/execution/recover.js'
import { journalFormat } from '../src/core/journal/journal-format.js'
import { ChampionStrategy } from '../src/core/strategy/champion.js'
import type { JournalKind, JournalReader } from '../src/ports/journal.js'

/** How a start gets to the state: as it does, without checkpoints, and with every record in memory before the first is applied. */
export const WAYS = ['from the last checkpoint', 'from the first record', 'all records held'] as const
export type Way = (typeof WAYS)[number]

/** What a start came to. */
export interface Started {
  readonly records: number
  readonly recordsRead: number
  readonly stateHash: string
  /** Of the whole process, user and system: what the start takes on a machine that does nothing else. */
  readonly cpuMs: number
}

const [kind, folder, way] = process.argv.slice(2)
if (WAYS.includes(way as Way)) await startOnce([kind as JournalKind, folder!, way as Way])

/** The measured process. */
async function startOnce([kind, folder, way]: [JournalKind, string, Way]): Promise<void> {
  const begun = (await firstRecord(folder))!.record
  const format = journalFormat<AnyRecord>(kind, buildOf(folder))
  const side = kind === 'decision' ? decisionSide(begun as unknown as Begun) : executionSide()
  const { reader } = side
  const held: AnyRecord[] = []
  const reading: Record<Way, JournalReader<AnyRecord>> = {
    'from the last checkpoint': reader,
    'from the first record': { take: (record) => reader.take(record) },
    'all records held': { take: (record) => void held.push(record) },
  }
  const { journal, records, recordsRead } = await openFileJournal(folder, format, reading[way])
  for (const record of held) reader.take(record)
  const stateHash = side.stateHash()
  await journal.close()
  const { user, system } = process.cpuUsage()
  const started: Started = { records, recordsRead, stateHash, cpuMs: (user + system) / 1e3 }
  process.stdout.write(JSON.stringify(started))
}

/** The champion of a paper session that was told nothing else. */
function decisionSide({ idPrefix, initialBalanceUsd, strategies }: Begun) {
  const champion = () =>
    new ChampionStrategy({
      id: strategies[0]!,
      parameters: DEFAULT_PARAMETERS,
      direction: -1,
      initialCapital: Number(initialBalanceUsd),
    })
  const settings = { ...DECISION_DEFAULTS, instruments: [], build: '', idPrefix, initialBalanceUsd }
  const recovery = new DecisionRecovery(settings, () => [champion()])
  const reader: JournalReader<AnyRecord> = {
    begin: (checkpoint) => recovery.begin(checkpoint),
    take: (record) => recovery.take(record as unknown as DecisionRecord),
  }
  return { reader, stateHash: () => DecisionSide.resume(recovery).stateHash() }
}

type Begun = Extract<DecisionRecord, { readonly type: 'begun' }>

function executionSide() {
  const recovery = new ExecutionRecovery()
  const reader: JournalReader<AnyRecord> = {
    begin: (checkpoint) => recovery.begin(checkpoint),
    take: (record) => recovery.take(record as unknown as ExecutionRecord),
  }
  return { reader, stateHash: () => recovery.checkpoint().stateHash }
}

/** Of the last segment: another would begin one of its own. */
function buildOf(folder: string): string {
  const last = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1)!
  const text = readFileSync(join(folder, last), 'utf8')
  return (JSON.parse(text.slice(text.indexOf('{'), text.indexOf('\n'))) as { readonly build: string }).build
}
