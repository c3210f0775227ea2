import { DataRefused, InputMistake } from '../../base/mistakes.js'
import { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { DecisionRecovery } from '../../core/decision/recover.js'
import { DECISION_DEFAULTS } from '../../core/decision/settings.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { JournalReader, JournalRecord } from '../../ports/journal.js'
import { codeHash } from '../shell/code-hash.js'
import type { AnyRecord, Replay } from './journal-reading.js'
import { loadOwn, sessionStrategies } from './own-strategy.js'
import { prepareRun, type RunSettings } from './run-settings.js'

/** A replay of a decision journal; see {@link decisionRecovery}. */
export async function decisionReplay(folder: string, first: AnyRecord, run: RunSettings): Promise<Replay> {
  const recovery = await decisionRecovery(folder, first as unknown as DecisionRecord, run)
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
 * A decision side for the records of the journal in a folder to be read into. Its strategy moves with the records, so it
 * must be the one that wrote them.
 *
 * @param first the journal's first record, which says what it is bound to.
 * @throws Mistake when the records are another strategy's.
 */
export async function decisionRecovery(
  folder: string,
  first: DecisionRecord | undefined,
  settings: RunSettings,
): Promise<DecisionRecovery> {
  const begun = first?.type === 'begun' ? first : undefined
  const own = await loadOwn(settings)
  const run = prepareRun(settings, own).settings()
  if (begun !== undefined && !begun.strategies.includes(run.strategy)) {
    const message = `expected strategy ${begun.strategies.join(', ')}, with which it was begun, found ${run.strategy}`
    throw new InputMistake({ place: displayPath(folder), message }, { hint: 'Name its configuration with --config.' })
  }
  const recovered = {
    ...DECISION_DEFAULTS,
    instruments: [],
    build: codeHash().slice(0, 16),
    idPrefix: begun?.idPrefix ?? 'P',
    initialBalanceUsd: begun?.initialBalanceUsd ?? String(run.initialCapital),
  }
  return new DecisionRecovery(recovered, () => sessionStrategies(run, own).strategies)
}

/** @throws DataRefused when the record does not follow. */
export function takeFollowing<R extends JournalRecord>(folder: string, recovery: JournalReader<R>, record: R): void {
  try {
    recovery.take(record)
  } catch (error) {
    throw new DataRefused(
      { place: displayPath(folder), message: `record ${record.n} (${record.type}) does not follow: ${reason(error)}` },
      { hint: 'They may be those of another configuration (--config) or build.' },
    )
  }
}
