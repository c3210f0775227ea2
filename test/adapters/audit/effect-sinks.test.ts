import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type MadeEffect, MemorySink, openFileSink } from '../../../src/adapters/audit/effect-sinks.js'
import { effectSinkContract } from '../../ports/effect-sink-contract.js'
import { temporaryFolder } from '../../support/in-process-command.js'

const folder = temporaryFolder()
const path = () => join(folder.path, 'effects.jsonl')
const made = (): MadeEffect[] =>
  readFileSync(path(), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

effectSinkContract('a file', () => ({ open: () => openFileSink(path()), made: async () => made() }))

effectSinkContract('memory', () => {
  const all: MadeEffect[] = []
  return { open: async () => new MemorySink(all), made: async () => all }
})

it('an effect whose line a crash cut off had not been made, and is made again', async () => {
  writeFileSync(path(), '{"key":"a","payload":1}\n{"key":"b","pay')
  const sink = await openFileSink(path())
  expect([await sink.apply('a', 2), await sink.apply('b', 2)]).toEqual([false, true])
  await sink.close()
  expect(made()).toEqual([
    { key: 'a', payload: 1 },
    { key: 'b', payload: 2 },
  ])
})

it.each([
  ['no JSON', '{"key"', 'expected an effect with its key, found "{\\"key\\""'],
  ['no key', '{"payload":1}', 'expected an effect with its key'],
  ['a key twice', '{"key":"a"}', 'expected every effect once, found a again'],
])('a file with %s is refused with its line', async (_, line, message) => {
  writeFileSync(path(), `{"key":"a","payload":1}\n${line}\n`)
  for (let times = 0; times < 2; times++)
    await expect(openFileSink(path())).rejects.toThrow(`effects.jsonl:2: ${message}`)
})

it('a second writer is refused while the first is at work', async () => {
  const sink = await openFileSink(path())
  await expect(openFileSink(path())).rejects.toThrow('writes this file of effects')
  await sink.close()
})
