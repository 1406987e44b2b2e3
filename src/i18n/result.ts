import { both } from './both.ts'

export const result = {
  revertida: both('REVERTIDA', 'ROLLED BACK'),
  ja_revertida: both('JÁ REVERTIDA', 'ALREADY ROLLED BACK'),
  conflito: both(
    'CONFLITO (o registro mudou depois; nada foi alterado)',
    'CONFLICT (the row has changed since; nothing was touched)',
  ),
  ausente: both('AUSENTE (o registro não existe mais)', 'GONE (the row no longer exists)'),
  recusada: both(
    'RECUSADA pelo data warehouse (uma restrição ou gatilho)',
    'REFUSED by the warehouse (a constraint or trigger)',
  ),
  aguardando_segunda_aprovacao: both('AGUARDA outra pessoa', 'WAITS for another person'),
  deixada: both('DEIXADA como estava', 'LEFT as it was'),
  autoGiven: both(
    (rule: string) => `A regra ${rule} corrige sozinha.`,
    (rule) => `Rule ${rule} corrects by itself.`,
  ),
  granted: both(
    (rule: string, corrections: string, value: string) =>
      `A regra ${rule} corrige sozinha até ${corrections} lançamentos e ${value}. Depois disso, só quando as decisões das pessoas a comprovarem.`,
    (rule, corrections, value) =>
      `Rule ${rule} corrects up to ${corrections} entries and ${value} by itself. After that, only once people's decisions have proved it.`,
  ),
  certified: both(
    (limit: string, value: string, n: string) =>
      `Com 95% de confiança, no máximo ${limit} de ${value} corrigidos estão errados (${n} ${n === '1' ? 'conferida' : 'conferidas'}).`,
    (limit, value, n) =>
      `With 95% confidence, at most ${limit} of the ${value} corrected is wrong (${n} checked).`,
  ),
  stillToLookAt: both(
    (n: string) => `Faltam ${n} da amostra.`,
    (n) => `${n} of the sample still to be checked.`,
  ),
  nothingCorrected: both(
    'Nada foi corrigido automaticamente neste mês.',
    'Nothing was corrected automatically in this month.',
  ),
  periodClosed: both(
    (months: string, branch: string | undefined) =>
      `Fechado${branch ? ` para a filial ${branch}` : ''}: ${months}. Nada mais é gravado nesses lançamentos.`,
    (months, branch) =>
      `Closed${branch ? ` for branch ${branch}` : ''}: ${months}. Nothing more is written into these entries.`,
  ),
  periodOpened: both(
    (month: string, branch: string | undefined) =>
      `Reaberto${branch ? ` para a filial ${branch}` : ''}: ${month}.`,
    (month, branch) => `Reopened${branch ? ` for branch ${branch}` : ''}: ${month}.`,
  ),
  categorySucceeds: both(
    (id: string, old: string, now: string, since: string) =>
      `Sucessora ${id}: desde ${since} "${old}" é "${now}". O histórico vai junto na próxima sessão; nos lançamentos nada muda.`,
    (id, old, now, since) =>
      `Successor ${id}: since ${since} "${old}" is "${now}". History follows in the next session; nothing changes in the ledger.`,
  ),
  successorOff: both(
    (id: string) => `Sucessora ${id} desativada.`,
    (id) => `Successor ${id} removed.`,
  ),
  patternReachesNothing: both(
    'O padrão não alcança nenhum lançamento dos últimos meses.',
    'The pattern matches no entry of the last months.',
  ),
  patternReach: both(
    (matched: string, period: string, inside: string, pending: string) =>
      `Alcança ${matched} lançamentos (${period}): ${inside} já em marketing, ${pending} pendentes.`,
    (matched, period, inside, pending) =>
      `It matches ${matched} entries (${period}): ${inside} already in marketing, ${pending} pending.`,
  ),
  patternDisagrees: both(
    (n: string, share: string) => `Em outra categoria: ${n} (${share}). Onde estão:`,
    (n, share) => `Booked elsewhere: ${n} (${share}). Where they are:`,
  ),
  patternAsk: both(
    (pattern: string) => `Salvar o padrão "${pattern}"?`,
    (pattern) => `Save the pattern "${pattern}"?`,
  ),
  patternSaved: both(
    (id: string, pattern: string) =>
      `Padrão ${id} salvo: "${pattern}". Ele só propõe, até que as decisões das pessoas o confirmem.`,
    (id, pattern) =>
      `Pattern ${id} saved: "${pattern}". It only proposes until people's answers have proved it.`,
  ),
  excepted: both(
    (id: string, rule: string, row: string, until: string) =>
      `Exceção ${id}: a regra ${rule} não aponta o registro ${row} até ${until}.`,
    (id, rule, row, until) => `Exception ${id}: rule ${rule} does not flag row ${row} until ${until}.`,
  ),
  exceptionRevoked: both(
    (id: string) => `Exceção ${id} revogada: a próxima sessão volta a olhar o registro.`,
    (id) => `Exception ${id} revoked: the next session looks at the row again.`,
  ),
  untilChanged: both('o registro mudar', 'the row changes'),
  gone: both('(o registro não existe mais)', '(the row no longer exists)'),
  rollback: both(
    (back: string, kept: string) => `revertidas: ${back}; não revertidas: ${kept}`,
    (back, kept) => `rolled back: ${back}; not rolled back: ${kept}`,
  ),
  notTried: both(
    (role: string) => `não experimentada: o login não tem o papel ${role}`,
    (role) => `not tried: the login does not have role ${role}`,
  ),
  mapped: both(
    (found: string, all: string) => `colunas encontradas: ${found} de ${all}; leia o SQL antes de executar`,
    (found, all) => `columns found: ${found} of ${all}; read the SQL before you run it`,
  ),
  mapMisses: both(
    (columns: string) => `sem elas nada funciona: ${columns}`,
    (columns) => `nothing works without these: ${columns}`,
  ),
  diagnosis: both(
    (errors: string, warnings: string) => `erros: ${errors}; avisos: ${warnings}`,
    (errors, warnings) => `errors: ${errors}; warnings: ${warnings}`,
  ),
  session: both(
    (id: string, status: string, window: string) => `Sessão ${id}: ${status}; ${window}`,
    (id, status, window) => `Session ${id}: ${status}; ${window}`,
  ),
  totals: both(
    (rows: string, found: string, atStake: string, corrected: string, amount: string) =>
      `${rows} linhas examinadas, ${found} divergências (${atStake} em risco), ${corrected} corrigidas (${amount})`,
    (rows, found, atStake, corrected, amount) =>
      `${rows} rows examined, ${found} findings (${atStake} at stake), ${corrected} corrected (${amount})`,
  ),
  undone: both(
    (undone: string, again: string) =>
      `${undone} correções anteriores desfeitas fora do sistema, ${again} refeitas (o valor já contado não conta outra vez)`,
    (undone, again) =>
      `${undone} earlier corrections undone from outside, ${again} made again (an amount already counted is not counted twice)`,
  ),
  simulated: both(
    (status: string, window: string) => `Simulação: terminaria ${status}; ${window}. Nada foi alterado.`,
    (status, window) => `Simulation: it would end ${status}; ${window}. Nothing was changed.`,
  ),
  wouldCorrect: both('[corrigiria]', '[would correct]'),
  wouldOpen: both('[ficaria aberta]', '[would stay open]'),
  wouldFail: both('[falharia]', '[would fail]'),
}

export const approval = {
  ask: both(
    (n: string) => (n === '1' ? 'Aprovar e corrigir o que está acima?' : `Aprovar e corrigir as ${n} acima?`),
    (n) => (n === '1' ? 'Approve and correct what is shown above?' : `Approve and correct the ${n} above?`),
  ),
}

export const rollback = {
  ask: both('As correções estavam erradas?', 'Were the corrections wrong?'),
  wrong: both(
    'sim: conta contra a regra, e elas não voltam à fila enquanto o registro não mudar',
    'yes: it counts against the rule, and they do not come back until the row changes',
  ),
  other: both(
    'não, é por outra razão: não conta, e elas voltam à fila',
    'no, for another reason: it does not count, and they come back to the queue',
  ),
}
