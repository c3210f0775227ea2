import { describe, expect, it } from 'vitest'
import { FEATURE_KEYS, GRID_MAPS, LATEST } from '../../../src/core/grid/names.js'
import type { Grid } from '../../../src/ports/grid.js'
import { FixedPosture } from '../../../src/runtime/services/survival/fixed-posture.js'
import { SurvivalService } from '../../../src/runtime/services/survival/survival-service.js'
import { posturePath } from '../../../src/runtime/verification/posture-path.js'
import { verdicts, verificationRig, withMap } from './rig.js'

const settings = { everyMs: 200, orderBook: 'none' } as const

function setUp(through: (grid: Grid) => Grid = (grid) => grid) {
  const rig = verificationRig()
  const ports = { grid: through(rig.grid), clock: rig.time, warn: () => {} }
  const parts = { grid: rig.grid, clock: rig.time }
  return { ...rig, parts, path: posturePath({ ...parts, survival: () => new SurvivalService(settings, ports) }), ports }
}

describe('the path from a sensor to the posture', () => {
  it('holds over the survival service, and takes its documents away', async () => {
    const { grid, verify, path } = setUp()
    const hops = await verify(path, 3)
    expect(hops.filter(({ held }) => !held)).toEqual([])
    expect(await grid.map(GRID_MAPS.safety).get(LATEST)).toBeUndefined()
    expect(await grid.map(GRID_MAPS.features).get(FEATURE_KEYS.forewarner)).toBeUndefined()
  })

  it('does not hold where no posture comes', async () => {
    const { verify, path } = setUp((grid) =>
      withMap(grid, GRID_MAPS.safety, (map) => ({ ...unheard(map), set: async () => {} })),
    )
    expect(verdicts(await verify(path))[0]).toMatch(
      /a posture without an alarm did not come in time; survival is RUNNING: .+/,
    )
  })

  it('does not hold where the posture does not follow the sensor', async () => {
    const { parts, ports, verify } = setUp()
    const survival = () => new FixedPosture({ posture: 'APEX', everyMs: 200 }, ports)
    expect(verdicts(await verify(posturePath({ ...parts, survival })))[0]).toContain(
      'a posture with the sensor at 0.1 did not come in time',
    )
  })

  it('does not hold where the linearizable reference does not say it', async () => {
    const { verify, path } = setUp((grid) => ({
      ...withMap(grid, '', (map) => map),
      reference: () => grid.reference('elsewhere'),
    }))
    expect(verdicts(await verify(path)).slice(0, 2)).toEqual([
      'a sensor\'s alarm → DOLPHIN_SAFETY["latest"]: HELD',
      'the same in the linearizable reference: DOLPHIN_SAFETY does not say it',
    ])
  })
})

function unheard(map: ReturnType<Grid['map']>): ReturnType<Grid['map']> {
  return {
    name: map.name,
    get: (key) => map.get(key),
    getAll: (keys) => map.getAll(keys),
    set: (key, value, options) => map.set(key, value, options),
    setAll: (entries) => map.setAll(entries),
    remove: (key) => map.remove(key),
    keys: () => map.keys(),
    listen: (listener, options) => map.listen(listener, options),
  }
}
