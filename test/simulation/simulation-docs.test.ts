import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALL_FAULT_KINDS, FAULT_KINDS } from './fault-plan.js'
import { PLANTED_BUGS } from './planted-bugs.js'

const DOCUMENT = readFileSync('docs/simulation.md', 'utf8')

test('every kind of fault is in the document, in the words of the simulator', () => {
  const missing = ALL_FAULT_KINDS.filter((kind) => !DOCUMENT.includes(`| \`${kind}\` | ${FAULT_KINDS[kind].what}`))
  expect(missing).toEqual([])
})

test('every planted bug is in the document, with its story', () => {
  const missing = Object.entries(PLANTED_BUGS).filter(
    ([name, { story, what }]) => !DOCUMENT.includes(`| \`${name}\` | ${story} | ${what} |`),
  )
  expect(missing).toEqual([])
})

test('every invariant that the simulator names is in the document', () => {
  const folder = 'test/simulation'
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const named = sources.flatMap((name) =>
    [...readFileSync(`${folder}/${name}`, 'utf8').matchAll(/new Violation\(\s*'([^']+)'/g)].map(
      ([, invariant]) => invariant!,
    ),
  )
  expect(named.length).toBeGreaterThan(20)
  expect([...new Set(named)].filter((invariant) => !DOCUMENT.includes(`\`${invariant}\``))).toEqual([])
})
