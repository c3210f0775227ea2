import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { serveFlowsOptions } from '../../../src/cli/serve/run-flows.js'

describe('the options of dolphin serve flows', () => {
  it('name a folder that days are put in: the bundled days never grow', async () => {
    await expect(serveFlowsOptions({})).rejects.toThrow(
      '--days: expected the folder that days are put in, found nothing',
    )
    const days = mkdtempSync(join(tmpdir(), 'dolphin-days-'))
    expect(await serveFlowsOptions({ days, serve: true })).toMatchObject({
      serve: { host: '127.0.0.1', port: 8080 },
      flows: { days },
    })
  })

  it('refuse an address that is none', async () => {
    await expect(serveFlowsOptions({ days: 'days', serve: 'here' })).rejects.toThrow('--serve: expected an address')
  })
})
