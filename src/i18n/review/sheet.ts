import { both } from '../both.ts'

/** Deciding in a spreadsheet. */
export const sheet = {
  title: both('Planilha', 'Spreadsheet'),
  explain: both(
    'Baixe o que espera, escolha em cada linha na coluna Decisão e envie o arquivo de volta. O que ficar sem decisão continua esperando.',
    'Download what waits, choose a decision for each line in the column Decision, and send the file back. Lines without a decision go on waiting.',
  ),
  download: both('Baixar o que espera', 'Download what waits'),
  fileName: both('divergencias.xlsx', 'findings.xlsx'),
  file: both('Planilha preenchida (.xlsx)', 'The spreadsheet, filled in (.xlsx)'),
  send: both('Enviar', 'Send'),
  sending: both('Enviando: {name}.', 'Sending: {name}.'),
  of: both('{name}: {what}', '{name}: {what}'),
  act: {
    aprovar: both('aprovar', 'approve'),
    rejeitar: both('rejeitar', 'reject'),
    confirmar: both('confirmar', 'confirm'),
    adiar: both('adiar', 'postpone'),
  },
  done: {
    one: both('1 decidida', '1 decided'),
    many: both('{n} decididas', '{n} decided'),
  },
  missed: {
    one: both('1 sem efeito', '1 without effect'),
    many: both('{n} sem efeito', '{n} without effect'),
  },
  left: {
    one: both('1 deixada como estava', '1 left as it was'),
    many: both('{n} deixadas como estavam', '{n} left as they were'),
  },
  results: both('O que houve, linha por linha', 'What happened, line by line'),
  line: both('Linha', 'Line'),
  finding: both('Divergência', 'Finding'),
  decision: both('Decisão', 'Decision'),
  result: both('Resultado', 'Result'),
  why: both('O que houve', 'What happened'),
  leftAlone: both('deixada', 'left'),
  close: both('Fechar', 'Close'),
}
