import { describe, expect, it } from 'vitest'
import { REPLACING } from '../vitest.config.js'
import {
  filesBelow,
  GENERATED,
  linesOf,
  longFiles,
  otherHeads,
  sameNames,
  TESTS,
  testsOfMore,
  textOf,
  WRITTEN,
} from './support/tidy.js'
import { LONG_FILES, OTHER_HEADS, SAME_NAMES, TESTS_OF_MORE } from './support/tidy-exemptions.js'

describe('the source is tidy', () => {
  it.each(GENERATED)('%s says in its first line what makes it', (file) => {
    expect(textOf(file).split('\n', 1)[0]).toMatch(/Generated (?:from|by) .*(?:npm run|scripts\/)/)
  })

  it('no file grows beyond one sitting, but for those that were long before, and those only shrink', () => {
    mayOnlyShrink(Object.keys(longFiles()), Object.keys(LONG_FILES))
    for (const [file, lines] of Object.entries(LONG_FILES)) expect(linesOf(file), file).toBeLessThanOrEqual(lines)
  })

  it('every file begins with what it exports, but for those that began otherwise before', () => {
    mayOnlyShrink(otherHeads(), OTHER_HEADS)
  })

  it('no two files of one room have the same name, but for those that had it before', () => {
    mayOnlyShrink(sameNames(), SAME_NAMES)
  })

  it('no comment, text or document uses a word that the glossary gave up', () => {
    const given = [...textOf('docs/glossary.md').matchAll(/\| ✗ ([a-z][a-z -]*[a-z]) \|/g)].map(([, words]) => words!)
    expect(given.length).toBeGreaterThan(0)
    const pattern = new RegExp(`\\b(?:${given.join('|')})s?\\b`, 'i')
    const documents = filesBelow('docs').filter(
      (file) => file.endsWith('.md') && !file.startsWith('docs/api/') && file !== 'docs/glossary.md',
    )
    const found = [...WRITTEN, ...documents].flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    )
    expect(found).toEqual([])
  })
})

describe('the tests are tidy', () => {
  it('every test file of a room mirrors a source file, but for those that hold the laws of several', () => {
    mayOnlyShrink(testsOfMore(), TESTS_OF_MORE)
  })

  it('every suite that replaces a module has a process of its own', () => {
    expect(TESTS.filter((file) => /\bvi\.(?:doM|m)ock\(/.test(textOf(file)))).toEqual(REPLACING)
  })

  it('no test waits with a limit of its own, or sleeps: it uses until and leaveTime', () => {
    const waits =
      /\b(?:expect\.poll|vi\.wait\w+|waitForTimeout)\(|setTimeout\(resolve|\bsetTimeout\b.*'node:timers\/promises'/
    const written = filesBelow('test').filter((file) => file.endsWith('.ts') && file !== 'test/tidy.test.ts')
    // The one writes a program that sleeps, the other is what all others use.
    const allowed = ['test/runtime/strategy/call-watchdog.test.ts', 'test/support/until.ts']
    expect(written.filter((file) => waits.test(textOf(file)))).toEqual(allowed)
  })

  it('no test is skipped for good, focused or left for later', () => {
    expect(TESTS.filter((file) => /\b(?:it|test|describe)\.(?:only|todo|skip)\b/.test(textOf(file)))).toEqual([])
  })
})

/** What is found must be in the list, and what is in the list must still be found: a list of exemptions only shrinks. */
function mayOnlyShrink(found: readonly string[], listed: readonly string[]): void {
  expect([...found].sort()).toEqual([...listed].sort())
}
