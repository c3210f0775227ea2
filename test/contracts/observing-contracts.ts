import { held, type ModuleContract } from './contract-table.js'

/** Layers 1 and 2, and the assumptions of layer 6. */
export const OBSERVING_CONTRACTS: readonly ModuleContract[] = [
  {
    layer: 1,
    module: 'observation/types.py',
    lies: ['ports/vocabulary/observation.ts', 'ports/vocabulary/primitives.ts', 'core/observation/observation.ts'],
    clauses: [
      {
        kind: 'invariant',
        says: 'All types are immutable after construction',
        heldBy: [
          ...held('core/observation/observation.test.ts', 'cannot be changed, to its bottom'),
          ...held(
            'contracts/contract-types.test.ts',
            'an observation is UNINITIALIZED or FAILED, and its snapshot read-only',
          ),
        ],
      },
      {
        kind: 'invariant',
        says: 'A status is UNINITIALIZED or FAILED, and FAILED is for ever',
        heldBy: [
          ...held(
            'contracts/contract-types.test.ts',
            'an observation is UNINITIALIZED or FAILED, and its snapshot read-only',
          ),
          ...held('core/observation/laws.test.ts', 'an observation that has failed stays as it is'),
        ],
      },
      {
        kind: 'invariant',
        says: 'A primitive may be absent: the absence of a fact, not a failure',
        heldBy: [
          ...held('contracts/contract-types.test.ts', 'a bundle of primitives may be empty, and each primitive absent'),
          ...held(
            'core/observation/laws.test.ts',
            'an observation does not fail, and what it says has no number that is none and no field that is absent',
          ),
        ],
      },
      {
        kind: 'output',
        says: 'A snapshot is what was known at the time of the last advance',
        heldBy: [
          ...held('core/observation/observation.test.ts', 'tells nothing that is later than itself'),
          ...held(
            'core/observation/laws.test.ts',
            'is not changed by snapshots and questions, whenever they are asked for',
            'of the same events and advances is the same, byte for byte',
          ),
        ],
      },
    ],
  },
  {
    layer: 1,
    module: 'observation/internal/m1_ingestion.py',
    lies: ['core/observation/internal/ingestion.ts', 'core/analysis/observed-events.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Normalise names, convert types, number events',
        heldBy: held(
          'core/observation/internal/ingestion.test.ts',
          'is numbered over all symbols and kinds, and what is refused takes no number',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Filter what is “unimportant”, interpret what an event means',
        heldBy: [
          ...held(
            'observation-names.test.ts',
            'no field of an observation says what to think of it, but for those that the contract names',
          ),
          ...held(
            'core/observation/laws.test.ts',
            'knows and counts the same however often time is told between events',
          ),
        ],
      },
      {
        kind: 'forbidden',
        says: 'Drop data silently',
        heldBy: [
          ...held(
            'core/observation/laws.test.ts',
            'loses nothing without counting it',
            'an observation answers with acceptance or a reason, and never throws',
          ),
          ...held(
            'core/observation/internal/ingestion.test.ts',
            'refusals are counted by kind and reason, acceptances by kind',
            'the first sample of each reason is kept in few words, without what no event has and without accounts',
          ),
          ...held(
            'core/observation/bounds.test.ts',
            'no flood makes an observation keep more than its bounds, and what gave way is counted',
          ),
        ],
      },
    ],
  },
  {
    layer: 1,
    module: 'runtime/hyperliquid/types.py, client.py',
    lies: ['ports/market-data.ts', 'adapters/binance/books/market-readings.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Parse what the venue sends, normalise names and times (here: milliseconds)',
        heldBy: held(
          'adapters/binance/books/market-readings.test.ts',
          'has the average price, what was filled and what was ordered',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Compute indicators, interpret positions, filter by importance',
        heldBy: [{ importRule: 'adapters-do-not-decide' }],
      },
    ],
  },
  {
    layer: 1,
    module: 'runtime/hyperliquid/collector.py',
    lies: ['adapters/binance/books/depth-feed-machine.ts', 'adapters/market-parquet'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Subscribe, buffer, pass on',
        heldBy: held('adapters/binance/books/depth-feed-machine.test.ts', 'passes on what two sockets bring twice'),
      },
      {
        kind: 'forbidden',
        says: 'Aggregate, compute derived values',
        heldBy: [{ importRule: 'adapters-do-not-decide' }],
      },
      {
        kind: 'forbidden',
        says: 'Drop events silently',
        heldBy: held(
          'adapters/binance/books/depth-feed-machine.test.ts',
          'names the books that neither a new subscription nor a new connection has brought to speak',
        ),
      },
    ],
  },
  {
    layer: 2,
    module: 'analysis/cascade_labeler.py',
    lies: ['core/analysis/cascade-labels.ts', 'core/analysis/cascade-starts.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Detect cascades by mechanical rules, count liquidations, compute changes of price',
        heldBy: held(
          'core/analysis/cascade-labels.test.ts',
          'cascades start where every pair of snapshots, looked at one by one, says so',
          'with a fall of exactly a tenth, in exact decimals',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Predict cascades; call them good or bad, or of some quality',
        heldBy: held(
          'contracts/contract-types.test.ts',
          'a labelled cascade and its waves are what happened, and no judgement of it',
        ),
      },
      {
        kind: 'invariant',
        says: 'Nothing that came later than a mark’s five seconds stands for a price',
        heldBy: held(
          'core/analysis/cascade-labels.test.ts',
          'is the last mark of five seconds at most, and none that came after',
        ),
      },
    ],
  },
  {
    layer: 2,
    module: 'analysis/wave_detector.py',
    lies: ['core/analysis/waves.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Group liquidations by pauses, count waves, compute figures of each',
        heldBy: held(
          'core/analysis/waves.test.ts',
          'a pause of half a minute is within a wave, a longer one starts the next',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Predict what a wave leads to, give it a strength',
        heldBy: held(
          'contracts/contract-types.test.ts',
          'a labelled cascade and its waves are what happened, and no judgement of it',
        ),
      },
    ],
  },
  {
    layer: 2,
    module: 'analysis/validators/*.py',
    lies: ['core/analysis/validators', 'core/analysis/statistics'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Count events that meet a hypothesis’ criteria, calculate rates, report raw statistics',
        heldBy: [
          ...held('core/analysis/validators/validate-hypotheses.test.ts', 'are nine, four of them proxies'),
          ...held(
            'core/analysis/statistics/binomial.test.ts',
            'agrees with rational arithmetic over all outcomes to twelve digits',
          ),
        ],
      },
      {
        kind: 'output',
        says: 'Too few events say nothing about a hypothesis',
        heldBy: held(
          'core/analysis/validators/validate-hypotheses.test.ts',
          'without data say nothing: no event supports them, and there is no p-value',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Claim that a hypothesis is correct, predict',
        heldBy: [
          ...held(
            'core/analysis/validators/validate-hypotheses.test.ts',
            'of markets in which only chance is at work, one in twenty at most has a validated hypothesis',
          ),
          ...held(
            'contracts/contract-types.test.ts',
            'a validation is counts, rates and probabilities, and one of three words',
          ),
        ],
      },
    ],
  },
  {
    layer: 2,
    module: 'runtime/liquidations/burst_aggregator.py',
    lies: ['core/analysis/liquidation-burst.ts'],
    clauses: [
      {
        kind: 'output',
        says: 'Bursts: count and value by side',
        heldBy: held(
          'core/analysis/liquidation-burst.test.ts',
          'a forced sale closes a long position, a forced purchase a short one',
          'it keeps a thousand liquidations and counts those of the window that made room',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Call a burst a strong signal, predict that a cascade goes on',
        heldBy: held(
          'observation-names.test.ts',
          'no field of an observation says what to think of it, but for those that the contract names',
        ),
      },
    ],
  },
  {
    layer: 2,
    module: 'runtime/regime/classifier.py',
    lies: ['core/analysis/regime.ts', 'core/analysis/market-regimes.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Classify by figures; UNKNOWN without enough data',
        heldBy: held(
          'core/analysis/regime.test.ts',
          'whose %s is 0 is not guessed',
          'every market is told something, the same each time, whatever was asked before',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Predict a change of regime, give a confidence',
        heldBy: held(
          'contracts/contract-types.test.ts',
          'a regime is one of four, with a reason and without a confidence',
        ),
      },
    ],
  },
  {
    layer: 2,
    module: 'layers 1 and 2 as a whole',
    lies: ['core/observation', 'core/analysis'],
    clauses: [
      {
        kind: 'forbidden',
        says: 'Know a layer that stands on them: what observes never knows who trades',
        heldBy: [
          { importRule: 'facts-know-nobody-who-trades' },
          { importRule: 'observation-keeps-its-inside-to-itself' },
        ],
      },
      {
        kind: 'forbidden',
        says: 'Read a clock, draw randomness, do input or output',
        heldBy: [{ importRule: 'core-has-no-node-modules' }, { importRule: 'core-packages-are-pure' }],
      },
    ],
  },
  {
    layer: 6,
    module: 'runtime/meta/assumption_registry.py',
    lies: ['core/assumptions/assumption-registry.ts', 'core/assumptions/component-safety.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Run tests of assumptions, keep the history, report unsafe components',
        heldBy: [
          ...held('core/assumptions/assumption-registry.test.ts', 'tells the history of each, the oldest first'),
          ...held(
            'core/assumptions/entry-safety.test.ts',
            'names the components that an entry needs and that are unsafe, with what makes them so',
          ),
        ],
      },
      {
        kind: 'forbidden',
        says: 'Fix an assumption by itself',
        heldBy: held(
          'core/assumptions/assumption-registry.test.ts',
          'that is invalid and old is expired, and a pass makes it valid again',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Ignore a failure in silence',
        heldBy: [
          ...held(
            'core/assumptions/assumption-registry.test.ts',
            'never says that something is valid which failed last twice or more',
          ),
          ...held(
            'runtime/session/session-recovery.test.ts',
            'forbids entries after the third failure, which each run of the test has in the journal',
          ),
        ],
      },
    ],
  },
  {
    layer: 6,
    module: 'runtime/meta/types.py',
    lies: [
      'ports/vocabulary/assumptions.ts',
      'core/assumptions/calibrated-parameter.ts',
      'core/assumptions/system-regime.ts',
    ],
    clauses: [
      {
        kind: 'invariant',
        says: 'A parameter that is broken stays so until it is calibrated anew',
        heldBy: held(
          'core/assumptions/calibrated-parameter.test.ts',
          'stays broken whatever comes, until it is calibrated anew',
        ),
      },
      {
        kind: 'invariant',
        says: 'The system regime is UNKNOWN without enough trades',
        heldBy: held(
          'core/assumptions/system-regime.test.ts',
          'is unknown below twenty trades, and known with half confidence at the twentieth',
        ),
      },
    ],
  },
]
