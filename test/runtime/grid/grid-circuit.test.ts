import { describe, expect, it } from 'vitest'
import { GridUnavailable } from '../../../src/ports/grid.js'
import { GridCircuit } from '../../../src/runtime/grid/grid-circuit.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { passTime, ScriptedGrid } from '../../support/scripted-grid.js'

function started() {
  const time = new VirtualTime(1_767_225_600_000)
  const grid = new ScriptedGrid(time)
  return { time, grid, circuit: new GridCircuit({ grid, time, random: () => 0 }) }
}

const failing = () => Promise.reject(new GridUnavailable('deadline', 'set of M'))

describe('a circuit', () => {
  it('answers a failure as a value, a call that throws at once included', async () => {
    const { circuit } = started()
    expect(await circuit.attempt(failing)).toEqual({ ok: false, reason: 'grid deadline: set of M' })
    const thrown = circuit.attempt(() => {
      throw new Error('a bug of the adapter')
    })
    expect(await thrown).toEqual({ ok: false, reason: 'a bug of the adapter' })
  })

  it('makes no call while the connection is lost, and calls back once it is there', async () => {
    const { time, grid, circuit } = started()
    let ready = 0
    const callback = () => void ready++
    grid.set('OFFLINE')
    expect(circuit.isRefusing()).toBe(true)
    expect(circuit.attempt(() => Promise.resolve())).toBeUndefined()
    circuit.whenReady(callback)
    circuit.whenReady(callback)
    await passTime(time, 60_000)
    expect(ready).toBe(0)
    grid.set('CONNECTED')
    await passTime(time, 1)
    expect(ready).toBe(1)
  })

  it('refuses everybody while it is open, and calls all of them back when a probe may be made', async () => {
    const { time, circuit } = started()
    for (let i = 0; i < 5; i++) await circuit.attempt(failing)
    expect(circuit.state).toBe('OPEN')
    const ready: string[] = []
    circuit.whenReady(() => ready.push('one'))
    circuit.whenReady(() => ready.push('two'))
    await passTime(time, 999)
    expect(ready).toEqual([])
    await passTime(time, 1)
    expect(ready).toEqual(['one', 'two'])
    const probe = circuit.attempt(() => Promise.resolve())
    expect(circuit.attempt(() => Promise.resolve())).toBeUndefined()
    await probe
    expect(circuit.state).toBe('CLOSED')
  })

  it('is not moved by answers to what was asked over the connection before', async () => {
    const { time, grid, circuit } = started()
    const late: (() => void)[] = []
    const answers = Array.from({ length: 5 }, () =>
      circuit.attempt(() => new Promise((_, reject) => late.push(() => reject(new Error('late'))))),
    )
    grid.set('OFFLINE')
    grid.set('CONNECTED')
    await passTime(time, 1)
    for (const answer of late) answer()
    await Promise.all(answers)
    expect(circuit.state).toBe('CLOSED')
  })
})
