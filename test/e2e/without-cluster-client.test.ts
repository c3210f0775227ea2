import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ROOT } from './dolphin.js'

/** As if the optional package were not installed. */
const HIDDEN = `
  import { register } from 'node:module'
  register('data:text/javascript,' + encodeURIComponent(\`
    export async function resolve(specifier, context, next) {
      if (specifier !== 'hazelcast-client') return next(specifier, context)
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    }\`))`

/** What a program prints that has the library, and no client of a cluster. */
async function printed(program: string): Promise<string> {
  const entry = pathToFileURL(join(ROOT, 'dist/entries/grid.js')).href
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(HIDDEN)}`, '--input-type=module']
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    '--eval',
    `import * as grid from '${entry}'\n${program}`,
  ])
  return stdout.trim()
}

describe('without the package of the cluster’s client', () => {
  it('the library’s grid is imported, and one in the process works', async () => {
    const program = `
      const timer = { epochMs: () => Date.now(), at: () => () => {} }
      const own = grid.memoryGrid({ store: new grid.MemoryGridStore({ timer }), listenerFailed: () => {} })
      await own.map('m').set('key', 'value')
      console.log(await own.map('m').get('key'))`
    expect(await printed(program)).toBe('value')
  })

  it('opening a cluster says what to install', async () => {
    const program = `
      const settings = { ...grid.readHazelcastUrl('hazelcast://127.0.0.1:5701'), listenerFailed: () => {} }
      await grid.hazelcastGrid(settings).catch(({ name, hint }) => console.log(name + ': ' + hint))`
    expect(await printed(program)).toBe('SurroundingsFailed: Install it: npm install hazelcast-client@^5.6')
  })
})
