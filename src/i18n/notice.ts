import { both, same } from './both.ts'

/** What an interrupted migration leaves behind, by how far it came. */
const STOPPED = {
  roles: both(
    'Ficam no banco os papéis e os esquemas, e talvez parte das tabelas da fila (graphile_worker); mais nada.',
    'The roles and the schemas stay in the database, and perhaps some tables of the queue (graphile_worker); nothing else.',
  ),
  queue: both(
    'Ficam no banco os papéis, os esquemas e as tabelas da fila (graphile_worker); a migração que falhou foi desfeita por inteiro.',
    'Roles, schemas and the tables of the queue (graphile_worker) stay in the database; the migration that failed was undone completely.',
  ),
  migrations: both(
    'Todas as migrações estão feitas; falta o que vem depois delas.',
    'All migrations are done; the steps after them are missing.',
  ),
}

export const notice = {
  embedded: both(
    (dir: string) => `PostgreSQL embutido; os dados ficam em ${dir}`,
    (dir) => `embedded PostgreSQL; its data is in ${dir}`,
  ),
  migrating: both('atualizando o banco', 'bringing the database to the current version'),
  migrated: both('O banco está na versão atual.', 'The database is at the current version.'),
  migrationStopped: both(
    (reached?: keyof typeof STOPPED) =>
      reached === undefined
        ? 'A migração parou; nada foi mudado no banco.'
        : `A migração parou. ${STOPPED[reached]['pt-BR']} Removida a causa, rode conferente migrar de novo: ele continua daí.`,
    (reached) =>
      reached === undefined
        ? 'The migration stopped; nothing was changed in the database.'
        : `The migration stopped. ${STOPPED[reached].en} Once the cause is gone, run conferente migrar again; it continues from there.`,
  ),
  interrupting: both(
    'interrompendo… (Ctrl-C de novo encerra já)',
    'interrupting… (Ctrl-C again ends at once)',
  ),
  interruptedReason: both('interrompida pelo usuário', 'interrupted by the user'),
  simulating: both(
    'simulando: tudo é feito de verdade e desfeito no fim',
    'simulating: everything is really done, and undone at the end',
  ),
  noFindings: both('Nenhuma divergência.', 'No findings.'),
  noneUndone: both('Nenhuma correção desfeita fora do sistema.', 'No correction was undone from outside.'),
  shown: both(
    (shown: string, total: string) => `${shown} de ${total}`,
    (shown, total) => `${shown} of ${total}`,
  ),
  more: both(
    (n: string) => `… e mais ${n}; use --json para ver todas`,
    (n) => `… and ${n} more; use --json to see all`,
  ),
  typedSeen: both(
    (id: string, seen: string) => `  conferente aprovar ${id} --visto ${seen} --motivo …`,
    (id, seen) => `  conferente aprovar ${id} --visto ${seen} --motivo …`,
  ),
  left: both(
    (n: string) => `${n} deixadas como estavam`,
    (n) => `${n} left as they were`,
  ),
  undo: both(
    (operation: string) => `Para desfazer: conferente desfazer ${operation} --motivo …`,
    (operation) => `To undo it: conferente desfazer ${operation} --motivo …`,
  ),
  postponed: both(
    (n: string) => `${n} ${n === '1' ? 'adiada' : 'adiadas'}`,
    (n) => `${n} postponed`,
  ),
  secondNeeded: both(
    'As que aguardam pedem a aprovação de outra pessoa: conferente aprovar ID --motivo …',
    "Those that wait need another person's approval: conferente aprovar ID --motivo …",
  ),
  onlyDemonstration: both(
    'Este banco não tem data warehouse. Para o da demonstração, acrescente --demo ao comando.',
    'This database has no warehouse. To use the demonstration, add --demo to the command.',
  ),
  noHistory: both(
    (table: string, id: string) => `Nada aconteceu com ${table} ${id}.`,
    (table, id) => `Nothing has happened to ${table} ${id}.`,
  ),
  noSessions: both('Nenhuma sessão ainda.', 'No sessions yet.'),
  noPeriods: both('Nenhum período fechado.', 'No period is closed.'),
  wholeCompany: both('empresa toda', 'whole company'),
  noExceptions: both('Nenhuma exceção em vigor.', 'No exception in force.'),
  noSuccessors: both('Nenhuma categoria com sucessora.', 'No category has a successor.'),
  noPatterns: both(
    'Nenhum padrão. Salve o primeiro: conferente padroes salvar "…" --motivo "…".',
    'No patterns. Save the first: conferente padroes salvar "…" --motivo "…".',
  ),
  noCategory: both('sem categoria', 'without a category'),
  sessionCancelled: both(
    (id: string) => `Sessão ${id} cancelada; o que já estava gravado permanece e pode ser revertido.`,
    (id) => `Session ${id} cancelled; what was committed stays and can be rolled back.`,
  ),
  changedBy: both(
    (when: string, who: string) => `alterada em ${when} por ${who}`,
    (when, who) => `changed on ${when} by ${who}`,
  ),
  closedInterrupted: both(
    (ids: string) =>
      `aviso: sessão que um processo encerrado à força deixou aberta, agora registrada como falhou: ${ids}`,
    (ids) =>
      `warning: a process that was killed left this session open; it is now recorded as falhou: ${ids}`,
  ),
  sessionOpened: both(
    (id: string, mode: string, rules: string) => `sessão ${id}, modo ${mode}: ${rules}`,
    (id, mode, rules) => `session ${id}, mode ${mode}: ${rules}`,
  ),
  correctedSoFar: both(
    (n: string) => `(${n} já corrigidas)`,
    (n) => `(${n} corrected so far)`,
  ),
}

export const step = {
  detectar: both('procurando divergências:', 'looking for wrong entries:'),
  repartir: both('preparando e repartindo:', 'preparing and dividing up:'),
  partes: both('partes', 'parts'),
  parte: both('procurando divergências:', 'looking for wrong entries:'),
  juntar: both('juntando as partes:', 'joining the parts:'),
  limitar: both('conferindo os limites', 'checking the limits'),
  corrigir: both('corrigindo e conferindo:', 'correcting and verifying:'),
  finalizar: both('fechando a sessão', 'closing the session'),
  fim: both('fim', 'end'),
}

export const window = {
  loaded: both(
    (from: string, to: string) => `carregados de ${from} a ${to}`,
    (from, to) => `loaded from ${from} to ${to}`,
  ),
  booked: both(
    (from: string, to: string) => `lançamentos de ${from} a ${to}`,
    (from, to) => `booked from ${from} to ${to}`,
  ),
  open: same('…'),
}

export const next = {
  list: both(
    'Para ver o que espera decisão: conferente listar --detalhe',
    'To see what waits for a person: conferente listar --detalhe',
  ),
  rollback: both(
    (id: string) => `Para desfazer as correções desta sessão: conferente reverter --sessao ${id} --motivo …`,
    (id) => `To roll back this session's corrections: conferente reverter --sessao ${id} --motivo …`,
  ),
  undone: both(
    'Correções foram desfeitas fora do sistema. A lista para quem cuida da origem: conferente listar --desfeitas',
    'Corrections were undone from outside. For the list of what to fix at the source: conferente listar --desfeitas',
  ),
  diagnose: both(
    'Para ver o que falta no data warehouse: conferente diagnostico',
    'To see what is missing in the warehouse: conferente diagnostico',
  ),
}
