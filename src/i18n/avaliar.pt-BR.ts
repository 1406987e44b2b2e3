/** What conferente avaliar says. */
export const avaliar = {
  running: (rule: string) => `avaliando ${rule}: a regra roda de verdade e tudo é desfeito`,
  source: {
    decisoes: 'decisões das pessoas, e o que os registros guardaram depois',
    retroteste: 'lançamentos de hoje, tratados como se estivessem pendentes',
  },
  band: { 'só aponta': 'só aponta', 'no limiar': 'no limiar', total: 'total' },
  column: {
    band: 'confiança',
    found: 'achados',
    coverage: 'cobertura',
    judged: 'julgadas',
    right: 'certas',
    precision: 'precisão',
    mean: 'confiança média',
    error: 'erro',
    wrong: 'erradas no limiar',
    harm: 'danos',
  },
  nothing: 'Nada encontrado no período.',
  unjudged: 'Ainda não dá para medir: ninguém decidiu sobre o que a regra encontrou.',
  expectedError: (error: string) => `Erro de calibração esperado: ${error}`,
  recall: (share: string, known: string) => `Recuperação: ${share} de ${known} registros que estavam errados`,
  figure: (path: string) => `Figura em ${path}`,
  cannotWrite: (path: string, reason: string) => `não foi possível gravar ${path}: ${reason}`,
  chart: {
    title: (rule: string) => `Confiabilidade de ${rule}`,
    confidence: 'confiança média da faixa',
    precision: 'fração que estava certa',
    ideal: 'calibração perfeita',
    series: (fn: string, source: string) => `${fn} (${source})`,
  },
}
