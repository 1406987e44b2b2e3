import type { MailText } from './mail.pt-BR.ts'

const KIND: Record<string, string> = {
  divergencias: 'Divergence alert',
  resumo: 'Session digest',
  falha: 'Critical failure',
  limite: 'Limit reached',
  ausencia: 'Missing session',
}
const STATUS: Record<string, string> = {
  aberta: 'waits for a person',
  aguardando_segunda_aprovacao: 'waits for the second person',
  falha: 'correction refused',
  corrigida: 'corrected',
}
const SESSION: Record<string, string> = {
  agendada: 'queued',
  em_andamento: 'under way',
  concluida: 'done',
  concluida_com_falhas: 'done with gaps',
  falhou: 'failed',
  cancelada: 'cancelled',
}
const counted = (n: string, one: string, many: string) => `${n} ${n === '1' ? one : many}`
const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)

export const mailEn: MailText = {
  product: 'Conferente',
  kind: (kind) => KIND[kind] ?? kind,
  status: (status) => STATUS[status] ?? status,
  sessionStatus: (status) => SESSION[status] ?? status,
  subject: {
    done: (day, n, fresh, corrected, waiting) =>
      n === 0
        ? `All done: no divergence on ${day}${waiting === '0' ? '' : `, ${waiting} waiting`}`
        : `All done: ${fresh} new, ${corrected} corrected, ${waiting} waiting on ${day}`,
    gaps: (day, gaps) => `Done with gaps on ${day}: ${gaps}`,
    failed: (day, id) => `FAILED: session ${id} of ${day}`,
    alert: (n, count, amount) =>
      `${count} ${plural(n, 'divergence waits', 'divergences wait')} for a person: ${amount} at stake`,
    failure: (id, day) => `Critical failure in session ${id} of ${day}`,
    unqueued: (when) => `Critical failure: the session of ${when} could not be queued`,
    limit: (id) => `Limit reached: session ${id} corrected nothing beyond it`,
    absence: (day, hour) => `No session of ${day} ended by ${hour}`,
  },
  headline: {
    done: 'All done',
    gaps: 'Done with gaps',
    failed: 'Failed',
    alert: (n, count) => `${count} ${plural(n, 'divergence waits', 'divergences wait')} for a person`,
    failure: 'The session failed, wholly or in part',
    unqueued: 'The session could not be queued',
    limit: 'Limit reached: automatic correction stopped',
    absence: (hour) => `No session ended by ${hour}`,
  },
  lead: {
    nothing: (n, rows) =>
      n === 0
        ? 'No entry was read in the window: check whether the load arrived.'
        : `${counted(rows, 'entry', 'entries')} checked and no divergence found.`,
    found: (rows, found, amount, corrected) =>
      `${counted(rows, 'entry', 'entries')} checked, ${counted(found, 'divergence', 'divergences')} (${amount} at stake), ${corrected} corrected.`,
    waiting: (n, count, amount) =>
      n === 0
        ? 'Nothing waits for a person.'
        : `${count} ${plural(n, 'waits', 'wait')} for a person: ${amount} at stake.`,
    postponed: (count) => `${counted(count, 'of them is postponed', 'of them are postponed')}.`,
    failed: 'The session did not finish what was asked. What was committed stands and can be rolled back.',
    alert: (fresh, amount) => `${fresh} new in this session; ${amount} at stake in what it left waiting.`,
    limit: (limit) =>
      `${limit}. A window full of divergences is usually a broken load: nothing beyond the limit was corrected, everything is open for review.`,
    absence: (day, due, hour) =>
      `A session was due on ${day} at ${due}, and none ended by ${hour}. Today's data have not been checked.`,
    unqueued: (when, attempts) =>
      `The session due on ${when} was refused by the database (${counted(attempts, 'attempt', 'attempts')}) and will be tried again.`,
  },
  gap: {
    sessao: (text) => text || 'the session failed',
    regra_falhou: (rule, text) => `Rule ${rule} failed: ${text}`,
    regra_pulada: (rule, text) => `Rule ${rule} was skipped: ${text}`,
    so_detectou: (rule, text) => `Rule ${rule} only detected: ${text}`,
    limite: (text) => `Limit reached: ${text}`,
    nenhuma_linha: (rule) => (rule ? `Rule ${rule} read no row` : 'No row read in the window'),
    recusadas: (n, count) =>
      `${count} ${plural(n, 'correction refused or undone', 'corrections refused or undone')}`,
    desfeitas: (n, count) => `${count} ${plural(n, 'correction', 'corrections')} undone from outside`,
    conferencia: (rule, text) => `Rule ${rule}: ${text}`,
  },
  undone: {
    title: (n, count) => `${count} ${plural(n, 'correction', 'corrections')} undone from outside`,
    load: (rule, count, when) =>
      when === undefined
        ? `${rule}: ${count}, load unknown (the load time is not later than the correction)`
        : `${rule}: ${count} by the load of ${when}`,
    others: (n, count) => `and ${count} more ${plural(n, 'load', 'loads')}`,
    gone: (n, count) => `${count} whose ${plural(n, 'row is', 'rows are')} gone from the warehouse`,
    again: (_, count) => `${count} made again by this session; the amount is not counted twice`,
    stopped: (n, count, times) =>
      `${count} undone ${times} times or more: auto no longer makes ${plural(n, 'it', 'them')}, a person decides`,
    todo: 'What to do: correct it at the source, with the list of conferente listar --desfeitas, or run the session after the load.',
    link: 'See this session on the review page',
  },
  tile: {
    fresh: 'New',
    recurring: 'Recurring',
    corrected: 'Corrected',
    waiting: 'Waiting',
    elsewhere: 'Mended elsewhere',
    overdue: 'Overdue',
    atStake: (amount) => `${amount} at stake`,
    amount: (amount) => amount,
    again: (_, count) => `, ${count} made again`,
    oldest: (n, amount, days) => `${amount}, the oldest for ${days} ${plural(n, 'day', 'days')}`,
    elsewhereNote: 'the source was corrected',
    overdueNote: (amount, days) => `${amount}, for more than ${days} days`,
    none: 'none',
  },
  section: {
    gaps: 'What is missing',
    rules: 'By rule',
    items: (n) => plural(n, 'The largest divergence', `The ${n} largest divergences`),
    control: 'Control totals of the window',
    session: 'The session',
    mail: 'Messages that did not arrive',
    known: 'What is known',
    chain: 'Head of the audit chain',
  },
  rule: {
    figures: (fresh, recurring, corrected, again) =>
      `${fresh} new, ${recurring} recurring, ${corrected} corrected${again === undefined ? '' : ` (${again} again)`}`,
    waiting: (count, amount) => `${count} waiting, ${amount}`,
    trend: (most, total) => `New per day over 30 days: ${total} in all, ${most} on the largest day.`,
    silent: (n) => ` Did not run on ${n} ${plural(n, 'day', 'days')}.`,
    alt: (rule, days) => `New divergences of rule ${rule} over the last 30 days, one a day: ${days}`,
    state: { falhou: 'failed', pulada: 'skipped', pendente: 'did not run' },
  },
  item: {
    record: (table, id) => `${table} ${id}`,
    flagOnly: 'Flag only: no correction is proposed.',
    confidence: (percent) => `confidence ${percent}`,
    seen: (day, n) => (n > 1 ? `since ${day}, seen ${n} times` : `since ${day}`),
    link: (id) => `See divergence ${id}`,
    before: 'Before',
    after: 'After',
    proposed: 'Proposed',
  },
  control: {
    before: 'Before the session',
    after: 'Now',
    difference: 'Difference',
    corrected: 'Explained by corrections of this session',
    others: 'Explained by later corrections and rollbacks',
    unexplained: 'Unexplained (load or change from outside)',
    balanced: 'Balances to the cent: the whole difference is explained.',
    undone: (n, count) =>
      `The difference of this session is explained, but ${count} earlier ${plural(n, 'correction was', 'corrections were')} undone from outside.`,
    unbalanced: (amount) => `${amount} changed in the window without passing through Conferente.`,
    failed: (text) => `The totals could not be measured again: ${text}`,
    none: 'No rule measured amounts in this window.',
  },
  session: {
    id: 'Session',
    status: 'State',
    mode: 'Mode',
    window: 'Window',
    rows: 'Rows examined',
    suppressed: 'Silenced by exception',
    obsolete: 'Obsolete',
    duration: 'Duration',
    who: 'Asked for by',
    manual: 'manual: detects only',
    auto: 'auto: detects and corrects what it may',
    loaded: (from, to) => `loaded from ${from} to ${to}`,
    booked: (from, to) => `booked from ${from} to ${to}`,
    seconds: (n) => `${n} s`,
    error: 'Error',
    attempts: 'Attempts',
  },
  absence: {
    last: 'Last session that ended',
    none: 'none so far',
    running: 'Session under way',
    notRunning: 'none',
    error: 'Error of the schedule',
    state: (id, status, when) => `${id}, ${status}${when && `, ${when}`}`,
    todo: 'Check that conferente trabalhar runs and that the database answers. Once back, the worker makes up for the missed session.',
  },
  mailNote: (kind, when, error) => `${kind} of ${when}: ${error}`,
  attached: (names) => `Attached: ${names}.`,
  tooLarge: (size, limit) =>
    `The divergences of this session come to ${size} of attachments, above the limit of ${limit}; see them at:`,
  neverAttached:
    'Attachments are switched off (correio.limite_anexo); see the divergences of this session at:',
  notAttached: (reason) => `The attachments could not be made: ${reason}`,
  button: 'Open the review',
  chain: (position, seal) => `link ${position}, seal ${seal}`,
  chainNote: 'Keep this message: it bears witness to the trail up to this link.',
  footer: (when, zone) => `Made by Conferente on ${when}, time of ${zone}.`,
  attachmentName: (id, extension) => `divergences-session-${id}.${extension}`,
}
