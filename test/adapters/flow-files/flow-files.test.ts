import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import { openFlowFiles } from '../../../src/adapters/flow-files/flow-files.js'
import type { HeldTurn } from '../../../src/ports/flow-scheduler.js'
import { StaleFence } from '../../../src/ports/flow-store.js'
import type { FlowDate } from '../../../src/ports/vocabulary/flows.js'
import { flowSchedulerContract } from '../../ports/flow-scheduler-contract.js'
import { flowRow, flowStoreContract } from '../../ports/flow-store-contract.js'
import { until } from '../../support/until.js'

const DATE: FlowDate = { flow: 'paper-day', colour: 'blue', stamp: '2026-03-21' }

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'dolphin-flow-files-'))
}

function opened(at: string) {
  return openFlowFiles(at, { clock: systemClock, report: () => {} })
}

flowStoreContract('files', () => {
  const at = folder()
  return { open: async () => opened(at).store }
})
flowSchedulerContract('files', () => {
  const at = folder()
  return { open: async () => opened(at) }
})

function logOf(at: string): string {
  return join(at, 'paper-day-blue', 'log.jsonl')
}

it('a line that a crash cut off never counted, and what is written after it does', async () => {
  const at = folder()
  const first = opened(at)
  await first.store.put(flowRow())
  await first.close()
  const text = readFileSync(logOf(at), 'utf8')
  for (const cut of [1, 20, text.length - 2]) {
    writeFileSync(logOf(at), text + text.slice(0, cut))
    const second = opened(at)
    expect(await second.store.rows(DATE)).toEqual([flowRow()])
    await second.store.put(flowRow({ attempts: 2 }))
    await second.close()
    const third = opened(at)
    expect(await third.store.rows(DATE)).toEqual([flowRow({ attempts: 2 })])
    await third.close()
  }
})

it('a damaged line is refused with its file and line', async () => {
  const at = folder()
  const files = opened(at)
  await files.store.put(flowRow())
  appendFileSync(logOf(at), 'damage\n')
  appendFileSync(logOf(at), `${JSON.stringify({ kind: 'row', row: flowRow(), fence: 1, id: 'x' })}\n`)
  await expect(files.store.rows(DATE)).rejects.toThrow(`${logOf(at)}:2: expected a JSON object in one line`)
  await files.close()
})

it('a line of a kind that is not known is refused: it may be of a newer version', async () => {
  const at = folder()
  const files = opened(at)
  await files.store.put(flowRow())
  appendFileSync(logOf(at), `${JSON.stringify({ kind: 'other', fence: 1, id: 'x' })}\n`)
  await expect(files.store.rows(DATE)).rejects.toThrow('expected a line of a turn, row, record or since, found "other"')
  await files.close()
})

it('a turn that was taken over writes nothing any more, whatever it believes', async () => {
  const at = folder()
  const [old, now] = [opened(at), opened(at)]
  const turn = (await old.scheduler.acquire(DATE)) as HeldTurn
  await old.store.put(flowRow({ fence: turn.fence }))
  await turn.release()
  const next = (await now.scheduler.acquire(DATE)) as HeldTurn
  await expect(old.store.put(flowRow({ fence: turn.fence, status: 'SUCCESS' }))).rejects.toThrow(StaleFence)
  await expect(old.store.append(DATE, turn.fence, 1, { kind: 'FLOW_RESUMED' })).rejects.toThrow(StaleFence)
  expect((await now.store.rows(DATE)).map(({ status }) => status)).toEqual(['RUNNING'])
  await next.release()
  for (const files of [old, now]) await files.close()
})

it('what an earlier turn appended after a later one began is passed over by all who read', async () => {
  const at = folder()
  const files = opened(at)
  const first = (await files.scheduler.acquire(DATE)) as HeldTurn
  await first.release()
  const second = (await files.scheduler.acquire(DATE)) as HeldTurn
  const late = { kind: 'row', row: flowRow({ status: 'SUCCESS', fence: first.fence }), fence: first.fence, id: 'late' }
  appendFileSync(logOf(at), `${JSON.stringify(late)}\n`)
  expect(await files.store.rows(DATE)).toEqual([])
  await second.release()
  await files.close()
})

it('a holder whose turn another has taken is told that it lost it', async () => {
  const at = folder()
  const files = opened(at)
  const turn = (await files.scheduler.acquire(DATE)) as HeldTurn
  writeFileSync(join(at, 'paper-day-blue', 'turns', 'turn-000000002.json'), '{}')
  await until(() => turn.lost.aborted)
  await turn.release()
  await files.close()
})

it('a turn of which nobody gives a sign of life is taken over, though its file is damaged or empty', async () => {
  const at = folder()
  const files = opened(at)
  const first = (await files.scheduler.acquire(DATE)) as HeldTurn
  await first.release()
  for (const text of ['', '{"owner":"gone:1","beat":"1","over":"no "}', 'damage']) {
    const newest = (await files.scheduler.acquire(DATE)) as HeldTurn
    await newest.release()
    const name = `turn-${String(newest.fence + 1).padStart(9, '0')}.json`
    writeFileSync(join(at, 'paper-day-blue', 'turns', name), text)
    expect((await files.scheduler.acquire(DATE)).kind).toBe('busy')
    const next = await files.scheduler.acquire(DATE, { waitMs: 600_000 })
    expect(next).toMatchObject({ kind: 'held', fence: newest.fence + 2 })
    await (next as HeldTurn).release()
  }
  await files.close()
})
