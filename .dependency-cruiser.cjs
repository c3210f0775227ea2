/** The house's import rules: everything -> base; core -> ports <- adapters; runtime -> core, ports, files; cli -> everything. See docs/architecture.md. */
module.exports = {
  forbidden: [
    {
      name: 'base-imports-nothing-of-ours',
      comment:
        'Every room may stand on the base, so it can stand on none of them; and whoever computes may use it, so it does no I/O.',
      severity: 'error',
      from: { path: '^src/base' },
      to: { path: '^src/', pathNot: '^src/base' },
    },
    {
      name: 'ports-import-the-base-alone',
      comment: 'A port is the vocabulary both sides share; an import from a room would tie the vocabulary to one side.',
      severity: 'error',
      from: { path: '^src/ports' },
      to: { path: '^src/', pathNot: '^src/(ports|base)' },
    },
    {
      name: 'vocabulary-knows-no-seam',
      comment: 'Plain data that crosses the seams has a meaning without any of them.',
      severity: 'error',
      from: { path: '^src/ports/vocabulary' },
      to: { path: '^src/ports/', pathNot: '^src/ports/vocabulary' },
    },
    {
      name: 'core-imports-core-ports-and-base',
      comment: 'The core must run unchanged in a backtest, a paper session, a simulation and a replay.',
      severity: 'error',
      from: { path: '^src/core' },
      to: { path: '^src/', pathNot: '^src/(core|ports|base)' },
    },
    {
      name: 'core-has-no-node-modules',
      comment: 'No clock, file, socket or process in the core: time, randomness and data enter as arguments.',
      severity: 'error',
      from: { path: '^src/(core|ports|base)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-packages-are-pure',
      comment:
        'Only packages that compute may be used in the core; hashes and exact decimals are the two that are needed.',
      severity: 'error',
      from: { path: '^src/(core|ports|base)' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/(@noble/hashes|decimal\\.js)',
      },
    },
    {
      name: 'files-know-no-market',
      comment: 'The durable write and the lock serve every adapter; neither knows what is written.',
      severity: 'error',
      from: { path: '^src/files' },
      to: { path: '^src/', pathNot: '^src/(files|base)' },
    },
    {
      name: 'adapters-do-not-decide',
      comment: 'An adapter translates between a port and an outside thing; market logic stays in the core.',
      severity: 'error',
      from: { path: '^src/adapters' },
      to: { path: '^src/', pathNot: '^src/(adapters|ports|files|base)' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      comment: 'Two adapters meet only in the composition root.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'the-sandbox-stands-beside-the-adapters',
      comment:
        'An exchange to rehearse against knows the matching engine of the paper exchange, and nothing of the client that trades on it: what both had in common would prove nothing.',
      severity: 'error',
      from: { path: '^src/sandbox' },
      to: { path: '^src/', pathNot: '^src/(sandbox|adapters/paper|core|ports|files|base)' },
    },
    {
      name: 'only-compositions-know-the-sandbox',
      comment: 'Nothing that trades may depend on the exchange that it is rehearsed against.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sandbox|cli)/' },
      to: { path: '^src/sandbox' },
    },
    {
      name: 'config-reads-what-a-person-writes',
      comment:
        'Commands, services, sweeps and library users read the same files: nothing here knows a command or an adapter.',
      severity: 'error',
      from: { path: '^src/config' },
      to: { path: '^src/', pathNot: '^src/(config|core|ports|files|base)' },
    },
    {
      name: 'the-runtime-is-handed-its-adapters',
      comment:
        'What makes the core run in time serves a command, a service, a test and a library user alike, over whichever adapters they choose.',
      severity: 'error',
      from: { path: '^src/runtime/' },
      to: { path: '^src/', pathNot: '^src/(runtime|core|ports|files|base)' },
    },
    {
      name: 'the-shell-knows-no-market-word',
      comment: 'What makes a program behave at a terminal is the same whatever the program does.',
      severity: 'error',
      from: { path: '^src/cli/shell' },
      to: { path: '^src/', pathNot: '^src/(cli/shell|files|base)' },
    },
    {
      name: 'compositions-take-plain-settings',
      comment: "A composition that knew a command's options could be copied by no library user.",
      severity: 'error',
      from: { path: '^src/cli/compose' },
      to: { path: '^src/cli/', pathNot: '^src/cli/(compose|shell)' },
    },
    {
      name: 'commands-do-not-know-each-other',
      comment:
        'What two commands share is an option (run-options), a composition, a word of the shell, or belongs below the command line.',
      severity: 'error',
      from: { path: '^src/cli/([^/]+)/' },
      to: { path: '^src/cli/', pathNot: '^src/cli/($1|shell|compose|[^/]+\\.ts)' },
    },
    {
      name: 'the-execution-layer-does-not-think',
      comment:
        'It places orders, holds protective exits and reports truth. Signals, regimes, selection, sizing, exit rules and the decision side stay out of it, whatever the route.',
      severity: 'error',
      from: { path: '^src/core/execution' },
      to: {
        path: '^src/core/(engine|signal|selection|sizing|exits|costs|breaker|survival|forewarner|orderbook|eigen|backtest|decision|arbitration|risk|performance)/',
        reachable: true,
      },
    },
    {
      name: 'the-decision-side-does-not-execute',
      comment:
        'The two sides meet in messages alone, and may be two processes of two builds: the decision side knows no order, no venue and no state of the execution side, whatever the route. The rule above holds the other way round.',
      severity: 'error',
      from: { path: '^src/core/decision' },
      to: { path: '^src/core/execution/', reachable: true },
    },
    {
      name: 'what-both-sides-share-knows-neither',
      comment:
        'The link, modes, reconciliation, orders and positions mean the same on both sides; knowing one would tie the other to it.',
      severity: 'error',
      from: { path: '^src/core/(link|mode|reconciliation|orders|position)/' },
      to: { path: '^src/core/(decision|execution)/', reachable: true },
    },
    {
      name: 'flows-know-no-market',
      comment:
        'When a logical date is run, and what of it again, is the same whatever its tasks do: flows stand on the harness, and on nothing that trades.',
      severity: 'error',
      from: { path: '^src/core/flows/' },
      to: { path: '^src/core/', pathNot: '^src/core/(flows|harness)/' },
    },
    {
      name: 'observation-keeps-its-inside-to-itself',
      comment:
        'Strategies read what a snapshot says, tools what queries and the applied events tell. Buffers, nodes and windows are columns that change with the next advance: whoever held one would know what no snapshot knows, and could change it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/core/observation/' },
      to: { path: '^src/core/observation/internal/' },
    },
    {
      name: 'facts-know-nobody-who-trades',
      comment:
        'Observation and analysis say what happened, without a thought of what follows from it: whoever decides, risks or executes stands on them, and they on none of these, whatever the route.',
      severity: 'error',
      from: { path: '^src/core/(observation|analysis)/' },
      to: {
        path: '^src/core/(engine|signal|selection|sizing|exits|strategy|examples|decision|arbitration|risk|position|orders|execution|mode|assumptions|performance)/',
        reachable: true,
      },
    },
    {
      name: 'the-harness-knows-no-market',
      comment:
        'The harness says what is run, when, and on which state: it is handed judgements, and no file of it can come by a price, a signal or a decision of its own.',
      severity: 'error',
      from: { path: '^src/core/harness/' },
      to: {
        path: '^src/',
        pathNot: '^src/(core/harness/|base/|ports/audit-trail\\.ts|ports/vocabulary/(harness|market)\\.ts)',
      },
    },
    {
      name: 'only-the-composition-root-imports-cli',
      comment: 'The command line is the outermost layer: nothing depends on it.',
      severity: 'error',
      from: { pathNot: '^src/cli' },
      to: { path: '^src/cli' },
    },
    {
      name: 'entries-are-for-other-programs',
      comment: 'An entry file is what a subpath of the package offers: inside, each file is imported where it lies.',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^src/(entries/|index\\.ts)' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle means two files are one concept, or a concept is missing.',
      severity: 'error',
      from: { path: '^src' },
      to: { circular: true },
    },
    {
      name: 'src-uses-runtime-dependencies-only',
      comment:
        'What ships may not need a development dependency. A peer dependency is one, too, so that our own tests have it.',
      severity: 'error',
      from: { path: '^src' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
