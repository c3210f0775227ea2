import { InputMistake } from '../../base/mistakes.js'
import { dateAsked, flowNamed, flowsChoice, type RawFlowsOptions } from '../flows-options.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { printResult, textOfLines } from '../shell/terminal.js'
import { operatorName, withFlows } from './with-flows.js'

/** Runs `dolphin flows waive`. */
export async function waive(flow: string, raw: RawFlowsOptions): Promise<ExitCode> {
  const choice = await flowsChoice(raw)
  const { options } = choice
  const problems = [
    ...(options.date === undefined
      ? [{ place: '--date', message: 'expected the date that is given up, found nothing' }]
      : []),
    ...(options.reason?.trim() ? [] : [{ place: '--reason', message: 'expected why, found nothing' }]),
  ]
  if (problems.length > 0) throw new InputMistake(problems)
  const date = dateAsked(flowNamed(flow), options, Date.now())
  const row = await withFlows(choice, async ({ store, scheduler }) => {
    const before = (await store.rows(date)).find(({ stamp }) => stamp === date.stamp)
    if (before?.status === 'SUCCESS' || before?.status === 'HIBERNATED') {
      throw new InputMistake({
        place: '--date',
        message: `expected a date that is not done, found ${before.status}: there is nothing to give up`,
      })
    }
    const lease = before?.status === 'RUNNING' ? await scheduler.lease(date) : null
    if (lease !== null) {
      throw new InputMistake({
        place: '--date',
        message: `expected a date that nobody runs, found one that ${lease.owner} runs: stop that first`,
      })
    }
    const waived = {
      ...date,
      status: 'WAIVED' as const,
      ...{ attempts: before?.attempts ?? 0, fence: 0, owner: operatorName() },
      ...{ atMs: Date.now(), startedAtMs: null, detail: options.reason!.trim(), summary: null },
    }
    await store.put(waived)
    return waived
  })
  const text = textOfLines([`${date.flow} ${date.colour} ${date.stamp} is waived: ${row.detail}`])
  await printResult(options.json === true ? `${JSON.stringify(row)}\n` : text)
  return EXIT.ok
}
