import { both } from '../both.ts'
import { counted, plural } from './plural.ts'

/** The result of a session, for a subject. */
const did = both(
  (found: number, fresh: string, corrected: string) =>
    found === 0
      ? 'nenhuma divergência'
      : `${counted(fresh, 'nova', 'novas')}, ${counted(corrected, 'corrigida', 'corrigidas')}`,
  (found, fresh, corrected) => (found === 0 ? 'no findings' : `${fresh} new, ${corrected} corrected`),
)

export const subject = {
  did,
  done: both(
    (day: string, did: string) => `Tudo feito em ${day}: ${did}`,
    (day, did) => `All done on ${day}: ${did}`,
  ),
  waiting: both(
    (day: string, did: string, n: number, waiting: string) =>
      `${waiting} ${plural(n, 'espera', 'esperam')} decisão em ${day}: ${did}`,
    (day, did, n, waiting) => `${waiting} ${plural(n, 'waits', 'wait')} for a decision on ${day}: ${did}`,
  ),
  overdue: both(
    (day: string, did: string, overdue: string, n: number, waiting: string) =>
      `${counted(overdue, 'vencida', 'vencidas')}, ${waiting} ${plural(n, 'espera', 'esperam')} decisão em ${day}: ${did}`,
    (day, did, overdue, n, waiting) =>
      `${overdue} overdue, ${waiting} ${plural(n, 'waits', 'wait')} for a decision on ${day}: ${did}`,
  ),
  gaps: both(
    (day: string, gaps: string) => `Concluído com ressalvas em ${day}: ${gaps}`,
    (day, gaps) => `Done with gaps on ${day}: ${gaps}`,
  ),
  failed: both(
    (day: string, id: string) => `FALHOU: sessão ${id} de ${day}`,
    (day, id) => `FAILED: session ${id} of ${day}`,
  ),
  alert: both(
    (n: number, count: string, amount: string) =>
      `${count} ${plural(n, 'divergência espera', 'divergências esperam')} uma pessoa: ${amount} em risco`,
    (n, count, amount) =>
      `${count} ${plural(n, 'finding waits', 'findings wait')} for a person: ${amount} at stake`,
  ),
  failure: both(
    (id: string, day: string) => `Falha crítica na sessão ${id} de ${day}`,
    (id, day) => `Critical failure in session ${id} of ${day}`,
  ),
  unqueued: both(
    (when: string) => `Falha crítica: a sessão de ${when} não pôde ser colocada na fila`,
    (when) => `Critical failure: the session due on ${when} could not be queued`,
  ),
  limit: both(
    (id: string) => `Limite atingido: a sessão ${id} não corrigiu nada além dele`,
    (id) => `Limit reached: session ${id} corrected nothing beyond it`,
  ),
  absence: both(
    (day: string, hour: string) => `Nenhuma sessão de ${day} terminou até ${hour}`,
    (day, hour) => `No session on ${day} had ended by ${hour}`,
  ),
}

export const headline = {
  done: both('Tudo feito', 'All done'),
  waiting: both(
    (n: number, waiting: string) => `${waiting} ${plural(n, 'espera', 'esperam')} decisão`,
    (n, waiting) => `${waiting} ${plural(n, 'waits', 'wait')} for a decision`,
  ),
  overdue: both(
    (overdue: string, n: number, waiting: string) =>
      `${counted(overdue, 'vencida', 'vencidas')}, ${waiting} ${plural(n, 'espera', 'esperam')} decisão`,
    (overdue, n, waiting) => `${overdue} overdue, ${waiting} ${plural(n, 'waits', 'wait')} for a decision`,
  ),
  gaps: both('Concluído com ressalvas', 'Done with gaps'),
  failed: both('Falhou', 'Failed'),
  alert: both(
    (n: number, count: string) =>
      `${count} ${plural(n, 'divergência espera', 'divergências esperam')} uma pessoa`,
    (n, count) => `${count} ${plural(n, 'finding waits', 'findings wait')} for a person`,
  ),
  failure: both('A sessão falhou, no todo ou em parte', 'The session failed, wholly or in part'),
  unqueued: both('A sessão não pôde ser colocada na fila', 'The session could not be queued'),
  limit: both('Limite atingido: a correção automática parou', 'Limit reached: automatic correction stopped'),
  absence: both(
    (hour: string) => `Nenhuma sessão terminou até ${hour}`,
    (hour) => `No session had ended by ${hour}`,
  ),
}

export const lead = {
  nothing: both(
    (n: number, rows: string) =>
      n === 0
        ? 'Nenhum lançamento foi lido na janela: confira se a carga chegou.'
        : `${counted(rows, 'lançamento conferido', 'lançamentos conferidos')} e nenhuma divergência encontrada.`,
    (n, rows) =>
      n === 0
        ? 'No entries were read in the window: check whether the load arrived.'
        : `${counted(rows, 'entry', 'entries')} checked, no findings.`,
  ),
  found: both(
    (rows: string, found: string, amount: string, corrected: string) =>
      `${counted(rows, 'lançamento conferido', 'lançamentos conferidos')}, ${counted(found, 'divergência', 'divergências')} (${amount} em risco), ${counted(corrected, 'corrigida', 'corrigidas')}.`,
    (rows, found, amount, corrected) =>
      `${counted(rows, 'entry', 'entries')} checked, ${counted(found, 'finding', 'findings')} (${amount} at stake), ${corrected} corrected.`,
  ),
  waiting: both(
    (n: number, count: string, amount: string) =>
      n === 0
        ? 'Nada espera decisão.'
        : `${count} ${plural(n, 'espera', 'esperam')} uma pessoa: ${amount} em risco.`,
    (n, count, amount) =>
      n === 0
        ? 'Nothing waits for a person.'
        : `${count} ${plural(n, 'waits', 'wait')} for a person: ${amount} at stake.`,
  ),
  certified: both(
    (limit: string, value: string, checked: string, asked: string) =>
      `Com 95% de confiança, no máximo ${limit} de ${value} corrigidos neste mês estão errados (${counted(checked, 'conferida', 'conferidas')}${checked === asked ? '' : ` de ${asked}`}).`,
    (limit, value, checked, asked) =>
      `With 95% confidence, at most ${limit} of the ${value} corrected this month is wrong (${checked} checked${checked === asked ? '' : ` of ${asked}`}).`,
  ),
  drawn: both(
    (session: string, seal: string) => `Selo da sessão ${session} para o sorteio: ${seal}.`,
    (session, seal) => `Seal of session ${session} for the draw: ${seal}.`,
  ),
  postponed: both(
    (count: string) => `${counted(count, 'delas está adiada', 'delas estão adiadas')}.`,
    (count) => `${counted(count, 'of them is postponed', 'of them are postponed')}.`,
  ),
  overdue: both(
    (overdue: string, days: string, amount: string) =>
      `${counted(overdue, 'espera', 'esperam')} há mais de ${counted(days, 'dia', 'dias')}: ${amount} em risco.`,
    (overdue, days, amount) =>
      `${counted(overdue, 'has', 'have')} waited for more than ${counted(days, 'day', 'days')}: ${amount} at stake.`,
  ),
  failed: both(
    'A sessão não terminou. O que já estava gravado permanece e pode ser revertido.',
    'The session did not finish. What was committed stays and can be rolled back.',
  ),
  alert: both(
    (fresh: string, amount: string) =>
      `${counted(fresh, 'nova', 'novas')} nesta sessão; ${amount} em risco no que ela deixou à espera.`,
    (fresh, amount) => `${fresh} new in this session; ${amount} at stake in what it left waiting.`,
  ),
  limit: both(
    (limit: string) =>
      `${limit}. Uma janela cheia de divergências costuma ser uma carga com problema: nada além do limite foi corrigido, tudo está aberto para revisão.`,
    (limit) =>
      `${limit}. A window full of findings usually means a broken load: nothing beyond the limit was corrected, everything is open for review.`,
  ),
  absence: both(
    (day: string, due: string, hour: string) =>
      `Havia uma sessão prevista para ${day} às ${due}, e nenhuma terminou até ${hour}. Os dados de hoje não foram conferidos.`,
    (day, due, hour) =>
      `A session was due on ${day} at ${due}, and none had ended by ${hour}. Today's data has not been checked.`,
  ),
  unqueued: both(
    (when: string, attempts: string) =>
      `A sessão prevista para ${when} foi recusada pelo banco (${counted(attempts, 'tentativa', 'tentativas')}) e será tentada de novo.`,
    (when, attempts) =>
      `The session due on ${when} was refused by the database (${counted(attempts, 'attempt', 'attempts')}) and will be tried again.`,
  ),
}
