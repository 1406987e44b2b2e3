import { both } from './both.ts'

/** Texts about sheets of decisions. */
export const planilha = {
  line: both('linha', 'line'),
  decision: both('decisão', 'decision'),
  outcome: both('resultado', 'result'),
  why: both('o que houve', 'what happened'),
  left: both('deixada', 'left'),
  counted: {
    feita: both(
      (n: number, said: string) => `${said} ${n === 1 ? 'feita' : 'feitas'}`,
      (_, said) => `${said} done`,
    ),
    sem_efeito: both(
      (_: number, said: string) => `${said} sem efeito`,
      (_, said) => `${said} without effect`,
    ),
    deixada: both(
      (n: number, said: string) => `${said} ${n === 1 ? 'deixada como estava' : 'deixadas como estavam'}`,
      (_, said) => `${said} left as they were`,
    ),
  },
  secondNeeded: both(
    'As que aguardam pedem outra pessoa, que as vê numa exportação nova ou na página.',
    'Those that wait need another person, who sees them in a new export or on the page.',
  ),
  sealed: both(
    (operations: string, sha256: string) => `operação ${operations}; SHA-256 da planilha: ${sha256}`,
    (operations, sha256) => `operation ${operations}; SHA-256 of the spreadsheet: ${sha256}`,
  ),
  simulated: both(
    'Foi uma simulação: nada mudou. Sem --simular, as decisões são gravadas.',
    'This was a simulation: nothing changed. Without --simular it decides.',
  ),
  noFile: both('este arquivo não existe', 'there is no such file'),
  unreadable: both('sem permissão para ler este arquivo', 'no permission to read this file'),
  problem: {
    notXlsx: both(
      () => 'não é uma planilha XLSX; salve como “Pasta de trabalho do Excel (.xlsx)”',
      () => 'this is not an XLSX spreadsheet; save it as “Excel Workbook (.xlsx)”',
    ),
    locked: both(
      () => 'a planilha tem senha ou está no formato antigo (.xls); salve como .xlsx, sem senha',
      () =>
        'the spreadsheet has a password or is in the old format (.xls); save it as .xlsx, without a password',
    ),
    damaged: both(
      () => 'a planilha está danificada: abra e salve de novo, ou exporte outra',
      () => 'the spreadsheet is damaged: open and save it again, or export another',
    ),
    tooLarge: both(
      () => 'a planilha é grande demais; exporte menos de uma vez: por regra, por sessão ou por dia',
      () => 'the spreadsheet is too large; export less at a time: by rule, session or day',
    ),
    noSheet: both(
      () => 'nenhuma folha tem as colunas Divergência, Decisão e Controle: exporte de novo o que espera',
      () => 'no sheet has the columns Finding, Decision and Control: export again what waits',
    ),
    twoSheets: both(
      () => 'mais de uma folha tem as colunas da exportação; deixe só a que vale',
      () => 'more than one sheet has the columns of the export; keep only the one that counts',
    ),
    missing: both(
      (columns: string) => `faltam colunas da exportação: ${columns}`,
      (columns) => `columns of the export are missing: ${columns}`,
    ),
    twice: both(
      (columns: string) => `há mais de uma coluna com este título: ${columns}`,
      (columns) => `more than one column has this heading: ${columns}`,
    ),
    tooMany: both(
      (most: string) =>
        `a planilha tem mais de ${most} linhas; exporte menos de uma vez: por regra, por sessão ou por dia`,
      (most) => `the spreadsheet has more than ${most} lines; export less at a time: by rule, session or day`,
    ),
  },
}
