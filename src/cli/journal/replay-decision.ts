import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readSession } from '../../adapters/session-log/read-session.js'
import { SessionLogError } from '../../adapters/session-log/refusal.js'
import { SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import { DataRefused, InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { DECISION_DEFAULTS } from '../../core/decision/settings.js'
import { ChampionStrategy } from '../../core/strategy/champion.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { backtestOptions, type RawBacktestOptions } from '../backtest/options.js'
import { prepareRun } from '../compose/backtest.js'
import { codeHash } from '../shell/code-hash.js'

/** The state that a decision journal leaves, and its hash; see {@link recoverDecision}. */
export async function replayDecision(
  folder: string,
  records: readonly DecisionRecord[],
  config: string | undefined,
): Promise<{ readonly state: object; readonly stateHash: string }> {
  const side = await recoverDecision(folder, records, config)
  return { state: side.state, stateHash: side.stateHash() }
}

/**
 * The decision side as its journal leaves it. Its strategy moves with the records, so it must be the one that wrote them: as
 * the session in whose folder the journal lies was told, or as `config` says, or else the champion.
 *
 * @throws Mistake when the records are another strategy's.
 */
export async function recoverDecision(
  folder: string,
  records: readonly DecisionRecord[],
  config: string | undefined,
): Promise<DecisionSide> {
  const begun = records.find((record) => record.type === 'begun')
  const raw = config === undefined ? await sessionOptions(folder) : { config }
  const run = prepareRun(backtestOptions([folder], { ...raw, quiet: true } as RawBacktestOptions)).settings()
  if (begun !== undefined && !begun.strategies.includes(run.strategy)) {
    const message = `expected strategy ${begun.strategies.join(', ')}, with which it was begun, found ${run.strategy}`
    throw new InputMistake({ place: displayPath(folder), message }, { hint: 'Name its configuration with --config.' })
  }
  const { strategy, parameters, direction, initialCapital, orderBook } = run
  const champion = new ChampionStrategy({
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
  try {
    return DecisionSide.recover(settings, [champion], records)
  } catch (error) {
    throw new DataRefused(
      { place: displayPath(folder), message: `the records do not follow one another: ${reason(error)}` },
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
