import { type Both, both, same } from '../both.ts'
import { gap, undone } from './gap.ts'
import { kind, sessionStatus, status } from './names.ts'
import { headline, lead, subject } from './opening.ts'
import { counted, plural } from './plural.ts'
import { absence, control, session } from './session.ts'

/** Texts of the messages. Arguments are already formatted, except counts named n, which decide singular and plural. */
export const mail = {
  product: same('Conferente'),
  kind,
  status,
  sessionStatus,
  subject,
  headline,
  lead,
  gap,
  undone,
  tile: {
    fresh: both('Novas', 'New'),
    recurring: both('Recorrentes', 'Recurring'),
    corrected: both('Corrigidas', 'Corrected'),
    waiting: both('À espera', 'Waiting'),
    elsewhere: both('Resolvidas fora', 'Fixed elsewhere'),
    overdue: both('Vencidas', 'Overdue'),
    atStake: both(
      (amount: string) => `${amount} em risco`,
      (amount) => `${amount} at stake`,
    ),
    amount: both(
      (amount: string) => amount,
      (amount) => amount,
    ),
    again: both(
      (n: number, count: string) => `, ${count} ${plural(n, 'refeita', 'refeitas')}`,
      (_, count) => `, ${count} made again`,
    ),
    oldest: both(
      (n: number, amount: string, days: string) =>
        `${amount}, a mais antiga há ${days} ${plural(n, 'dia', 'dias')}`,
      (n, amount, days) => `${amount}, the oldest for ${days} ${plural(n, 'day', 'days')}`,
    ),
    elsewhereNote: both('a origem foi corrigida', 'the source was corrected'),
    overdueNote: both(
      (amount: string, days: string) => `${amount}, há mais de ${days} dias`,
      (amount, days) => `${amount}, for more than ${days} days`,
    ),
    none: both('nenhuma', 'none'),
  },
  section: {
    gaps: both('Ressalvas', 'What needs attention'),
    rules: both('Por regra', 'By rule'),
    items: both(
      (n: number) => plural(n, 'A maior divergência', `As ${n} maiores divergências`),
      (n) => plural(n, 'The largest finding', `The ${n} largest findings`),
    ),
    control: both('Totais de controle da janela', 'Control totals of the window'),
    session: both('A sessão', 'The session'),
    mail: both('Mensagens que não chegaram', 'Messages that were not delivered'),
    known: both('O que se sabe', 'What is known'),
    chain: both('Cabeça da trilha de auditoria', 'Head of the audit chain'),
  },
  rule: {
    figures: both(
      (fresh: string, recurring: string, corrected: string, again: string | undefined) =>
        `${counted(fresh, 'nova', 'novas')}, ${counted(recurring, 'recorrente', 'recorrentes')}, ${counted(corrected, 'corrigida', 'corrigidas')}${again === undefined ? '' : ` (${counted(again, 'refeita', 'refeitas')})`}`,
      (fresh, recurring, corrected, again) =>
        `${fresh} new, ${recurring} recurring, ${corrected} corrected${again === undefined ? '' : ` (${again} again)`}`,
    ),
    waiting: both(
      (count: string, amount: string) => `${count} à espera, ${amount}`,
      (count, amount) => `${count} waiting, ${amount}`,
    ),
    trend: both(
      (most: string, total: string) => `Novas por dia em 30 dias: ${total} ao todo, ${most} no maior dia.`,
      (most, total) => `New per day over 30 days: ${total} in all, ${most} on the largest day.`,
    ),
    silent: both(
      (n: number) => ` Sem execução em ${n} ${plural(n, 'dia', 'dias')}.`,
      (n) => ` Did not run on ${n} ${plural(n, 'day', 'days')}.`,
    ),
    alt: both(
      (rule: string, days: string) =>
        `Divergências novas da regra ${rule} nos últimos 30 dias, uma por dia: ${days}`,
      (rule, days) => `New findings of rule ${rule} over the last 30 days, one figure a day: ${days}`,
    ),
    state: {
      falhou: both('falhou', 'failed'),
      pulada: both('pulada', 'skipped'),
      inativa: both('desativada', 'switched off'),
      pendente: both('não rodou', 'did not run'),
    } as Record<string, Both<string>>,
  },
  item: {
    record: both(
      (table: string, id: string) => `${table} ${id}`,
      (table, id) => `${table} ${id}`,
    ),
    flagOnly: both('Só aponta: não há correção proposta.', 'Only flagged: no correction is proposed.'),
    confidence: both(
      (percent: string) => `confiança ${percent}`,
      (percent) => `confidence ${percent}`,
    ),
    seen: both(
      (day: string, n: number) => (n > 1 ? `desde ${day}, vista ${n} vezes` : `desde ${day}`),
      (day, n) => (n > 1 ? `since ${day}, seen ${n} times` : `since ${day}`),
    ),
    link: both(
      (id: string) => `Ver a divergência ${id}`,
      (id) => `See finding ${id}`,
    ),
    before: both('Antes', 'Before'),
    after: both('Depois', 'After'),
    proposed: both('Proposta', 'Proposed'),
  },
  control,
  session,
  absence,
  mailNote: both(
    (kind: string, when: string, error: string) => `${kind} de ${when}: ${error}`,
    (kind, when, error) => `${kind} of ${when}: ${error}`,
  ),
  attached: both(
    (names: string) => `Anexos: ${names}.`,
    (names) => `Attached: ${names}.`,
  ),
  tooLarge: both(
    (size: string, limit: string) =>
      `As divergências desta sessão somam ${size} em anexos, acima do limite de ${limit}; veja-as em:`,
    (size, limit) =>
      `The findings of this session make ${size} of attachments, above the limit of ${limit}; see them at:`,
  ),
  neverAttached: both(
    'Anexos estão desligados (correio.limite_anexo); veja as divergências desta sessão em:',
    'Attachments are switched off (correio.limite_anexo); see the findings of this session at:',
  ),
  notAttached: both(
    (reason: string) => `Os anexos não puderam ser gerados: ${reason}`,
    (reason) => `The attachments could not be made: ${reason}`,
  ),
  button: both('Abrir a revisão', 'Open the review'),
  chain: both(
    (position: string, seal: string) => `elo ${position}, selo ${seal}`,
    (position, seal) => `link ${position}, seal ${seal}`,
  ),
  chainNote: both(
    'Guarde esta mensagem: ela testemunha a trilha até este elo.',
    'Keep this message: it bears witness to the trail up to this link.',
  ),
  footer: both(
    (when: string, zone: string) => `Gerado pelo Conferente em ${when}, hora de ${zone}.`,
    (when, zone) => `Made by Conferente on ${when}, ${zone} time.`,
  ),
  attachmentName: both(
    (id: string, extension: string) => `divergencias-sessao-${id}.${extension}`,
    (id, extension) => `findings-session-${id}.${extension}`,
  ),
}
