import { describe, expect, it } from 'vitest'
import type { TextReader } from '../../../src/runtime/grid/watched-key.js'
import { WatchedMap } from '../../../src/runtime/grid/watched-map.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { passTime, ScriptedGrid } from '../../support/scripted-grid.js'

const readText: TextReader<string> = (text) =>
  text === 'poison' ? { refused: { path: 'value', expected: 'no poison', found: text } } : { value: text }

function watched() {
  const time = new VirtualTime(1_767_225_600_000)
  const grid = new ScriptedGrid(time)
  const told: string[] = []
  const reports: string[] = []
  const map = new WatchedMap({
    grid,
    map: 'M',
    read: readText,
    time,
    random: () => 1,
    arrived: (key, value) => void told.push(`${key}=${value}`),
    removed: (key) => void told.push(`${key} removed`),
    report: (text) => void reports.push(text),
  })
  return { time, grid, map, told, reports }
}

describe('every key of a map', () => {
  it('is told of at the start, when it changes, and when it is gone', async () => {
    const { time, grid, map, told } = watched()
    grid.change('M', 'a', '1')
    map.start()
    await passTime(time, 100)
    grid.change('M', 'b', '2')
    grid.change('M', 'a', undefined)
    grid.change('M', 'never there', undefined)
    await passTime(time, 10)
    expect(told).toEqual(['a=1', 'b=2', 'a removed'])
  })

  it('is found out about when the connection is back, those that went meanwhile included', async () => {
    const { time, grid, map, told } = watched()
    grid.change('M', 'a', '1')
    map.start()
    await passTime(time, 100)
    grid.set('OFFLINE')
    grid.change('M', 'a', undefined)
    grid.change('M', 'c', '3')
    await passTime(time, 5_000)
    grid.set('CONNECTED')
    await passTime(time, 100)
    expect(told).toEqual(['a=1', 'a removed', 'c=3'])
  })

  it('keeps what was heard while a slow answer was on its way', async () => {
    const { time, grid, map, told } = watched()
    grid.change('M', 'a', 'old')
    grid.change('M', 'b', 'old')
    const gridMap = grid.map('M')
    const getAll = gridMap.getAll.bind(gridMap)
    gridMap.getAll = async (keys) => {
      const then = new Map(grid.data.get('M'))
      await getAll(keys)
      return then
    }
    grid.outcome = ({ what }) => ({ afterMs: what === 'getAll' ? 500 : 1 })
    map.start()
    await passTime(time, 100)
    grid.change('M', 'a', 'new')
    grid.change('M', 'c', 'new')
    await passTime(time, 1_000)
    expect(told).toEqual(['a=new', 'c=new', 'b=old'])
  })

  it('whose text cannot be used is counted, reported once, and told of no more than before', async () => {
    const { time, grid, map, told, reports } = watched()
    map.start()
    await passTime(time, 100)
    grid.change('M', 'a', '1')
    for (let i = 0; i < 3; i++) grid.change('M', 'a', 'poison')
    await passTime(time, 10)
    expect(told).toEqual(['a=1'])
    expect(map.refused).toBe(3)
    expect(reports).toEqual(['M[a] refused: value: expected no poison, found poison'])
  })

  it('is told of no more once the watch was stopped', async () => {
    const { time, grid, map, told } = watched()
    map.start()
    await passTime(time, 100)
    await map.stop()
    grid.change('M', 'a', '1')
    await passTime(time, 10)
    expect(told).toEqual([])
    expect(time.waiting).toBe(0)
  })
})
