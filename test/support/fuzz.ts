import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'

const CORPUS = join(import.meta.dirname, '..', 'corpus')

/**
 * Fuzzes with bytes, replaying first what failed once: files of `test/corpus/<suite>/`, whose names begin with `subject`.
 * Bytes that fail are kept there, as small as fast-check could make them, for the next run and for whoever mends the bug.
 */
export async function fuzzBytes(
  { suite, subject, ...parameters }: { readonly suite: string; readonly subject: string } & fc.Parameters<[Uint8Array]>,
  bytes: fc.Arbitrary<Uint8Array>,
  check: (bytes: Uint8Array) => Promise<void> | void,
): Promise<void> {
  const folder = join(CORPUS, suite)
  const stem = subject.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (name.startsWith(`${stem}.`)) await check(readFileSync(join(folder, name)))
  }
  let last: Uint8Array | undefined
  const property = fc.asyncProperty(bytes, async (each) => {
    try {
      await check(each)
    } catch (error) {
      last = Uint8Array.from(each)
      throw error
    }
  })
  try {
    await fc.assert(property, parameters)
  } catch (error) {
    if (last !== undefined) {
      mkdirSync(folder, { recursive: true })
      const digest = createHash('sha256').update(last).digest('hex').slice(0, 8)
      writeFileSync(join(folder, `${stem}.${digest}.bin`), last)
    }
    throw error
  }
}
