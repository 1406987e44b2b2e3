import type * as ptBR from './demo.pt-BR.ts'

export const demo: typeof ptBR.demo = {
  database: (name) => `creating database ${name}`,
  foreign:
    "schema dw of this database is not the demo's: it never touches a real warehouse. Use another database, or run without DATABASE_URL.",
  used: 'this database has sessions on record, and the audit trail is never erased. Use a new database, or run without DATABASE_URL.',
  warehouse: "1. A car maker's finance warehouse, as dirty as real ones",
  generating: (rows, seed) => `generating ${rows} entries (seed ${seed})`,
  figures: (rows, from, to, amount, suppliers, branches) =>
    `${rows} entries from ${from} to ${to}, ${amount} in all; ${suppliers} suppliers, ${branches} branches.`,
  planted: (group, n) =>
    group === 'honesta'
      ? `  ${n} honest oddities, which must not be "corrected"`
      : `  ${n} errors planted for rule ${group}`,
  patterns: '2. The business registers its trade marketing patterns',
  patternsReason: 'patterns of the marketing department (demo)',
  patternsDone: (n) => `${n} patterns registered, each an audited operation.`,
  manual: '3. A manual session: detects only, changes nothing',
  findings: 'Some findings, each with its justification',
  decisions: '4. People decide',
  anaApproves: 'Ana checks the document and approves:',
  anaRejects: 'Ana sees that the proposal is wrong and rejects:',
  anaProposes: 'Ana approves one of a large amount; another person is needed:',
  brunoApproves: 'Bruno gives the second approval:',
  approvalReason: 'checked against the document',
  rejectionReason: 'the entry is right as it is',
  auto: '5. An automatic session: corrects by itself only what is safe',
  rollback: '6. Everything can be undone, exactly',
  rollbackReason: 'demonstration of a rollback',
  itemBack: (id) => `Ana takes back the correction of finding ${id}:`,
  operationBack: (id, rows) => `Bruno takes back the whole of operation ${id} (${rows} rows):`,
  operationAgain: (id) => `Bruno takes back the rollback itself (operation ${id}): the corrections return:`,
  history: (id) => `Everything that happened to entry ${id}:`,
  score: '7. The score, against the truth kept aside',
  scoring: 'comparing with the truth',
  further: 'To look further',
  furtherName: 'you',
  furtherPage: 'in the browser: http://localhost:8000/revisao, with the token',
  took: (time) => `The demo took ${time}.`,
}

export const score: typeof ptBR.score = {
  planted: 'planted',
  found: 'found',
  recall: 'recall',
  precision: 'precision',
  corrected: 'corrected',
  precisionCorrected: 'precision of corrected',
  harm: 'harm',
  legend:
    'recall: share of the planted errors that was found; precision: share of the proposals that was right; harm: right entries that were changed.',
  good: 'No harm.',
  nothing: 'No harm; but nothing was corrected either.',
  bad: (harm, precision) =>
    `Not good: harm ${harm}, precision of the corrections ${precision} (zero harm and at least 99% are needed).`,
}
