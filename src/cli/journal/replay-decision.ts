import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readSession } from '../../adapters/session-log/read-session.js'
import { SessionLogError } from '../../adapters/session-log/refusal.js'
import { SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import { DataRefused, InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { DecisionRecovery } from '../../core/decision/recover.js'
import { DECISION_DEFAULTS } from '../../core/decision/settings.js'
import { ChampionStrategy } from '../../core/strategy/champion.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { backtestOptions, type RawBacktestOptions } from '../backtest/options.js'
import { prepareRun } from '../compose/backtest.js'
import { codeHash } from '../shell/code-hash.js'
import type { AnyRecord, Replay } from './reading.js'

/** A replay of a decision journal; see {@link decisionRecovery}. */
export async function decisionReplay(folder: string, first: AnyRecord, config: string | undefined): Promise<Replay> {
  const recovery = await decisionRecovery(folder, first as unknown as DecisionRecord, config)
  return {
    begin: (checkpoint) => recovery.begin(checkpoint),
    take: (record) => takeFollowing(folder, recovery, record as unknown as DecisionRecord),
    checkpoint: () => recovery.checkpoint(),
    finish() {
      const { state } = recovery.finish()
      return { state, stateHash: DecisionSide.resume(recovery).stateHash() }
    },
  }
}

/**
 * A decision side for the records of a journal to be read into. Its strategy moves with the records, so it must be the one
 * that wrote them: as the session in whose folder the journal lies was told, or as `config` says, or else the champion.
 *
 * @param first the journal's first record, which says what it is bound to.
 * @throws Mistake when the records are another strategy's.
 */
export async function decisionRecovery(
  folder: string,
  first: DecisionRecord | undefined,
  config: string | undefined,
): Promise<DecisionRecovery> {
  const begun = first?.type === 'begun' ? first : undefined
  const raw = config === undefined ? await sessionOptions(folder) : { config }
  const run = prepareRun(backtestOptions([folder], { ...raw, quiet: true } as RawBacktestOptions)).settings()
  if (begun !== undefined && !begun.strategies.includes(run.strategy)) {
    const message = `expected strategy ${begun.strategies.join(', ')}, with which it was begun, found ${run.strategy}`
    throw new InputMistake({ place: displayPath(folder), message }, { hint: 'Name its configuration with --config.' })
  }
  const { strategy, parameters, direction, initialCapital, orderBook } = run
  const champion = () =>
    new ChampionStrategy({
      id: strategy,
      parameters,
      direction,
      initialCapital,
      ...present({ orderBook }),
    })
  const settings = {
    ...DECISION_DEFAULTS,
    instruments: [],
    build: codeHash().slice(0, 16),
    idPrefix: begun?.idPrefix ?? 'P',
    initialBalanceUsd: begun?.initialBalanceUsd ?? String(initialCapital),
  }
  return new DecisionRecovery(settings, () => [champion()])
}

/** @throws DataRefused when the record does not follow. */
export function takeFollowing(folder: string, recovery: DecisionRecovery, record: DecisionRecord): void {
  try {
    recovery.take(record)
  } catch (error) {
    throw new DataRefused(
      { place: displayPath(folder), message: `record ${record.n} (${record.type}) does not follow: ${reason(error)}` },
      { hint: 'They may be those of another configuration (--config) or build.' },
    )
  }
}

/** The options that decide, of the session whose `journal/decision` this is. */
async function sessionOptions(folder: string): Promise<Partial<RawBacktestOptions>> {
  const session = resolve(folder, '..', '..')
  if (!existsSync(join(session, SETTINGS_FILE))) return {}
  const { settings } = await readSession(session).catch((error: unknown) => {
    if (!(error instanceof SessionLogError)) throw error
    throw new DataRefused(error.message, {
      hint: 'Name the configuration with --config.',
    })
  })
  return Object.fromEntries(Object.entries(settings.options).map(([name, value]) => [camelCase(name), value]))
}

function camelCase(option: string): string {
  return option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
