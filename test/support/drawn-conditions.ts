import fc from 'fast-check'
import type { ConditionTree, Literal, Path, Relation } from '../../src/core/harness/condition-tree.js'
import type { Truth } from '../../src/core/harness/condition-value.js'
import { type HarnessBundle, PERMISSIONS, REGIME_BEHAVIORS, REGIME_BIASES } from '../../src/ports/vocabulary/harness.js'
import { POSTURES } from '../../src/ports/vocabulary/market.js'
import { BUNDLE_NOW_MS, harnessBundle } from './harness-cases.js'

/** A tree as text: brackets around every part that is not a test, so that it is read as it is. */
export function printed(tree: ConditionTree): string {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return tree.parts.map(part).join(` ${tree.kind} `)
    case 'not':
      return `not ${part(tree.part)}`
    case 'has':
      return `has(${path(tree.path)})`
    case 'bare':
      return path(tree.path)
    case 'compare':
      return `${path(tree.path)} ${tree.relation} ${literal(tree.literal)}`
    case 'in':
      return `${path(tree.path)} ${tree.isNegated ? 'not ' : ''}in [${tree.literals.map(literal).join(', ')}]`
  }
}

/** A tree without the places at which its parts stand. */
export function placeless(tree: unknown): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value) => (key === 'at' ? undefined : value)))
}

/** Trees of conditions whose types fit. */
export function drawnConditions(): fc.Arbitrary<ConditionTree> {
  return fc.letrec<{ tree: ConditionTree; test: ConditionTree }>((tie) => ({
    test: drawnTests,
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      tie('test'),
      tie('tree').map((part) => ({ kind: 'not' as const, part })),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  })).tree
}

/** Bundles in which any object may be absent. */
export const drawnBundles: fc.Arbitrary<HarnessBundle> = fc
  .record({
    behavior: fc.constantFrom(...REGIME_BEHAVIORS),
    bias: fc.constantFrom(...REGIME_BIASES),
    confidence: fc.constantFrom(0, 0.25, 0.5, 1),
    isStable: fc.boolean(),
    permitted: fc.dictionary(fc.constantFrom(...PERMISSIONS), fc.boolean()),
    convictions: fc.array(fc.constantFrom(0, 0.25, 0.5, 1), { maxLength: 3 }),
    posture: fc.constantFrom(...POSTURES),
    absent: fc.subarray(['regime', 'factor', 'signals', 'beliefs', 'macro', 'flow', 'posture'] as const),
  })
  .map(({ behavior, bias, confidence, isStable, permitted, convictions, posture, absent }) => {
    const at = { timestampMs: BUNDLE_NOW_MS }
    const beliefs = convictions.map((conviction, index) => ({
      ...{ beliefId: `bel${index}`, signalId: 'sig1', permissions: [] },
      conviction,
    }))
    return harnessBundle({
      regime: { ...at, stateId: 'r1', behavior, bias, confidence, isStable },
      factor: { ...at, stateId: 'f1', permitted, sizeMultiplier: confidence },
      beliefs: { ...at, stateId: 'b1', beliefs },
      posture: { ...at, stateId: 'p1', posture },
      ...Object.fromEntries(absent.map((name) => [name, null])),
    })
  })

export const TRUTHS: readonly Truth[] = ['TRUE', 'FALSE', 'UNKNOWN']

const RELATIONS: readonly Relation[] = ['==', '!=', '<', '<=', '>', '>=']

const drawnTests: fc.Arbitrary<ConditionTree> = fc.oneof(
  named('regime.behavior', REGIME_BEHAVIORS),
  named('regime.bias', REGIME_BIASES),
  named('posture.posture', POSTURES),
  flag('regime.isStable'),
  fc.constantFrom(...PERMISSIONS).chain((name) => flag(`factor.permitted.${name}`)),
  fc
    .constantFrom('regime.confidence', 'factor.sizeMultiplier', 'beliefs.minConviction', 'beliefs.maxConviction')
    .chain((name) => compared(name, RELATIONS, fc.constantFrom('0', '0.25', '0.5', '1').map(number))),
  fc
    .constantFrom('signals.count', 'beliefs.count')
    .chain((name) => compared(name, RELATIONS, fc.constantFrom('0', '1', '2', '1000000').map(number))),
  fc
    .constantFrom('regime', 'macro', 'flow', 'factor.permitted.open', 'beliefs.minConviction', 'posture.posture')
    .map((name): ConditionTree => ({ kind: 'has', path: pathOf(name) })),
)

function named(name: string, values: readonly string[]): fc.Arbitrary<ConditionTree> {
  const text = fc.constantFrom(...values).map((value): Literal => ({ kind: 'text', value, at: 0 }))
  const among = fc.record({
    kind: fc.constant('in' as const),
    path: fc.constant(pathOf(name)),
    isNegated: fc.boolean(),
    literals: fc.array(text, { minLength: 1, maxLength: 3 }),
  })
  return fc.oneof(compared(name, ['==', '!='], text), among)
}

function flag(name: string): fc.Arbitrary<ConditionTree> {
  const truth = fc.boolean().map((value): Literal => ({ kind: 'boolean', value, at: 0 }))
  const bare = fc.constant<ConditionTree>({ kind: 'bare', path: pathOf(name) })
  return fc.oneof(bare, compared(name, ['==', '!='], truth))
}

function compared(
  name: string,
  relations: readonly Relation[],
  literals: fc.Arbitrary<Literal>,
): fc.Arbitrary<ConditionTree> {
  return fc.record({
    kind: fc.constant('compare' as const),
    path: fc.constant(pathOf(name)),
    relation: fc.constantFrom(...relations),
    literal: literals,
  })
}

function number(text: string): Literal {
  return { kind: 'number', value: Number(text), text, at: 0 }
}

function pathOf(text: string): Path {
  return { names: text.split('.'), at: 0 }
}

function part(tree: ConditionTree): string {
  return tree.kind === 'and' || tree.kind === 'or' ? `(${printed(tree)})` : printed(tree)
}

function path({ names }: Path): string {
  return names.join('.')
}

function literal(of: Literal): string {
  if (of.kind === 'text') return `'${of.value}'`
  return of.kind === 'number' ? of.text : String(of.value)
}
