import { both, same } from './both.ts'

export const exportar = {
  sheet: both('Divergências', 'Findings'),
  timeFormat: both('dd/mm/yyyy hh:mm:ss', 'yyyy-mm-dd hh:mm:ss'),
  cut: both('… [cortado: não cabe na célula]', '… [cut: too long for the cell]'),
  heading: {
    id: both('Divergência', 'Finding'),
    sessao_id: both('Sessão', 'Session'),
    sessao_ultima_id: both('Última sessão', 'Last session'),
    regra: both('Regra', 'Rule'),
    tipo: both('Tipo', 'Kind'),
    tabela: both('Tabela', 'Table'),
    registro_id: both('Registro', 'Record'),
    lancamento: both('Lançamento', 'Entry'),
    status: same('Status'),
    confianca: both('Confiança', 'Confidence'),
    valor_em_risco: both('Valor em risco (R$)', 'At stake (BRL)'),
    colunas: both('Colunas', 'Columns'),
    antes: both('Antes', 'Before'),
    depois: both('Depois', 'After'),
    justificativa: both('Justificativa', 'Justification'),
    detectada_em: both('Detectada em', 'Detected at'),
    ultima_deteccao: both('Última detecção', 'Last detected'),
    vezes_detectada: both('Vezes', 'Times'),
    proposta_por: both('Proposta por', 'Proposed by'),
    decidida_em: both('Decidida em', 'Decided at'),
    decidida_por: both('Decidida por', 'Decided by'),
    motivo: both('Último motivo', 'Last reason'),
    decisao: both('Decisão', 'Decision'),
    motivo_decisao: both('Motivo', 'Reason'),
    controle: both('Controle', 'Control'),
  },
  choice: {
    title: both('Decisão', 'Decision'),
    prompt: both(
      'aprovar: corrige. rejeitar: o lançamento está certo; diga o motivo. confirmar: procede, e foi tratada fora. adiar: o dia vai no motivo (15/12/2026). Vazia: continua esperando.',
      'aprovar: corrects it. rejeitar: the entry is right; give the reason. confirmar: a real error, dealt with elsewhere. adiar: put the day into the reason (2026-12-15). Empty: it goes on waiting.',
    ),
    error: both('Use aprovar, rejeitar, confirmar ou adiar.', 'Use aprovar, rejeitar, confirmar or adiar.'),
  },
  running: both(
    (where: string) => `exportando divergências para ${where}`,
    (where) => `exporting findings to ${where}`,
  ),
  rows: both(
    (n: string) => `${n} linhas`,
    (n) => `${n} rows`,
  ),
  done: both(
    (n: string, where: string) => `${n} divergências em ${where}`,
    (n, where) => `${n} findings in ${where}`,
  ),
  trail: {
    running: both(
      (where: string) => `exportando a trilha de auditoria para ${where}`,
      (where) => `exporting the audit trail to ${where}`,
    ),
    done: both(
      (n: string, where: string) => `${n} linhas em ${where}`,
      (n, where) => `${n} lines in ${where}`,
    ),
  },
  readerLeft: both('quem recebia o arquivo saiu antes do fim', 'the reader closed before the end'),
  recorded: both(
    (id: string, sha256: string) => `registrada como operação ${id}; SHA-256 do arquivo: ${sha256}`,
    (id, sha256) => `recorded as operation ${id}; SHA-256 of the file: ${sha256}`,
  ),
  exists: both(
    (file: string) => `${file} já existe e não foi tocado; use --sobrescrever`,
    (file) => `${file} already exists and was not touched; use --sobrescrever`,
  ),
  diskFull: both(
    (file: string) => `o disco está cheio: ${file} não foi gravado, nem em parte`,
    (file) => `the disk is full: ${file} was not written, not even in part`,
  ),
  forbidden: both(
    (file: string) => `sem permissão para gravar ${file}`,
    (file) => `no permission to write ${file}`,
  ),
  noDirectory: both(
    (file: string) => `o diretório de ${file} não existe`,
    (file) => `the directory of ${file} does not exist`,
  ),
  isDirectory: both(
    (file: string) => `${file} é um diretório`,
    (file) => `${file} is a directory`,
  ),
  binaryTerminal: both(
    'uma planilha não aparece no terminal: informe --arquivo, ou redirecione a saída',
    'a spreadsheet cannot be shown on a terminal: give --arquivo, or redirect stdout',
  ),
  unknownSession: both(
    (id: string) => `sessão desconhecida: ${id}; veja as que há com conferente sessoes`,
    (id) => `unknown session: ${id}; list them with conferente sessoes`,
  ),
}
