/** The house's import rules: core -> ports <- adapters, cli -> everything. See docs/architecture.md. */
module.exports = {
  forbidden: [
    {
      name: 'ports-import-nothing-of-ours',
      comment: 'A port is the vocabulary both sides share; an import from here would tie the vocabulary to one side.',
      severity: 'error',
      from: { path: '^src/ports' },
      to: { path: '^src/', pathNot: '^src/ports' },
    },
    {
      name: 'core-imports-only-core-and-ports',
      comment: 'The core must run unchanged in a backtest, a paper session, a simulation and a replay.',
      severity: 'error',
      from: { path: '^src/core' },
      to: { path: '^src/(adapters|cli)|^src/index' },
    },
    {
      name: 'core-has-no-node-modules',
      comment: 'No clock, file, socket or process in the core: time, randomness and data enter as arguments.',
      severity: 'error',
      from: { path: '^src/(core|ports)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-packages-are-pure',
      comment:
        'Only packages that compute may be used in the core; hashes and exact decimals are the two that are needed.',
      severity: 'error',
      from: { path: '^src/(core|ports)' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/(@noble/hashes|decimal\\.js)',
      },
    },
    {
      name: 'adapters-do-not-decide',
      comment: 'An adapter translates between a port and an outside thing; market logic stays in the core.',
      severity: 'error',
      from: { path: '^src/adapters' },
      to: { path: '^src/(core|cli)|^src/index' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      comment: 'Two adapters meet only in the composition root.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'the-execution-layer-does-not-think',
      comment:
        'It places orders, holds protective exits and reports truth. Signals, regimes, selection, sizing, exit rules and the decision side stay out of it, whatever the route.',
      severity: 'error',
      from: { path: '^src/core/execution' },
      to: {
        path: '^src/core/(engine|signal|selection|sizing|exits|costs|breaker|survival|forewarner|orderbook|eigen|backtest|decision|arbitration|risk|analytics)/',
        reachable: true,
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
      name: 'no-cycles',
      comment: 'A cycle means two files are one concept, or a concept is missing.',
      severity: 'error',
      from: { path: '^src' },
      to: { circular: true },
    },
    {
      name: 'src-uses-runtime-dependencies-only',
      comment: 'What ships may not need a development dependency.',
      severity: 'error',
      from: { path: '^src' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
