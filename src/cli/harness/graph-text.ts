import type { BuiltGraph } from '../../core/harness/graph.js'
import type { HarnessTask } from '../../ports/vocabulary/harness.js'
import type { Colours } from '../shell/terminal.js'

/** A graph for a person at a terminal: tasks in the order in which they run. */
export function graphText({ graph, order, gates }: BuiltGraph, colours: Colours): readonly string[] {
  const critical = order.filter((task) => task.critical).length
  const lines = [`${colours.bold(graph.graph)}: ${counted(order.length, 'task')}, ${critical} of them critical`]
  for (const [index, task] of order.entries()) {
    lines.push(
      '',
      `${String(index + 1).padStart(3)}  ${colours.bold(task.name)}  ${colours.dim(`skill ${task.skillRef}`)}`,
    )
    lines.push(...facts(task).map(([name, text]) => `     ${colours.dim(name.padEnd(10))}${text}`))
  }
  if (gates.length > 0) lines.push('', colours.bold('gates, evaluated once, after the state is validated'))
  // The graph's own words: a built gate has a tree.
  for (const { condition, ifTrue, ifFalse } of graph.gates) {
    lines.push(`     ${condition}`, `       ${colours.dim('true')}  ${ifTrue}   ${colours.dim('false')}  ${ifFalse}`)
  }
  return lines
}

function facts(task: HarnessTask): readonly (readonly [string, string])[] {
  const { dependsOn, requiredState, requiredPermissions, sideEffects, retries, timeoutMs, minConfidence } = task
  const listed = (name: string, values: readonly string[]) =>
    values.length === 0 ? [] : [[name, values.join(', ')] as const]
  const confidence = minConfidence == null ? '' : `, regime confidence ${minConfidence} or more`
  const retried = retries === 0 ? '' : `, ${retries === 1 ? 'one retry' : `${retries} retries`}`
  return [
    ...listed('after', dependsOn),
    ...listed('needs', [...requiredState, ...requiredPermissions.map((permission) => `permission ${permission}`)]),
    ...listed('writes', sideEffects),
    ['puts out', task.outputSchema],
    ['limits', `${timeoutMs / 1000} s${retried}${confidence}${task.critical ? '' : ', not critical'}`],
  ]
}

/** Graphs that run one after the other, for a page: https://mermaid.js.org. */
export function graphMermaid(graphs: readonly BuiltGraph[]): readonly string[] {
  const parts = graphs.map((built, index) => nodesOf(built, String.fromCharCode(FIRST_LETTER + index)))
  if (parts.length === 1) return ['flowchart TD', ...parts[0]!]
  const named = parts.map((lines, index) => [
    `  subgraph s${index + 1}["${quoted(graphs[index]!.graph.graph)}"]`,
    ...lines.map((line) => `  ${line}`),
    '  end',
  ])
  const joins = graphs.slice(1).map((_, index) => `  s${index + 1} --> s${index + 2}`)
  return ['flowchart TD', ...named.flat(), ...joins]
}

function nodesOf({ graph, order }: BuiltGraph, letter: string): readonly string[] {
  const id = new Map(order.map(({ name }, index) => [name, `${letter}${index + 1}`]))
  const lines: string[] = []
  for (const { name, skillRef, critical } of order) {
    const label = `${name}<br/>${quoted(skillRef)}`
    lines.push(`  ${id.get(name)}${critical ? `["${label}"]` : `("${label}")`}`)
  }
  for (const { name, dependsOn } of order)
    for (const before of dependsOn) lines.push(`  ${id.get(before)} --> ${id.get(name)}`)
  for (const [index, { condition, ifTrue, ifFalse }] of graph.gates.entries()) {
    const gate = `${letter}g${index + 1}`
    lines.push(`  ${gate}{"${quoted(condition)}"}`, `  ${gate} -. true .-> ${id.get(ifTrue)}`)
    if (id.has(ifFalse)) lines.push(`  ${gate} -. false .-> ${id.get(ifFalse)}`)
  }
  return lines
}

const FIRST_LETTER = 'a'.charCodeAt(0)

/** Within a label: signs that the language reads itself are written as entities. */
function quoted(text: string): string {
  return text.replace(/[#"<>&]/g, (sign) => `#${sign.charCodeAt(0)};`)
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
