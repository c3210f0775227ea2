import { expect, test } from 'vitest'
import { buildFlow, builtFlow, flowTaskId } from '../../../src/core/flows/built-flow.js'
import { FLOW_GRAPHS } from '../../../src/core/flows/flow-graphs.js'
import { COLOURS, FLOWS } from '../../../src/ports/vocabulary/flows.js'

test.each(FLOWS)('each task of %s waits for the one before it, over the graphs, too', (flow) => {
  const places = builtFlow(flow)
  const before = places.map((_, i) => (i === 0 ? [] : [places[i - 1]!.task.name]))
  expect(places.map(({ after }) => after)).toEqual(before)
})

test('the first tasks of a graph wait for all that end the graph before it', () => {
  const [task] = FLOW_GRAPHS['paper-day'][0]!.tasks
  const named = (name: string) => ({ ...task!, name, taskType: name })
  const graphs = [
    { graph: 'one', tasks: [named('a'), named('b')], gates: [] },
    { graph: 'two', tasks: [named('c')], gates: [] },
  ]
  expect(buildFlow(graphs, new Set()).map(({ after }) => after)).toEqual([[], [], ['a', 'b']])
})

test('a flow with a graph that is refused is no flow', () => {
  expect(() => buildFlow([{ graph: 'empty', tasks: [], gates: [] }], new Set())).toThrow('the graph empty can be run')
})

test('no two tasks of any flow, configuration and date have the same id, and each has it again', () => {
  const ids = FLOWS.flatMap((flow) =>
    COLOURS.flatMap((colour) =>
      ['2026-03-20', '2026-03-21'].flatMap((stamp) =>
        builtFlow(flow).map((place) => flowTaskId(place, { flow, colour, stamp })),
      ),
    ),
  )
  expect(new Set(ids).size).toBe(ids.length)
  const [place] = builtFlow('paper-day')
  expect(flowTaskId(place!, { flow: 'paper-day', colour: 'blue', stamp: '2026-03-20' })).toMatch(/^[0-9a-f]{32}$/)
})
