import type { avaliar as ptBR } from './avaliar.pt-BR.ts'

export const avaliar: typeof ptBR = {
  running: (rule) => `back-testing ${rule}: the rule really runs and everything is undone`,
  source: {
    decisoes: 'what people decided, and what the rows held later',
    retroteste: 'entries of today, treated as if they were pending',
  },
  band: { 'só aponta': 'only flags', 'no limiar': 'at threshold', total: 'total' },
  column: {
    band: 'confidence',
    found: 'findings',
    coverage: 'coverage',
    judged: 'judged',
    right: 'right',
    precision: 'precision',
    mean: 'mean confidence',
    error: 'error',
    wrong: 'wrong at threshold',
    harm: 'harm',
  },
  nothing: 'Nothing found in the window.',
  unjudged: 'The truth is known of nothing that it found: nobody has decided yet.',
  expectedError: (error) => `Expected calibration error: ${error}`,
  recall: (share, known) => `Recall: ${share} of ${known} rows that were wrong`,
  figure: (path) => `Figure in ${path}`,
  cannotWrite: (path, reason) => `cannot write ${path}: ${reason}`,
  chart: {
    title: (rule) => `Reliability of ${rule}`,
    confidence: 'mean confidence of the band',
    precision: 'share that was right',
    ideal: 'perfect calibration',
    series: (fn, source) => `${fn} (${source})`,
  },
}
