import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CATALOGUE, errorCatalogue } from '../scripts/error-catalogue.js'
import { EXIT } from '../src/cli/shell/exit-codes.js'

const ROOT = join(import.meta.dirname, '..')

it('docs/errors.md lists the refusals of the source as it is (npm run errors)', () => {
  expect(readFileSync(CATALOGUE, 'utf8')).toBe(errorCatalogue())
})

it('docs/cli.md explains every exit code', () => {
  const text = readFileSync(join(ROOT, 'docs', 'cli.md'), 'utf8')
  for (const code of Object.values(EXIT)) expect(text).toContain(`| ${code} |`)
})

it('every document that a document links to is there', () => {
  const broken = [
    'README.md',
    'docs/cli.md',
    'docs/architecture.md',
    'docs/status.md',
    'docs/journal.md',
    'docs/paper.md',
    'docs/factors.md',
  ].flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].flatMap(([, target]) => {
      const path = join(ROOT, file, '..', target!)
      try {
        readFileSync(path)
        return []
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EISDIR' ? [] : [`${file}: ${target}`]
      }
    }),
  )
  expect(broken).toEqual([])
})
