// A skill of one's own on the execution harness: a graph with a gate, run in shadow mode; then the same skill once more, breaking a rule.
// Run it where dolphin-engine is installed: node own-skill.mjs
import { AuditNow, buildGraph, parseLedger, runCycleNow, SkillDesk, SkillRegistry } from 'dolphin-engine/harness'

/** Who decided what about the skill: in a project of one's own this is a file beside the code. */
const LEDGER = `
| number | kind | skill | date | reason | author |
|---|---|---|---|---|---|
| D001 | AUTHORIZE | rank_beliefs | 2026-12-01 | the report shows the strongest beliefs first | me |
`

/** What it reads and changes. What it has not declared, it does not get. */
const REGISTRATION = {
  skillId: 'rank_beliefs',
  skillVersion: '1.0.0',
  taskTypes: ['rank_beliefs'],
  requiredInputs: ['regime', 'beliefs'],
  outputSchema: 'BeliefId[]',
  requiresPermissions: [],
  layerDependencies: ['L6', 'L9'],
  sideEffects: ['report'],
  author: 'me',
  decisionLedgerRef: 'D001',
}

/** Pure: the same state ranks the same. It asks for a line in the report; the harness writes it. */
function rankBeliefs({ state, inputs }) {
  const ranked = [...state.beliefs.beliefs].sort((a, b) => b.conviction - a.conviction).slice(0, inputs.most)
  const output = ranked.map(({ beliefId }) => beliefId)
  return { output, effects: [{ resource: 'report', payload: { regime: state.regime.behavior, ranked: output } }] }
}

/** The same, but for a look at what it has not declared. */
function nosy(input) {
  return input.state.posture?.posture === 'HIBERNATE' ? { output: [], effects: [] } : rankBeliefs(input)
}

const TASK = {
  name: 'rank',
  taskType: 'rank_beliefs',
  skillRef: 'rank_beliefs',
  requiredState: ['regime', 'beliefs'],
  requiredPermissions: ['open'],
  dependsOn: [],
  inputs: { most: 2 },
  timeoutMs: 1_000,
  outputSchema: 'BeliefId[]',
  sideEffects: ['report'],
  critical: true,
  retries: 0,
  idempotent: true,
}

const GRAPH = {
  graph: 'ranking',
  tasks: [TASK],
  gates: [{ condition: "regime.behavior != 'EVENT_LOCK' and beliefs.count > 1", ifTrue: 'rank', ifFalse: 'SKIP' }],
}

const registry = new SkillRegistry(parseLedger(LEDGER, 'own-skill.mjs'))
for (const answer of [registry.register(REGISTRATION), registry.authorise(REGISTRATION)])
  if ('refused' in answer) throw new Error(answer.refused)

const graph = buildGraph(GRAPH)
if (graph.kind === 'refused') throw new Error(graph.message)

const NOW_MS = Date.UTC(2026, 0, 5)
const audit = new AuditNow()

function cycle(name, behavior, run) {
  const at = { timestampMs: NOW_MS }
  const belief = (beliefId, conviction) => ({ beliefId, signalId: 'sig1', conviction, permissions: ['open'] })
  const bundle = {
    ...at,
    regime: { ...at, stateId: 'r1', behavior, bias: 'BULLISH', confidence: 0.9, isStable: true },
    factor: { ...at, stateId: 'f1', permitted: { open: true }, sizeMultiplier: 1 },
    beliefs: { ...at, stateId: 'b1', beliefs: [belief('calm', 0.5), belief('sure', 0.9), belief('keen', 0.7)] },
  }
  const desk = new SkillDesk({ registry, skills: { rank_beliefs: { run, output: { arrayOf: 'string' } } } })
  const { outcome } = runCycleNow(
    { cycle: name, graph, bundle, mode: 'shadow', factorImplemented: true, skills: desk },
    {
      nowMs: () => NOW_MS,
      append: (...line) => audit.append(...line),
      apply: (resource, _key, payload) => console.log(`  ${resource}: ${JSON.stringify(payload)}`),
      release: () => {},
    },
  )
  const told = audit.of(name).map(({ kind, reason, violation, action }) => [kind, reason ?? violation, action])
  const lines = told.map((words) => words.filter((word) => word !== undefined).join(' '))
  console.log(`${name}: ${outcome}, the skill is ${registry.skill('rank_beliefs').state}\n  ${lines.join('\n  ')}`)
}

cycle('open', 'TRENDING_NORMAL_VOL', rankBeliefs)
cycle('locked', 'EVENT_LOCK', rankBeliefs)
cycle('nosy', 'TRENDING_NORMAL_VOL', nosy)
cycle('after', 'TRENDING_NORMAL_VOL', rankBeliefs)
