import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StandingCommands } from '../../../src/runtime/status/standing-commands.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-standing-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const path = () => join(folder, 'kill-switch.json')
const inForce = () => new StandingCommands(path()).inForce()

describe('commands that outlive their process', () => {
  it('are none where nothing was ever written', async () => {
    expect(await inForce()).toEqual([])
  })

  it('are kept apart: a resume ends a kill and no maintenance, and the other way round', async () => {
    const standing = new StandingCommands(path())
    const kill = { command: 'kill', reason: 'too hot' } as const
    const maintenance = { command: 'maintenance-on', reason: 'upgrade' } as const
    await standing.write(kill, 1)
    await standing.write(maintenance, 2)
    expect(await inForce()).toEqual([kill, maintenance])
    await standing.write({ command: 'resume', reason: 'cool' }, 3)
    expect(await inForce()).toEqual([maintenance])
    await standing.write(kill, 4)
    await standing.write({ command: 'maintenance-off', reason: 'done' }, 5)
    expect(await inForce()).toEqual([kill])
    expect(readdirSync(folder).sort()).toEqual(['kill-switch.json', 'kill-switch.maintenance.json'])
  })

  it('are written nowhere when they do not outlive it', async () => {
    await new StandingCommands(path()).write({ command: 'flatten', reason: 'now' }, 1)
    expect(readdirSync(folder)).toEqual([])
  })

  it('are both in force when neither file can be read', async () => {
    writeFileSync(path(), 'no json')
    mkdirSync(join(folder, 'kill-switch.maintenance.json'))
    expect(await inForce()).toEqual([
      { command: 'kill', reason: 'the kill switch is damaged' },
      { command: 'maintenance-on', reason: expect.stringContaining('cannot be read') },
    ])
  })
})
