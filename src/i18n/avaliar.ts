import { both, same } from './both.ts'

/** What conferente avaliar says. */
export const avaliar = {
  running: both(
    (rule: string) => `avaliando ${rule}: a regra roda de verdade e tudo é desfeito`,
    (rule) => `back-testing ${rule}: the rule really runs, and everything is undone`,
  ),
  source: {
    decisoes: both(
      'decisões das pessoas e o que os registros tinham depois',
      'what people decided, and what the rows held later',
    ),
    retroteste: both(
      'lançamentos atuais, tratados como se estivessem pendentes',
      "today's entries, treated as if they were pending",
    ),
  },
  band: {
    'só aponta': both('só aponta', 'only flags'),
    'no limiar': both('no limiar', 'at threshold'),
    total: same('total'),
  },
  column: {
    band: both('confiança', 'confidence'),
    found: both('encontradas', 'findings'),
    coverage: both('cobertura', 'coverage'),
    judged: both('julgadas', 'judged'),
    right: both('certas', 'right'),
    precision: both('precisão', 'precision'),
    mean: both('confiança média', 'mean confidence'),
    error: both('erro', 'error'),
    wrong: both('erradas no limiar', 'wrong at threshold'),
    harm: both('danos', 'harm'),
  },
  nothing: both('Nada encontrado no período.', 'Nothing found in the window.'),
  unjudged: both(
    'Ainda não dá para medir: ninguém decidiu sobre o que a regra encontrou.',
    'Nothing to measure yet: nobody has decided on its findings.',
  ),
  expectedError: both(
    (error: string) => `Erro de calibração esperado: ${error}`,
    (error) => `Expected calibration error: ${error}`,
  ),
  recall: both(
    (share: string, known: string) => `Recuperação: ${share} de ${known} registros que estavam errados`,
    (share, known) => `Recall: ${share} of ${known} rows that were wrong`,
  ),
  figure: both(
    (path: string) => `Figura em ${path}`,
    (path) => `Figure in ${path}`,
  ),
  cannotWrite: both(
    (path: string, reason: string) => `não foi possível gravar ${path}: ${reason}`,
    (path, reason) => `cannot write ${path}: ${reason}`,
  ),
  chart: {
    title: both(
      (rule: string) => `Confiabilidade de ${rule}`,
      (rule) => `Reliability of ${rule}`,
    ),
    confidence: both('confiança média da faixa', 'mean confidence of the band'),
    precision: both('fração que estava certa', 'share that was right'),
    ideal: both('calibração perfeita', 'perfect calibration'),
    series: both(
      (fn: string, source: string) => `${fn} (${source})`,
      (fn, source) => `${fn} (${source})`,
    ),
  },
}
