import { expect, it } from 'vitest'
import { aGrid, aSharedGrid } from '../../src/cli/grid-option.js'

it.each(['embedded', 'hazelcast://a:5701', 'hazelcast://a:5701,b:5702/green'])('--grid takes %s', (url) => {
  const told: string[] = []
  expect(aGrid(url, (message) => told.push(message))).toBe(url)
  expect(told).toEqual([])
})

it.each([
  [aGrid, '', 'expected embedded or hazelcast://host:port[,host:port…][/cluster], found ""'],
  [aGrid, 'hazelcast://a', 'expected a member as host:port, such as 127.0.0.1:5701, found "a"'],
  [aSharedGrid, 'embedded', 'expected hazelcast://host:port[,host:port…][/cluster], found "embedded"'],
] as const)('%o refuses %j: %s', (check, url, message) => {
  const told: string[] = []
  expect(check(url, (text) => told.push(text))).toBeUndefined()
  expect(told).toEqual([message])
})
