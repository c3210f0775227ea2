import { unreachable } from '../../base/assert.js'
import { CONDITION_FIELDS, CONDITION_OBJECTS, type FieldType } from './condition-fields.js'
import { Refused } from './condition-tokens.js'
import type { ConditionTree, Literal, Path } from './condition-tree.js'

/** The paths that a condition reads. @throws Refused for the first place, from the left, at which its types do not fit. */
export function checkTypes(tree: ConditionTree, tasks: ReadonlySet<string>): ReadonlySet<string> {
  const paths = new Set<string>()
  check(tree, tasks, paths)
  return paths
}

function check(tree: ConditionTree, tasks: ReadonlySet<string>, paths: Set<string>): void {
  switch (tree.kind) {
    case 'and':
    case 'or':
      for (const part of tree.parts) check(part, tasks, paths)
      return
    case 'not':
      check(tree.part, tasks, paths)
      return
    case 'has':
      paths.add(pathOf(tree.path, tasks, CONDITION_OBJECTS))
      return
    case 'bare':
    case 'compare':
    case 'in': {
      const path = pathOf(tree.path, tasks, NONE)
      checkTest(tree, path, CONDITION_FIELDS.get(path)!.type)
      paths.add(path)
      return
    }
    default:
      unreachable(tree)
  }
}

type Test = Extract<ConditionTree, { kind: 'bare' | 'compare' | 'in' }>

const NONE: ReadonlySet<string> = new Set()
const TASK_OUTPUTS = new Set(['task', 'tasks', 'output', 'outputs', 'result', 'results'])
const MARKET_WORDS = new Set(
  'price close high low bid ask volume quantity velDiv pnl equity capital leverage position symbol asset'.split(' '),
)
const COUNT_MAX = 1_000_000

/** @param objects that may stand by themselves. */
function pathOf({ names, at }: Path, tasks: ReadonlySet<string>, objects: ReadonlySet<string>): string {
  const path = names.join('.')
  const root = names[0]!
  if (TASK_OUTPUTS.has(root) || tasks.has(root)) {
    throw new Refused('TASK_OUTPUT', at, `expected a state object, found ${path}: gates do not read what tasks put out`)
  }
  const word = names.find((name) => MARKET_WORDS.has(name))
  if (word !== undefined) {
    throw new Refused('MARKET_LOGIC', at, `expected a state object's judgement, found ${path}: ${word} is market logic`)
  }
  if (CONDITION_FIELDS.has(path) || objects.has(path)) return path
  if (CONDITION_OBJECTS.has(root)) {
    const fields = [...CONDITION_FIELDS.keys()].filter((known) => known.startsWith(`${root}.`))
    const expected = fields.length === 0 ? `has(${root})` : oneOf(fields)
    throw new Refused('UNKNOWN_FIELD', at, `expected ${expected}, found ${path}`)
  }
  throw new Refused('UNKNOWN_OBJECT', at, `expected ${oneOf([...CONDITION_OBJECTS])}, found ${root}`)
}

function checkTest(test: Test, path: string, type: FieldType): void {
  const { at } = test.path
  if (test.kind === 'bare') {
    if (type.kind !== 'boolean') throw new Refused('TYPE', at, `expected a comparison after ${path}, found none`)
    return
  }
  const literals = test.kind === 'in' ? test.literals : [test.literal]
  const relation = test.kind === 'in' ? 'in' : test.relation
  if (!RELATIONS_OF[type.kind].includes(relation)) {
    throw new Refused('TYPE', at, `expected ${oneOf(RELATIONS_OF[type.kind])} after ${path}, found ${relation}`)
  }
  for (const literal of literals) checkLiteral(literal, path, type)
}

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=']
const RELATIONS_OF: Readonly<Record<FieldType['kind'], readonly string[]>> = {
  name: ['==', '!=', 'in'],
  boolean: ['==', '!='],
  fraction: COMPARISONS,
  count: COMPARISONS,
}
const LITERAL_OF = {
  name: { kind: 'text', word: 'a name in single quotes' },
  boolean: { kind: 'boolean', word: 'true or false' },
  fraction: { kind: 'number', word: 'a number' },
  count: { kind: 'number', word: 'a number' },
} as const

function checkLiteral(literal: Literal, path: string, type: FieldType): void {
  const { at, value } = literal
  if (literal.kind !== LITERAL_OF[type.kind].kind) {
    throw new Refused('TYPE', at, `expected ${LITERAL_OF[type.kind].word} for ${path}, found ${String(value)}`)
  }
  if (type.kind === 'name' && !type.names.includes(value as string)) {
    throw new Refused('UNKNOWN_VALUE', at, `expected ${oneOf(type.names)} for ${path}, found ${String(value)}`)
  }
  if (type.kind === 'fraction' && (value as number) > 1) {
    throw new Refused('OUT_OF_RANGE', at, `expected 0 to 1 for ${path}, found ${String(value)}`)
  }
  if (type.kind === 'count' && !(Number.isInteger(value) && (value as number) <= COUNT_MAX)) {
    throw new Refused('OUT_OF_RANGE', at, `expected a whole number to ${COUNT_MAX} for ${path}, found ${String(value)}`)
  }
}

function oneOf(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `one of ${words.join(', ')}`
}
