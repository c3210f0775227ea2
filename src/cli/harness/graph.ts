import { readFile } from 'node:fs/promises'
import { anyText, type Check, fields, flag, listOf, nullable, number, optional, that } from '../../base/arguments.js'
import { DataRefused, found, InputMistake } from '../../base/mistakes.js'
import { didYouMean } from '../../base/suggest.js'
import { FLOW_GRAPHS } from '../../core/flows/flow-graphs.js'
import { type BuiltGraph, buildGraph } from '../../core/harness/graph.js'
import { v1Graph } from '../../core/harness/v1.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { HarnessGate, HarnessGraph, HarnessTask } from '../../ports/vocabulary/harness.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import { graphMermaid, graphText } from './graph-text.js'

export interface RawGraphOptions {
  readonly format: string
  readonly color?: boolean
}

/** Runs `dolphin harness graph`. */
export async function graph(named: string, { format, color = true }: RawGraphOptions): Promise<ExitCode> {
  if (!FORMATS.includes(format)) {
    const message = `expected one of ${FORMATS.join(', ')}, found ${found(format)}${didYouMean(format, FORMATS)}`
    throw new InputMistake({ place: '--format', message })
  }
  const graphs = await graphsOf(named)
  if (format === 'json') {
    await printResult(`${JSON.stringify(graphs.length === 1 ? graphs[0] : graphs, null, 2)}\n`)
    return EXIT.ok
  }
  const colours = coloursFor(process.stdout, color)
  const built = graphs.map((each) => builtOf(each, named))
  const lines =
    format === 'mermaid'
      ? graphMermaid(built)
      : built.flatMap((each, index) => [...(index === 0 ? [] : ['']), ...graphText(each, colours)])
  await printResult(textOfLines(lines))
  return EXIT.ok
}

const FORMATS: readonly string[] = ['text', 'mermaid', 'json']
const SHIPPED: Readonly<Record<string, readonly HarnessGraph[]>> = { v1: [v1Graph], ...FLOW_GRAPHS }

async function graphsOf(named: string): Promise<readonly HarnessGraph[]> {
  if (Object.hasOwn(SHIPPED, named)) return SHIPPED[named]!
  const names = Object.keys(SHIPPED)
  let json: string
  try {
    json = await readFile(named, 'utf8')
  } catch (error) {
    const isName = (error as NodeJS.ErrnoException).code === 'ENOENT' && !/[./\\]/.test(named)
    const message = isName
      ? `expected ${names.join(', ')} or a JSON file, found ${found(named)}${didYouMean(named, names)}`
      : `cannot read the graph: ${reason(error)}`
    throw new InputMistake({ place: isName ? '<graph>' : { file: displayPath(named) }, message })
  }
  const graph = graphIn(json, named)
  builtOf(graph, named)
  return [graph]
}

function graphIn(json: string, file: string): HarnessGraph {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new DataRefused({ place: { file: displayPath(file) }, message: `expected JSON: ${reason(error)}` })
  }
  const problems = GRAPH(value, '')
  if (problems.length === 0) return value as HarnessGraph
  throw new DataRefused(
    problems.map(({ place, message }) => ({
      place: { file: displayPath(file) },
      message: place === undefined || place === '' ? message : `${String(place)}: ${message}`,
    })),
    { hint: 'dolphin harness graph v1 --format json shows a graph as it is written.' },
  )
}

/** What cannot be run is refused with the task or the gate that is wrong. */
function builtOf(graph: HarnessGraph, file: string): BuiltGraph {
  const built = buildGraph(graph)
  if (built.kind === 'graph') return built
  throw new DataRefused({ place: { file: displayPath(file) }, message: `${built.message} (${built.error})` })
}

const texts = listOf(anyText)
const anObject: Check = that(
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)
const GRAPH = fields<HarnessGraph>({
  graph: anyText,
  tasks: listOf(
    fields<HarnessTask>({
      name: anyText,
      taskType: anyText,
      skillRef: anyText,
      requiredState: texts,
      requiredPermissions: texts,
      dependsOn: texts,
      inputs: anObject,
      timeoutMs: number({}),
      outputSchema: anyText,
      sideEffects: texts,
      critical: flag,
      minConfidence: optional(nullable(number({}))),
      retries: number({}),
      idempotent: flag,
    }),
  ),
  gates: listOf(fields<HarnessGate>({ condition: anyText, ifTrue: anyText, ifFalse: anyText })),
})
