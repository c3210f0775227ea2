import { expect, it } from 'vitest'
import { filesBelow, textOf } from './support/tidy.js'

/** What would say of a fact what to think of it. Source: spec, "M5 access" (the source's scanner of forbidden words). */
const OPINIONS = new Set(
  (
    'rank ranking rating score scoring quality signal bullish bearish strong stronger strongest strength weak weaker weakest ' +
    'good better bad worse worst important importance significant significance confidence confident predict predicted ' +
    'prediction predictive forecast expectation likely likelihood probability opportunity favorable favourable attractive edge ' +
    'setup trend reversal support resistance demand supply healthy alert warning recommended recommendation advice should'
  ).split(' '),
)

/** Fields whose names have such a word all the same, and why. */
const NAMED_BY_THE_CONTRACT: Readonly<Record<string, string>> = {
  densityScore: 'the contract names it; it is liquidations per unit of price',
  nodeStrength: 'the contract names it; it is what decay has left of the interactions of a node, from 0 to 1',
  avgNodeStrength: 'likewise, the mean of the nodes of a zone',
  supplyDemandZone: 'the contract names it; on which side of the price nodes lie close together, and nothing else',
  strength: 'of a node, what the two above are made of',
  strengthAt: 'likewise, at a time',
  revivedStrength: 'likewise, of a node that is touched again after long',
}

const FILES = [
  ...filesBelow('src/core/observation').filter((file) => file.endsWith('.ts')),
  ...['primitives', 'observation', 'observation-events'].map((name) => `src/ports/vocabulary/${name}.ts`),
]

it('no field of an observation says what to think of it, but for those that the contract names', () => {
  const found = FILES.flatMap((file) => fieldsOf(textOf(file)).filter(isOpinion))
  expect([...new Set(found)].sort()).toEqual(Object.keys(NAMED_BY_THE_CONTRACT).sort())
})

it.each([
  ['export interface Zone {\n  readonly signalAt?: number\n}', ['signalAt']],
  [
    'export interface Zone {\n  isBullish: boolean\n  readonly low: { readonly weak_side: 1 }\n}',
    ['isBullish', 'weak_side'],
  ],
  ['export type Zone = {\n  readonly topScore: number\n}', ['topScore']],
  [
    'export class Zone {\n  constructor(readonly quality: number) {}\n  rankOf(zone: Zone) {}\n}',
    ['quality', 'rankOf'],
  ],
  ['export interface Zone {\n  readonly scored: number\n  readonly goodbye: number\n}', []],
  ['interface Zone {\n  readonly score: number\n}', []],
])('in %j the opinions are %j', (text, opinions) => {
  expect(fieldsOf(text).filter(isOpinion)).toEqual(opinions)
})

/** Names of what exported interfaces, types and classes have. */
function fieldsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  const exported = code.match(/^export (?:abstract )?(?:interface|class|type) [\s\S]*?^}/gm) ?? []
  return exported.flatMap((block) =>
    [...block.matchAll(/(?:^\s+|\breadonly |[{(,;] *)(?:readonly )?(\w+)\??(?::|\()/gm)].map(([, name]) => name!),
  )
}

function isOpinion(name: string): boolean {
  const words = name.split(/_|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase())
  return words.some((word) => OPINIONS.has(word))
}
